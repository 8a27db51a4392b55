from collections import defaultdict

from markupsafe import Markup

from odoo import api, models

from odoo.addons.psa_helpdesk.event_moment import EventMoment
from odoo.addons.psa_helpdesk.own_word import OWN_WORD

from ..logic.correlation import NOTE_ORDER

PRIORITIES = {"critical": "3", "high": "2", "medium": "1", "low": "0", "info": "0"}


class PsaAlert(models.Model):
    """What alerts do to tickets: make them, raise them, write into them, close them and open them again."""

    _inherit = "psa.alert"

    def _prepare_ticket_values(self):
        """Return the values of the ticket of this alert. Addons that know more about tickets extend it.

        The text of the message is a stranger's: it is escaped, and its link is one that opens a web page.
        """
        self.ensure_one()
        values = {
            "name": self.name,
            "description": self._get_ticket_description(),
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "priority": PRIORITIES[self.highest_severity],  # of a new alert that of its first message
            "channel_id": self.env["ir.model.data"]._xmlid_to_res_id("psa_helpdesk.psa_channel_monitoring"),
            "psa_started_at": self.first_seen_at,
            "psa_origin_id": self.follows_id.ticket_id.id,
            "user_id": False,
        }
        # Only what is known: the ticket has proposals of its own for the rest.
        known = {
            "psa_site_id": self.site_id.id,
            "psa_asset_id": self.asset_id.id,
            "team_id": self.source_id.team_id.id,
        }
        return values | {name: value for name, value in known.items() if value}

    def _get_ticket_description(self):
        """Return the text of the message. The customer reads it too: names and links of ours stay on the alert."""
        severity = dict(self._fields["severity"]._description_selection(self.env))[self.severity]
        text = Markup("<br/>").join((self.body or self.name).split("\n"))
        return Markup("<p>%s</p><p>%s: %s</p>") % (text, self.env._("Severity"), severity)

    def _drop_strangers(self):
        """Let go of sites and assets that are another customer's by now: a wrong detail must not cost the ticket."""
        for alert in self:
            customer = alert.partner_id
            if alert.asset_id and alert.asset_id.partner_id != customer:
                note = self.env._(
                    "Asset %(asset)s belongs to another customer now", asset=alert.asset_id.name
                )
                alert.write({"asset_id": False, "placement_note": note})
            if alert.site_id and alert.site_id.commercial_partner_id != customer:
                note = self.env._("Site %(site)s belongs to another customer now", site=alert.site_id.name)
                alert.write({"site_id": False, "placement_note": alert.placement_note or note})

    def _make_tickets(self, promised_at=None):
        """Make one ticket for each of these alerts, in one batch per company.

        :param datetime promised_at: when somebody made the ticket possible, for alerts that waited for that. Clocks
            start at the first message all the same, but nothing was late before anybody could know (Rule D10.48).
        """
        self._drop_strangers()
        moment = EventMoment(promised_at) if promised_at else None
        for company, alerts in self.grouped("company_id").items():
            tickets = (
                self.env["helpdesk.ticket"]
                .with_company(company)
                .with_context(psa_automation=OWN_WORD, psa_promised_at=moment)
                .create([alert._prepare_ticket_values() for alert in alerts])
            )
            for alert, ticket in zip(alerts, tickets, strict=True):
                alert.write({"ticket_id": ticket.id, "ticket_closed_at": False})
            tickets._psa_tell_rules("alert")

    # What runs of events tell the tickets

    @api.model
    def _tell_tickets(self, runs):
        """Open tickets again, raise them, note what is worth a note, close what nobody touched: in this order."""
        steps = [(run, statement) for run in runs for statement in run.steps if run.alert.ticket_id]
        self._reopen_tickets(steps)
        self._raise_tickets(steps)
        closing = self._find_closing(steps)
        self._write_notes(self._choose_notes(steps, closing))
        for at, alerts in sorted(closing.items(), reverse=True):
            alerts._close_tickets(
                at,
                self.env._("The source reports that this is over. Closed, because nobody had worked on it."),
            )

    @api.model
    def _reopen_tickets(self, steps):
        back = defaultdict(self.env["helpdesk.ticket"].browse)
        for run, statement in steps:
            if statement.decision.action == "reopen":
                back[statement.received_at] |= run.alert.ticket_id
        for at, tickets in back.items():
            tickets._psa_reopen(at, by_system=True)
            tickets._psa_tell_rules("alert")

    @api.model
    def _raise_tickets(self, steps):
        """Raise priorities, never lower one (rule D10.43): the change holds from the receipt of the message."""
        for run, statement in steps:
            severity = statement.decision.raises_to
            ticket = run.alert.ticket_id
            if severity and ticket.priority < PRIORITIES[severity]:
                received = EventMoment(statement.received_at)
                ticket.with_context(psa_automation=OWN_WORD, psa_event_at=received).write(
                    {"priority": PRIORITIES[severity]}
                )
                ticket.with_context(psa_event_at=received)._psa_tell_rules("alert")

    @api.model
    def _find_closing(self, steps):
        """Return {moment: alerts} of the alerts whose recovery closes their ticket (rule D10.40)."""
        recovered = [(run.alert, one.received_at) for run, one in steps if one.decision.action == "resolve"]
        may_close = self.browse().concat(*(alert for alert, _at in recovered))._filter_closing()
        closing = defaultdict(self.browse)
        for alert, at in recovered:
            if alert in may_close:
                closing[at] |= alert
        return closing

    def _filter_closing(self):
        """Return those of these resolved alerts whose ticket is open, untouched, and has no other live alert."""
        tickets = self.ticket_id.filtered("psa_is_open")
        if not tickets:
            return self.browse()
        live = self.search([("ticket_id", "in", tickets.ids), ("state", "!=", "resolved")])
        tickets = (tickets - live.ticket_id).filtered(lambda ticket: ticket._psa_is_untouched())
        return self.filtered(lambda alert: alert.ticket_id in tickets)

    @api.model
    def _choose_notes(self, steps, closing):
        """Return [(ticket, text)]: of each message the most important note on a ticket (rule D10.37)."""
        closed_by = {alert: at for at, alerts in closing.items() for alert in alerts}
        chosen = {}
        count = {}
        for run, statement in steps:
            decision, alert = statement.decision, run.alert
            if decision.action in ("append", "resume", "reopen"):
                count[alert] = count.get(alert, run.before.count if run.before and not run.fresh else 1) + 1
            if not decision.note or (decision.action == "resolve" and alert in closed_by):
                continue
            ticket = alert._get_noted_ticket(statement, decision)
            place = statement.message_id, ticket
            if place not in chosen or _weight(decision.note) < _weight(chosen[place][0]):
                text = alert._get_note_text(decision.note, statement, count.get(alert, 1))
                chosen[place] = decision.note, text
        return [(ticket, text) for (_message, ticket), (_note, text) in chosen.items()]

    def _get_noted_ticket(self, statement, decision):
        """Return the ticket a note belongs to: for a late recovery that of the earlier occurrence (rule D10.42)."""
        earlier = self.follows_id
        own_time = statement.event.occurred_at
        if decision.on_earlier and earlier.ticket_id and own_time and own_time < self.first_seen_at:
            return earlier.ticket_id
        return self.ticket_id

    def _get_note_text(self, note, statement, count):
        if note == "severity":
            labels = dict(self._fields["severity"]._description_selection(self.env))
            return self.env._(
                "The source reports severity %(new)s now.", new=labels[statement.event.severity]
            )
        texts = {
            "reopened": self.env._("The problem is back. Reported %(count)s times so far.", count=count),
            "recovered": self.env._("The source reports that this is over."),
            "recovered_late": self.env._(
                "A recovery of an earlier occurrence arrived late. What is reported now still holds."
            ),
            "acknowledged": self.env._("Acknowledged in the monitoring system."),
            "repeat": self.env._("Reported again, %(count)s times so far.", count=count),
        }
        return texts[note]

    @api.model
    def _write_notes(self, notes):
        """Write internal notes of the system, in rounds of one note a ticket. A log: nobody is mailed."""
        robot = self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
        while notes:
            bodies, later = {}, []
            for ticket, text in notes:
                if ticket.id in bodies:
                    later.append((ticket, text))
                else:
                    bodies[ticket.id] = Markup("<p>%s</p>") % text
            self.env["helpdesk.ticket"].browse(bodies)._message_log_batch(bodies=bodies, author_id=robot)
            notes = later

    def _note_in_tickets(self, texts):
        """Write {alert: text} into their tickets, where they have one that is open."""
        self._write_notes(
            [(alert.ticket_id, text) for alert, text in texts.items() if alert.ticket_id.psa_is_open]
        )

    # Ends

    def _close_tickets(self, at, note):
        """Close the tickets of these alerts as of `at`; the time for reopening counts from then."""
        self.write({"ticket_closed_at": at})
        self.ticket_id.with_context(psa_event_at=EventMoment(at))._psa_close_by_system(note)

    def _resolve(self, at, note):
        """End these live alerts at `at`; close the tickets nobody touched, write `note` into the others."""
        self.write({"state": "resolved", "resolved_at": at})
        closing = self._filter_closing()
        (self - closing)._note_in_tickets(dict.fromkeys(self - closing, note))
        if closing:
            closing._close_tickets(at, note)

    @api.model
    def _follow_closed_tickets(self, tickets, at):
        """Somebody closed `tickets`: their alerts are resolved, and from now the time for reopening counts."""
        alerts = self.search([("ticket_id", "in", tickets.ids)])
        alerts.filtered(lambda alert: not alert.ticket_closed_at).write({"ticket_closed_at": at})
        live = alerts.filtered(lambda alert: alert.state != "resolved")
        live.write({"state": "resolved", "resolved_at": at})

    @api.model
    def _follow_reopened_tickets(self, tickets):
        alerts = self.search([("ticket_id", "in", tickets.ids), ("ticket_closed_at", "!=", False)])
        alerts.write({"ticket_closed_at": False})

    @api.model
    def _follow_merged_tickets(self, tickets, destination):
        """What is reported of a merged ticket is meant for the one it went into (rule D10.38)."""
        self.search([("ticket_id", "in", tickets.ids)]).write({"ticket_id": destination.id})


def _weight(note):
    return NOTE_ORDER.index(note)
