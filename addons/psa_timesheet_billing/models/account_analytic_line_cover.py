from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.psa_contracts.price_groups import CONTRACT_PRICE_GROUPS

from ..logic import contract_choice, labour, rates, rating
from ..logic.duration import clock
from .account_analytic_line import CONTRACT_GROUPS


class AccountAnalyticLine(models.Model):
    """The live sentence that says who pays for an entry, before and after it is approved."""

    _inherit = "account.analytic.line"

    psa_cover_text = fields.Char(
        string="Cover",
        compute="_compute_psa_cover_text",
        compute_sudo=False,
        groups=CONTRACT_GROUPS,
        help="Who pays for this work: a block of the contract, or the customer.",
    )
    psa_is_contract_missing = fields.Boolean(
        string="Contract to choose",
        compute="_compute_psa_cover_text",
        compute_sudo=False,
        groups=CONTRACT_GROUPS,
        help="Several contracts fit and nobody chose one.",
    )

    @api.depends(
        "psa_ticket_id",
        "psa_contract_id",
        "psa_work_type_id",
        "psa_role_id",
        "psa_minutes",
        "psa_bill_minutes",
        "psa_bill_minutes_set",
        "psa_start_at",
        "date",
        "psa_state",
        "psa_item_ids.amount",
        "psa_item_ids.cover",
    )
    @api.depends_context("uid")
    def _compute_psa_cover_text(self):
        priced = self._psa_filter_priced()
        # sudo: the sentence is told to everybody who sees contracts; amounts are added for those who see prices.
        lines = self.sudo()
        approved = lines.filtered(lambda line: line.psa_state == "approved")
        items = approved._psa_get_items_by_line()
        unclear = lines._psa_find_unclear()
        tables = (priced.sudo() - approved - unclear)._psa_get_preview_tables()
        for line in self:
            sudo_line = line.sudo()
            line.psa_is_contract_missing = sudo_line in unclear
            if not sudo_line._psa_is_service_time() and not sudo_line.psa_ticket_id:
                line.psa_cover_text = False
            elif sudo_line in approved:
                line.psa_cover_text = sudo_line._psa_tell_items(items.get(line.id), line in priced)
            else:
                line.psa_cover_text = sudo_line._psa_tell_preview(sudo_line in unclear, tables)

    def _psa_find_unclear(self):
        """Those whose customer has several contracts that fit, of which nobody chose one."""
        open_lines = self.filtered(
            lambda line: line.psa_ticket_id and not line.psa_contract_id and line.psa_state != "approved"
        )
        choices = self.env["psa.contract"]._psa_choose_for(open_lines)
        return self.browse().concat(
            *(line for line, choice in choices.items() if choice.why is contract_choice.Why.AMBIGUOUS)
        )

    def _psa_get_items_by_line(self):
        items = self.env["psa.billing.item"].search(
            [("source_model", "=", self._name), ("source_id", "in", self.ids)], order="kind, part"
        )
        return items.grouped("source_id")

    def _psa_tell_items(self, items, shows_money):
        """What the ledger holds of this approved entry."""
        if not items:
            return self.env._("Not billed: no customer")
        return ", ".join(
            self._psa_tell_part(
                item.cover if item.state != "written_off" else "written_off",
                item.minutes_worked,
                item.block_id.name,
                item.currency_id.format(item.amount) if shows_money and item.amount else "",
            )
            for item in items
        )

    def _psa_tell_preview(self, is_unclear, tables):
        """What would become of this entry if it were approved now."""
        self.ensure_one()
        if is_unclear:
            return self.env._("Several contracts fit: choose one")
        if not self.psa_minutes or self.psa_minutes < 0:
            return self.psa_contract_id.display_name or self.env._("No contract: standard rates")
        told = ", ".join(
            self._psa_tell_part(
                piece.cover.value,
                piece.minutes_worked,
                self._psa_get_block_name(piece),
                self._psa_format_amount(piece.amount) if piece.amount else "",
            )
            for piece in self._psa_preview(tables)
        )
        if self.psa_contract_id or (self.psa_work_type_id and not self.psa_work_type_id.is_billable):
            return told
        return self.env._("No contract: %(cover)s", cover=told)

    def _psa_filter_priced(self):
        """Those whose amounts this user may see, by the scope of their contract, else of their customer."""
        user = self.env.user
        if not self._has_field_access(self._fields["psa_bill_rate"], "read"):
            return self.browse()
        if user.has_groups(CONTRACT_PRICE_GROUPS):
            return self
        contracts = self.sudo().psa_contract_id.sudo(False)._filter_priced()  # whose they are is no secret

        def is_priced(line):
            contract, customer = line.sudo().psa_contract_id, line.sudo().psa_customer_id  # as above
            return contract in contracts if contract else customer.user_id == user

        return self.filtered(is_priced)

    def _psa_get_preview_tables(self):
        """Rates for previews, read once for all lines that share them."""
        tables = {}
        for key, lines in self.grouped(lambda line: line._psa_get_rate_key()).items():
            days = {line.date or fields.Date.context_today(line) for line in lines}
            tables[key] = self.env["psa.rate"]._psa_get_table(*key, days)
        return tables

    def _psa_get_rate_key(self):
        """What decides the rates of this entry: company, currency, contract, customer."""
        contract, company = self.psa_contract_id, self.company_id or self.env.company
        return company, contract.currency_id or company.currency_id, contract, self.psa_customer_id

    def _psa_preview(self, tables):
        """The pieces of this entry alone, after all approved time; without a table of rates all amounts are 0."""
        key = company, currency, contract, _customer = self._psa_get_rate_key()
        table = tables.get(key) or rates.RateTable(currency.name)
        entries = self._psa_get_entries()
        if not contract:
            terms = rating.Terms(table, unit=Decimal(str(currency.rounding)))
            return labour.collect(entries, company._psa_get_rounding(), terms)
        return labour.collect(
            entries,
            contract._psa_get_policy(),
            contract._psa_get_terms(table),
            contract._psa_get_blocks(contract._psa_get_draws()),
        )

    def _psa_get_block_name(self, piece):
        return self.env["psa.contract.block"].browse(piece.block).name if piece.block else ""

    def _psa_format_amount(self, amount):
        currency = self.psa_contract_id.currency_id or (self.company_id or self.env.company).currency_id
        return currency.format(float(amount))

    def _psa_tell_part(self, cover, minutes, block, amount):
        """One part of the sentence, in the words of the suite: "0:27 covered by C-2026-0007/B2"."""
        texts = {
            "covered": self.env._("%(time)s covered by %(block)s"),
            "overage": self.env._("%(time)s overage"),
            "billable": self.env._("%(time)s billable"),
            "non_billable": self.env._("%(time)s non-billable"),
            "no_charge": self.env._("%(time)s no charge"),
            "written_off": self.env._("%(time)s written off"),
        }
        told = texts[cover] % {"time": clock(minutes), "block": block}
        return f"{told} ({amount})" if amount else told
