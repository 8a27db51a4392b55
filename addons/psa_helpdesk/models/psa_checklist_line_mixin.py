from odoo import api, fields, models
from odoo.exceptions import AccessError

BOOKED = {"done_by_id", "done_at"}


class PsaChecklistLineMixin(models.AbstractModel):
    """A line to tick, whatever it stands on: what is to be done, and who did it when.

    A model of lines adds the field of what they stand on, and its own rights.
    """

    _name = "psa.checklist.line.mixin"
    _description = "Line to tick"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Item", required=True)
    is_required = fields.Boolean(string="Required")
    is_done = fields.Boolean(string="Done", copy=False)
    done_by_id = fields.Many2one("res.users", string="Done by", readonly=True, copy=False)
    done_at = fields.Datetime(string="Done on", readonly=True, copy=False)
    checklist_id = fields.Many2one(
        "psa.checklist", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_booked({name for vals in vals_list for name in vals})
        # An explicit value beats the default that a client may put into the context.
        fixed = dict.fromkeys(BOOKED, False)
        now = self._prepare_done()
        return super().create([fixed | vals | (now if vals.get("is_done") else {}) for vals in vals_list])

    def write(self, vals):
        self._check_booked(vals.keys())
        if "is_done" not in vals:
            return super().write(vals)
        ticked = self.filtered(lambda line: line.is_done != bool(vals["is_done"]))
        super(PsaChecklistLineMixin, self - ticked).write(vals)
        done = self._prepare_done() if vals["is_done"] else dict.fromkeys(BOOKED, False)
        super(PsaChecklistLineMixin, ticked).write(vals | done)
        return True

    def _prepare_done(self):
        return {"done_by_id": self.env.uid, "done_at": fields.Datetime.now()}

    @api.model
    def _check_booked(self, names):
        if BOOKED & set(names) and not self.env.su:
            raise AccessError(self.env._("Who did an item and when is written by the system alone."))
