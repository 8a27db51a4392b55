import logging
from datetime import timedelta

from odoo import api, fields, models

from .psa_sla_clock import READING_FIELDS

_logger = logging.getLogger(__name__)

CHECKED_DAYS = 35  # every clock is checked for more than a month after its last reading


class PsaSlaClock(models.Model):
    """The nightly check that the stored readings are what the ledger says."""

    _inherit = "psa.sla.clock"

    @api.model
    def _cron_check(self, now=None, limit=500):
        """Replay the ledgers of all clocks read lately and note where a stored figure differs.

        Nothing is repaired: a difference means that somebody wrote past the ledger, which a person must look at.
        """
        since = (now or fields.Datetime.now()) - timedelta(days=CHECKED_DAYS)
        last_id, different = 0, self.browse()
        while clocks := self.search(
            [("read_at", ">=", since), ("id", ">", last_id)], order="id", limit=limit
        ):
            for clock, names in clocks._find_differences().items():
                clock.problem = self.env._(
                    "The history gives other figures than stored: %(fields)s.", fields=", ".join(names)
                )
                different |= clock
            last_id = clocks[-1].id
            if not self.env["ir.cron"]._commit_progress(len(clocks)):
                break
        if different:
            _logger.error("SLA clocks differ from their ledger: %s", different.ids)
            different._report_differences()
        return different

    def _find_differences(self):
        """Return {clock: names of the fields in which it differs from a replay at its own last reading}."""
        ledgers = self.env["psa.sla.event"]._get_ledgers(self.ticket_id)
        differences = {}
        for clock in self:
            readings = ledgers[clock.ticket_id].read(clock.read_at)
            same = [r for r in readings if (r.cycle, r.kind) == (clock.cycle, clock.kind)]
            replayed = self._prepare_figures(same[0]) if same else {}
            names = [
                name
                for name in READING_FIELDS
                if not same or (clock[name] or False) != (replayed[name] or False)
            ]
            if names:
                differences[clock] = names
        return differences

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
