from uuid import uuid4

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse

from ..logic.delivery import Delivery
from ..logic.hearing import is_silent
from ..logic.sample import sample_bodies


class PsaAlertSource(models.Model):
    """Is the source heard? What it last said, and a test that goes the way of its messages."""

    _inherit = "psa.alert.source"

    is_silent = fields.Boolean(
        string="Silent",
        compute="_compute_heard",
        search="_search_is_silent",
        help="Never heard of, or not for as long as it may be silent.",
    )
    heard_text = fields.Char(string="Heard", compute="_compute_heard")

    @api.depends("last_seen_at", "silence_hours")
    @api.depends_context("lang")
    def _compute_heard(self):
        now = fields.Datetime.now()
        locale = babel_locale_parse(self.env.context.get("lang") or self.env.user.lang)
        for source in self:
            heard = source.last_seen_at
            source.is_silent = not heard or is_silent(heard, source.silence_hours, now)
            source.heard_text = (
                format_timedelta(heard - now, add_direction=True, locale=locale)
                if heard
                else self.env._("Never")
            )

    def _search_is_silent(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Each may be silent for a time of its own, and there are few of them.
        heard = self.with_context(active_test=False).search([("last_seen_at", "!=", False)])
        silent = Domain("last_seen_at", "=", False) | Domain("id", "in", heard.filtered("is_silent").ids)
        return Domain.OR(silent if wanted else ~silent for wanted in value)

    def action_send_test(self):
        """Let a problem and its recovery in, as if the other system had sent them, and show what becomes of it."""
        self.ensure_one()
        self.check_access("write")
        # sudo: what the door does it does as superuser; that the person may keep this source was checked
        source = self.sudo()
        now = fields.Datetime.now()
        gate = source._find_gate(now)
        if gate is None:
            raise UserError(
                self.env._(
                    "A test cannot be sent because the source has no address that works. Make an address first."
                )
            )
        events = self.env["psa.alert.event"]
        for body in sample_bodies(self.system, f"psa-test-{uuid4().hex[:12]}", now):
            answer = source._take_in(gate, Delivery("", body, {"user-agent": "psa-test"}), now)
            if answer.status != 202:
                raise UserError(self.env._("The door refused the test: %(reason)s.", reason=answer.text))
            events = events or events.search([("source_id", "=", self.id)], order="id desc", limit=1)
        events._wake_processing()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Test of %(source_name)s", source_name=self.name),
            "res_model": "psa.alert.event",
            "res_id": events.id,
            "views": [(False, "form")],
        }

    def _find_gate(self, now):
        """Return the gate of the newest address of this source that works, or None."""
        for secret in self.secret_ids:
            if self.active and (not secret.expires_at or secret.expires_at > now):
                return self._get_gate(secret.prefix)
        return None
