import json
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import new_test_user

from odoo.addons.psa_helpdesk.tests.common import PsaHelpdeskCase

from ..logic.delivery import Delivery

DAY = datetime(2026, 3, 2)


def at(clock):
    """A moment of the test day: "10:00" or "10:00:30"; hours above 24 are on the next day."""
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


class PsaAlertsCase(PsaHelpdeskCase):
    """One source of each system that knows Harbor Dental and Cobalt Freight, and users of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["psa.alert.event"]
        cls.alerts = cls.env["psa.alert"]
        cls.alert_user = new_test_user(cls.env, "psa_alert_user", "psa_alerts.psa_alerts_group_user")
        cls.alert_manager = new_test_user(cls.env, "psa_alert_manager", "psa_alerts.psa_alerts_group_manager")
        cls.source = cls._make_source("Backup HQ", "generic")
        cls.token = cls.source._rotate_secret()
        cls.prometheus = cls._make_source("Prometheus HQ", "alertmanager")
        cls.prometheus_token = cls.prometheus._rotate_secret()
        cls.sent = 0

    @classmethod
    def _make_source(cls, name, system="generic", **values):
        source = cls.env["psa.alert.source"].create(
            {"name": name, "system": system, "team_id": cls.queue.id, **values}
        )
        cls.env["psa.alert.mapping"].create(
            [
                {"source_id": source.id, "external_ref": "harbor-dental", "partner_id": cls.harbor.id},
                {"source_id": source.id, "external_ref": "cobalt-freight", "partner_id": cls.cobalt.id},
                {
                    "source_id": source.id,
                    "kind": "device",
                    "external_ref": "HDT-DC01",
                    "asset_id": cls.harbor_server.id,
                },
            ]
        )
        return source

    def _deliver(self, payload, clock="10:00", token=None, headers=None, charset=""):
        """Hand `payload` (bytes, or what is JSON) to the door at `clock` and return its answer."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        delivery = Delivery(token or self.token, body, headers or {}, charset)
        return self.env["psa.alert.source"]._receive(delivery, at(clock))

    def _process(self, clock="10:00"):
        """Process all that is pending, at `clock`."""
        with freeze_time(at(clock)):
            while self.events._process_batch():
                pass
            self.env.flush_all()

    def _say(self, clock, state="problem", process=True, **values):
        """Deliver one statement about the condition "disk" of Harbor's server and process it at once."""
        type(self).sent += 1
        payload = {
            "id": f"m{self.sent}",
            "key": "disk",
            "state": state,
            "severity": "high",
            "title": "Disk full",
            "customer": "harbor-dental",
            "device": "HDT-DC01",
            **values,
        }
        payload = {name: value for name, value in payload.items() if value is not None}
        self.assertEqual(self._deliver(payload, clock).status, 202)
        if process:
            self._process(clock)
        return self._alert(payload["key"])

    def _alert(self, key="disk"):
        """The newest alert of that key of the generic source."""
        return self.alerts.search(
            [("source_id", "=", self.source.id), ("correlation_key", "=", f"key|{key}")],
            order="id desc",
            limit=1,
        )

    def _notes(self, ticket):
        """The texts of the notes that alerts wrote into `ticket`, oldest first."""
        robot = self.env.ref("base.partner_root")
        messages = ticket.message_ids.filtered(
            lambda message: (
                message.author_id == robot
                and message.subtype_id == self.env.ref("mail.mt_note")
                and message.body
                and not message.tracking_value_ids
            )
        )
        return [message.preview for message in messages.sorted("id")]

    def _mails(self):
        return self.env["mail.mail"].sudo().search_count([])
