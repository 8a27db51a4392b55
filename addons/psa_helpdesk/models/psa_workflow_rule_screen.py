from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

DAYS = 30
SHOWN_RUNS = 80


class PsaWorkflowRule(models.Model):
    """What a service manager sees of a rule at a glance: what it did lately, and whether something is wrong with it."""

    _inherit = "psa.workflow.rule"

    run_count = fields.Integer(
        string="Acted, 30 days", compute="_compute_run_count", help="On how many events of the last 30 days."
    )
    run_ids = fields.Many2many(
        "psa.workflow.run", string="Runs", compute="_compute_run_ids", help="The newest of the last 30 days."
    )
    health = fields.Selection(
        [("problem", "Failed"), ("warning", "Warning")],
        compute="_compute_health",
        help="Failed: the last run that went wrong is not taken care of. Warning: a loop, or a rule above that leaves nothing.",
    )
    rehearsal_id = fields.Many2one("psa.workflow.rehearsal", compute="_compute_rehearsal")
    rehearsal_result = fields.Char(string="Result of the rehearsal", compute="_compute_rehearsal")
    rehearsal_line_ids = fields.Many2many(
        "psa.workflow.rehearsal.line", string="Would have acted on", compute="_compute_rehearsal"
    )

    def _read_acted(self):
        """{rule id: [(run id, ticket id)], the newest first} of what these rules did in the last 30 days.

        Of the companies that the user works in now, like the tickets of these runs.
        """
        if not self.ids:
            return {}
        self.env["psa.workflow.run"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT (entry->>'rule')::int, run.id, run.ticket_id
                  FROM psa_workflow_run AS run, jsonb_array_elements(run.entries) AS entry
                 WHERE run.result != 'not' AND run.happened_at >= %s AND run.company_id = ANY(%s)
                   AND entry->>'result' NOT IN ('not', 'waits') AND (entry->>'rule')::int = ANY(%s)
              ORDER BY run.happened_at DESC, run.id DESC
                """,
                fields.Datetime.now() - timedelta(days=DAYS),
                self.env.companies.ids,
                self.ids,
            )
        )
        acted = {}
        for rule_id, run_id, ticket_id in rows:
            acted.setdefault(rule_id, []).append((run_id, ticket_id))
        return acted

    def _compute_run_count(self):
        acted = self._read_acted()
        for rule in self:
            rule.run_count = len(acted.get(rule._origin.id, ()))

    def _compute_run_ids(self):
        acted = self._origin._read_acted()
        for rule in self:
            ids = [run_id for run_id, _ticket in acted.get(rule._origin.id, ())[:SHOWN_RUNS]]
            rule.run_ids = self.env["psa.workflow.run"].search([("id", "in", ids)])

    @api.depends("warning", "problem")
    def _compute_health(self):
        for rule in self:
            rule.health = "problem" if rule.problem else "warning" if rule.warning else False

    def _compute_rehearsal(self):
        newest = {}
        found = self.env["psa.workflow.rehearsal"].search(
            [("rule_id", "in", self._origin.ids), ("create_uid", "=", self.env.uid)], order="id"
        )
        for rehearsal in found:
            newest[rehearsal.rule_id] = rehearsal
        for rule in self:
            rehearsal = newest.get(rule._origin, found.browse())
            rule.rehearsal_id = rehearsal
            rule.rehearsal_result = rehearsal.result
            rule.rehearsal_line_ids = rehearsal.line_ids

    def action_view_runs(self):
        """Open exactly what `run_count` counts."""
        self.ensure_one()
        ids = [run_id for run_id, _ticket in self._read_acted().get(self.id, ())]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Runs: %(rule)s", rule=self.name),
            "res_model": "psa.workflow.run",
            "view_mode": "list,kanban,pivot,graph,form",
            "domain": [("id", "in", ids)],
        }

    def action_forget_problem(self):
        """Say that what went wrong last is taken care of."""
        self.check_access("write")
        self.write({"problem": False, "problem_at": False})
