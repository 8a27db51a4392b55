from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.psa_helpdesk.models.psa_service_home_look import LOOK_AT


class PsaServiceHome(models.AbstractModel):
    """Cover among what to look at first: blocks that are used up while tickets draw on them."""

    _inherit = "psa.service.home"

    @api.model
    def _get_look_reasons(self):
        return [*super()._get_look_reasons(), (40, self._find_empty_contracts())]

    @api.model
    def _find_empty_contracts(self):
        """Return [(contract, why)] of those whose hours of today are gone while they have open tickets."""
        if self._is_filtered() or not self.env["psa.contract"].has_access("read"):
            return []
        open_counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("psa_is_open", "=", True), ("psa_contract_id", "!=", False)],
                ["psa_contract_id"],
                ["__count"],
            )
        )
        today = fields.Date.context_today(self)
        blocks = self.env["psa.contract.block"].search(
            Domain("contract_id", "in", [contract.id for contract in open_counts])
            & Domain("date_start", "<=", today)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today))
        )
        left = blocks._get_left_hundredths()
        empty = [
            contract
            for contract, own in blocks.grouped("contract_id").items()
            if sum(left[block.id] for block in own) <= 0
        ]
        empty.sort(key=lambda contract: (-open_counts[contract], contract.id))
        return [
            (contract, self.env._("No hours left, open tickets: %(count)s", count=open_counts[contract]))
            for contract in empty[:LOOK_AT]
        ]

    @api.model
    def _prepare_look_line(self, record, why):
        line = super()._prepare_look_line(record, why)
        if record._name == "psa.contract":
            return line | {
                "number": record.number,
                "name": record.name,
                "customer": record.partner_id.display_name or "",
            }
        return line
