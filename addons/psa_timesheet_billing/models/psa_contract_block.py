from odoo import models


class PsaContractBlock(models.Model):
    _inherit = "psa.contract.block"

    def _get_reserved_hundredths(self):
        """What time not yet approved would draw, by block id (Rule D9.23)."""
        reserved = super()._get_reserved_hundredths()
        # sudo: the balance is the same for everybody who may see it, also where the drafts are colleagues'.
        lines = self.env["account.analytic.line"].sudo()
        for block_id, hundredths in lines._psa_get_reserved(self.sudo().contract_id).items():
            reserved[block_id] = reserved.get(block_id, 0) + hundredths
        return reserved
