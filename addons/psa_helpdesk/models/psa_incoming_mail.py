from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..logic.mail_gate import LOOP_SPAN
from ..own_word import OWN_WORD

KEPT_DAYS = {"accepted": 90, "auto_reply": 90, "bounce": 90, "loop": 365, "failed": 365}


class PsaIncomingMail(models.Model):
    """One row for each mail that came for the desk: what became of it, and the mail itself where it is in no ticket."""

    _name = "psa.incoming.mail"
    _description = "Incoming mail"
    _order = "received_at desc, id desc"
    _rec_name = "subject"

    received_at = fields.Datetime(
        string="Received", required=True, readonly=True, default=fields.Datetime.now
    )
    sender = fields.Char(readonly=True, help="The address the mail says it comes from.")
    subject = fields.Char(readonly=True)
    subject_key = fields.Char(string="Subject in short", readonly=True)
    message_id = fields.Char(string="Message-Id", readonly=True)
    outcome = fields.Selection(
        [
            ("accepted", "In a ticket"),
            ("auto_reply", "Automatic reply, kept out"),
            ("bounce", "Not delivered: our mail came back"),
            ("loop", "Too many alike, kept out"),
            ("failed", "Could not be read"),
        ],
        required=True,
        readonly=True,
    )
    why = fields.Char(string="Reason", readonly=True)
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, ondelete="set null", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company
    )
    source = fields.Binary(string="Whole mail", attachment=True, readonly=True)
    source_name = fields.Char(string="File name", compute="_compute_source_name")

    _alike_idx = models.Index("(sender, subject_key, received_at) WHERE outcome = 'accepted'")
    _message_id_idx = models.Index("(message_id)")

    @api.depends("subject")
    def _compute_source_name(self):
        for mail in self:
            mail.source_name = f"mail-{mail.id or 0}.eml"

    @api.model
    def _count_alike(self, sender, subject_key, now):
        """Return how many mails of that sender with that subject went into tickets within the last minutes."""
        if not sender:
            return 0
        return self.search_count(
            [
                ("sender", "=", sender),
                ("subject_key", "=", subject_key),
                ("received_at", ">", now - LOOP_SPAN),
                ("outcome", "=", "accepted"),
            ]
        )

    def action_take_in(self):
        """Let this mail in after all: a person has looked at it."""
        self.ensure_one()
        self.check_access("read")
        if self.outcome == "accepted" or not self.source:
            raise UserError(self.env._("This mail is in a ticket already."))
        # sudo: the gateway takes mails in as the system; who may press this is said by the rights on this model
        mail = self.sudo().with_company(self.company_id)
        thread = mail.env["mail.thread"].with_context(
            psa_taken_in=OWN_WORD, fetchmail_cron_running=False, default_fetchmail_server_id=False
        )
        ticket_id = thread.message_process("helpdesk.ticket", mail._get_source())
        if not ticket_id:
            raise UserError(
                self.env._(
                    "This mail belongs to no ticket: it is a copy of one that is there, or reports a mail of ours that "
                    "was not delivered."
                )
            )
        mail.write({"outcome": "accepted", "ticket_id": ticket_id, "source": False})
        return mail.with_env(self.env).action_open_ticket()

    def _get_source(self):
        """Return the mail as it came, in bytes."""
        self.ensure_one()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_field", "=", "source"), ("res_id", "=", self.id)], limit=1
        )
        return files.raw

    def action_open_ticket(self):
        self.ensure_one()
        return self.ticket_id._psa_prepare_open_action()

    @api.autovacuum
    def _gc_old(self):
        """Forget what is old; the mails that are in tickets stay there."""
        now = fields.Datetime.now()
        for outcome, days in KEPT_DAYS.items():
            self.search(
                [("outcome", "=", outcome), ("received_at", "<", now - timedelta(days=days))], limit=10000
            ).unlink()
