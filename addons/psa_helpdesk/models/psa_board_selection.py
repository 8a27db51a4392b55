from odoo import fields, models


class PsaBoardSelection(models.Model):
    """Technicians that a dispatcher wants to see together on the board, under a name. Everybody has their own."""

    _name = "psa.board.selection"
    _description = "Selection of technicians on the dispatch board"
    _order = "name, id"

    name = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Dispatcher",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
    )
    technician_ids = fields.Many2many("res.users", string="Technicians", required=True)

    _name_once = models.UniqueIndex("(user_id, name)", "You have a selection of this name already.")
