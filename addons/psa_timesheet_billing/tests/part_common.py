from odoo import Command

from .common import PsaTimeCase, day


class PsaPartCase(PsaTimeCase):
    """A fan and a disk, a contract that takes them, and what the ledger holds of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fan, cls.disk = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "default_code": code,
                    "type": "consu",
                    "list_price": price,
                    "taxes_id": [Command.set(cls.tax.ids)],
                }
                for name, code, price in (("Fan", "FAN-80", 19.9), ("Disk", "SSD-1T", 89.0))
            ]
        )
        cls.contract = cls._make_contract(name="Managed", is_default=True)

    @classmethod
    def _use(cls, product=None, user=None, **values):
        parts = cls.env["psa.part"].with_user(user or cls.joe)
        return parts.create(
            {
                "ticket_id": cls.ticket.id,
                "product_id": (product or cls.fan).id,
                "date": day("03-10"),
                **values,
            }
        )

    def _make_other_customer(self):
        return self.env["res.partner"].create({"name": "Old Mill Brewery", "is_company": True})

    def _item(self, part):
        return self.env["psa.billing.item"].search(
            [("source_model", "=", "psa.part"), ("source_id", "in", part.ids)]
        )
