from datetime import timedelta

from odoo import api, fields, models

from .psa_workflow_rule import EVENTS


class PsaWorkflowTimer(models.Model):
    """A rule that waits for its moment on a ticket: armed until it acts, which is once in each spell (Rule D10.31)."""

    _name = "psa.workflow.timer"
    _description = "Waiting workflow rule"
    _inherit = ["psa.ticket.part.mixin"]
    _order = "due_at, id"

    rule_id = fields.Many2one("psa.workflow.rule", required=True, readonly=True, ondelete="restrict")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    event = fields.Selection(EVENTS, required=True, readonly=True)
    spell = fields.Char(
        required=True, readonly=True, help="What it waits for, where a ticket has several of it."
    )
    spell_at = fields.Datetime(string="Since", required=True, readonly=True)
    due_at = fields.Datetime(string="Due", required=True, readonly=True)
    looked_at = fields.Datetime(string="First look", readonly=True)
    done_at = fields.Datetime(string="Done", readonly=True)
    ended_at = fields.Datetime(
        string="Ended", readonly=True, help="The spell was over before the rule could act."
    )

    # In the database too: whatever happens, a rule acts once in a spell.
    _once = models.UniqueIndex("(rule_id, ticket_id, spell, spell_at)")
    _due_idx = models.Index("(rule_id, due_at) WHERE done_at IS NULL AND ended_at IS NULL")
    _ticket_idx = models.Index("(ticket_id)")

    @api.model
    def _arm(self, rule, ticket_ids, spell, spell_at, due_at, event=None):
        """Arm `rule` for tickets in this spell; where it was armed already, nothing happens."""
        known = self.search(
            [
                ("rule_id", "=", rule.id),
                ("ticket_id", "in", ticket_ids),
                ("spell", "=", spell),
                ("spell_at", "=", spell_at),
            ]
        )
        armed = set(known.ticket_id.ids)
        return self.create(
            [
                {
                    "rule_id": rule.id,
                    "ticket_id": ticket_id,
                    "event": event or rule.event,
                    "spell": spell,
                    "spell_at": spell_at,
                    "due_at": due_at,
                }
                for ticket_id in ticket_ids
                if ticket_id not in armed
            ]
        )

    @api.model
    def _arm_delay(self, rule, tickets, happening):
        """Look at these tickets again when the time of the rule is over (Rule D10.34)."""
        due_at = rule._get_delayed(happening.at)
        self._arm(rule, tickets.ids, "delay", happening.at, due_at)

    @api.autovacuum
    def _gc_ended(self):
        """Forget what ended without acting, a month later."""
        edge = fields.Datetime.now() - timedelta(days=30)
        self.search([("ended_at", "<", edge)], limit=10_000).unlink()
