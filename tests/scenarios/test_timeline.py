"""From the alert to the solution in one story: what monitoring, people, rules and the system did (row 2.7).

Nobody here is an administrator. The alert comes through the real door; time is entered and the ticket closed by the
technician, a colleague writes a note, the customer answers.
"""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.psa_alerts.tests.common import PsaAlertsCase
from odoo.addons.psa_crm.exceptions import AppendOnlyError

NOTE = {"message_type": "comment", "subtype_xmlid": "mail.mt_note"}
REPLY = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


@tagged("post_install", "-at_install")
class TestTimelineScenario(PsaAlertsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["hr.employee"].create(
            {"name": "Joe Employed", "user_id": cls.technician.id, "hourly_cost": 38.75}
        )
        cls.stage_done.psa_sla_event = "resolved"

    def _flush(self):
        self.env.flush_all()
        self.env.cr.flush()

    def test_every_transition_has_actor_and_time(self):
        alert = self._say("10:00", severity="critical")
        ticket = alert.ticket_id.with_context(tracking_disable=False, mail_notrack=False)
        self._flush()
        ticket.with_user(self.technician).write({"user_id": self.technician.id})
        self._flush()
        ticket.with_user(self.technician_all).message_post(body="Known since the update", **NOTE)
        ticket.with_user(self.technician).message_post(body="We are on it", **REPLY)
        entry = (
            self.env["account.analytic.line"]
            .with_user(self.technician)
            .create({"psa_ticket_id": ticket.id, "psa_minutes": 30, "name": "Made room"})
        )
        self._say("10:30", state="resolved", severity=None)
        ticket.with_user(self.technician).write({"stage_id": self.stage_done.id})
        self._flush()
        story = ticket.with_user(self.technician).psa_get_timeline()
        expected = (
            ("alert", "Backup HQ", "Problem: Disk full (new ticket)"),
            ("change", "Joe", "Assigned to: empty → Joe"),
            ("note", "Nina", "Known since the update"),
            ("message", "Joe", "We are on it"),
            ("time", "Joe Employed", "Made room"),
            ("change", "Joe", "Stage: New → "),
            ("alert", "Backup HQ", "Recovery: Disk full"),
        )
        for kind, actor, text in expected:
            with self.subTest(text):
                found = [
                    one
                    for one in story
                    if one["kind"] == kind and one["actor"] == actor and text in one["text"]
                ]
                self.assertEqual(len(found), 1, story)
                self.assertTrue(found[0]["at"])
        self.assertEqual([one["at"] for one in story], sorted(one["at"] for one in story))
        self.assertEqual(story[0]["kind"], "alert")
        self.assertNotIn("38.75", str(story), "neither cost nor rate")
        self.assertTrue(entry)

        with self.assertRaises(AccessError):
            ticket.with_user(self.mia).psa_get_timeline()
        event = alert.event_ids[:1].sudo()
        with self.assertRaises(AppendOnlyError):
            event.received_at = event.received_at.replace(hour=1)
        with self.assertRaises(AppendOnlyError):
            event.unlink()

    def test_a_ticket_with_nothing_but_a_note(self):
        ticket = self._make_ticket()
        ticket.with_user(self.technician).message_post(body="Only this", **NOTE)
        self._flush()
        story = ticket.with_user(self.technician).psa_get_timeline()
        self.assertEqual([one["actor"] for one in story if one["text"] == "Only this"], ["Joe"])

    def test_a_contractor_reads_the_story_of_own_tickets_without_rates(self):
        employee = self.env["hr.employee"].create(
            {"name": "Carl Employed", "user_id": self.contractor.id, "hourly_cost": 38.75}
        )
        other = new_test_user(self.env, "psa_other_contractor", "psa_helpdesk.psa_helpdesk_group_contractor")
        ticket = self._make_ticket(user_id=self.contractor.id)
        self.env["account.analytic.line"].create(
            {"psa_ticket_id": ticket.id, "psa_minutes": 45, "name": "Cabling", "employee_id": employee.id}
        )
        self._flush()
        story = ticket.with_user(self.contractor).psa_get_timeline()
        self.assertIn("0:45", str(story))
        self.assertNotIn("38.75", str(story))
        with self.assertRaises(AccessError):
            ticket.with_user(other).psa_get_timeline()
