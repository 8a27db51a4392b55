import logging
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.psa_crm import outgoing

from ..conflicts import CONFLICTS

_logger = logging.getLogger(__name__)

TRIES = 4
WAIT = timedelta(minutes=5)


class PsaWorkflowAddress(models.Model):
    """Another system that rules may call. Administrators enter it; service managers only choose it."""

    _name = "psa.workflow.address"
    _description = "Address for workflow rules"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    url = fields.Char(string="Address", required=True, groups="base.group_system")
    is_inside = fields.Boolean(
        string="In our own network",
        groups="base.group_system",
        help="Only then an address of a private network is called. Others are refused, whatever their name says.",
    )

    @api.constrains("url")
    def _check_url(self):
        for address in self:
            parts = urlsplit(address.url)
            if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
                raise ValidationError(self.env._("An address begins with https:// and names no user."))

    def _enqueue(self, tickets, rule):
        """Write down one call for each ticket; they are made after this transaction, by a job of their own."""
        # sudo: rules act in the name of the system
        self.env["psa.workflow.call"].sudo().create(
            [
                {
                    "address_id": self.id,
                    "ticket_id": ticket.id,
                    "payload": ticket._psa_describe_for_call(rule),
                }
                for ticket in tickets
            ]
        )
        self.env.ref("psa_helpdesk.psa_workflow_cron_call")._trigger()

    def _explain(self, kind):
        """Return in words why a call did not reach this address, see `NotReachedError`."""
        if kind == "private":
            host = urlsplit(self.url).hostname
            return self.env._("%(host)s is in a private network. An administrator may allow that.", host=host)
        if kind == "unknown":
            return self.env._("The name of the address is not known.")
        if kind == "tls":
            return self.env._("The certificate of the address is not valid.")
        return self.env._("The address did not answer.")


class PsaWorkflowCall(models.Model):
    """One call of another system that is to be made, or was made."""

    _name = "psa.workflow.call"
    _description = "Call of another system by a workflow rule"
    _inherit = ["psa.ticket.part.mixin"]
    _order = "id desc"

    address_id = fields.Many2one("psa.workflow.address", required=True, readonly=True, ondelete="restrict")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    payload = fields.Json(readonly=True)
    state = fields.Selection(
        [("waits", "Waits"), ("done", "Done"), ("failed", "Failed")],
        default="waits",
        required=True,
        readonly=True,
    )
    tries = fields.Integer(readonly=True)
    next_at = fields.Datetime(default=fields.Datetime.now, readonly=True)
    problem = fields.Char(readonly=True)
    key = fields.Char(
        readonly=True,
        required=True,
        default=lambda self: uuid4().hex,
        help="The same for each attempt: the receiver knows a repetition by it.",
    )

    _waiting_idx = models.Index("(next_at) WHERE state = 'waits'")

    @api.model
    def _cron_call(self, limit=20):
        """Make the calls that are due, each in a transaction of its own: at least once, and once where nothing breaks."""
        due = self.search(
            [("state", "=", "waits"), ("next_at", "<=", fields.Datetime.now())],
            limit=limit,
            order="next_at, id",
        )
        for number, call in enumerate(due, 1):
            call._make_locked()
            remaining = len(due) if len(due) == limit else len(due) - number
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return

    def _make_locked(self):
        """Make one call unless somebody else is at it; whatever breaks it must not stop the others."""
        try:
            with self.env.cr.savepoint():
                if self.try_lock_for_update() and self.state == "waits":
                    self._make()
        except CONFLICTS as conflict:
            _logger.info("Workflow call %s: met %s", self.id, type(conflict).__name__)
        except Exception as problem:
            _logger.exception("Workflow call %s could not be made", self.id)
            self._fail(str(problem) or repr(problem))

    def _make(self):
        address = self.address_id
        try:
            headers = {"Idempotency-Key": self.key}
            status = outgoing.post_json(address.url, self.payload, headers, address.is_inside)
        except outgoing.NotReachedError as problem:
            self._fail(address._explain(problem.kind))
            return
        if 200 <= status < 300:
            self.write({"tries": self.tries + 1, "state": "done", "problem": False})
        else:
            self._fail(self.env._("The address answered %(status)s.", status=status))

    def _fail(self, why):
        """Note why a call failed, and when to try again: after longer each time, and not for ever."""
        tries = self.tries + 1
        _logger.info("Workflow call %s failed: %s", self.id, why)
        self.write(
            {
                "tries": tries,
                "state": "failed" if tries >= TRIES else "waits",
                "next_at": fields.Datetime.now() + WAIT * tries,
                "problem": why[:300],
            }
        )
