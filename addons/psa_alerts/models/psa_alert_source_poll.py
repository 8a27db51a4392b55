from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ADMINISTRATOR = "base.group_system"
FORGET = "-"


class PsaAlertSource(models.Model):
    """Where a source can be asked what is firing, how often, and what came of it last.

    Where the server calls to and with which credentials is for administrators; the rest is for whoever keeps the source.
    """

    _inherit = "psa.alert.source"

    poll_is_on = fields.Boolean(
        string="Ask what is firing",
        copy=False,
        help="The source is asked regularly; what is firing there and never arrived here is made good.",
    )
    poll_url = fields.Char(
        string="Address to ask",
        groups=ADMINISTRATOR,
        copy=False,
        help="Of Alertmanager its own address, such as https://alertmanager.example.com. Of another system the address that"
        " gives its open problems as a list, each as it would be sent here.",
    )
    poll_is_inside = fields.Boolean(
        string="In our own network",
        groups=ADMINISTRATOR,
        copy=False,
        help="Only then an address of a private network, or one without https, is called.",
    )
    poll_user = fields.Char(
        string="Sign in as",
        groups=ADMINISTRATOR,
        copy=False,
        help="Empty: the secret is sent as a bearer token.",
    )
    poll_secret = fields.Char(string="Secret for asking", groups=fields.NO_ACCESS, copy=False)
    poll_secret_entry = fields.Char(
        string="Password or token",
        compute="_compute_poll_secret_entry",
        inverse="_inverse_poll_secret_entry",
        groups=ADMINISTRATOR,
        help="It is never shown again. Enter a single dash to forget it.",
    )
    poll_has_secret = fields.Boolean(
        string="Secret is set", compute="_compute_poll_secret_entry", groups=ADMINISTRATOR
    )
    poll_receiver = fields.Char(
        string="Receiver",
        copy=False,
        help="Name of the receiver in Alertmanager that sends here. Empty: all that fires there is meant for us.",
    )
    poll_minutes = fields.Integer(string="Ask every (minutes)", default=5)
    poll_resolves = fields.Boolean(
        string="What is not listed is over",
        help="An alert that is missing from two answers in a row is resolved. Tick it only where the list is complete.",
    )
    poll_next_at = fields.Datetime(
        string="Asked next",
        compute="_compute_poll_next_at",
        store=True,
        readonly=True,
        copy=False,
    )

    # What came of it
    poll_answered_at = fields.Datetime(string="Last answer", readonly=True, copy=False)
    poll_listed_count = fields.Integer(string="Firing there", readonly=True, copy=False)
    poll_missed_count = fields.Integer(
        string="Had not arrived",
        readonly=True,
        copy=False,
        help="Alerts of the last answer whose message had been lost.",
    )
    poll_over_count = fields.Integer(
        string="Were over",
        readonly=True,
        copy=False,
        help="Alerts that the last answer ended, because their recovery had been lost.",
    )
    poll_problem = fields.Char(string="Cannot be asked", readonly=True, copy=False)
    poll_failing_since = fields.Datetime(string="Not answered since", readonly=True, copy=False)

    _poll_due_idx = models.Index("(poll_next_at) WHERE poll_is_on AND active")
    _poll_minutes_positive = models.Constraint(
        "CHECK (poll_minutes > 0)", "A source can be asked once a minute at most."
    )

    @api.depends("poll_is_on", "poll_minutes")
    def _compute_poll_next_at(self):
        now = fields.Datetime.now()
        for source in self:
            until = now + timedelta(minutes=source.poll_minutes)
            source.poll_next_at = min(source.poll_next_at or now, until) if source.poll_is_on else False

    @api.depends("poll_secret")
    def _compute_poll_secret_entry(self):
        for source in self:
            # sudo: that there is a secret may be known, the secret is never read back
            source.poll_has_secret = bool(source.sudo().poll_secret)
            source.poll_secret_entry = False

    def _inverse_poll_secret_entry(self):
        for source in self:
            if source.poll_secret_entry:
                typed = source.poll_secret_entry
                # sudo: the field is closed to everybody; who may write the entry is an administrator
                source.sudo().poll_secret = False if typed == FORGET else typed
        self.invalidate_recordset(["poll_secret_entry", "poll_has_secret"])

    @api.constrains("poll_is_on", "poll_url", "poll_is_inside", "system", "group_by")
    def _check_poll(self):
        # sudo: whoever changes how messages are read may not see the address, which must fit all the same
        for source in self.sudo().filtered("poll_is_on"):
            source._check_poll_address()
            if source.system == "alertmanager" and source.group_by != "fingerprint":
                raise ValidationError(
                    self.env._(
                        "Only with one alert per fingerprint can the source be asked: its list knows no groups."
                    )
                )

    def _check_poll_address(self):
        try:
            parts = urlsplit(self.poll_url or "")
            is_fit = parts.hostname and not parts.username and (parts.port or 1)
        except ValueError:
            is_fit = False
        if not is_fit or parts.scheme not in ("https", "http"):
            raise ValidationError(
                self.env._("The source cannot be asked without an address that begins with https://.")
            )
        if parts.scheme == "http" and not self.poll_is_inside:
            raise ValidationError(
                self.env._(
                    "An address without https is called in our own network only, and this is not said."
                )
            )
