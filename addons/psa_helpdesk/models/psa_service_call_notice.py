from datetime import timezone
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from ..logic import call_news, call_stages
from ..own_word import is_said
from ..time_zones import find_zone, usable_zone
from .psa_service_call import BOARD_CHANNEL


class PsaServiceCall(models.Model):
    """Who is told of a call: its technicians at once, the customer where somebody wants it, open boards always."""

    _inherit = "psa.service.call"

    customer_zone = fields.Char(
        string="Customer's time", compute="_compute_customer_zone", help="The time zone of the customer."
    )

    def action_tell_customer(self):
        """Mail the time to the contacts."""
        self.check_access("write")
        self._psa_mail_customer("psa_helpdesk.psa_service_call_mail_template_booked")

    def _psa_tell_plan(self, before, after):
        """Tell technicians what changed for them, and customers who were told a time that it is another one."""
        knew = {}
        for call in self:
            now, was = after[call], before.get(call)
            old = was["technicians"] if was else now["technicians"][:0]
            knew |= {
                (call, user): was["start_at"] if user in old else None for user in old | now["technicians"]
            }
            if was and was["start_at"] != now["start_at"] and call.sudo().told_at:
                call._psa_mail_customer("psa_helpdesk.psa_service_call_mail_template_booked")
        self._psa_tell_technicians(knew)

    def _psa_tell_cancelled(self):
        calls = self.sudo()  # the technicians hear of it, whoever cancels
        self._psa_tell_technicians(
            {(call, user): call.start_at for call in calls for user in call.technician_ids}
        )
        for call in calls:
            if call.told_at:
                call._psa_mail_customer("psa_helpdesk.psa_service_call_mail_template_cancelled")

    def _psa_tell_technicians(self, knew):
        """Tell technicians by the ways they chose, see `psa.notice._tell_calls`."""
        if not is_said(self.env, "psa_silent"):
            self.env["psa.notice"]._tell_calls(knew)

    def _psa_find_news(self, user, knew):
        """Return what is new about this call for `user` who knew of the start `knew`, see `logic/call_news.py`."""
        self.ensure_one()
        call = self.sudo()  # as above
        is_cancelled = call.state == call_stages.CANCELLED
        is_to_go = user in call.technician_id | call.other_technician_ids and not is_cancelled
        return call_news.find_word(knew, call.start_at if is_to_go else None, is_cancelled)

    def _psa_word_notice(self, what, user):
        """Return the first line of a notice: number, customer and what happened."""
        values = {
            "call": self.number,
            "customer": self.partner_id.name or "",
            "when": self._psa_say_when(user),
        }
        match what:
            case "booked":
                return self.env._("%(call)s %(customer)s: booked for %(when)s", **values)
            case "moved":
                return self.env._("%(call)s %(customer)s: moved to %(when)s", **values)
            case "taken_off":
                return self.env._("%(call)s %(customer)s: not yours any more", **values)
            case _:
                return self.env._("%(call)s %(customer)s: cancelled (%(when)s)", **values)

    def _psa_word_body(self):
        """Return why, where and what, as plain text; a phone shows the beginning."""
        where = (
            self._psa_say_address()
            or dict(self._fields["place"]._description_selection(self.env))[self.place]
        )
        lines = [self.cancel_reason, where, *self.ticket_ids.mapped("display_name"), self.instructions]
        return "\n".join(filter(None, lines))

    def _psa_mail_customer(self, template):
        """Queue a mail to the contact of each call, in the contact's language."""
        if is_said(self.env, "psa_silent"):
            return
        template = self.env.ref(template, raise_if_not_found=False)
        for call in (
            self.sudo() if template else ()
        ):  # sudo: a mail of the desk goes out whoever planned the call
            if call.contact_id.email:
                template.sudo().send_mail(call.id, email_layout_xmlid="mail.mail_notification_layout")
                call.told_at = fields.Datetime.now()

    def _psa_log(self, text, words=()):
        """Write an internal note on the call, in the name of the one who acts."""
        self.ensure_one()
        # sudo: a note of the system on what this user was allowed to do
        self.sudo().message_post(
            body=Markup("<br/>").join([text, *words]),
            author_id=self.env.user.partner_id.id,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )

    def _psa_note_collision(self, words):
        """Note that the calendar moved the call to where something speaks against it, and tell the technicians."""
        self._psa_log(self.env._("Moved in the calendar, although:"), words)

    def _psa_tell_days(self, users):
        """Let the open days of technicians read again, also of one who is taken off."""
        for user in users:
            user._bus_send("psa_my_day/changed", {"ids": self.ids})

    @api.model
    def _psa_get_live_channels(self, routes):
        # sudo: the one who changes a call may not read every company; dispatchers hear of it: see ir_websocket.py
        companies = self.env["res.company"].sudo()
        return {route: [(companies.browse(route[0]), BOARD_CHANNEL)] for route in routes}

    def _psa_say_when(self, user):
        """Return day and time as `user` reads them, with the zone: others read what is written down too."""
        zone = usable_zone(user.tz, self.company_id.sudo().partner_id.tz)  # sudo: the zone of our own office
        when = format_datetime(
            self.env, self.start_at, tz=zone, dt_format="EEE d MMM HH:mm", lang_code=user.lang
        )
        return f"{when} ({zone})"

    def _psa_say_when_to_customer(self):
        """Return day, times and zone as the customer reads them, in the language of the environment."""
        self.ensure_one()
        return self.env._(
            "%(start)s to %(stop)s (%(zone)s)",
            start=self._psa_say_moment_to_customer(self.start_at),
            stop=format_datetime(self.env, self._psa_localize(self.stop_at), tz="UTC", dt_format="HH:mm"),
            zone=self._psa_get_customer_zone(),
        )

    def _psa_say_moment_to_customer(self, moment):
        """Return the day, written out, and the time of a moment (naive UTC) as the customer reads them."""
        local = self._psa_localize(moment)
        day = format_date(self.env, local.date(), date_format="full")
        return f"{day}, {format_datetime(self.env, local, tz='UTC', dt_format='HH:mm')}"

    def _psa_localize(self, moment):
        zone = ZoneInfo(self._psa_get_customer_zone())
        return moment.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None)

    def _psa_get_customer_zone(self):
        """Return the time zone that mails and papers speak in: of the site where somebody goes there, else of the contact."""
        self.ensure_one()
        return usable_zone(self._psa_find_customer_zone(), self.sudo().company_id.partner_id.tz)  # as below

    def _psa_find_customer_zone(self):
        """Return the time zone of the customer, None where nobody knows it."""
        call = self.sudo()  # zones of people and places the reader is told of
        there = call.site_id.tz if call.place == "on_site" else None
        return find_zone(there, call.contact_id.tz, call.partner_id.tz)

    @api.depends("place", "site_id.tz", "contact_id.tz", "partner_id.tz")
    def _compute_customer_zone(self):
        for call in self:
            call.customer_zone = call._psa_find_customer_zone()

    def _psa_say_address(self):
        """Return the address in one line, nothing where nobody goes."""
        self.ensure_one()
        site = self.sudo().site_id  # who may read the call sees where it is
        if self.place != "on_site" or not site:
            return ""
        parts = (
            site.street,
            site.street2,
            " ".join(filter(None, (site.zip, site.city))),
            site.country_id.name,
        )
        return ", ".join(filter(None, parts))
