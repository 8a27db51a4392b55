from odoo import api, models
from odoo.exceptions import ValidationError


class AccountAnalyticLine(models.Model):
    """For whom the work is and which contract takes it. Both follow the ticket until the work is approved."""

    _inherit = "account.analytic.line"

    # ------------------------------------------------------------------
    # Customer
    # ------------------------------------------------------------------

    @api.depends("psa_ticket_id.commercial_partner_id", "partner_id.commercial_partner_id")
    def _compute_psa_customer_id(self):
        """Approval settles the customer; work approved without one takes the first that is found."""
        for line in self:
            if line.psa_state != "approved" or not line.psa_customer_id:
                line.psa_customer_id = (line.psa_ticket_id or line).partner_id.commercial_partner_id
            else:
                line.psa_customer_id = line.psa_customer_id

    @api.depends("psa_ticket_id.partner_id")
    def _compute_partner_id(self):
        """The host knows the contact of a task and of a project only, and would also change it on approved time."""
        approved = self.filtered(lambda line: line.psa_state == "approved" and line.partner_id)
        result = super(AccountAnalyticLine, self - approved)._compute_partner_id()
        for line in approved:
            line.partner_id = line.partner_id
        for line in self - approved:
            line.partner_id = line.psa_ticket_id.partner_id or line.partner_id
        return result

    # ------------------------------------------------------------------
    # Contract
    # ------------------------------------------------------------------

    @api.depends("psa_ticket_id.psa_contract_id", "psa_customer_id", "project_id", "date")
    def _compute_psa_contract_id(self):
        """Keep a contract that still takes work of that day for that customer, else look for one."""
        contracts = self.env["psa.contract"]
        wanted = self.filtered(lambda line: line.psa_state != "approved" and line._psa_is_service_time())
        for line in self - wanted:
            line.psa_contract_id = line.psa_contract_id
        for line, choice in contracts._psa_choose_for(wanted).items():
            line.psa_contract_id = contracts.browse(choice.key)

    def _psa_check_contract(self):
        """Work is billed on terms of its own customer that were valid when it was done.

        No constraint: the ORM would ask it again of settled work whenever something about its ticket changes.

        :raises ValidationError: for a contract of somebody else, or of another time
        """
        # sudo: the rule holds for everybody, whoever may read the contract.
        for line in self.sudo().filtered("psa_contract_id"):
            contract, customer = line.psa_contract_id, line.psa_customer_id
            if customer and contract.partner_id.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contract)s cannot take this work because it is a contract of %(owner)s and the work is "
                        "for %(customer)s. Choose a contract of %(customer)s.",
                        contract=contract.display_name,
                        owner=contract.partner_id.commercial_partner_id.display_name,
                        customer=customer.display_name,
                    )
                )
            if not contract._psa_takes_work_of(line.date):
                raise ValidationError(
                    self.env._(
                        "%(contract)s is not valid on %(day)s. Choose another contract, or none.",
                        contract=contract.display_name,
                        day=line.date,
                    )
                )

    def _psa_choose_again(self):
        """Give these entries the contract that takes them now; a choice that is still valid stays.

        :return: those that changed
        """
        # sudo: the rule that picks a contract is the same for everybody, whoever may read it.
        wanted = self.sudo().filtered(lambda line: line._psa_is_service_time())
        chosen = {
            line: choice.key or False
            for line, choice in self.env["psa.contract"]._psa_choose_for(wanted).items()
        }
        moved = wanted.filtered(lambda line: line.psa_contract_id.id != chosen[line])
        for contract_id, lines in moved.grouped(chosen.get).items():
            lines.write({"psa_contract_id": contract_id})
        return self.browse(moved.ids)

    def _psa_settle_contract(self):
        """Before somebody decides about these entries: their contract and day as they follow from the facts now."""
        self._psa_choose_again()
        self._psa_settle_day()

    def _psa_take_contact(self):
        """Give time that is open again the contact and customer its ticket has now."""
        self.env.add_to_compute(self._fields["psa_customer_id"], self)
        for contact, lines in self.grouped(lambda line: line.psa_ticket_id.partner_id).items():
            if contact:
                lines.filtered(lambda line, contact=contact: line.partner_id != contact).write(
                    {"partner_id": contact.id}
                )

    def _psa_move_open(self):
        """Choose again for approved time that nobody has settled, and rate it under the contract it has then."""
        # sudo: rating reads what the user may not; what changed was allowed by the caller.
        approved = self.sudo().filtered(lambda line: line.psa_state == "approved" and not line.psa_is_settled)
        open_lines = approved - approved._psa_get_decided()
        left = open_lines.psa_contract_id
        moved = open_lines._psa_choose_again()
        if moved:
            moved._psa_collect_again(left)

    # ------------------------------------------------------------------
    # Account
    # ------------------------------------------------------------------

    @api.model
    def _psa_fill_accounts(self, vals_list):
        """Put the cost of work on the analytic account of its contract, so that cost and revenue meet there."""
        # sudo: the account follows from the contract, whoever may read either.
        sudo = self.browse().sudo()
        wanted = [vals for vals in vals_list if vals.get("psa_ticket_id") or vals.get("psa_contract_id")]
        drafts = sudo.concat(*(sudo.new(self._psa_pick_deciding(vals)) for vals in wanted))
        choices = self.env["psa.contract"]._psa_choose_for(drafts) if wanted else {}
        for vals, draft in zip(wanted, drafts, strict=True):
            account = sudo.env["psa.contract"].browse(choices[draft].key).analytic_account_id
            if account.active:
                vals.setdefault(account.plan_id._column_name(), account.id)

    @api.model
    def _psa_pick_deciding(self, vals):
        names = ("psa_ticket_id", "psa_contract_id", "project_id", "partner_id", "company_id", "date")
        return {name: vals[name] for name in names if name in vals}

    def _psa_get_contracts(self):
        """{entry id: (contract, project)} as they are now, to see later which entries moved."""
        # sudo: as in _psa_fill_accounts.
        return {line.id: (line.psa_contract_id, line.project_id) for line in self.sudo()}

    def _psa_follow_contract(self, before):
        """Move the cost of entries that moved to the account of their contract, else of their project.

        :param before: what `_psa_get_contracts` said; an account somebody chose stays with entries that did not move
        """
        # sudo: as in _psa_fill_accounts.
        moved = self.sudo().filtered(
            lambda line: line.project_id and before[line.id] != (line.psa_contract_id, line.project_id)
        )
        for (contract, project), lines in moved.grouped(
            lambda line: (line.psa_contract_id, line.project_id)
        ).items():
            account = contract.analytic_account_id
            if not account.active:
                account = project.account_id
            if account:
                column = account.plan_id._column_name()
                lines.filtered(lambda line, column=column, account=account: line[column] != account).write(
                    {column: account.id}
                )
