from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaAlertsCase, at


@tagged("post_install", "-at_install")
class TestAlertCorrelation(PsaAlertsCase):
    """Rules D10.36 to D10.43, with their worked examples, on the records."""

    # 36

    def test_a_delivery_counts_once_whatever_the_time(self):
        answers = [
            self._deliver({"id": "d1", "key": "disk", "title": "Disk full"}, clock).text
            for clock in ("10:00:00", "10:00:05", "10:02")
        ]
        self._process("10:02")
        self.assertEqual(answers, ["accepted", "duplicate", "duplicate"])
        self.assertEqual(self.events.search_count([("source_id", "=", self.source.id)]), 1)
        self.assertEqual(self._alert().occurrence_count, 1)

    def test_the_same_key_from_two_sources_is_two_alerts(self):
        other = self._make_source("Backup depot")
        self._say("10:00")
        payload = {"key": "disk", "title": "Disk full", "customer": "harbor-dental"}
        self._deliver(payload, "10:01", token=other._rotate_secret())
        self._process("10:01")
        self.assertEqual(self.alerts.search_count([("correlation_key", "=", "key|disk")]), 2)

    def test_recoveries_and_acknowledgements_do_not_count(self):
        for clock, state in (
            ("10:00", "problem"),
            ("10:01", "ack"),
            ("10:02", "update"),
            ("10:03", "resolved"),
        ):
            alert = self._say(clock, state)
        self.assertEqual(alert.occurrence_count, 2)

    # 37

    def test_a_problem_every_minute_for_eight_hours_gives_ten_notes_one_ticket_and_no_mail(self):
        mails = self._mails()
        for minute in range(480):
            self._say(f"{8 + minute // 60}:{minute % 60:02d}", process=minute % 60 == 59)
        alert = self._alert()
        self.assertEqual(alert.occurrence_count, 480)
        self.assertEqual(
            self._notes(alert.ticket_id),
            [
                f"Reported again, {count} times so far."
                for count in (2, 10, 70, 100, 160, 220, 280, 340, 400, 460)
            ],
        )
        self.assertEqual(self.harbor_server.psa_ticket_ids, alert.ticket_id)
        self.assertEqual(self._mails(), mails)

    # 38

    def test_a_problem_at_the_last_second_of_the_window_reopens_the_ticket(self):
        first = self._say("10:00")
        ticket = first.ticket_id
        self._say("10:20", "resolved")
        self.assertFalse(ticket.psa_is_open)
        again = self._say("11:20:00")
        self.assertEqual(again, first)
        self.assertTrue(ticket.psa_is_open)
        self.assertEqual((again.occurrence_count, again.state), (2, "open"))
        self.assertEqual(self._notes(ticket)[-1], "The problem is back. Reported 2 times so far.")

    def test_a_second_later_it_makes_a_new_ticket_that_follows_the_old_one(self):
        first = self._say("10:00")
        self._say("10:20", "resolved")
        again = self._say("11:20:01")
        self.assertNotEqual(again, first)
        self.assertEqual(again.occurrence_count, 1)
        self.assertEqual(again.ticket_id.psa_origin_id, first.ticket_id)
        self.assertEqual(again.follows_id, first)
        self.assertFalse(first.ticket_id.psa_is_open)

    def test_the_window_is_a_setting_and_zero_means_never(self):
        self.source.reopen_minutes = 0
        first = self._say("10:00")
        self._say("10:20", "resolved")
        self.assertNotEqual(self._say("10:20:01").ticket_id, first.ticket_id)

    def test_the_ticket_still_open_takes_it_back_whatever_the_time(self):
        first = self._say("10:00")
        first.ticket_id.with_user(self.technician).action_take()
        self._say("10:20", "resolved")
        self.assertEqual(first.state, "resolved")
        again = self._say("23:00")
        self.assertEqual((again, again.state, again.occurrence_count), (first, "open", 2))

    def test_staff_closing_a_ticket_resolves_its_alerts_and_a_repeat_is_a_problem_again(self):
        alert = self._say("10:00")
        with freeze_time(at("10:30")):
            alert.ticket_id.with_user(self.technician).action_close()
        self.assertEqual((alert.state, alert.resolved_at), ("resolved", at("10:30")))
        self.assertEqual(self._say("11:30:00"), alert)
        self.assertTrue(alert.ticket_id.psa_is_open)

    def test_after_staff_closed_it_the_window_counts_from_the_closing(self):
        alert = self._say("10:00")
        alert.ticket_id.with_user(self.technician).action_take()
        self._say("10:05", "resolved")
        with freeze_time(at("12:00")):
            alert.ticket_id.with_user(self.technician).action_close()
        self.assertEqual(self._say("13:00:00"), alert)

    def test_what_is_reported_of_a_merged_ticket_is_meant_for_its_destination(self):
        alert = self._say("10:00")
        other = self._make_ticket(name="Server slow", partner_id=self.harbor.id)
        tickets = alert.ticket_id | other
        merge = self.env["helpdesk.ticket.merge"].with_user(self.technician_all)
        merge.with_context(active_ids=tickets.ids).create({"dst_ticket_id": other.id}).merge_tickets()
        self.assertEqual(alert.ticket_id, other)
        self._say("10:10")
        self.assertEqual(self._notes(other)[-1], "Reported again, 2 times so far.")

    def test_a_cancelled_ticket_is_left_alone(self):
        alert = self._say("10:00")
        with freeze_time(at("10:10")):
            alert.ticket_id.with_user(self.technician).action_cancel()
        again = self._say("10:11")
        self.assertNotEqual(again, alert)
        self.assertFalse(again.ticket_id.psa_origin_id)

    def test_an_archived_ticket_is_as_good_as_cancelled(self):
        alert = self._say("10:00")
        with freeze_time(at("10:10")):
            alert.ticket_id.with_user(self.technician_all).action_archive()
        self.assertEqual((alert.state, alert.resolved_at), ("resolved", at("10:10")))
        again = self._say("10:11")
        self.assertNotEqual(again, alert)
        self.assertTrue(again.ticket_id.active)
        self.assertFalse(again.ticket_id.psa_origin_id)

    def test_a_ticket_that_comes_back_from_the_archive_takes_its_alert_back(self):
        alert = self._say("10:00")
        alert.ticket_id.with_user(self.technician_all).action_archive()
        alert.ticket_id.with_user(self.technician_all).action_unarchive()
        self.assertEqual(self._say("10:11"), alert)

    def test_a_ticket_closed_without_a_write_of_its_own_swallows_nothing(self):
        stage = self.env["helpdesk.ticket.stage"].create(
            {"name": "Parked", "team_ids": [(6, 0, self.queue.ids)]}
        )
        alert = self._say("10:00")
        alert.ticket_id.stage_id = stage
        stage.closed = True
        self.assertEqual(alert.state, "open")
        again = self._say("10:11")
        self.assertNotEqual(again, alert)
        self.assertEqual((alert.state, again.state, again.follows_id), ("resolved", "open", alert))

    def test_alerts_follow_a_merge_and_not_whoever_writes_the_field_of_it(self):
        alert = self._say("10:00")
        ticket = alert.ticket_id
        foreign = self._make_ticket(name="Of Cobalt", partner_id=self.cobalt.id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.technician).write({"psa_merged_into_id": foreign.id})
        ticket.sudo().write({"psa_merged_into_id": foreign.id})
        self.assertEqual(alert.ticket_id, ticket)

    # 39 and 40

    def test_a_recovery_closes_a_ticket_that_only_machines_have_touched(self):
        alert = self._say("10:00")
        alert.ticket_id.with_context(psa_automation=True).user_id = self.technician
        alert.ticket_id.with_user(self.technician).read(["name", "description"])
        self._say("10:20", "resolved")
        self.assertFalse(alert.ticket_id.psa_is_open)
        self.assertEqual((alert.state, alert.resolved_at), ("resolved", at("10:20")))

    def test_a_recovery_leaves_a_ticket_open_that_somebody_took_and_writes_one_note(self):
        alert = self._say("10:00")
        alert.ticket_id.with_user(self.technician).action_take()
        self._say("10:20", "resolved")
        self.assertTrue(alert.ticket_id.psa_is_open)
        self.assertEqual(self._notes(alert.ticket_id), ["The source reports that this is over."])

    def test_a_recovery_waits_for_the_other_alerts_of_the_ticket(self):
        disk, backup = self._say("10:00"), self._say("10:01", key="backup")
        backup.ticket_id = disk.ticket_id
        self._say("10:20", "resolved")
        self.assertTrue(disk.ticket_id.psa_is_open)
        self._say("10:21", "resolved", key="backup")
        self.assertFalse(disk.ticket_id.psa_is_open)

    def test_two_recoveries_of_one_ticket_in_one_batch_close_it(self):
        disk, backup = self._say("10:00"), self._say("10:01", key="backup")
        backup.ticket_id = disk.ticket_id
        self._say("10:20", "resolved", process=False)
        self._say("10:21", "resolved", key="backup")
        self.assertFalse(disk.ticket_id.psa_is_open)

    def test_with_the_ticket_closed_only_the_log_tells_of_a_recovery(self):
        alert = self._say("10:00")
        with freeze_time(at("10:10")):
            alert.ticket_id.with_user(self.technician).action_close()
        notes = self._notes(alert.ticket_id)
        self._say("10:20", "resolved")
        self.assertEqual(self._notes(alert.ticket_id), notes)
        self.assertEqual(self.events.search([], limit=1).rule, "D10.41")

    def test_a_recovery_keeps_severity_and_customer_of_the_alert(self):
        alert = self._say("10:00", severity="critical")
        self._say("10:20", "resolved", severity="low", customer="cobalt-freight", device=None)
        self.assertEqual((alert.severity, alert.partner_id), ("critical", self.harbor))

    # 41

    def test_a_problem_that_was_over_before_it_arrived_makes_no_ticket(self):
        self._say("10:05", "resolved", occurred_at="2026-03-02T10:04:00Z")
        alert = self._say("10:06", occurred_at="2026-03-02T10:00:00Z")
        self.assertEqual((alert.state, alert.occurrence_count), ("resolved", 1))
        self.assertFalse(alert.ticket_id)

    def test_a_problem_after_the_recovery_makes_one(self):
        self._say("10:05", "resolved", occurred_at="2026-03-02T10:04:00Z")
        alert = self._say("10:06", occurred_at="2026-03-02T10:05:30Z")
        self.assertTrue(alert.ticket_id)

    def test_without_own_times_the_order_of_receipt_decides(self):
        self._say("10:05", "resolved")
        self.assertTrue(self._say("10:06").ticket_id)

    def test_both_out_of_order_in_one_batch(self):
        self._say("10:05", "resolved", process=False, occurred_at="2026-03-02T10:04:00Z")
        alert = self._say("10:06", occurred_at="2026-03-02T10:00:00Z")
        self.assertEqual((alert.state, alert.ticket_id.id), ("resolved", False))

    # 42

    def test_a_recovery_older_than_the_newest_problem_resolves_nothing(self):
        self._say("10:00", occurred_at="2026-03-02T10:00:00Z")
        self._say("10:07", occurred_at="2026-03-02T10:07:00Z")
        alert = self._say("10:08", "resolved", occurred_at="2026-03-02T10:05:00Z")
        self.assertEqual((alert.state, alert.occurrence_count), ("open", 2))
        self.assertIn("arrived late", self._notes(alert.ticket_id)[-1])

    def test_a_late_recovery_is_noted_on_the_ticket_of_the_earlier_occurrence(self):
        first = self._say("10:00", occurred_at="2026-03-02T10:00:00Z")
        with freeze_time(at("10:10")):
            first.ticket_id.with_user(self.technician).action_close()
        second = self._say("12:00", occurred_at="2026-03-02T12:00:00Z")
        self._say("12:01", "resolved", occurred_at="2026-03-02T10:09:00Z")
        self.assertEqual(second.state, "open")
        self.assertIn("arrived late", self._notes(first.ticket_id)[-1])
        self.assertFalse(self._notes(second.ticket_id))

    # 43

    def test_the_priority_rises_with_the_worst_severity_and_never_falls(self):
        alert = self._say("10:00", severity="medium")
        ticket = alert.ticket_id
        self.assertEqual(ticket.priority, "1")
        self._say("10:01", severity="critical")
        self.assertEqual(ticket.priority, "3")
        self._say("10:02", severity="low")
        self.assertEqual((ticket.priority, alert.severity, alert.highest_severity), ("3", "low", "critical"))
        ticket.with_user(self.technician).priority = "1"
        self._say("10:03", severity="critical")
        self.assertEqual((ticket.priority, alert.severity), ("1", "critical"))
        self.assertEqual(
            self._notes(ticket),
            [f"The source reports severity {name} now." for name in ("Critical", "Low", "Critical")],
        )

    def test_raising_the_priority_is_no_touch(self):
        alert = self._say("10:00", severity="medium")
        self._say("10:01", severity="critical")
        self._say("10:20", "resolved")
        self.assertFalse(alert.ticket_id.psa_is_open)

    # all in one batch

    def test_a_whole_story_in_one_batch_ends_like_message_by_message(self):
        story = [
            ("10:00", "problem", {}),
            ("10:01", "problem", {"severity": "critical"}),
            ("10:02", "ack", {}),
            ("10:20", "resolved", {}),
            ("10:30", "problem", {}),
            ("10:40", "resolved", {}),
            ("12:00", "problem", {}),
        ]
        for clock, state, values in story:
            self._say(clock, state, **values)
        for clock, state, values in story:
            self._say(clock, state, process=False, key="batch", **values)
        self._process("12:00")
        apart, together = self._chain("disk"), self._chain("batch")
        self.assertEqual(len(together), 2)
        for one, other in zip(apart, together, strict=True):
            for name in ("state", "severity", "highest_severity", "occurrence_count", "first_seen_at",
                         "last_seen_at", "resolved_at", "last_note_at", "ticket_closed_at"):  # fmt: skip
                self.assertEqual(one[name], other[name], name)
            self.assertEqual(one.ticket_id.priority, other.ticket_id.priority)
            self.assertEqual(one.ticket_id.stage_id, other.ticket_id.stage_id)
            self.assertEqual(self._notes(one.ticket_id), self._notes(other.ticket_id))

    def _chain(self, key):
        return self.alerts.search([("correlation_key", "=", f"key|{key}")], order="id")
