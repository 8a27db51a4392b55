from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PsaOncallRota(models.Model):
    """Who is on call: the steps of the ladder, and who stands on each of them when."""

    _name = "psa.oncall.rota"
    _description = "On-call rota"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    step_ids = fields.One2many("psa.oncall.step", "rota_id", string="Steps", copy=True)
    slot_ids = fields.One2many("psa.oncall.slot", "rota_id", string="Duties")
    team_ids = fields.One2many("helpdesk.ticket.team", "psa_oncall_rota_id", string="Queues", readonly=True)


class PsaOncallStep(models.Model):
    """One step of the ladder: whoever stands here has so many minutes to acknowledge."""

    _name = "psa.oncall.step"
    _description = "On-call step"
    _order = "rota_id, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    rota_id = fields.Many2one("psa.oncall.rota", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rota_id.company_id", store=True, precompute=True)
    minutes = fields.Integer(
        string="Minutes to acknowledge",
        required=True,
        default=10,
        help="After these the next step is told, too.",
    )

    _minutes_range = models.Constraint(
        "CHECK (minutes BETWEEN 1 AND 1440)", "A step has between one minute and a day to acknowledge."
    )

    def _get_people(self, now):
        """{step: who stands there at `now`}; steps where nobody does are left out."""
        slots = self.env["psa.oncall.slot"].search(
            [
                ("step_id", "in", self.ids),
                ("start_at", "<=", now),
                ("stop_at", ">", now),
                ("user_id.active", "=", True),
            ]
        )
        return {slot.step_id: slot.user_id for slot in slots}


class PsaOncallSlot(models.Model):
    """One person on one step, from and until. Gaps are allowed: an empty step is skipped."""

    _name = "psa.oncall.slot"
    _description = "On-call duty"
    _order = "start_at, id"
    _rec_name = "user_id"
    _check_company_auto = True

    rota_id = fields.Many2one(
        "psa.oncall.rota", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="rota_id.company_id", store=True, precompute=True)
    step_id = fields.Many2one(
        "psa.oncall.step",
        required=True,
        ondelete="cascade",
        domain="[('rota_id', '=', rota_id)]",
    )
    user_id = fields.Many2one(
        "res.users",
        string="On call",
        required=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    start_at = fields.Datetime(string="From", required=True)
    stop_at = fields.Datetime(string="Until", required=True)
    hours = fields.Float(
        compute="_compute_hours", store=True, help="Elapsed time, to add up who was on call for how long."
    )

    _order_of_time = models.Constraint("CHECK (stop_at > start_at)", "A duty ends after it begins.")
    _duty_idx = models.Index("(step_id, stop_at, start_at)")

    @api.depends("start_at", "stop_at")
    def _compute_hours(self):
        for slot in self:
            ends = slot.start_at and slot.stop_at
            slot.hours = (slot.stop_at - slot.start_at).total_seconds() / 3600 if ends else 0

    @api.constrains("rota_id", "step_id", "start_at", "stop_at", "user_id")
    def _check_duty(self):
        # Two people who fill the same step at once meet at its row.
        self.step_id.sudo().lock_for_update()  # sudo: a lock, nothing is read
        for slot in self:
            if slot.step_id.rota_id != slot.rota_id:
                raise ValidationError(self.env._("This step belongs to another rota."))
            if slot.company_id not in slot.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work for %(company)s.",
                        person=slot.user_id.name,
                        company=slot.company_id.name,
                    )
                )
            other = self.search(
                [
                    ("step_id", "=", slot.step_id.id),
                    ("id", "!=", slot.id),
                    ("start_at", "<", slot.stop_at),
                    ("stop_at", ">", slot.start_at),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(person)s is on call on step %(step)s at that time already. A step has one person at a time.",
                        person=other.user_id.name,
                        step=other.step_id.name,
                    )
                )
