from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..own_word import is_said

# Decide what counts as answered, untouched, merged or in time.
BOOKED_FIELDS = frozenset({
    "psa_started_at", "psa_resolved_at", "psa_touched_at", "psa_customer_message_at", "psa_answered_at",
    "psa_merged_into_id", "psa_answer_count", "psa_return_count", "psa_first_resolved_at", "psa_first_reopened_at",
    "psa_reopen_count", "psa_resumed_at", "psa_service_call_ids", "psa_proposed_priority", "psa_converted_at",
    "psa_priority_set_at",
})  # fmt: skip
DERIVED_FIELDS = frozenset({
    "psa_is_open", "psa_needs_reply", "psa_is_overdue", "psa_sla_policy_id", "psa_sla_due_at", "psa_sla_state",
    "psa_sla_kind", "psa_idle_since", "psa_overdue_since", "psa_priority_since", "psa_kind",
    "psa_due_state",
})  # fmt: skip


class HelpdeskTicket(models.Model):
    """What the system books about a ticket is written by the system alone; a form shows it, a call could send it."""

    _inherit = "helpdesk.ticket"

    @api.model
    def default_get(self, fields_list):
        """Leave out defaults that a client says, or a user has set, for what the system books."""
        defaults = super().default_get(fields_list)
        if self._psa_may_book():
            return defaults
        kept = {
            name: value
            for name, value in defaults.items()
            if name not in BOOKED_FIELDS and name not in DERIVED_FIELDS
        }
        if "psa_started_at" in fields_list:
            kept["psa_started_at"] = fields.Datetime.now()
        return kept

    @api.model_create_multi
    def create(self, vals_list):
        self._psa_check_booked({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        # The number is what customers and invoices name the ticket by; it is drawn once.
        self._psa_check_booked(vals.keys(), {"number"})
        return super().write(vals)

    @api.model
    def _psa_may_book(self):
        return self.env.su or is_said(self.env, "psa_automation")

    @api.model
    def _psa_check_booked(self, names, also=frozenset()):
        if self._psa_may_book():
            return
        booked = sorted(names & (BOOKED_FIELDS | DERIVED_FIELDS | also))
        if booked:
            raise AccessError(
                self.env._(
                    "%(fields)s cannot be written by hand: the system books what happens to a ticket.",
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in booked),
                )
            )
