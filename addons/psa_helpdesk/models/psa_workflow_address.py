import ipaddress
import json
import logging
import socket
from datetime import timedelta
from urllib.parse import urlsplit

import requests

from odoo import api, fields, models
from odoo.exceptions import ValidationError

_logger = logging.getLogger(__name__)

TIMEOUT = (3, 10)  # seconds to connect, and between two bytes
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

    def _resolve(self):
        """Return the network address to call.

        :raises ValidationError: where the name leads into a private network that was not meant
        """
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = {info[4][0] for info in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}
        if not self.is_inside and any(not ipaddress.ip_address(one).is_global for one in found):
            raise ValidationError(
                self.env._(
                    "%(host)s is in a private network. An administrator may allow that.", host=parts.hostname
                )
            )
        return found


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

    _waiting_idx = models.Index("(next_at) WHERE state = 'waits'")

    @api.model
    def _cron_call(self, limit=20):
        """Make the calls that are due; commit after each, so that none is made twice."""
        due = self.search(
            [("state", "=", "waits"), ("next_at", "<=", fields.Datetime.now())],
            limit=limit,
            order="next_at, id",
        )
        for call in due.try_lock_for_update():
            call._make()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _make(self):
        tries = self.tries + 1
        try:
            self.address_id._resolve()
            answer = requests.post(
                self.address_id.url,
                data=json.dumps(self.payload),
                headers={"Content-Type": "application/json"},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            if answer.status_code >= 300:
                raise requests.RequestException(str(answer.status_code))
        except (requests.RequestException, OSError, ValidationError) as error:
            _logger.info("Workflow call %s failed: %s", self.id, error)
            self.write(
                {
                    "tries": tries,
                    "state": "failed" if tries >= TRIES else "waits",
                    "next_at": fields.Datetime.now() + WAIT * tries,
                    "problem": str(error)[:300],
                }
            )
        else:
            self.write({"tries": tries, "state": "done", "problem": False})
