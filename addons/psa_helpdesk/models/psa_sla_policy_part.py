from odoo import api, fields, models


class PsaSlaPolicyPart(models.AbstractModel):
    """A line of a policy: whatever changes in it, the policy's terms are read anew."""

    _name = "psa.sla.policy.part"
    _description = "Part of an SLA policy"
    _check_company_auto = True

    policy_id = fields.Many2one(
        "psa.sla.policy", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, precompute=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.policy_id._forget_terms()
        return parts

    def write(self, vals):
        policies = self.policy_id
        result = super().write(vals)
        (policies | self.policy_id)._forget_terms()
        return result

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        policies._forget_terms()
        return result
