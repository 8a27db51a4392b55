from odoo import api, fields, models
from odoo.exceptions import UserError

from ..logic import contract_choice
from ..logic.duration import clock
from .account_analytic_line import CONTRACT_GROUPS


class HelpdeskTicket(models.Model):
    """Contract, cover and time of a ticket."""

    _inherit = "helpdesk.ticket"

    psa_contract_id = fields.Many2one(
        "psa.contract",
        string="Contract",
        compute="_compute_psa_contract_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('state', '=', 'active'), ('partner_id', 'child_of', commercial_partner_id or 0)]",
        groups=CONTRACT_GROUPS,
        help="Proposed for time on this ticket, as long as it is valid on the day of the work.",
    )
    psa_cover_text = fields.Char(
        string="Cover", compute="_compute_psa_cover_text", compute_sudo=False, groups=CONTRACT_GROUPS
    )
    psa_time_ids = fields.One2many(
        "account.analytic.line", "psa_ticket_id", string="Time entries", groups="base.group_user"
    )
    psa_minutes_total = fields.Integer(
        string="Time spent", compute="_compute_psa_minutes_total", groups="base.group_user"
    )

    @api.depends("commercial_partner_id", "company_id")
    def _compute_psa_contract_id(self):
        """Propose the customer's service contract of the day; a choice made by hand stays for that customer."""
        # sudo: the rule is the same for everybody, whoever may read contracts.
        contracts = self.env["psa.contract"].sudo()
        known = contracts._psa_get_candidates(self.commercial_partner_id, self.company_id)
        for ticket in self.sudo():
            customer = ticket.commercial_partner_id
            if ticket.psa_contract_id and ticket.psa_contract_id.partner_id.commercial_partner_id == customer:
                continue
            day = fields.Date.context_today(ticket, ticket.psa_started_at or None)
            choice = contract_choice.choose(known[customer.id, ticket.company_id.id], day)
            ticket.psa_contract_id = contracts.browse(choice.key)

    @api.depends(
        "psa_contract_id.block_ids.drawn_hundredths", "psa_time_ids.psa_minutes", "commercial_partner_id"
    )
    @api.depends_context("uid")
    def _compute_psa_cover_text(self):
        # sudo: the sentence tells balances to everybody who sees contracts, and prices only in the reader's scope.
        tickets = self.sudo()
        priced = tickets.psa_contract_id.sudo(False)._filter_priced()
        for ticket, known in zip(self, tickets, strict=True):
            ticket.psa_cover_text = known._psa_tell_cover(known.psa_contract_id in priced)

    def _psa_tell_cover(self, shows_money):
        """ "Gold support: 6:20 of 10:00 left, then 130.00/h" """
        self.ensure_one()
        if not self.commercial_partner_id:
            return False
        contract = self.psa_contract_id
        if not contract:
            return self.env._("No contract: standard rates")
        today = fields.Date.context_today(self)
        blocks = contract.block_ids.filtered(lambda block: block._is_valid_on(today))
        if not blocks:
            return self.env._("%(contract)s: billed at its rates", contract=contract.name)
        told = self.env._(
            "%(contract)s: %(left)s of %(sold)s left",
            contract=contract.name,
            left=clock(sum(blocks.mapped("remaining_minutes"))),
            sold=clock(sum(blocks.mapped("minutes"))),
        )
        if reserved := sum(blocks.mapped("reserved_minutes")):
            told = self.env._("%(cover)s, %(time)s waiting for approval", cover=told, time=clock(reserved))
        if shows_money and contract.overage_rate:
            price = contract.currency_id.format(contract.overage_rate)
            told = self.env._("%(cover)s, then %(price)s/h", cover=told, price=price)
        return told

    @api.depends("psa_time_ids.psa_minutes")
    def _compute_psa_minutes_total(self):
        # sudo: the total is of everybody's work, also where only own entries may be read.
        rows = (
            self.env["account.analytic.line"]
            .sudo()
            ._read_group([("psa_ticket_id", "in", self.ids)], ["psa_ticket_id"], ["psa_minutes:sum"])
        )
        totals = {ticket.id: minutes for ticket, minutes in rows}
        for ticket in self:
            ticket.psa_minutes_total = totals.get(ticket._origin.id, 0)

    def write(self, vals):
        """Time that is not approved follows the ticket to another customer or contract; see `_psa_take_time_along`."""
        if not {"partner_id", "psa_contract_id"} & vals.keys():
            return super().write(vals)
        # sudo: time of everybody follows, whoever changes the ticket.
        lines = self.sudo().psa_time_ids
        before = lines._psa_get_contracts()
        unknown = lines.filtered(lambda line: line.psa_state == "approved" and not line.psa_customer_id)
        result = super().write(vals)
        self._psa_take_time_along(lines, before, unknown)
        if "partner_id" in vals:
            self._psa_tell_kept_time(lines)
        return result

    def _psa_take_time_along(self, lines, before, unknown):
        """The customer or the contract changed: drafts have followed, their account and day do now.

        :param lines: time on these tickets, as superuser
        :param before: what `_psa_get_contracts` said of it
        :param unknown: approved time that had no customer; it is billed to the one it has now
        """
        drafts = lines.filtered(lambda line: line.psa_state != "approved")
        drafts._psa_settle_day()
        drafts._psa_follow_contract(before)
        unknown._psa_choose_again()
        unknown._psa_collect()

    def _psa_tell_kept_time(self, lines):
        """Say on each ticket which approved time stays with the customer it was approved for."""
        for ticket in self:
            kept = lines.filtered(
                lambda line, ticket=ticket: (
                    line.psa_ticket_id == ticket
                    and line.psa_state == "approved"
                    and not line.psa_is_billed
                    and line.psa_customer_id != ticket.commercial_partner_id
                )
            )
            for customer, approved in kept.grouped("psa_customer_id").items():
                ticket._psa_note_kept_time(customer, sum(approved.mapped("psa_minutes")))

    def _psa_note_kept_time(self, customer, minutes):
        self.ensure_one()
        self.message_post(
            body=self.env._(
                "%(time)s of approved time stays with %(customer)s. Send it back to bill it to %(other)s.",
                time=clock(minutes),
                customer=customer.display_name or self.env._("no customer"),
                other=self.sudo().commercial_partner_id.display_name or self.env._("nobody"),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_time(self):
        # sudo: time of colleagues forbids it as well.
        if (
            self.env["account.analytic.line"]
            .sudo()
            .search_count([("psa_ticket_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._(
                    "A ticket with time entries cannot be deleted because they may be billed. Archive it."
                )
            )

    def action_psa_log_time(self):
        """A new time entry on this ticket, in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log time on %(number)s", number=self.number),
            "res_model": "account.analytic.line",
            "view_mode": "form",
            "views": [
                (self.env.ref("psa_timesheet_billing.account_analytic_line_view_form_dialog").id, "form")
            ],
            "target": "new",
            "context": {"default_psa_ticket_id": self.id, "is_timesheet": 1},
        }

    def action_psa_view_time(self):
        """The time entries of this ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_timesheet_billing.psa_time_action")
        return action | {
            "name": self.env._("Time on %(number)s", number=self.number),
            "domain": [("psa_ticket_id", "=", self.id)],
            "context": {"default_psa_ticket_id": self.id, "is_timesheet": 1},
        }

    def action_psa_open_contract(self):
        """The contract that takes work on this ticket."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "psa.contract",
            "res_id": self.psa_contract_id.id,
            "view_mode": "form",
        }

    def _psa_prepare_time_values(self):
        """Hook: values of a time entry on this ticket that nobody gave: project, task, company. Superuser."""
        self.ensure_one()
        project = self._psa_get_time_project()
        values = {"project_id": project.id, "company_id": (project.company_id or self.company_id).id}
        if self.task_id and self.task_id.project_id == project:
            values["task_id"] = self.task_id.id
        return values

    def _psa_get_time_project(self):
        """Where time on this ticket is kept: own project, contract, queue, company; the first that takes time."""
        self.ensure_one()
        ticket = self.with_company(self.company_id)
        found = (ticket.project_id, ticket.psa_contract_id.project_id, ticket.team_id.default_project_id)
        for project in found:
            if project._psa_takes_time() and project.company_id in (
                project.company_id.browse(),
                self.company_id,
            ):
                return project
        return self.company_id._psa_ensure_service_project()
