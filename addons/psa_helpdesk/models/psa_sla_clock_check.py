import logging
from datetime import timedelta

from odoo import api, fields, models

from .psa_sla_clock import READING_FIELDS

_logger = logging.getLogger(__name__)

CHECKED_DAYS = 35  # every clock is checked for more than a month after its last reading
PLACE = "psa_helpdesk.sla_check_below"  # the clock at which a run ended that had no time for all of them


class PsaSlaClock(models.Model):
    """The nightly check that the stored readings are what the ledger says."""

    _inherit = "psa.sla.clock"

    @api.model
    def _cron_check(self, now=None, limit=500):
        """Replay the ledgers of all clocks read lately and note where a stored figure differs.

        Nothing is repaired: a difference means that somebody wrote past the ledger, which a person must look at.
        """
        since = (now or fields.Datetime.now()) - timedelta(days=CHECKED_DAYS)
        place = self.env["ir.config_parameter"].sudo()  # sudo: only the place in the list is kept there
        below = int(place.get_param(PLACE) or 0)
        different = self.browse()
        while True:
            clocks = self.search(self._get_check_domain(since, below), order="id desc", limit=limit)
            different |= clocks._note_differences()
            below = clocks[-1:].id
            remaining = self.search_count(self._get_check_domain(since, below)) if below else 0
            seconds_left = self.env["ir.cron"]._commit_progress(len(clocks), remaining=remaining)
            if not remaining or not seconds_left:
                break
        place.set_param(PLACE, below if remaining else False)
        if different:
            _logger.error("SLA clocks differ from their ledger: %s", different.ids)
            different._report_differences()
        return different

    @api.model
    def _get_check_domain(self, since, below):
        """The newest come first: a run goes on `below` where the one before it ended."""
        domain = [("read_at", ">=", since)]
        return [*domain, ("id", "<", below)] if below else domain

    def _note_differences(self):
        """Write down where these clocks differ from their ledger, and return those that do."""
        differences = self._find_differences()
        for clock, problem in differences.items():
            clock.problem = problem
        return self.browse().union(*differences)

    def _find_differences(self):
        """Return {clock: sentence} of the clocks that a replay at their own last reading gives otherwise.

        A calendar may be edited in the second of that reading: then the sweep has been told to read the clock anew.
        """
        read = self._get_reader()
        differences = {}
        for clock in self.filtered(lambda clock: not clock.next_at or clock.next_at > clock.read_at):
            try:
                names = clock._compare(read(clock.ticket_id, clock.read_at))
            except Exception as error:
                _logger.exception("The ledger of SLA clock %s cannot be read", clock.id)
                differences[clock] = self.env._("The history cannot be read: %(problem)s", problem=str(error))
                continue
            if names:
                differences[clock] = self.env._(
                    "The history gives other figures than stored: %(fields)s.", fields=", ".join(names)
                )
        return differences

    def _compare(self, readings):
        """Return the names of the fields, of this clock and of its ticket, that are not as `readings` have them."""
        same = [reading for reading in readings if (reading.cycle, reading.kind) == (self.cycle, self.kind)]
        names = self._find_changed(self._prepare_figures(same[0])) if same else list(READING_FIELDS)
        ticket = self.ticket_id
        shown = ticket._psa_prepare_deadline() | {"psa_is_open": ticket._psa_has_work_to_do()}
        return names + [name for name, value in shown.items() if (ticket[name] or False) != (value or False)]

    def _report_differences(self):
        """Tell the service managers of each company, with one message."""
        for company, clocks in self.grouped("company_id").items():
            managers = self.env["psa.sla.threshold"]._get_service_managers(company)
            numbers = ", ".join(sorted(set(clocks.ticket_id.mapped("number"))))
            clocks.ticket_id[:1].message_notify(
                partner_ids=managers.partner_id.ids,
                subject=self.env._("SLA figures differ from their history"),
                body=self.env._(
                    "The stored figures of these tickets are not what their history gives: %s", numbers
                ),
            )
