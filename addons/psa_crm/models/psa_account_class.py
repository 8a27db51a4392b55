from odoo import fields, models


class PsaAccountClass(models.Model):
    """How important a customer is to us; the desk, the promises and the reports look at it."""

    _name = "psa.account.class"
    _description = "Account class"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short name for imports and integrations. It stays the same when the name is translated.",
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer(string="Colour")
    description = fields.Text(
        translate=True,
        help="When a customer belongs in this class and what it means for the desk.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(lower(code))", "Two account classes cannot have the same code.")
