"""What a run would do, computed and never written."""

from collections import defaultdict

from odoo import api, fields, models


class PsaBillingRun(models.Model):
    _inherit = "psa.billing.run"

    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("company_id", "cutoff_date", "partner_ids", "state")
    def _compute_preview(self):
        for run in self:
            run.preview = run._render_preview() if run.state == "draft" and run.cutoff_date else False

    def _render_preview(self):
        if self._is_too_late():
            values = {"problem": self._describe_too_late()}
        else:
            rows = self._get_preview()
            values = {"rows": rows, "totals": self._get_totals(rows)}
        return self.env["ir.qweb"]._render("psa_contracts.psa_billing_run_preview", values)

    @staticmethod
    def _get_totals(rows):
        """[(currency, items, amount)], one for each currency."""
        totals = {}
        for row in rows:
            count, amount = totals.get(row["currency"], (0, 0.0))
            totals[row["currency"]] = count + row["count"], amount + row["amount"]
        return [(currency, *total) for currency, total in totals.items()]

    def _get_preview(self):
        """One row a customer and currency: number of items, amount, and what to look at first. Reads only.

        Fees and blocks that Run would generate are computed in memory. Work that a collector still brings in when
        the run starts is not in the figures; the addon that knows it says so in `_get_preview_warnings`.
        """
        ledger = self.env["psa.billing.item"]
        generated = [
            row
            for row in map(ledger._prepare_collect_values, self._get_generated_values())
            if row["due_date"] <= self.cutoff_date
        ]
        known = ledger._find_by_key(generated, {})
        rows = defaultdict(lambda: {"count": 0, "amount": 0.0, "warnings": []})

        def add(partner_id, currency_id, amount):
            row = rows[partner_id, currency_id]
            row["count"] += 1
            row["amount"] += amount

        for item in ledger.search(self._get_item_domain()) - ledger.union(*known.values()):
            if item._is_settled() or item.source_model != "psa.contract.charge":  # else Run takes it away
                add(item.partner_id.id, item.currency_id.id, item.amount)
        for vals in generated:
            item = known.get(ledger._get_key(vals), ledger)
            if not item or item.state == "approved":
                amount = item.amount if item and item._is_settled() else vals["amount"]
                add(vals["partner_id"], vals["currency_id"], amount)
        for partner, currency, warning in self._get_preview_warnings():
            rows[partner.id, currency.id]["warnings"].append(warning)
        return self._name_preview(rows)

    def _get_generated_values(self):
        """Values of the items that `_prepare_collect` would bring in, for contracts that are not on hold."""
        contracts = self._get_contracts().filtered(lambda contract: not contract.on_hold)
        return contracts.charge_ids._prepare_items(
            self.cutoff_date
        ) + contracts.block_ids._prepare_sale_items(self.cutoff_date)

    def _get_preview_warnings(self):
        """Hook: (customer, currency, sentence) for each thing to look at before the run."""
        warnings = []
        waiting = self.env["psa.billing.item"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("is_billed", "=", False),
                ("state", "in", ("draft", "on_hold")),
                ("due_date", "<=", self.cutoff_date),
                *self._get_customer_domain(),
            ],
            ["partner_id", "currency_id", "state"],
            ["__count"],
        )
        texts = {
            "draft": self.env._("%(count)s items to review"),
            "on_hold": self.env._("%(count)s items on hold"),
        }
        warnings += [
            (partner, currency, texts[state] % {"count": count})
            for partner, currency, state, count in waiting
        ]
        for contract in self._get_contracts():
            if contract.on_hold:
                text = self.env._("%(contract)s is on hold", contract=contract.display_name)
                warnings.append((contract._get_billed_partner(), contract.currency_id, text))
            if contract.is_purchase_order_required and not contract.purchase_order:
                text = self.env._("%(contract)s needs an order number", contract=contract.display_name)
                warnings.append((contract._get_billed_partner(), contract.currency_id, text))
        return warnings

    def _name_preview(self, rows):
        partners = self.env["res.partner"].browse([partner for partner, _currency in rows])
        names = {partner.id: partner.display_name for partner in partners}
        named = [
            {
                "partner_id": partner_id,
                "customer": names[partner_id],
                "currency": self.env["res.currency"].browse(currency_id),
                **row,
            }
            for (partner_id, currency_id), row in rows.items()
        ]
        return sorted(named, key=lambda row: row["customer"])
