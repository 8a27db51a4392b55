from odoo import api, fields, models
from odoo.exceptions import AccessError

# What an approver looks at: with four eyes on, somebody else than who set it approves the part.
BILLED_FIELDS = {"ticket_id", "product_id", "quantity", "date", "free_reason", "user_id"}
# They follow from the ticket, the price list and who writes; a form shows them, a call could send them.
SYSTEM_FIELDS = {
    "company_id",
    "customer_id",
    "price_unit",
    "price_currency_id",
    "pricelist_id",
    "changed_by_id",
}


class PsaPart(models.Model):
    """Whose hand wrote a part down, and what no hand writes."""

    _inherit = "psa.part"

    changed_by_id = fields.Many2one(
        "res.users", string="Last set by", readonly=True, copy=False, groups="base.group_user"
    )

    @api.model
    def default_get(self, fields_list):
        """Leave out defaults that a client says, or a user has set, for what the system writes."""
        defaults = super().default_get(fields_list)
        if self.env.su:
            return defaults
        return {name: value for name, value in defaults.items() if name not in SYSTEM_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields({name for vals in vals_list for name in vals})
        parts = super().create(vals_list)
        parts._note_hand()
        return parts

    def write(self, vals):
        self._check_system_fields(vals.keys())
        result = super().write(vals)
        if BILLED_FIELDS & vals.keys():
            self._note_hand()
        return result

    def _note_hand(self):
        if not self.env.su:
            # sudo: whose hand it was is not for the client to say
            self.sudo().changed_by_id = self.env.uid

    @api.model
    def _check_system_fields(self, names):
        if not self.env.su and SYSTEM_FIELDS & names:
            raise AccessError(
                self.env._(
                    "Company, customer and price of a part are not written: they follow from its ticket and its product."
                )
            )
