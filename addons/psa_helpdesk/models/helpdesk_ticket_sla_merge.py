from odoo import fields, models


class HelpdeskTicket(models.Model):
    """What the clocks of a ticket take over of those merged into it (Rule D10.24)."""

    _inherit = "helpdesk.ticket"

    def _psa_get_sla_lives(self):
        """{ticket: its last life, see `logic.sla_clock.Life`, None where it has no clocks}"""
        ledgers = self.env["psa.sla.event"]._get_ledgers(self)
        return {ticket: ledgers[ticket].get_life() for ticket in self}

    def _psa_sla_merge(self, lives):
        """Let the clocks begin with the earliest unresolved ticket merged in; an answer there is one here, too.

        :param lives: of the tickets merged in, as they were before
        """
        self.ensure_one()
        ledger = self.env["psa.sla.event"]._get_ledgers(self)[self]
        own = ledger.get_life()
        if own is None or own.is_closed:
            return
        lives = [life for life in lives.values() if life]
        if any(life.is_responded for life in lives):
            self._psa_sla_respond(fields.Datetime.now())
        earlier = [life for life in lives if not life.is_closed and life.start < own.start]
        if earlier:
            self._psa_sla_begin_earlier(min(earlier, key=lambda life: life.start), ledger.last_at)

    def _psa_sla_begin_earlier(self, life, last_at):
        """Write into the ledger that the clocks began earlier, and read it."""
        at = max(fields.Datetime.now(), last_at)
        stops = [
            [stop.start.isoformat(), stop.end and stop.end.isoformat(), stop.closed] for stop in life.stops
        ]
        self.env["psa.sla.event"].create(
            {
                "ticket_id": self.id,
                "what": "merged",
                "happened_at": at,
                "earlier": {"start": life.start.isoformat(), "stops": stops},
            }
        )
        self.psa_started_at = min(self.psa_started_at or life.start, life.start)
        self._psa_sla_refresh(at)
