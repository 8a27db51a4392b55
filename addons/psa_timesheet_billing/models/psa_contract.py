from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.psa_contracts.logic.block_ledger import LotOrder, WhenEmpty

from ..logic import contract_choice, labour, rating, rounding
from ..logic.contract_choice import Candidate, Choice, Why

TIME_GROUP = "psa_timesheet_billing.psa_time_group_user"
# Late work still goes to a contract that has ended.
TAKES_WORK = ("active", "ended")


class PsaContract(models.Model):
    """A contract as time meets it: which one takes the work, and on what terms."""

    _inherit = "psa.contract"

    psa_approval_mode = fields.Selection(
        [
            ("manual", "Time and billing are approved apart"),
            ("on_timesheet", "Approved time is ready to bill"),
            ("immediate", "Submitted time is ready to bill, nobody reviews it"),
        ],
        string="Approval of time",
        required=True,
        default="manual",
        tracking=True,
    )
    psa_time_ids = fields.One2many(
        "account.analytic.line",
        "psa_contract_id",
        string="Time entries",
        groups="psa_timesheet_billing.psa_time_group_user",
    )

    psa_sla_policy_id = fields.Many2one(
        "psa.sla.policy",
        string="SLA policy",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="Holds for tickets of this contract, before the one of the customer or the queue; the asset's comes first. "
        "Tickets that run already keep what they were promised.",
    )
    psa_minutes_total = fields.Integer(
        string="Time",
        compute="_compute_psa_minutes_total",
        groups="psa_timesheet_billing.psa_time_group_user",
    )
    psa_ticket_count = fields.Integer(
        string="Tickets",
        compute="_compute_psa_ticket_count",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    def write(self, vals):
        """Which work a contract takes depends on its dates (Rule D9.51): choose again for all that is not settled."""
        result = super().write(vals)
        if {"date_start", "date_end", "state"} & vals.keys():
            self._psa_choose_time_again()
        return result

    def _psa_choose_time_again(self):
        # sudo: time of everybody follows, whoever changed the contract.
        lines = self.env["account.analytic.line"].sudo()
        customers = self.sudo().partner_id.commercial_partner_id
        domain = Domain("psa_is_settled", "=", False) & (
            Domain("psa_contract_id", "in", self.ids)
            | Domain("psa_state", "!=", "approved")
            & Domain("psa_contract_id", "=", False)
            & Domain("psa_ticket_id", "!=", False)
            & Domain("psa_customer_id", "in", customers.ids)
        )
        found = lines.search(domain)
        found.filtered(lambda line: line.psa_state != "approved")._psa_choose_again()
        found._psa_move_open()

    def _compute_psa_minutes_total(self):
        rows = self.env["account.analytic.line"]._read_group(
            [("psa_contract_id", "in", self.ids)], ["psa_contract_id"], ["psa_minutes:sum"]
        )
        totals = {contract.id: minutes for contract, minutes in rows}
        for contract in self:
            contract.psa_minutes_total = totals.get(contract.id, 0)

    def _compute_psa_ticket_count(self):
        rows = self.env["helpdesk.ticket"]._read_group(
            [("psa_contract_id", "in", self.ids)], ["psa_contract_id"], ["__count"]
        )
        counts = {contract.id: count for contract, count in rows}
        for contract in self:
            contract.psa_ticket_count = counts.get(contract.id, 0)

    def action_psa_view_time(self):
        """The time entries of this contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_timesheet_billing.psa_time_action")
        return action | {
            "name": self.env._("Time on %(contract)s", contract=self.display_name),
            "domain": [("psa_contract_id", "=", self.id)],
            "context": {"is_timesheet": 1},
        }

    def action_psa_view_tickets(self):
        """The tickets of this contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_ticket_action")
        return action | {
            "name": self.env._("Tickets of %(contract)s", contract=self.display_name),
            "domain": [("psa_contract_id", "=", self.id)],
            "context": {"default_psa_contract_id": self.id, "default_partner_id": self.partner_id.id},
        }

    @api.model
    def _psa_choose_for(self, lines):
        """Which contract takes the work of each time entry, with one search for all of them.

        :param lines: `account.analytic.line` with a ticket or a contract
        :return: {line: `logic.contract_choice.Choice`}
        """
        # sudo: the rule that picks a contract is the same for everybody, whoever may read it.
        lines = lines.sudo()
        # Time on a project may have a contract and no customer: then it is work for the contract's.
        customers = {
            line: line.psa_customer_id or line.psa_contract_id.partner_id.commercial_partner_id
            for line in lines
        }
        everybody = self.env["res.partner"].union(*customers.values())
        candidates = self.sudo()._psa_get_candidates(everybody, lines.company_id)
        return {
            line: self._psa_choose(candidates[customer.id, line.company_id.id], line)
            for line, customer in customers.items()
        }

    @api.model
    def _psa_choose(self, known, line):
        """Keep the entry's own contract while it is valid, else prefer the ticket's."""
        day = line.date or fields.Date.context_today(line)
        own, ticket = line.psa_contract_id.id, line.psa_ticket_id.psa_contract_id.id
        if own and any(one.key == own and one.is_valid(day) for one in known):
            return Choice(own, Why.PREFERRED)
        return contract_choice.choose(known, day, preferred=ticket)

    def _psa_takes_work_of(self, day):
        """Whether this contract takes work of that day: active or ended, and valid then."""
        self.ensure_one()
        candidate = self._psa_get_candidate()
        return self.state in TAKES_WORK and (not day or candidate.is_valid(day))

    def _psa_is_promising(self, day):
        """Whether the promise of this contract holds for a ticket that begins on that day. A hold is of its billing."""
        return bool(
            self and self.psa_sla_policy_id and self.state == "active" and self._psa_takes_work_of(day)
        )

    def _psa_get_candidate(self):
        return Candidate(self.id, self.date_start, self.date_end or None, self.is_default)

    @api.model
    def _psa_get_candidates(self, customers, companies):
        """{(customer id, company id): candidates}: contracts that are or were active, late work included."""
        found = defaultdict(list)
        contracts = self.search(
            [
                ("partner_id.commercial_partner_id", "in", customers.ids),
                ("company_id", "in", companies.ids),
                ("state", "in", TAKES_WORK),
            ]
        )
        for contract in contracts:
            key = (contract.partner_id.commercial_partner_id.id, contract.company_id.id)
            found[key].append(contract._psa_get_candidate())
        return found

    def _psa_get_policy(self):
        """Rounding of this contract, for `logic/rounding.py`."""
        self.ensure_one()
        return rounding.Policy(
            rounding.Scope(self.rounding_scope), self.rounding_increment, self.rounding_grace
        )

    def _psa_get_terms(self, table):
        """Money terms of this contract, for `logic/rating.py`. Superuser only: it holds prices."""
        self.ensure_one()
        return rating.Terms(
            table=table,
            when_empty=WhenEmpty(self.overage_mode),
            overage_uses_multiplier=self.overage_uses_multiplier,
            discount=Decimal(str(self.discount or 0)),
            unit=Decimal(str(self.currency_id.rounding)),
        )

    def _psa_get_blocks(self, frozen):
        """The blocks of this contract with the draws that stay, for `logic/labour.py`."""
        self.ensure_one()
        blocks = self.with_context(active_test=False).block_ids
        return labour.Blocks(
            lots=self._get_lots(),
            frozen=frozen,
            names={block.id: block.name for block in blocks},
            order=LotOrder(self.block_order),
        )

    def _psa_get_draws(self):
        """All hundredths drawn by approved time, by block id."""
        self.ensure_one()
        return {block.id: block.drawn_hundredths for block in self.with_context(active_test=False).block_ids}

    def _psa_collect_labour(self):
        """Rate all approved time of these contracts that is on no invoice, and bring it into the ledger.

        Locks each contract, in the order of ids, so that two approvals at once do not spend one hour twice.
        """
        # sudo: rates and blocks decide for everybody alike; who may trigger it was checked by the caller.
        contracts = self.sudo().sorted("id")
        contracts._lock_for_rating()
        lines = self.env["account.analytic.line"].sudo()
        for contract in contracts:
            lines._psa_collect_group(contract, contract.company_id, contract.partner_id.commercial_partner_id)

    def _reallocate_draws(self):
        result = super()._reallocate_draws()
        self._psa_collect_labour()
        return result
