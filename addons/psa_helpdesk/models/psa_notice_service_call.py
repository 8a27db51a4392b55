from uuid import uuid4
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import groupby

from ..logic import call_news
from ..time_zones import usable_zone
from .psa_notice import UNSENT


class PsaNotice(models.Model):
    """Notices to technicians about their service calls. What is not out yet is written anew: the last state counts."""

    _inherit = "psa.notice"

    service_call_id = fields.Many2one(
        "psa.service.call", string="Service call", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    knew_at = fields.Datetime(
        string="Start known before",
        readonly=True,
        help="What the person knew of the service call before this notice; empty: nothing.",
    )

    @api.model
    def _tell_calls(self, knew, now=None):
        """Tell technicians what is new to them about service calls; for who acts there is nothing new.

        :param knew: {(call, user): the start the person knew of before, None where it was nothing}
        :return: the notices that wait now
        """
        now = now or fields.Datetime.now()
        # sudo: a technician who is taken off may not see the call any more, but shall hear of it
        notices = self.sudo()
        waiting = notices._find_waiting(knew)
        told = notices.browse()
        news = {}
        for (call, user), known_before in knew.items():
            notice, *doubles = waiting.get((call, user), [told])
            told.union(*doubles).unlink()  # two people planned at the same moment
            known = (notice.knew_at or None) if notice else known_before
            if user == self.env.user or not user.sudo().active or not call._psa_find_news(user, known):
                notice.unlink()
            else:
                news[call.sudo(), user.sudo()] = (known, notice)
        plans = self._plan_calls({key: known for key, (known, _notice) in news.items()}, now)
        vals_list = []
        for key, (_known, notice) in news.items():
            if notice:
                notice.write(plans[key])
                told |= notice
            else:
                vals_list.append(plans[key] | {"key": uuid4().hex})
        told |= notices.create(vals_list)
        if told:
            self.env.ref("psa_helpdesk.psa_helpdesk_cron_notices")._trigger(at=now + call_news.SETTLE)
        return told.with_env(self.env)

    def _find_waiting(self, knew):
        """{(call, user): the notices that are not out yet, the oldest first}, with one search."""
        domain = [
            ("service_call_id", "in", [call.id for call, _user in knew]),
            ("user_id", "in", [user.id for _call, user in knew]),
            ("state", "in", UNSENT),
        ]
        found = groupby(
            self.search(domain, order="id"), lambda notice: (notice.service_call_id.id, notice.user_id.id)
        )
        by_ids = dict(found)
        return {(call, user): by_ids[call.id, user.id] for call, user in knew if (call.id, user.id) in by_ids}

    @api.model
    def _plan_calls(self, known, now):
        """{(call, user): values of the notice}, from {(call, user): the start the person knew of}."""
        users = self.env["res.users"].sudo().union(*(user for _call, user in known))
        preference_model = self.env["psa.notice.preference"].sudo()
        preferences = preference_model._get_for(users)
        with_browser = preference_model._get_with_browser(users)
        plans = {}
        for (call, user), knew_at in known.items():
            zone = ZoneInfo(usable_zone(user.tz, call.company_id.partner_id.tz))
            urgent = call_news.is_today(now, (knew_at, call.start_at), zone)
            in_words = call.with_context(lang=user.lang)
            plans[call, user] = {
                **preferences[user]._plan_first(
                    now + call_news.SETTLE,
                    urgent,
                    "3" in call.ticket_ids.mapped("priority"),
                    user in with_browser,
                    is_call=True,
                ),
                "user_id": user.id,
                "company_id": call.company_id.id,
                "service_call_id": call.id,
                "knew_at": knew_at,
                "subject": in_words._psa_word_notice(call._psa_find_news(user, knew_at), user)[:250],
                "body": in_words._psa_word_body(),
                "is_urgent": urgent,
            }
        return plans

    def _get_subject_record(self):
        return self.service_call_id or super()._get_subject_record()

    def _get_link_label(self):
        return self.env._("Open the service call") if self.service_call_id else super()._get_link_label()

    def _prepare_page(self):
        page = super()._prepare_page()
        return page | {"service_call": self.service_call_id.number} if self.service_call_id else page
