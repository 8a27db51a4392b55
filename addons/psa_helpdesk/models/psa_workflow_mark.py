from odoo import api, fields, models


class PsaWorkflowMark(models.Model):
    """A field of a ticket that a rule has written: whether a person changed it afterwards (Rules D10.31, D10.33)."""

    _name = "psa.workflow.mark"
    _description = "Field written by a workflow rule"
    _inherit = ["psa.ticket.part.mixin"]

    rule_id = fields.Many2one("psa.workflow.rule", required=True, readonly=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    field_name = fields.Char(required=True, readonly=True)
    spell = fields.Char(readonly=True)
    is_overruled = fields.Boolean(readonly=True)

    _once = models.UniqueIndex("(ticket_id, field_name, rule_id)")

    @api.model
    def _mark(self, rule, tickets, name, spell):
        """Note that `rule` wrote field `name` of `tickets` just now."""
        known = self.search(
            [("rule_id", "=", rule.id), ("ticket_id", "in", tickets.ids), ("field_name", "=", name)]
        )
        known.write({"spell": spell, "is_overruled": False})
        self.create(
            [
                {"rule_id": rule.id, "ticket_id": ticket.id, "field_name": name, "spell": spell}
                for ticket in tickets - known.ticket_id
            ]
        )

    @api.model
    def _overrule(self, changed):
        """A person changed these fields.

        :param changed: {ticket: names of fields}
        """
        names = {name for some in changed.values() for name in some}
        if not names:
            return
        ticket_ids = [ticket.id for ticket in changed]
        marks = self.search(
            [
                ("ticket_id", "in", ticket_ids),
                ("field_name", "in", list(names)),
                ("is_overruled", "=", False),
            ]
        )
        marks.filtered(lambda mark: mark.field_name in changed[mark.ticket_id]).write({"is_overruled": True})

    @api.model
    def _find_held(self, rule, tickets, name, spell, by_person):
        """Return those tickets whose present value of `name` a person set after `rule` wrote it, in this spell or event.

        :param by_person: {ticket id: names of the fields a person changed in this very event}
        """
        marks = self.search(
            [
                ("rule_id", "=", rule.id),
                ("ticket_id", "in", tickets.ids),
                ("field_name", "=", name),
                ("is_overruled", "=", True),
            ]
        )
        return marks.filtered(
            lambda mark: (spell and mark.spell == spell) or name in by_person.get(mark.ticket_id.id, ())
        ).ticket_id
