import base64
import email
import logging
import xmlrpc.client

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..logic import mail_gate
from ..logic.reply import read_sender
from ..own_word import is_said

_logger = logging.getLogger(__name__)

TICKET = "helpdesk.ticket"


class MailThread(models.AbstractModel):
    """The gate for mails to the desk: what may go into a ticket, and a row for each mail whatever became of it."""

    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        """Keep a mail that cannot be read: the host marks it as read on the mail server, and nobody would see it."""
        is_fetched = self.env.context.get("fetchmail_cron_running") and (
            self.env.su or self.env.user._is_system()  # a context also comes from clients
        )
        if model != TICKET or not is_fetched:
            return super().message_process(model, message, *args, **kwargs)
        try:
            with self.env.cr.savepoint():
                return super().message_process(model, message, *args, **kwargs)
        except Exception as problem:
            _logger.info("A mail to the desk could not be read and is kept as it came", exc_info=True)
            self._psa_keep_failed(message, problem)
            return False

    @api.model
    def _psa_keep_failed(self, source, problem):
        raw = source.data if isinstance(source, xmlrpc.client.Binary) else source
        raw = raw.encode() if isinstance(raw, str) else bytes(raw)
        parsed = email.message_from_bytes(raw, policy=email.policy.compat32)
        said = {"email_from": str(parsed.get("From") or ""), "subject": str(parsed.get("Subject") or "")}
        said["message_id"] = str(parsed.get("Message-Id") or "")
        self._psa_book_mail(said, "failed", str(problem)[:250] or repr(problem)[:250], raw)

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Refuse what a machine sends to open tickets, and what comes too often (Rule D8.5); nothing is lost."""
        if is_said(self.env, "psa_taken_in"):
            return False
        is_ours = any(route[0] == TICKET for route in routes or ())
        bounced = message_dict.get("bounced_message")
        if not is_ours and not (bounced and bounced.model == TICKET):
            return super()._detect_loop_sender(message, message_dict, routes)
        reason = self._psa_refuse(message, message_dict, routes)
        if not reason and super()._detect_loop_sender(message, message_dict, routes):
            reason = "loop"  # the host's own guard, which counts by the hour
        if reason:
            _logger.info("A mail to the desk was kept out: %s, %s", reason, message_dict.get("message_id"))
            why = self._psa_explain_refused(reason)
            self._psa_book_mail(
                message_dict, reason, why, message.as_bytes(), self._psa_find_aim(routes, bounced)
            )
        return bool(reason)

    @api.model
    def _psa_refuse(self, message, message_dict, routes):
        key = mail_gate.subject_key(message_dict.get("subject"))
        sender = email_normalize(message_dict.get("email_from") or "")
        # sudo: the gateway counts, whoever it acts for
        seen = self.env["psa.incoming.mail"].sudo()
        # The host's list of senders that may write as often as they like; monitoring systems stand there.
        is_trusted = self.env["mail.gateway.allowed"].sudo().search_count([("email_normalized", "=", sender)])
        return mail_gate.refuse(
            mail_gate.Mail(
                is_bounce=bool(message_dict.get("is_bounce")),
                is_auto_reply=read_sender(dict(message.items())) == "auto_reply",
                opens=any(route[0] == TICKET and not route[1] for route in routes or ()),
                earlier=0 if is_trusted else seen._count_alike(sender, key, fields.Datetime.now()),
            )
        )

    @api.model
    def _psa_find_aim(self, routes, bounced):
        """Return the ticket that the mail would have reached."""
        found = next((route[1] for route in routes or () if route[0] == TICKET and route[1]), False)
        return self.env[TICKET].browse(found or (bounced.res_id if bounced else False))

    @api.model
    def _psa_explain_refused(self, reason):
        if reason == "loop":
            return self.env._(
                "More than %(count)s mails of this sender with this subject within %(minutes)s minutes",
                count=mail_gate.LOOP_CAP,
                minutes=mail_gate.LOOP_SPAN.seconds // 60,
            )
        if reason == "bounce":
            return self.env._("The mail server of the recipient sent it back")
        return self.env._("A program answered by itself; nobody asks for anything")

    @api.model
    def _psa_book_mail(self, message_dict, outcome, why="", raw=None, ticket=None):
        """Write down what became of a mail, once for each Message-Id and outcome."""
        mails = self.env["psa.incoming.mail"].sudo()  # sudo: nobody may write these rows but the gateway
        message_id = (message_dict.get("message_id") or "").strip()
        if message_id and mails.search_count(
            [("message_id", "=", message_id), ("outcome", "=", outcome)], limit=1
        ):
            return mails
        sender = message_dict.get("email_from") or ""
        ticket = (ticket or self.env[TICKET]).sudo().exists()  # sudo: as above
        return mails.create(
            {
                "sender": email_normalize(sender) or sender[:250],
                "subject": (message_dict.get("subject") or "").replace("\x00", "")[:250],
                "subject_key": mail_gate.subject_key(message_dict.get("subject")),
                "message_id": message_id,
                "outcome": outcome,
                "why": why,
                "ticket_id": ticket.id,
                "company_id": (ticket.company_id or self.env.company).id,
                "source": base64.b64encode(raw) if raw else False,
            }
        )
