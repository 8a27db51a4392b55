from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    psa_contract_count = fields.Integer(
        string="Active contracts",
        compute="_compute_psa_contract_count",
        groups="psa_contracts.psa_contracts_group_user,account.group_account_invoice",
    )

    psa_block_ids = fields.Many2many(
        "psa.contract.block",
        string="Balances",
        compute="_compute_psa_block_ids",
        groups="psa_contracts.psa_contracts_group_user",
        help="The blocks of this customer's active contracts that are valid today.",
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

    @api.depends_context("uid")
    def _compute_psa_block_ids(self):
        today = fields.Date.context_today(self)
        rows = self.env["psa.contract.block"].search(
            [
                ("partner_id", "child_of", self.commercial_partner_id.ids),
                ("contract_id.state", "=", "active"),
                ("date_start", "<=", today),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", today),
            ]
        )
        for partner in self:
            partner.psa_block_ids = rows.filtered(
                lambda block, partner=partner: (
                    block.partner_id.commercial_partner_id == partner.commercial_partner_id
                )
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
