from odoo import api, fields, models

from odoo.addons.psa_crm.outside import find_id

from ..logic import call_stages
from ..logic.day_plan import next_step


class PsaMyDay(models.AbstractModel):
    """What a card of the day says: two lines, and what its button needs to know."""

    _inherit = "psa.my.day"

    @api.model
    def _prepare_call(self, call):
        # sudo: who may read the call sees its customer, place and tickets; see psa.service.call
        known = call.sudo()
        step = next_step(call.state, call.place == "on_site")
        return {
            "key": f"call-{call.id}",
            "kind": "call",
            "id": call.id,
            "number": call.number,
            "title": known.partner_id.name or "",
            "customer": known.partner_id.name or "",
            "text": ", ".join(known.ticket_ids.mapped("name")),
            "start": fields.Datetime.to_string(call.start_at),
            "stop": fields.Datetime.to_string(call.stop_at),
            "estimate": call.minutes,
            "place": call.place,
            "place_word": dict(call._fields["place"]._description_selection(self.env))[call.place],
            "address": call._psa_say_address(),
            "map_url": call.map_url or "",
            "phone": known.contact_id.phone or known.site_id.phone or known.partner_id.phone or "",
            "travel": call.travel_minutes or 0,
            "instructions": call.instructions or "",
            "state": call.state,
            "state_word": call._psa_say_state(),
            "is_open": call.state in call_stages.OPEN,
            "step": step.value if step else "",
            "arrived": fields.Datetime.to_string(call.arrived_at) if call.arrived_at else False,
            "changed_by": known.write_uid.name or "",
            "tickets": [
                {"id": ticket.id, "number": ticket.number, "name": ticket.name, "is_open": ticket.psa_is_open}
                for ticket in known.ticket_ids
            ],
        }

    @api.model
    def _prepare_ticket(self, ticket, is_timed=False):
        # sudo: who may read a ticket sees the name of its customer and how to call
        known = ticket.sudo()
        return {
            "key": f"ticket-{ticket.id}",
            "kind": "ticket",
            "id": ticket.id,
            "number": ticket.number,
            "title": ticket.name,
            "customer": known.commercial_partner_id.name or ticket.partner_name or "",
            "text": ticket.team_id.name,
            "phone": known.partner_id.phone or known.commercial_partner_id.phone or "",
            "due": fields.Datetime.to_string(ticket.psa_sla_due_at) if ticket.psa_sla_due_at else False,
            "sla_state": ticket.psa_sla_state,
            "sla_left": ticket.psa_sla_left_minutes,
            "priority": ticket.priority or "0",
            "priority_word": _say(ticket, "priority"),
            "estimate": ticket.psa_estimate_minutes,
            "distance": round(ticket.psa_distance_km, 1) if find_id(ticket.env, "psa_near_call_id") else 0,
            "is_timed": is_timed,
            "is_mine": ticket.user_id == self.env.user,
            "assignee": known.user_id.name or "",
            "tickets": [
                {"id": ticket.id, "number": ticket.number, "name": ticket.name, "is_open": ticket.psa_is_open}
            ],
        }

    @api.model
    def _prepare_task(self, task):
        # sudo: who may read a task sees whose it is
        known = task.sudo()
        return {
            "key": f"task-{task.id}",
            "kind": "task",
            "id": task.id,
            "number": "",
            "title": task.name,
            "customer": known.partner_id.commercial_partner_id.name or "",
            "text": known.project_id.name or "",
            "phone": "",
            "due": fields.Datetime.to_string(task.date_deadline) if task.date_deadline else False,
            "word": task.psa_word or "",
            "word_text": _say(task, "psa_word"),
            "priority": task.priority or "0",
            "priority_word": _say(task, "priority"),
            "estimate": round((task.allocated_hours or 0) * 60),
            "tickets": [],
        }


def _say(record, name):
    """The word of a selection, in the reader's language."""
    return dict(record._fields[name]._description_selection(record.env)).get(record[name], "")
