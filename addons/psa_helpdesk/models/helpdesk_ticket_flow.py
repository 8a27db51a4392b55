from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.psa_crm.bulk_report import report_bulk

from ..event_moment import EventMoment
from ..own_word import OWN_WORD


class HelpdeskTicket(models.Model):
    """The ways of a ticket from stage to stage: taken, waiting, closed, opened again; by people and by the system."""

    _inherit = "helpdesk.ticket"

    psa_is_waiting = fields.Boolean(
        string="Waiting on customer",
        compute="_compute_psa_is_waiting",
        search="_search_psa_is_waiting",
    )

    @api.depends("stage_id.psa_sla_event", "stage_id.closed")
    def _compute_psa_is_waiting(self):
        for ticket in self:
            ticket.psa_is_waiting = bool(ticket.stage_id) and ticket.stage_id._psa_has_meaning("waiting")

    def _search_psa_is_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = Domain("stage_id.psa_sla_event", "=", "waiting") & Domain("psa_is_open", "=", True)
        return Domain.OR(waiting if wanted else ~waiting for wanted in value)

    def action_take(self):
        """Assign the open ones that nobody has to me, whether or not I am a member of their queues."""
        skipped = self._psa_find_closed()
        for ticket in self - self.browse([ticket.id for ticket in skipped]):
            if ticket.user_id == self.env.user:
                skipped[ticket] = self.env._("yours already")
            elif ticket.user_id:
                skipped[ticket] = self.env._("assigned to %(name)s", name=ticket.user_id.name)
        return self._psa_act(
            self.env._("taken"), skipped, lambda tickets: tickets.write({"user_id": self.env.uid})
        )

    def assign_to_me(self):
        """Assign these to me, also those of a colleague: the host refuses whoever is no member of the queue."""
        self.write({"user_id": self.env.uid})

    def action_wait_for_customer(self):
        skipped = self._psa_find_closed()
        for ticket in self.filtered("psa_is_waiting"):
            skipped[ticket] = self.env._("waiting already")
        return self._psa_act(
            self.env._("waiting for the customer"), skipped, lambda tickets: tickets._psa_move_to("waiting")
        )

    def action_cancel(self):
        return self._psa_act(
            self.env._("cancelled"),
            self._psa_find_closed(),
            lambda tickets: tickets._psa_move_to("cancelled"),
        )

    def _psa_find_closed(self):
        """{ticket: why it is left as it is} of those closed already, whose clocks have been counted."""
        return {ticket: self.env._("closed already") for ticket in self if not ticket.psa_is_open}

    def _psa_act(self, deed, skipped, act):
        """Do something to these tickets, save those to be skipped, and report."""
        done = self - self.browse([ticket.id for ticket in skipped])
        act(done)
        return report_bulk(self.env, deed, done, skipped)

    def action_reopen(self):
        """Open these again, by hand.

        :raises UserError: for a ticket whose work goes on in another one, or in a task
        """
        if converted := self.filtered("psa_converted_at"):
            raise UserError(
                self.env._(
                    "%(tickets)s cannot be opened again because the work goes on in a task. Open the task.",
                    tickets=", ".join(converted.mapped("number")),
                )
            )
        if merged := self.filtered("psa_merged_into_id"):
            raise UserError(
                self.env._(
                    "%(tickets)s cannot be opened again because the work goes on in another ticket. Open that one.",
                    tickets=", ".join(merged.mapped("number")),
                )
            )
        self.filtered(lambda ticket: not ticket.psa_is_open)._psa_reopen(
            fields.Datetime.now(), by_system=False
        )

    def action_view_children(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_ticket_action")
        return action | {
            "name": self.env._("Part of %(number)s", number=self.number),
            "domain": [("psa_parent_id", "=", self.id)],
            "context": {"default_psa_parent_id": self.id, "default_partner_id": self.partner_id.id},
        }

    def _psa_move_to(self, meaning):
        """Move each ticket to the stage of its queue with that meaning; where it is already there, leave it.

        :param str meaning: see `helpdesk.ticket.team._psa_find_stage`
        :raises UserError: where a queue has no such stage
        """
        for team, tickets in self.grouped("team_id").items():
            stage = team._psa_find_stage(meaning)
            tickets.filtered(lambda ticket, stage=stage: ticket.stage_id != stage).write(
                {"stage_id": stage.id}
            )

    def _psa_close_by_system(self, note):
        """Close these tickets in the name of the system, with an internal note that says why.

        Nobody is mailed: a ticket that a machine opened and closed never reached the customer.

        :param str note: one sentence, plain text
        """
        tickets = self.filtered("psa_is_open").with_context(psa_automation=OWN_WORD, psa_silent=OWN_WORD)
        tickets._psa_move_to("resolved")
        tickets._psa_note(note)

    def _psa_reopen(self, at, by_system=True):
        """Open these tickets again. Opening by an alert is no touch (Rule D10.39).

        :param datetime at: the naive UTC moment the work goes on; handed on to the clocks as context
            `psa_event_at`, because the batch that reads a message runs later than it came
        """
        tickets = self.filtered(lambda ticket: not ticket.psa_is_open)
        tickets = tickets.with_context(psa_automation=by_system and OWN_WORD, psa_event_at=EventMoment(at))
        assigned = tickets.filtered("user_id")
        assigned._psa_move_to("open")
        (tickets - assigned)._psa_move_to("new")

    def _psa_merge_into(self, destination):
        """Note that these tickets were merged into `destination`. A hook: what hangs on them may follow."""
        self.write({"psa_merged_into_id": destination.id})
        both = self | destination
        # sudo: the system books it; whoever merges was found to be allowed to write both sides
        destination.sudo().write(
            {
                # Whoever spoke last on any of them spoke last on what is left.
                name: max((ticket[name] for ticket in both if ticket[name]), default=False)
                for name in ("psa_customer_message_at", "psa_answered_at")
            }
        )

    def _psa_note(self, text):
        """Write an internal note of the system on each ticket."""
        self._psa_note_html(Markup("<p>%s</p>") % text)

    def _psa_note_html(self, body):
        """Write an internal note of the system with several paragraphs on each ticket.

        :param Markup body: cleaned HTML
        """
        robot = self.env.ref("base.partner_root")
        for ticket in self:
            ticket.with_context(psa_automation=OWN_WORD).message_post(
                body=body,
                author_id=robot.id,
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )

    def _psa_close_from_portal(self, stage):
        """Close one ticket for a customer who was found to be allowed to see it.

        :param stage: the closing stage the customer chose
        :raises UserError: where customers may not close, or not with this stage
        """
        self.ensure_one()
        if stage not in self._psa_get_portal_stages():
            raise UserError(self.env._("Ticket %(number)s cannot be closed this way.", number=self.number))
        self.stage_id = stage

    def _psa_get_portal_stages(self):
        """Return the stages with which the customer may close this ticket, none if it is closed."""
        self.ensure_one()
        if not self.psa_is_open:
            return self.stage_id.browse()
        stages = (
            self.team_id.sudo()._get_applicable_stages()
        )  # portal users see no queue that is not shown to them
        return stages.filtered(lambda stage: stage.close_from_portal and stage.closed)
