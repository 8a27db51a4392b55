from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..logic import body
from ..logic.event import match_key
from ..logic.parsers import SourceSettings
from ..logic.placement import Place, SourceMap

SEVERITY_SELECTION = [
    ("critical", "Critical"),
    ("high", "High"),
    ("medium", "Medium"),
    ("low", "Low"),
    ("info", "Info"),
]

HARD_LIMIT = 8 * 1024 * 1024
# What the door keeps of a source.
GATE_FIELDS = {"active", "system", "max_body_kb", "rate_limit"}


class PsaAlertSource(models.Model):
    """One monitoring system that may send us messages, and how its messages are read."""

    _name = "psa.alert.source"
    _description = "Source of alerts"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="How you call this monitoring system, such as Prometheus HQ.")
    active = fields.Boolean(default=True, help="Messages to the address of an archived source are refused.")
    system = fields.Selection(
        [("alertmanager", "Prometheus Alertmanager"), ("generic", "Any system that can send JSON")],
        required=True,
        default="alertmanager",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Queue",
        check_company=True,
        ondelete="restrict",
        help="Where tickets of its alerts go. Empty: the company's default queue.",
    )

    # Whose messages they are
    partner_id = fields.Many2one(
        "res.partner",
        string="Only customer",
        check_company=True,
        ondelete="restrict",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="The customer of all messages that name none. For a monitoring system of one customer.",
    )
    trust_asset = fields.Boolean(
        string="Place by asset",
        help="A mapped asset may name the customer of a message whose customer is not mapped.",
    )
    customer_labels = fields.Char(
        default="client, customer, tenant",
        help="Labels that may name the customer, the first one present counts.",
    )
    device_labels = fields.Char(
        string="Asset labels",
        default="instance, host",
        help="Labels that may name the asset, the first one present counts.",
    )
    mapping_ids = fields.One2many("psa.alert.mapping", "source_id", string="Mappings")

    # How they are read
    group_by = fields.Selection(
        [
            ("fingerprint", "Fingerprint: one alert per condition"),
            ("group", "Group key: one alert per group"),
        ],
        string="One alert per",
        required=True,
        default="fingerprint",
    )
    default_severity = fields.Selection(
        SEVERITY_SELECTION, required=True, default="high", help="For messages without a severity we know."
    )
    reopen_minutes = fields.Integer(
        string="Reopen within (minutes)",
        default=60,
        help="A problem that comes back this soon opens its closed ticket again. 0: always a new ticket.",
    )

    # What the door lets in
    rate_limit = fields.Integer(
        string="Messages per minute",
        default=6000,
        help="More than that in one minute are asked to come again later. A guard against a broken sender.",
    )
    max_body_kb = fields.Integer(
        string="Largest message (kB)", default=body.MAX_BYTES // 1024, help="Larger messages are refused."
    )
    secret_ids = fields.One2many("psa.alert.secret", "source_id", string="Addresses", copy=False)
    overlap_hours = fields.Integer(
        string="Old address works for (hours)",
        default=24,
        help="After a new address was made, so that the other side can be changed in peace.",
    )

    # What came of it
    last_seen_at = fields.Datetime(string="Last message", readonly=True, copy=False)
    event_today_count = fields.Integer(string="Events in 24 hours", compute="_compute_event_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_event_counts")
    refused_count = fields.Integer(string="Refused in 24 hours", compute="_compute_event_counts")
    open_alert_count = fields.Integer(string="Open alerts", compute="_compute_alert_counts")
    triage_count = fields.Integer(string="Waiting in triage", compute="_compute_alert_counts")
    example = fields.Text(string="What to enter there", compute="_compute_example")

    _reopen_not_negative = models.Constraint(
        "CHECK (reopen_minutes >= 0)", "The reopen window cannot be negative. 0 means never."
    )
    _rate_positive = models.Constraint(
        "CHECK (rate_limit > 0)", "At least one message per minute must be allowed."
    )
    _overlap_not_negative = models.Constraint(
        "CHECK (overlap_hours >= 0)", "The old address cannot work for a negative time."
    )

    def _compute_event_counts(self):
        since = fields.Datetime.now() - timedelta(hours=24)
        events = self.env["psa.alert.event"]
        today = events._read_group(
            [("source_id", "in", self.ids), ("received_at", ">=", since), ("parent_id", "=", False)],
            ["source_id", "state"],
            ["__count"],
        )
        failed = dict(
            events._read_group(
                [("source_id", "in", self.ids), ("state", "=", "failed")], ["source_id"], ["__count"]
            )
        )
        for source in self:
            counts = {state: count for of, state, count in today if of == source}
            source.refused_count = counts.pop("refused", 0)
            source.event_today_count = sum(counts.values())
            source.failed_count = failed.get(source, 0)

    def _compute_alert_counts(self):
        groups = self.env["psa.alert"]._read_group(
            [("source_id", "in", self.ids), ("state", "!=", "resolved")],
            ["source_id", "is_in_triage"],
            ["__count"],
        )
        for source in self:
            counts = {waits: count for of, waits, count in groups if of == source}
            source.triage_count = counts.get(True, 0)
            source.open_alert_count = sum(counts.values())

    @api.depends("system")
    def _compute_example(self):
        for source in self:
            source.example = source._get_example(source._get_address("<address>"))

    @api.constrains("max_body_kb")
    def _check_max_body_kb(self):
        largest = HARD_LIMIT // 1024
        for source in self:
            if not 1 <= source.max_body_kb <= largest:
                raise ValidationError(
                    self.env._("The largest message can be 1 to %(largest)s kB.", largest=largest)
                )

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        self._forget_gates()
        return sources

    def write(self, vals):
        result = super().write(vals)
        # What the door knows of a source is cached.
        if GATE_FIELDS & set(vals):
            self._forget_gates()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_gates()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_events(self):
        # sudo: an event that the deleting person may not see would lose its source all the same
        if self.env["psa.alert.event"].sudo().search_count([("source_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("A source that has sent messages cannot be deleted. Archive it instead.")
            )

    def action_new_address(self):
        """Make a new secret and show it once; the present one goes on working for the overlap."""
        self.ensure_one()
        self.check_access("write")
        token = self._rotate_secret()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Address of %(name)s", name=self.name),
            "res_model": "psa.alert.address",
            "view_mode": "form",
            "target": "new",
            # The token lives in this answer only, never in the database.
            "context": {"psa_token": token, "default_source_id": self.id},
        }

    def action_open_events(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_alerts.psa_alert_event_action"),
            "domain": [("source_id", "=", self.id)],
            "context": {"search_default_messages": True},
        }

    def action_open_alerts(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_alerts.psa_alert_action"),
            "domain": [("source_id", "=", self.id)],
            "context": {"search_default_live": True},
        }

    def _get_address(self, token):
        return f"{self.get_base_url()}/psa/alerts/v1/{token}"

    def _get_example(self, url):
        """Return what to paste into the other system so that it sends to `url`."""
        if self.system == "alertmanager":
            return (
                "receivers:\n"
                "  - name: psa\n"
                "    webhook_configs:\n"
                f"      - url: {url}\n"
                "        send_resolved: true\n"
                "route:\n"
                "  receiver: psa\n"
                "  group_by: [alertname, client]\n"
            )
        return (
            f"curl {url} -H 'Content-Type: application/json' -d '"
            '{"id": "4711", "key": "backup/nightly", "state": "problem", "severity": "high",\n'
            ' "title": "Backup failed", "text": "Disk full", "customer": "harbor-dental",\n'
            ' "device": "HDG-SQL02", "occurred_at": "2026-11-18T03:12:44Z"}\'\n'
        )

    def _get_settings(self):
        """Return how this source's messages are read, as the parsers want it."""
        self.ensure_one()
        return SourceSettings(
            customer_labels=_split(self.customer_labels),
            device_labels=_split(self.device_labels),
            group_by=self.group_by,
            default_severity=self.default_severity,
        )

    def _get_map(self):
        """Return what this source knows of customers and assets, as `logic/placement.py` wants it."""
        self.ensure_one()
        tables = {"customer": {}, "device": {}}
        for mapping in self.mapping_ids:
            tables[mapping.kind][mapping.external_key] = mapping._get_place()
        return SourceMap(
            customers=tables["customer"],
            assets=tables["device"],
            fallback=Place(self.partner_id.commercial_partner_id.id or 0),
            trust_asset=self.trust_asset,
        )


def _split(labels):
    return tuple(label.strip() for label in (labels or "").split(",") if match_key(label))
