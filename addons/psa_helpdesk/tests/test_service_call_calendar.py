from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestServiceCallCalendar(PsaCallCase):
    """One call, one entry of the calendar: moved on either side, both move."""

    def test_a_call_has_an_entry_in_the_calendar_of_its_technicians(self):
        call = self._make_call(other_technician_ids=[(6, 0, self.technician_all.ids)])
        event = call.calendar_event_id
        self.assertRecordValues(
            event,
            [{
                "start": call.start_at,
                "stop": call.stop_at,
                "user_id": self.technician.id,
                "recurrency": False,
                "res_model": "psa.service.call",
                "res_id": call.id,
            }],
        )  # fmt: skip
        self.assertEqual(event.partner_ids, (self.technician | self.technician_all).partner_id)
        self.assertIn(call.number, event.name)

    def test_the_contact_attends_where_wanted(self):
        call = self._make_call(is_contact_invited=True)
        self.assertIn(self.mia.partner_id, call.calendar_event_id.partner_ids)
        call.is_contact_invited = False
        self.assertNotIn(self.mia.partner_id, call.calendar_event_id.partner_ids)

    def test_moving_the_call_moves_the_entry(self):
        call = self._make_call()
        event = call.calendar_event_id
        call.start_at = self.when("Tue 10:00")
        self.assertEqual((event.start, event.stop), (self.when("Tue 10:00"), self.when("Tue 11:00")))
        self.assertEqual(call.calendar_event_id, event)

    def test_another_technician_is_another_calendar(self):
        call = self._make_call()
        event = call.calendar_event_id
        call.technician_id = self.technician_all
        self.assertFalse(event.exists())
        self.assertEqual(call.calendar_event_id.user_id, self.technician_all)
        self.assertEqual(call.state, "planned", "the entry that went away was not deleted by a person")

    def test_moving_the_entry_moves_the_call(self):
        call = self._make_call()
        before = len(call.message_ids)
        call.calendar_event_id.with_user(self.technician).write(
            {"start": self.when("Tue 14:00"), "stop": self.when("Tue 15:30")}
        )
        self.assertRecordValues(
            call, [{"start_at": self.when("Tue 14:00"), "stop_at": self.when("Tue 15:30"), "minutes": 90}]
        )
        self.assertEqual(call.calendar_event_id.start, self.when("Tue 14:00"))
        self.assertGreater(len(call.message_ids), before)

    def test_what_comes_from_a_calendar_outside_moves_the_call(self):
        """The host's sync writes with the rights of the system, for the one whose calendar it is."""
        call = self._make_call()
        event = call.calendar_event_id.with_user(self.technician).sudo()
        event.with_context(dont_notify=True).write(
            {"start": self.when("Tue 14:00"), "stop": self.when("Tue 15:00")}
        )
        self.assertEqual(call.start_at, self.when("Tue 14:00"))

    def test_an_entry_moved_onto_another_call_is_noted_and_not_refused(self):
        call = self._make_call("Mon 10:00")
        other = self._make_call("Mon 14:00")
        call.calendar_event_id.with_user(self.technician).write(
            {"start": self.when("Mon 14:30"), "stop": self.when("Mon 15:30")}
        )
        self.assertEqual(call.start_at, self.when("Mon 14:30"))
        self.assertTrue(
            call.message_ids.filtered(lambda message: f"Joe is on {other.number}" in message.body)
        )

    def test_an_entry_that_lasts_all_day_means_office_hours(self):
        self.technician.tz = "Europe/Berlin"
        call = self._make_call()
        call.calendar_event_id.with_user(self.technician).write(
            {"allday": True, "start_date": "2026-03-04", "stop_date": "2026-03-04"}
        )
        self.assertEqual((call.start_at, call.stop_at), (self.when("Wed 08:00"), self.when("Wed 18:00")))

    def test_deleting_or_archiving_the_entry_cancels_the_call(self):
        call = self._make_call()
        call.calendar_event_id.with_user(self.technician).unlink()
        self.assertRecordValues(
            call,
            [{"state": "cancelled", "cancel_reason": "Deleted in the calendar.", "calendar_event_id": False}],
        )
        note = call.ticket_ids.message_ids.filtered(lambda message: "was cancelled" in message.body)
        self.assertTrue(note)
        other = self._make_call("Tue 10:00")
        other.calendar_event_id.with_user(self.technician).active = False
        self.assertEqual(other.state, "cancelled")

    def test_cancelling_the_call_deletes_the_entry(self):
        call = self._make_call()
        event = call.calendar_event_id
        call._psa_cancel("no part")
        self.assertFalse(event.exists())

    def test_an_entry_of_a_finished_call_moves_nothing(self):
        call = self._make_call()
        call.action_finish()
        call.calendar_event_id.with_user(self.technician).write(
            {"start": self.when("Tue 14:00"), "stop": self.when("Tue 15:00")}
        )
        self.assertEqual(call.start_at, self.when("Mon 10:00"))
        call.calendar_event_id.with_user(self.technician).unlink()
        self.assertEqual(call.state, "done")

    def test_calls_do_not_repeat(self):
        call = self._make_call()
        with self.assertRaisesRegex(UserError, "does not repeat"):
            call.calendar_event_id.with_user(self.technician).write(
                {"recurrency": True, "rrule_type": "weekly"}
            )

    def test_nobody_else_moves_the_entry(self):
        event = self._make_call().calendar_event_id
        for user in (self.plain, self.outsider, self.technician_all):
            with self.subTest(user=user.name), self.assertRaisesRegex(AccessError, "Only its technicians"):
                event.with_user(user).write({"start": self.when("Tue 14:00"), "stop": self.when("Tue 15:00")})
            with self.subTest(user=user.name), self.assertRaisesRegex(AccessError, "Only its technicians"):
                event.with_user(user).unlink()
        event.with_user(self.dispatcher).write(
            {"start": self.when("Tue 14:00"), "stop": self.when("Tue 15:00")}
        )

    def test_a_client_cannot_say_that_the_call_speaks(self):
        event = self._make_call().calendar_event_id
        with self.assertRaises(AccessError):
            event.with_user(self.plain).with_context(psa_call_speaks=True).write(
                {"start": self.when("Tue 14:00")}
            )

    def test_the_calendar_shades_days_without_work(self):
        calls = self.env["psa.service.call"].with_user(self.technician)
        days = calls.get_unusual_days("2026-03-06 00:00:00", "2026-03-08 23:59:59")
        self.assertEqual(days, {"2026-03-06": False, "2026-03-07": True, "2026-03-08": True})

    def test_other_entries_are_nobodys_business(self):
        event = (
            self.env["calendar.event"]
            .with_user(self.plain)
            .create({"name": "Lunch", "start": self.when("Mon 12:00"), "stop": self.when("Mon 13:00")})
        )
        event.write({"start": self.when("Mon 12:30")})
        event.unlink()
