from odoo import api, fields, models
from odoo.fields import Domain


class PsaContract(models.Model):
    """A contract as its customer sees it: what it covers and how much is left, no prices.

    Customers have no right on contracts and items at all. The portal looks a contract up with
    `_psa_get_portal_domain` and hands on the named facts below, so that nothing else can be read over RPC.
    """

    _inherit = "psa.contract"

    @api.model
    def _psa_get_portal_domain(self, user):
        """The contracts that this customer may see: those of the own company, by the level of the contact."""
        if not user._psa_sees_whole_company():
            return Domain.FALSE
        return Domain.AND(
            [
                Domain("partner_id.commercial_partner_id", "=", user.sudo().commercial_partner_id.id),
                Domain("company_id", "in", user.sudo().company_ids.ids),
                Domain("state", "in", ("active", "ended")),
            ]
        )

    @api.model
    def _psa_find_for_portal(self, user, contract_id=None):
        """Return what this customer may see, running ones first, as superuser records."""
        domain = self._psa_get_portal_domain(user)
        if contract_id is not None:
            domain &= Domain("id", "=", contract_id)
        # sudo: customers have no right on contracts; the domain says which ones are theirs
        return self.sudo().search(domain, order="state, date_start desc, id desc")

    def _psa_get_portal_facts(self):
        """What the page says about one contract."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        return {
            "id": self.id,
            "number": self.number,
            "name": self.name,
            "is_running": self.state == "active",
            "date_start": self.date_start,
            "date_end": self.date_end,
            "charges": [
                charge._psa_describe_for_portal()
                for charge in self.charge_ids
                if charge._psa_is_running_on(today)
            ],
            "blocks": [block._psa_get_portal_facts(today) for block in self.block_ids],
        }
