from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    psa_call_serial = fields.Integer(
        string="Service calls given",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Counts the calls given to this technician, so that two at the same moment are noticed.",
    )
