import json

import requests
from markupsafe import Markup

from odoo import models
from odoo.tools import email_normalize, plaintext2html

from odoo.addons.mail.tools.web_push import DeviceUnreachableError, push_to_end_point
from odoo.addons.psa_crm import outgoing

from ..logic import notice_plan
from .psa_notice import NoticeProblem

SMS_CHARACTERS = 300
BODY_CHARACTERS = 120


class _Remembering(requests.Session):
    """Keeps the status of the last answer: the host's push says nothing of a refusal."""

    status = 0

    def post(self, *args, **kwargs):
        answer = super().post(*args, **kwargs)
        self.status = answer.status_code
        return answer


class PsaNotice(models.Model):
    """The ways out: each sends this notice or raises `NoticeProblem`."""

    _inherit = "psa.notice"

    def _send(self):
        self.ensure_one()
        if not self.user_id.active:
            raise NoticeProblem(self.env._("This person has left."))
        notice = self.with_context(lang=self.user_id.lang or self.env.lang)
        getattr(notice, f"_send_{self.channel}")()

    def _get_subject_record(self):
        """Hook: the record with a chatter that this is about, empty where there is none."""
        return self.ticket_id

    def _get_link_label(self):
        """Hook: what the link in a mail says."""
        return self.env._("Acknowledge") if self.call_id else self.env._("Open the ticket")

    def _get_link(self):
        """Return the address that opens what this is about: for a call the page to acknowledge it, else the record."""
        base = self.get_base_url()
        if self.call_id:
            return f"{base}{self.call_id.page_id._get_link(self.user_id)}"
        record = self._get_subject_record()
        return f"{base}/odoo/{record._name}/{record.id}" if record else base

    def _get_subject(self):
        if self.count > 1:
            return self.env._("%(subject)s (+%(more)s more)", subject=self.subject, more=self.count - 1)
        return self.subject

    def _send_inbox(self):
        """The inbox of the web client: a message about the record that is to be read, without any mail."""
        record = self._get_subject_record()
        robot = self.env.ref("base.partner_root")
        message = self.env["mail.message"].create(
            {
                "message_type": "user_notification",
                "subtype_id": self.env.ref("mail.mt_note").id,
                "model": record._name if record else False,
                "res_id": record.id,
                "author_id": robot.id,
                "subject": self._get_subject(),
                "body": self._get_html(),
                "partner_ids": self.user_id.partner_id.ids,
                "is_internal": True,
            }
        )
        person = {"id": self.user_id.partner_id.id, "uid": self.user_id.id, "notif": "inbox", "active": True}
        (record or self.env["mail.thread"])._notify_thread_by_inbox(message, [person])

    def _send_email(self):
        address = email_normalize(self.user_id.email or "")
        if not address:
            raise NoticeProblem(self.env._("There is no address."))
        mail = self.env["mail.mail"].create(
            {
                "subject": self._get_subject(),
                "body_html": self._get_html(),
                "email_from": self.company_id.partner_id.email_formatted or self.env.user.email_formatted,
                "email_to": self.user_id.email_formatted,
                "headers": repr({"Auto-Submitted": "auto-generated", "X-PSA-Key": self.delivery_key}),
                "auto_delete": False,
            }
        )
        try:
            mail.send(raise_exception=True)
        except Exception as problem:
            raise NoticeProblem(str(problem) or repr(problem)) from problem
        if mail.state == "exception":
            raise NoticeProblem(mail.failure_reason or self.env._("The mail server refused it."))

    def _get_html(self):
        button = Markup('<p><a href="%s">%s</a></p>') % (self._get_link(), self._get_link_label())
        return Markup("%s%s") % (plaintext2html(self.body or self.subject), button)

    def _send_sms(self):
        number = self.env["psa.notice.preference"]._get_for(self.user_id)[self.user_id].phone
        if not number:
            raise NoticeProblem(self.env._("There is no phone number."))
        text = f"{self._get_subject()}\n{(self.body or '')[:BODY_CHARACTERS]}"[:SMS_CHARACTERS]
        sms = self.env["sms.sms"].create(
            {
                "number": number,
                "body": f"{text}\n{self._get_link()}",
                "partner_id": self.user_id.partner_id.id,
            }
        )
        try:
            sms._send(unlink_failed=False, unlink_sent=False, raise_exception=True)
        except Exception as problem:
            raise NoticeProblem(str(problem) or repr(problem)) from problem
        if sms.state in ("error", "canceled"):
            reasons = dict(sms._fields["failure_type"]._description_selection(self.env))
            raise NoticeProblem(reasons.get(sms.failure_type) or self.env._("The text message was refused."))

    def _send_push(self):
        """Send to all browsers of this person; one that takes it is enough."""
        thread = self.env["mail.thread"]
        devices, private_key, public_key = thread._web_push_get_partners_parameters(
            self.user_id.partner_id.ids
        )
        if not devices:
            raise NoticeProblem(self.env._("No browser or phone of this person takes notices."))
        payload = json.dumps(thread._web_push_truncate_payload(self._prepare_push()))
        taken, session = 0, _Remembering()
        for device in devices:
            taken += self._push_to(device, payload, private_key, public_key, session)
        if not taken:
            raise NoticeProblem(self.env._("No browser or phone of this person could be reached."))

    def _push_to(self, device, payload, private_key, public_key, session):
        """Return whether the browser's maker took the notice."""
        place = {"id": device.id, "endpoint": device.endpoint, "keys": device.keys}
        session.status = 0
        try:
            push_to_end_point(
                base_url=self.get_base_url(),
                device=place,
                payload=payload,
                vapid_private_key=private_key,
                vapid_public_key=public_key,
                session=session,
            )
        except (DeviceUnreachableError, requests.RequestException, ValueError):
            return False
        return session.status in (0, 201)

    def _prepare_push(self):
        return {
            "title": self._get_subject(),
            "options": {
                "body": (self.body or "")[:BODY_CHARACTERS],
                "icon": "/web/static/img/odoo-icon-192x192.png",
                "tag": self.delivery_key,
                "data": {"model": "helpdesk.ticket", "res_id": self.ticket_id.id, "url": self._get_link()},
            },
        }

    def _send_pager(self):
        """Post to the pager's address. It is typed in by people, so it may only lead into the open network."""
        preference = self.env["psa.notice.preference"]._get_for(self.user_id)[self.user_id]
        address = preference.pager_address
        if not address or notice_plan.explain_pager_address(address):
            raise NoticeProblem(self.env._("There is no usable address of a pager."))
        headers = {"Idempotency-Key": self.delivery_key}
        if preference.pager_secret:
            headers["Authorization"] = f"Bearer {preference.pager_secret}"
        try:
            status = outgoing.post_json(address, self._prepare_page(), headers)
        except outgoing.NotReachedError as problem:
            raise NoticeProblem(self._explain_pager(problem.kind)) from problem
        if not 200 <= status < 300:
            raise NoticeProblem(self.env._("The pager answered %(status)s.", status=status))

    def _explain_pager(self, kind):
        """Return in words why a pager was not reached, see `NotReachedError`."""
        if kind == "private":
            return self.env._("There is no usable address of a pager.")
        if kind == "unknown":
            return self.env._("The pager's address is not known.")
        if kind == "tls":
            return self.env._("The certificate of the pager's address is not valid.")
        return self.env._("The pager did not answer.")

    def _prepare_page(self):
        return {
            "key": self.delivery_key,
            "subject": self._get_subject(),
            "text": self.body or "",
            "urgent": self.is_urgent,
            "ticket": self.ticket_id.number or None,
            "link": self._get_link(),
        }
