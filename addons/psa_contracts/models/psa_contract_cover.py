"""What the blocks of a contract cover: the ORM side of `logic/block_ledger.py`."""

from odoo import fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain

from ..logic.block_ledger import Lot, LotOrder, WhenEmpty, allocate


class PsaContract(models.Model):
    _inherit = "psa.contract"

    available_minutes = fields.Integer(
        string="Free hours", compute="_compute_available_minutes", help="What is free on blocks valid today."
    )
    has_low_balance = fields.Boolean(
        string="Low balance", compute="_compute_low_balance", search="_search_low_balance"
    )

    def _compute_available_minutes(self):
        today = fields.Date.context_today(self)
        for contract in self:
            valid = contract.block_ids.filtered(lambda block: block._is_valid_on(today))
            contract.available_minutes = sum(valid.mapped("available_minutes"))

    def _compute_low_balance(self):
        for contract in self:
            contract.has_low_balance = any(contract.block_ids.mapped("low_balance_percent"))

    def _search_low_balance(self, operator, value):
        if operator != "in":
            return NotImplemented
        # A contract is low when one of its blocks is; asked for both, every contract fits.
        low = [("block_ids.low_balance_percent", ">", 0)]
        return {frozenset({True}): low, frozenset({False}): ["!", *low]}.get(frozenset(value), [])

    def _get_lots(self):
        """The blocks of one contract as the block ledger sees them; the key of a lot is the id of its block."""
        self.ensure_one()
        return [
            Lot(block.id, block.date_start, block.date_end or None, block.minutes * 100)
            for block in self.block_ids
        ]

    def _get_frozen_draws(self, rewritten=None):
        """Hundredths by block id that a new allocation leaves alone (Rule D9.26).

        :param rewritten: domain of the items whose draws the allocation replaces; every other draw stays. Without it
            these are all items that neither an invoice nor a person has settled
        """
        items = self.env["psa.billing.item"].sudo()
        frozen = items._get_settled_domain() if rewritten is None else ~Domain(rewritten)
        drawing = Domain("block_id", "in", self.block_ids.ids) & Domain("state", "!=", "written_off")
        rows = items._read_group(drawing & frozen, ["block_id"], ["draw_hundredths:sum"])
        return {block.id: hundredths for block, hundredths in rows}

    def _allocate_draws(self, requests):
        """Cover work from the blocks of this contract.

        The contract's row is locked first, so that two people approving time at once do not spend one hour twice;
        a caller with several contracts locks them together with `_lock_for_rating`.

        :param requests: `logic.block_ledger.Request` of *all* work of this contract that is neither billed nor
            changed by a person: the open period is recomputed as a whole, whatever was typed first
        :return: `logic.block_ledger.Ledger`; lot keys are block ids
        """
        self.ensure_one()
        self._lock_for_rating()
        return allocate(
            self._get_lots(),
            self._get_frozen_draws(),
            requests,
            LotOrder(self.block_order),
            WhenEmpty(self.overage_mode),
        )

    def _lock_for_rating(self):
        """Lock these contracts, always in the order of their ids, until the transaction ends."""
        # Rows of other tables may go on pointing at a contract meanwhile: only its balance is ours.
        try:
            self.sorted("id").lock_for_update(allow_referencing=True)
        except LockError as error:
            raise LockError(
                self.env._("Work of this contract is being rated by somebody else. Try again in a moment.")
            ) from error

    def _reallocate_draws(self):
        """Hook: called when draws of these contracts came free, e.g. by a write-off.

        The addon that knows the open work overrides it and hands that work to `_allocate_draws` again.
        """
