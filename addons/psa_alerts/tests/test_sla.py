from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.psa_helpdesk.tests.sla_common import PsaSlaCase

from .common import PsaAlertsCase, at


@tagged("post_install", "-at_install")
class TestAlertSla(PsaAlertsCase, PsaSlaCase):
    """Alerts and the promise to the customer: what is read late happened when it was received.

    The policy is in Berlin's office hours, an hour before which the messages of these tests come in UTC.
    """

    def _clocks(self, ticket):
        return {clock.kind: clock for clock in ticket.psa_sla_clock_ids}

    def _history(self, ticket):
        """(what, when, kinds promised) of each line of the ledger."""
        return [
            (line.what, line.happened_at, [target["kind"] for target in line.promise or ()])
            for line in ticket.psa_sla_event_ids.sorted(lambda line: (line.happened_at, line.id))
        ]

    def _attach(self, alert):
        dialog = self.env["psa.alert.place"].with_user(self.technician)
        dialog.create({"alert_ids": [(6, 0, alert.ids)], "partner_id": self.cobalt.id}).action_apply()

    # 48

    def test_received_at_ten_mapped_at_half_past_eleven_is_breached_from_then(self):
        alert = self._say("9:00", customer="old-mill", device=None)
        with freeze_time(at("10:30")):
            self._attach(alert)
            self.env.flush_all()
        clocks = self._clocks(alert.ticket_id)
        self.assertEqual((clocks["response"].state, clocks["response"].breached_at), ("overdue", at("10:30")))
        self.assertEqual(clocks["response"].due_at, at("10:00"))
        self.assertEqual(clocks["response"].counted_seconds, 90 * 60)
        self.assertEqual((clocks["plan"].state, clocks["plan"].due_at), ("running", at("13:00")))

    def test_a_suppressed_alert_that_gets_its_ticket_by_hand_is_late_from_then(self):
        self.harbor_server.active = False
        alert = self._say("9:00")
        self.assertEqual(alert.state, "suppressed")
        with freeze_time(at("10:30")):
            self.harbor_server.active = True
            alert.with_user(self.technician).action_make_ticket()
            self.env.flush_all()
        self.assertEqual(self._clocks(alert.ticket_id)["response"].breached_at, at("10:30"))

    def test_a_late_batch_moves_no_breach(self):
        self._say("9:00", process=False)
        self._process("11:00")
        self.assertEqual(self._clocks(self._alert().ticket_id)["response"].breached_at, at("10:00"))

    def test_with_a_policy_that_counts_from_the_change_the_waiting_still_counts(self):
        self.policy.change_mode = "now"
        alert = self._say("9:00", customer="old-mill", device=None)
        with freeze_time(at("10:30")):
            self._attach(alert)
            self.env.flush_all()
        self.assertEqual(self._clocks(alert.ticket_id)["response"].counted_seconds, 90 * 60)

    # 43, in one batch

    def test_a_raise_in_the_batch_of_the_first_message_holds_from_its_own_receipt(self):
        story = [("9:00", "medium"), ("11:00", "critical")]
        for clock, severity in story:
            self._say(clock, severity=severity)
        for clock, severity in story:
            self._say(clock, severity=severity, key="batch", process=False)
        self._process("12:00")
        apart, together = self._alert().ticket_id, self._alert("batch").ticket_id
        self.assertEqual(self._history(together), self._history(apart))
        self.assertEqual(
            [(what, when) for what, when, _kinds in self._history(together)],
            [("started", at("9:00")), ("retargeted", at("11:00"))],
        )
        self.assertEqual(
            self._clocks(together)["resolution"].due_at, self._clocks(apart)["resolution"].due_at
        )
        self.assertEqual((together.priority, self._alert("batch").highest_severity), ("3", "critical"))

    # Receipt, not processing

    def test_all_that_happens_in_a_late_batch_happened_at_its_receipt(self):
        for clock, state, values in (
            ("9:00", "problem", {"severity": "medium"}),
            ("9:01", "problem", {"severity": "critical"}),
            ("9:20", "resolved", {}),
            ("9:30", "problem", {"severity": "critical"}),
            ("9:40", "resolved", {}),
        ):
            self._say(clock, state, process=False, **values)
        self._process("12:00")
        alert = self._alert()
        self.assertEqual(
            [(what, when) for what, when, _kinds in self._history(alert.ticket_id)],
            [
                ("started", at("9:00")),
                ("retargeted", at("9:01")),
                ("resolved", at("9:20")),
                ("reopened", at("9:30")),
                ("resolved", at("9:40")),
            ],
        )
        self.assertEqual((alert.resolved_at, alert.ticket_closed_at), (at("9:40"), at("9:40")))
        self.assertEqual(alert.ticket_id.psa_resolved_at, at("9:40"))
