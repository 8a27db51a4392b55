from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.psa_crm.exceptions import AppendOnlyError

from .call_common import PsaCallCase

TRACKED = {"tracking_disable": False, "mail_notrack": False}
NOTE = {"message_type": "comment", "subtype_xmlid": "mail.mt_note"}
REPLY = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


class TrailCase(PsaCallCase):
    @classmethod
    def _flush_tracking(cls):
        cls.env.flush_all()
        cls.env.cr.flush()


@tagged("post_install", "-at_install")
class TestTimeline(TrailCase):
    """What happened to a ticket, when, and who did it (row 2.7)."""

    def setUp(self):
        super().setUp()
        self.ticket = self.env["helpdesk.ticket"].browse(self._make_ticket().id)
        self.env.flush_all()

    def _later(self, minutes):
        return freeze_time(self.when("Mon 08:00") + timedelta(minutes=minutes))

    def _story(self, user=None, ticket=None):
        self.env.flush_all()
        return (ticket or self.ticket).with_user(user or self.technician).psa_get_timeline()

    def _said(self, kind, user=None):
        return [(one["actor"], one["text"]) for one in self._story(user) if one["kind"] == kind]

    def test_a_note_alone_is_in_it_with_actor_and_time(self):
        with self._later(7):
            self.ticket.with_user(self.technician).message_post(body="Looked at it", **NOTE)
        note = [one for one in self._story() if one["kind"] == "note" and one["text"] == "Looked at it"]
        at = self.when("Mon 08:07").strftime("%Y-%m-%d %H:%M:%S")
        self.assertEqual(note, [{"at": at, "kind": "note", "actor": "Joe", "text": "Looked at it"}])

    def test_each_change_names_who_and_from_what_to_what(self):
        for minute, user, values in (
            (1, self.dispatcher, {"user_id": self.technician.id}),
            (2, self.technician, {"stage_id": self.stage_progress.id}),
            (3, self.manager, {"priority": "3"}),
            (4, self.dispatcher, {"team_id": self.other_queue.id}),
        ):
            with self._later(minute):
                self._flush_tracking()
                self.ticket.with_user(user).with_context(**TRACKED).write(values)
                self._flush_tracking()
        changes = self._said("change", self.manager)
        for actor, part in (
            ("Dana", ": empty → Joe"),
            ("Joe", "New → In progress"),
            ("Sam", "→ Critical"),
            ("Dana", "Field test → NOC test"),
        ):
            with self.subTest(part):
                self.assertTrue([one for one in changes if one[0] == actor and part in one[1]], changes)
        story = self._story(self.manager)
        self.assertEqual([one["at"] for one in story], sorted(one["at"] for one in story))

    def test_calls_notices_promises_and_rules_are_in_it(self):
        call = self._make_call(tickets=self.ticket)
        with self._later(30):
            self._flush_tracking()
            call.with_user(self.technician).with_context(**TRACKED).action_confirm()
            self._flush_tracking()
        self.env["psa.notice"]._tell(self.technician, "Look at this", "Please", ticket=self.ticket)
        self.env["psa.sla.event"].create(
            {"ticket_id": self.ticket.id, "what": "paused", "happened_at": self.when("Mon 08:10")}
        )
        self.env["psa.workflow.run"].create(
            {
                "ticket_id": self.ticket.id,
                "event": "created",
                "happened_at": self.when("Mon 08:00"),
                "entries": [{"name": "Tell Joe", "version": 1, "result": "did", "actions": []}],
                "result": "did",
            }
        )
        booked = f"Service call {call.number} booked for Joe"
        self.assertIn(("Dana", booked), self._said("call"))
        self.assertTrue(
            [one for one in self._said("call") if one[0] == "Joe" and "Planned → Confirmed" in one[1]],
            self._said("call"),
        )
        self.assertTrue(
            [one for one in self._said("notice") if "To Joe" in one[1] and "Look at this" in one[1]]
        )
        self.assertIn("Paused", [text for _actor, text in self._said("promise")])
        self.assertIn("Tell Joe", self._said("rule")[0][1])
        self.assertEqual(len(self._said("ticket")), 1)

    def test_who_reads_the_ticket_reads_its_story_and_nobody_else(self):
        self.ticket.with_user(self.technician).message_post(body="Customer never pays", **NOTE)
        for user in (self.technician, self.technician_all, self.dispatcher, self.manager):
            self.assertIn("Customer never pays", str(self._story(user)))
        self.ticket.user_id = self.contractor
        self.assertIn("Customer never pays", str(self._story(self.contractor)))
        for user in (self.outsider, self.plain, self.mia, self.env.ref("base.public_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._story(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.ticket.with_user(user).action_psa_open_timeline()
        timelines = self.env["psa.ticket.timeline"].with_user(self.outsider)
        with self.assertRaises(AccessError):
            timelines.create({"ticket_id": self.ticket.id})
        own = timelines.create({"ticket_id": self._make_ticket(team_id=self.other_queue.id).id})
        with self.assertRaises(AccessError):
            own.ticket_id = self.ticket

    def test_the_dialog_shows_it_and_nothing_runs_in_it(self):
        with self._later(1):
            self.ticket.with_user(self.technician).message_post(body="<script>alert(1)</script>", **NOTE)
        action = self.ticket.with_user(self.technician).action_psa_open_timeline()
        dialog = self.env[action["res_model"]].with_user(self.technician).with_context(**action["context"])
        timeline = dialog.create({})
        self.assertEqual(timeline.count, len(self._story()))
        self.assertNotIn("<script", timeline.story)
        self.assertIn("&lt;script", timeline.story)
        timeline.kind = "time"
        self.assertEqual(timeline.count, 0)

    def test_the_dialog_names_the_zone_of_its_times(self):
        with self._later(7):
            self.ticket.with_user(self.technician).message_post(body="Looked at it", **NOTE)
        self.technician.tz = "Asia/Tokyo"
        timeline = (
            self.env["psa.ticket.timeline"].with_user(self.technician).create({"ticket_id": self.ticket.id})
        )
        for zone, clock in (
            ("Asia/Tokyo", "04:07:00 PM"),
            ("Europe/Berlin", "08:07:00 AM"),
            ("Not/AZone", "07:07:00 AM"),
        ):
            with self.subTest(zone):
                shown = timeline.with_context(tz=zone)
                self.assertEqual(shown.zone, zone if zone != "Not/AZone" else "UTC")
                self.assertIn(clock, shown.story)

    def test_it_costs_the_same_for_ten_times_the_story(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.ticket.with_user(self.technician).psa_get_timeline()
            return self.env.cr.sql_log_count - before

        for number in range(2):
            self.ticket.with_user(self.technician).message_post(body=f"Note {number}", **NOTE)
            self._make_call(f"Mon {10 + number}:00", 30, tickets=self.ticket)
        cost()
        first = cost()
        for number in range(20):
            self.ticket.with_user(self.technician).message_post(body=f"More {number}", **NOTE)
        self.assertEqual(cost(), first)


@tagged("post_install", "-at_install")
class TestTrail(TrailCase):
    """The ledgers under the story are written once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._make_ticket()
        cls.note = cls.ticket.with_user(cls.technician).message_post(body="As I saw it", **NOTE)
        cls._flush_tracking()
        cls.ticket.with_user(cls.technician).with_context(**TRACKED).stage_id = cls.stage_progress
        cls._flush_tracking()
        cls.admin = new_test_user(
            cls.env, "psa_trail_admin", "base.group_system,psa_helpdesk.psa_helpdesk_group_manager"
        )

    def test_nobody_changes_or_takes_away_what_was_written(self):
        for user in (self.technician, self.manager, self.admin):
            note = self.note.with_user(user)
            for values in (
                {"body": "Otherwise"},
                {"date": "2020-01-01"},
                {"author_id": self.mia.partner_id.id},
            ):
                with self.subTest(user=user.login, values=values), self.assertRaises(UserError):
                    note.write(values)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                note.unlink()
        with self.assertRaises(AppendOnlyError):
            self.note.with_user(self.technician).write({"body": "Otherwise"})
        with self.assertRaises(AppendOnlyError):
            self.note.with_user(self.admin).unlink()
        change = self.ticket.message_ids.sudo().tracking_value_ids[:1].with_user(self.admin)
        self.assertTrue(change)
        with self.assertRaises(AppendOnlyError):
            change.write({"new_value_char": "Otherwise"})
        with self.assertRaises(AppendOnlyError):
            change.unlink()

    def test_a_rule_of_the_suite_keeps_ledgers_even_from_the_superuser(self):
        started = self.env["psa.sla.event"].create(
            {"ticket_id": self.ticket.id, "what": "paused", "happened_at": self.when("Mon 08:10")}
        )
        run = self.env["psa.workflow.run"].create(
            {
                "ticket_id": self.ticket.id,
                "event": "created",
                "happened_at": self.when("Mon 08:00"),
                "entries": [{"name": "Tell Joe", "version": 1, "result": "did", "actions": []}],
                "result": "did",
            }
        )
        for line, name in ((started, "happened_at"), (run, "happened_at")):
            with self.subTest(line._name), self.assertRaises(AppendOnlyError):
                line.sudo()[name] = self.when("Mon 09:00")
            with self.subTest(line._name), self.assertRaises(AppendOnlyError):
                line.sudo().unlink()

    def test_who_corrects_an_own_message_leaves_what_it_said(self):
        self.ticket.with_user(self.technician)._message_update_content(
            self.note.with_user(self.technician), body="As it was"
        )
        self.assertIn("As it was", self.note.body)
        story = self.ticket.with_user(self.technician).psa_get_timeline()
        kept = [one for one in story if "Before, it said: As I saw it" in one["text"]]
        self.assertEqual([one["actor"] for one in kept], ["Joe"])

    def test_messages_of_other_records_are_the_hosts_affair(self):
        message = self.queue.message_post(body="x")
        message.with_user(self.admin).write({"body": "y"})
        message.with_user(self.admin).unlink()
