from odoo import api, fields, models


class PsaAlertAddress(models.TransientModel):
    """Shows a new address once. Nothing of it is stored: it lives in the context of the dialog only."""

    _name = "psa.alert.address"
    _description = "New address of a source"
    _inherit = ["psa.dialog.mixin"]

    source_id = fields.Many2one("psa.alert.source", required=True, readonly=True, ondelete="cascade")
    address = fields.Char(compute="_compute_address")
    token = fields.Char(
        compute="_compute_address", help="For systems that can send it as “Authorization: Bearer …” instead."
    )
    example = fields.Text(string="What to enter there", compute="_compute_address")

    def _psa_check_links(self):
        self.source_id.check_access("write")

    @api.depends("source_id")
    @api.depends_context("psa_token")
    def _compute_address(self):
        token = self.env.context.get("psa_token", "")
        for dialog in self:
            dialog.token = token
            dialog.address = dialog.source_id._get_address(token) if token else False
            dialog.example = dialog.source_id._get_example(dialog.address) if token else False
