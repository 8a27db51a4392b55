from datetime import timedelta

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.tools import SQL

from .psa_workflow_rule import EVENTS

KEPT_DAYS = 30
RESULTS = [
    ("did", "Did"),
    ("failed", "Failed"),
    ("capped", "Stopped: too many rules in a row"),
    ("waits", "Waits"),
    ("held", "Held back: a person decided otherwise"),
    ("not", "Did not"),
]
FAILED = ("failed", "capped")
# The most telling result of several rules is that of the row.
WEIGHT = {key: weight for weight, (key, _label) in enumerate(RESULTS)}


class PsaWorkflowRun(models.Model):
    """What the rules made of one event of one ticket: one row, with a line for each rule that looked at it."""

    _name = "psa.workflow.run"
    _description = "Trace of workflow rules"
    _inherit = ["psa.append.only.mixin", "psa.ticket.part.mixin", "psa.workflow.words"]
    _order = "happened_at desc, id desc"
    _rec_name = "event"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    event = fields.Selection(EVENTS, required=True, readonly=True)
    happened_at = fields.Datetime(string="When", required=True, readonly=True)
    depth = fields.Integer(
        readonly=True, help="1: set off by a person or a message; 2 and more: by a rule before it."
    )
    entries = fields.Json(required=True, readonly=True)
    # Those of which `entries` tell more than that they did not; to search and group by, a rule may be deleted.
    rule_ids = fields.Many2many(
        "psa.workflow.rule",
        string="Rules that acted",
        readonly=True,
        groups="psa_helpdesk.psa_helpdesk_group_manager",
    )
    result = fields.Selection(RESULTS, required=True, readonly=True)
    is_failed = fields.Boolean(string="Failed", readonly=True, help="A rule failed, whatever the others did.")
    summary = fields.Text(string="What the rules did", compute="_compute_summary")
    details = fields.Html(string="What was compared", compute="_compute_details", sanitize=False)

    _ticket_idx = models.Index("(ticket_id, happened_at DESC, id DESC)")
    _acted_idx = models.Index("(happened_at) WHERE result != 'not'")
    _quiet_idx = models.Index("(create_date) WHERE result = 'not'")

    @api.model
    def _note(self, event, at, depth, entries):
        """Write one row for each ticket.

        :param entries: {ticket id: [entry]}
        """
        self.create(
            [
                {
                    "ticket_id": ticket_id,
                    "event": event,
                    "happened_at": at,
                    "depth": depth,
                    "entries": some,
                    "rule_ids": [
                        Command.link(rule_id)
                        for rule_id in dict.fromkeys(
                            entry["rule"] for entry in some if entry["result"] != "not"
                        )
                    ],
                    "result": min((entry["result"] for entry in some), key=WEIGHT.get),
                    "is_failed": any(entry["result"] in FAILED for entry in some),
                }
                for ticket_id, some in entries.items()
                if some
            ]
        )

    @api.autovacuum
    def _gc_quiet(self):
        """Forget after 30 days where no rule acted; the rest is kept for ever."""
        edge = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        # In SQL: by the ORM nobody deletes a trace.
        self.env.cr.execute(
            SQL("DELETE FROM psa_workflow_run WHERE result = 'not' AND create_date < %s", edge)
        )

    @api.depends("entries")
    @api.depends_context("lang", "tz")
    def _compute_summary(self):
        for run in self:
            run.summary = "\n".join(run._say_entry(entry) for entry in run.entries or ())

    def _say_entry(self, entry):
        result = dict(self._fields["result"]._description_selection(self.env))[entry["result"]]
        reason = self._say_failed(entry["failed"]) if entry.get("failed") else entry.get("problem")
        if entry.get("actions"):
            reason = "; ".join(self._say_action(action) for action in entry["actions"])
        return self.env._(
            "%(rule)s (version %(version)s): %(result)s%(reason)s",
            rule=entry["name"],
            version=entry["version"],
            result=result,
            reason=f" - {reason}" if reason else "",
        )

    def _say_action(self, action):
        words = {
            "did": "",
            "nothing": self.env._("nothing to do"),
            "held": self.env._("held back, a person decided otherwise"),
            "failed": self.env._("failed"),
        }
        extra = [words[action["result"]], action.get("problem"), ", ".join(action.get("to") or ())]
        extra = ", ".join(part for part in extra if part)
        return f"{action['words']} ({extra})" if extra else action["words"]

    @api.depends("entries")
    @api.depends_context("lang", "tz")
    def _compute_details(self):
        row = Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>") % (
            self.env._("Field"), self.env._("Value"), self.env._("Needs"), self.env._("Holds"),
        )  # fmt: skip
        for run in self:
            parts = []
            for entry in run.entries or ():
                lines = [
                    row
                    % (
                        self._say_label(one["path"]),
                        self._say_value(one["path"], one["is"]),
                        self._say_wanted(one["path"], one["operator"], one["wanted"]),
                        self.env._("Yes") if one["holds"] else self.env._("No"),
                    )
                    for one in entry.get("compared") or ()
                ]
                table = Markup('<table class="table table-sm">%s%s</table>') % (head, Markup("").join(lines))
                parts.append(
                    Markup("<h4>%s</h4>%s") % (run._say_entry(entry), table if lines else Markup(""))
                )
            run.details = Markup("").join(parts)
