from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    psa_contract_ids = fields.One2many(
        "psa.contract",
        "partner_id",
        string="Contracts",
        groups="psa_contracts.psa_contracts_group_user,account.group_account_invoice",
    )
    psa_contract_count = fields.Integer(
        string="Active contracts",
        compute="_compute_psa_contract_count",
        groups="psa_contracts.psa_contracts_group_user,account.group_account_invoice",
    )

    def _compute_psa_contract_count(self):
        rows = self.env["psa.contract"]._read_group(
            self._get_psa_contract_domain(), ["partner_id"], ["__count"]
        )
        for partner in self:
            family = partner.commercial_partner_id
            partner.psa_contract_count = sum(
                count for customer, count in rows if customer.commercial_partner_id == family
            )

    def _get_psa_contract_domain(self):
        """Active contracts of these customers: the button and its list ask the same."""
        return [("partner_id", "child_of", self.commercial_partner_id.ids), ("state", "=", "active")]

    def action_psa_open_contracts(self):
        """The active contracts of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_contracts.psa_contract_action")
        return action | {
            "domain": self._get_psa_contract_domain(),
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
