from odoo import api, fields, models

from ..logic import touch
from .helpdesk_ticket_booked import BOOKED_FIELDS, DERIVED_FIELDS
from .helpdesk_ticket_touch import PERSONAL_MESSAGE_TYPES
from .psa_workflow_engine import Happening

# Written along by the host, by themselves no change of a ticket that a rule would hear of.
SIDE_FIELDS = frozenset({"closed_date", "last_stage_update", "assigned_date", "sequence", "access_token"})
# What rules write, so that a person may overrule it.
MARKED_FIELDS = frozenset({"team_id", "user_id", "priority", "stage_id", "category_id"})
SIDE_PREFIXES = ("message_", "activity_", "website_", "rating_", "kanban_")


class HelpdeskTicket(models.Model):
    """What workflow rules hear of a ticket."""

    _inherit = "helpdesk.ticket"

    psa_workflow_run_ids = fields.One2many(
        "psa.workflow.run",
        "ticket_id",
        string="Automation",
        readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    def action_psa_view_acted(self):
        """Open the events of this ticket in which a rule did something, out of all that rules looked at."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Automation: %(number)s", number=self.number),
            "res_model": "psa.workflow.run",
            "view_mode": "list,kanban,form",
            "domain": [("ticket_id", "=", self.id)],
            "context": {"search_default_did": 1, "psa_one_ticket": True},
        }

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._psa_tell_rules("created")
        return tickets

    def write(self, vals):
        names = self._psa_find_heard(vals)
        if not names:
            return super().write(vals)
        before = {ticket.id: {name: ticket[name] for name in names} for ticket in self.sudo()}
        stopped = self._psa_judge_before()
        result = super().write(vals)
        changed = {
            ticket.id: {name for name in names if ticket[name] != before[ticket.id][name]}
            for ticket in self.sudo().exists()
        }
        self._psa_tell_changes({key: some for key, some in changed.items() if some}, stopped)
        return result

    @api.model
    def _psa_find_heard(self, vals):
        """Return the names of the fields in `vals` that rules may hear of."""
        names = {
            name
            for name in vals.keys() - BOOKED_FIELDS - DERIVED_FIELDS - SIDE_FIELDS
            if name in self._fields and not name.startswith(SIDE_PREFIXES)
        }
        if "team_id" in names:
            names.add("stage_id")  # another queue may bring another stage
        rules = self.env["psa.workflow.rule"]
        if rules._get_heard_ids("updated") or rules._get_heard_ids("stage"):
            return names
        return names & MARKED_FIELDS

    def _psa_judge_before(self):
        """{rule id: {ticket id: the condition before the change that failed}}, for rules that ask for it."""
        # sudo: rules hold for the tickets of whoever writes them
        rules = self.env["psa.workflow.rule"].sudo()
        stopped = {}
        for rule in rules._get_heard("updated") + rules._get_heard("stage"):
            if rules._get_condition(rule.domain_before) is not None:
                tickets = self.sudo()
                judgement = rule._judge_by(rule.domain_before, tickets)
                stopped[rule.id] = rule._describe_failed(judgement, tickets)
        return stopped

    def _psa_tell_changes(self, changed, stopped):
        """Tell the rules what changed, and which of their writings a person has overruled.

        :param changed: {ticket id: names of fields}
        """
        if not changed:
            return
        is_by_person = not self._psa_is_automation()
        tickets = self.browse(changed)
        if is_by_person:
            # sudo: marks are the system's
            self.env["psa.workflow.mark"].sudo()._overrule(
                {ticket.sudo(): changed[ticket.id] & MARKED_FIELDS for ticket in tickets}
            )
        more = {"changed": changed, "is_by_person": is_by_person, "before": stopped}
        moved = tickets.filtered(lambda ticket: "stage_id" in changed[ticket.id])
        at = self._psa_get_event_moment()
        self.env["psa.workflow.engine"]._hear(
            [Happening("updated", tickets.ids, at, **more), Happening("stage", moved.ids, at, **more)]
        )

    def _psa_tell_rules(self, event):
        """Let the workflow rules hear that `event` happened to these tickets, at the moment the context says."""
        happening = Happening(event, self.ids, self._psa_get_event_moment())
        self.env["psa.workflow.engine"]._hear([happening])

    def _psa_describe_for_call(self, rule):
        """Return what another system is told about this ticket."""
        self.ensure_one()
        return {
            "rule": rule.name,
            "number": self.number,
            "title": self.name,
            "customer": self.commercial_partner_id.name or "",
            "queue": self.team_id.name,
            "stage": self.stage_id.name,
            "priority": self.priority,
            "is_open": self.psa_is_open,
            "due_at": self.psa_sla_due_at and self.psa_sla_due_at.isoformat() + "Z",
        }

    def _psa_take_note_of(self, message):
        result = super()._psa_take_note_of(message)
        if message.message_type in PERSONAL_MESSAGE_TYPES:
            role = touch.role_of(self._psa_get_author(message))
            is_public = not message.is_internal and not message.subtype_id.internal
            if role is touch.Role.CUSTOMER:
                self._psa_tell_rules("message_in")
            elif role is touch.Role.STAFF and is_public:
                self._psa_tell_rules("message_out")
        return result
