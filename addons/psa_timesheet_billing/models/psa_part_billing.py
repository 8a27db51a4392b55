from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..logic import contract_choice, part_price


class PsaPart(models.Model):
    """From parts to billing items: the ORM side of `logic/part_price.py`. Superuser from `_collect` on."""

    _inherit = "psa.part"

    def _collect(self):
        """Bring these parts into the ledger, with a constant number of queries; parts for nobody are taken out."""
        # sudo: contracts and prices decide for everybody alike; who may write the parts was checked by the caller.
        parts = self.sudo().exists()
        wanted = parts.filtered("customer_id")
        ledger = self.env["psa.billing.item"]
        ledger._withdraw(self._name, (parts - wanted).ids)
        contracts = wanted._choose_contracts()
        vals_list = [part._prepare_item(contracts[part]) for part in wanted]
        for item, vals in zip(ledger._collect(vals_list), vals_list, strict=True):
            item._ask_for_review(vals["state"])
        parts.invalidate_recordset(["billing_state"])

    def _choose_contracts(self):
        """{part: contract}: the ticket's where it is valid on the day, else the customer's (Rule D9.51)."""
        known = self.env["psa.contract"]._psa_get_candidates(self.customer_id, self.company_id)
        return {
            part: self.env["psa.contract"].browse(
                contract_choice.choose(
                    known[part.customer_id.id, part.company_id.id],
                    part.date,
                    preferred=part.ticket_id.psa_contract_id.id,
                ).key
            )
            for part in self
        }

    def _prepare_item(self, contract):
        """Hook: values of the billing item of this part under `contract`, which may be empty."""
        self.ensure_one()
        currency = contract.currency_id or self.company_id.currency_id
        priced = self._price_in(currency)
        # A part without a price is no free part: somebody names a price, or says why it costs nothing.
        is_ready = contract.psa_approval_mode == "immediate" and (priced.amount or self.free_reason)
        return {
            "kind": "part",
            "source_model": self._name,
            "source_id": self.id,
            "contract_id": contract.id,
            "partner_id": (contract._get_billed_partner() if contract else self.customer_id).id,
            "company_id": self.company_id.id,
            "currency_id": currency.id,
            "user_id": self.user_id.id,
            "product_id": self.product_id.id,
            "date": self.date,
            "name": self._get_invoice_text(),
            "work_text": self.name,
            "work_ref": self.ticket_id.display_name,
            "quantity": self.quantity,
            "price_unit": float(priced.price),
            "amount": float(priced.amount),
            "cover": priced.cover,
            "derivation": part_price.derivation(priced),
            "state": "approved" if is_ready else "draft",
        }

    def _price_in(self, currency):
        own = self.price_currency_id
        factor = Decimal(1)
        if own != currency:
            factor = Decimal(str(own._get_conversion_rate(own, currency, self.company_id, self.date)))
        return part_price.price(
            part_price.Part(
                quantity=Decimal(str(self.quantity)),
                unit=self.uom_id.name,
                price=Decimal(str(self.price_unit)),
                currency=own.name,
                used_on=self.date,
                price_list=self.pricelist_id.name or "",
                free_reason=self.free_reason or "",
            ),
            part_price.Money(currency.name, Decimal(str(currency.rounding)), factor),
        )

    def _get_invoice_text(self):
        """What the customer reads: the part, its serial number, why it is free."""
        self.ensure_one()
        reader = self.with_context(lang=self.ticket_id.partner_id.lang or self.env.lang)
        text = self.name
        if self.serial:
            text = reader.env._("%(part)s, serial number %(serial)s", part=text, serial=self.serial)
        if self.free_reason:
            text = reader.env._("%(part)s (no charge: %(reason)s)", part=text, reason=self.free_reason)
        return text

    @api.model
    def _get_open_domain(self):
        """Parts of which something may still change in the ledger."""
        ledger = self.env["psa.billing.item"].sudo()
        settled = ledger._search(Domain("source_model", "=", self._name) & ledger._get_settled_domain())
        return Domain("id", "not in", settled.subselect(SQL.identifier(ledger._table, "source_id")))
