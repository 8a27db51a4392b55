from datetime import timedelta

from odoo import fields, models


class PsaOncallCall(models.Model):
    """One place of a ladder that was told, or passed over because nobody stood there."""

    _name = "psa.oncall.call"
    _description = "On-call call"
    _inherit = ["psa.ticket.part.mixin"]
    _order = "page_id, rung"

    page_id = fields.Many2one("psa.oncall.page", required=True, readonly=True, ondelete="cascade")
    ticket_id = fields.Many2one(related="page_id.ticket_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="page_id.company_id", store=True, precompute=True, index=True)
    rung = fields.Integer(string="Place", required=True, readonly=True)
    round = fields.Integer(readonly=True)
    step_id = fields.Many2one("psa.oncall.step", readonly=True, ondelete="set null")
    user_ids = fields.Many2many("res.users", string="Told", readonly=True)
    is_skipped = fields.Boolean(string="Nobody on call", readonly=True)
    told_at = fields.Datetime(string="Called", required=True, readonly=True)
    delivered_at = fields.Datetime(string="Delivered", readonly=True)
    notice_ids = fields.One2many("psa.notice", "call_id", string="Notices", readonly=True)

    # In the database too: whatever happens, nobody is called twice for one place.
    _once = models.UniqueIndex("(page_id, rung)")

    def _note_delivered(self, now):
        """The minutes of a step run from the delivery of its notice."""
        for call in self.filtered(lambda call: not call.delivered_at):
            call.delivered_at = now
            page = call.page_id
            minutes = dict(page.ladder or ()).get(call.step_id.id)
            if page.state == "calling" and minutes:
                page.next_at = now + timedelta(minutes=minutes)
