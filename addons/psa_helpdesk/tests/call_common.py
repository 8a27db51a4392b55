from datetime import timedelta

from freezegun import freeze_time

from .sla_common import PsaSlaCase


class PsaCallCase(PsaSlaCase):
    """Technicians who work Monday to Friday 09:00 to 17:00 in Berlin, on Monday 2 March 2026 at 08:00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id = cls.calendar
        cls.env["resource.calendar.leaves"].search([("resource_id", "=", False)]).unlink()
        cls.queue.user_ids |= cls.technician_all | cls.contractor
        cls.startClassPatcher(freeze_time(cls.when("Mon 08:00")))
        cls.mia.partner_id.lang = "en_US"

    @classmethod
    def _prepare_call(cls, when="Mon 10:00", minutes=60, **values):
        """The values of a call of Joe for Mia's ticket."""
        tickets = values.pop("tickets", None) or cls._make_ticket()
        start = cls.when(when)
        return {
            "ticket_ids": [(6, 0, tickets.ids)],
            "technician_id": cls.technician.id,
            "start_at": start,
            "stop_at": start + timedelta(minutes=minutes),
            **values,
        }

    @classmethod
    def _make_call(cls, when="Mon 10:00", minutes=60, user=None, **values):
        """A call as the dispatcher books it."""
        values = cls._prepare_call(when, minutes, **values)
        return cls.env["psa.service.call"].with_user(user or cls.dispatcher).create(values)
