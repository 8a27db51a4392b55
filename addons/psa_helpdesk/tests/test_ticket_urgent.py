from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.psa_helpdesk.own_word import OWN_WORD

from .test_psa_notice import NOW, NoticeCase


class UrgentCase(NoticeCase):
    """Joe gets text messages for what is urgent; the customer and the desk are heard as in real life."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As the server runs: Odoo tells of assignments and messages.
        cls.env = cls.env(
            context={key: value for key, value in cls.env.context.items() if key != "tracking_disable"}
        )
        cls.env["mail.push.device"].search([]).unlink()
        cls.ticket = cls._make_ticket(user_id=cls.technician.id)
        cls.env["psa.notice.preference"].create(
            {
                "user_id": cls.technician.id,
                "urgent_1": "sms",
                "urgent_2": "push",
                "phone": "+1 202 555 0188",
            }
        )

    def _notices(self, user=None, ticket=None):
        return self.env["psa.notice"].search(
            [("user_id", "=", (user or self.technician).id), ("ticket_id", "=", (ticket or self.ticket).id)]
        )

    def _inbox_lines(self, ticket=None):
        return self.env["mail.notification"].search_count(
            [
                ("res_partner_id", "=", self.technician.partner_id.id),
                ("notification_type", "=", "inbox"),
                ("mail_message_id.model", "=", "helpdesk.ticket"),
                ("mail_message_id.res_id", "=", (ticket or self.ticket).id),
            ]
        )


@tagged("post_install", "-at_install")
class TestCritical(UrgentCase):
    """A ticket of the highest priority reaches its assignee by itself."""

    def test_raised_by_somebody_else(self):
        self.ticket.with_user(self.dispatcher).priority = "3"
        notice = self._notices()
        self.assertEqual((notice.channel, notice.is_urgent, notice.event), ("sms", True, "critical"))
        self.assertEqual(notice.subject, f"{self.ticket.number} Harbor Dental Test: critical now")

    def test_assigned_by_somebody_else(self):
        self.technician.notification_type = "inbox"
        ticket = self._make_ticket(priority="3")
        self._prefer(urgent_2=False)
        ticket.with_user(self.dispatcher).user_id = self.technician
        notice = self._notices(ticket=ticket)
        self.assertIn("critical, assigned to you", notice.subject)
        with self._broken("sms", "push"):
            self._deliver()
        self.assertEqual(self._rows(ticket), [("sms", "fell_through")], "Odoo's own line stands in the inbox")
        self.assertEqual(self._inbox_lines(ticket), 1)

    def test_created_for_somebody_and_at_once_raised_and_assigned(self):
        made = self._make_ticket(priority="3", user_id=self.technician.id)
        self.assertEqual(len(self._notices(ticket=made)), 1)
        ticket = self._make_ticket().with_user(self.dispatcher)
        ticket.write({"priority": "3", "user_id": self.technician.id})
        self.assertEqual(len(self._notices(ticket=ticket)), 1)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"].search([("name", "=", "psa_helpdesk")])._update_translations(["de_DE"])
        self.technician.lang = "de_DE"
        self.ticket.with_user(self.dispatcher).priority = "3"
        self.assertIn("jetzt kritisch", self._notices().subject)

    def test_impact_and_urgency_that_make_it_critical(self):
        self.ticket.with_user(self.dispatcher).write({"psa_impact": "high", "psa_urgency": "high"})
        self.assertEqual(self.ticket.priority, "3")
        self.assertEqual(len(self._notices()), 1)

    def test_by_a_rule_also_where_the_person_set_it_off(self):
        automated = self.ticket.with_user(self.technician).with_context(psa_automation=OWN_WORD)
        automated.priority = "3"
        self.assertEqual(len(self._notices()), 1)

    def test_never_for_ones_own_deed(self):
        ticket = self._make_ticket(priority="3", team_id=self.queue.id).with_user(self.technician)
        ticket.action_take()
        self.ticket.with_user(self.technician).priority = "3"
        self.assertFalse(self._notices() | self._notices(ticket=ticket))

    def test_once_for_one_event(self):
        boss = self.ticket.with_user(self.dispatcher)
        for priority in ("3", "2", "3"):
            boss.priority = priority
        self._deliver()
        boss.priority = "2"
        boss.priority = "3"
        self.assertEqual(len(self._notices().filtered(lambda notice: notice.channel == "sms")), 1)
        with freeze_time(NOW + timedelta(minutes=6)):
            boss.priority = "2"
            boss.priority = "3"
        self.assertEqual(len(self._notices().filtered(lambda notice: notice.channel == "sms")), 2)

    def test_not_for_what_is_less_closed_silent_or_imported(self):
        self.ticket.with_user(self.dispatcher).priority = "2"
        closed = self._make_ticket(user_id=self.technician.id, stage_id=self.stage_done.id)
        closed.with_user(self.dispatcher).priority = "3"
        for context in ({"psa_silent": OWN_WORD}, {"psa_merging": OWN_WORD}, {"import_file": True}):
            self._make_ticket(user_id=self.technician.id).with_context(**context).priority = "3"
        self.assertFalse(self.env["psa.notice"].search([("event", "!=", False)]))

    def test_many_at_once_are_one_notice(self):
        tickets = self.env["helpdesk.ticket"].union(
            *(self._make_ticket(priority="3") for _number in range(3))
        )
        tickets.with_user(self.dispatcher).write({"user_id": self.technician.id})
        notice = self.env["psa.notice"].search([("event", "=", "critical")])
        self.assertEqual((len(notice), notice.count), (1, 3))
        self.assertIn(tickets[2].number, notice.body)

    def test_switched_off(self):
        self._prefer(wants_critical=False)
        self.ticket.with_user(self.dispatcher).priority = "3"
        self.assertFalse(self._notices())

    def test_without_settings_it_is_told_too(self):
        self.env["psa.notice.preference"].search([]).unlink()
        self.technician.notification_type = "inbox"
        self.ticket.with_user(self.dispatcher).priority = "3"
        self.assertEqual(self._notices().channel, "email")

    def test_whom_odoo_tells_by_that_way_is_not_told_twice(self):
        self.env["psa.notice.preference"].search([]).unlink()
        self.technician.notification_type = "email"
        ticket = self._make_ticket(priority="3").with_user(self.dispatcher)
        ticket.user_id = self.technician
        self.assertFalse(self._notices(ticket=ticket), "Odoo mails the assignment")

    def test_in_quiet_hours_it_is_not_held_back(self):
        self.technician.tz = "UTC"
        self._prefer(quiet_from=9, quiet_to=12)
        self.ticket.with_user(self.dispatcher).priority = "3"
        self.assertEqual(self._notices().state, "waiting")

    def test_escalating_to_the_assignee_is_one_notice(self):
        dialog = (
            self.env["psa.ticket.escalate"]
            .with_user(self.dispatcher)
            .with_context(active_id=self.ticket.id)
            .create({"target": "colleague", "user_id": self.technician.id, "reason": "Help", "priority": "3"})
        )
        dialog.action_escalate()
        self.assertEqual(len(self._notices()), 1)
        self.assertIn("needs you", self._notices().subject)

    def test_other_changes_ask_nothing(self):
        asked = patch.object(self.registry["psa.notice.preference"], "_get_for", side_effect=AssertionError)
        with asked:
            self.ticket.with_user(self.dispatcher).write({"priority": "2", "name": "Slow"})
            self.ticket.with_user(self.dispatcher).user_id = self.technician_all
            self._make_ticket(user_id=self.technician.id)


@tagged("post_install", "-at_install")
class TestAnswer(UrgentCase):
    """The customer answers a ticket that waits for it: whoever waits hears of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket.stage_id = cls.stage_waiting

    def _answer(self, text="The server is back", author=None, **values):
        return (
            self.ticket.with_user(self.mia)
            .sudo()
            .message_post(
                body=text,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
                author_id=(author or self.mia.partner_id).id,
                **values,
            )
        )

    def test_told_by_the_first_way(self):
        self._answer()
        notice = self._notices()
        self.assertEqual((notice.channel, notice.event, notice.is_urgent), ("sms", "answer", True))
        self.assertEqual(notice.subject, f"{self.ticket.number} Harbor Dental Test: customer replied")
        self.assertEqual(notice.body, "The server is back")

    def test_no_second_line_in_the_inbox(self):
        self._prefer(urgent_2=False)
        self.technician.notification_type = "inbox"
        self.assertIn(self.technician.partner_id, self.ticket.message_partner_ids)
        self._answer()
        with self._broken("sms"):
            self._deliver()
        self.assertEqual(self._rows(), [("sms", "fell_through")])
        self.assertEqual(self._inbox_lines(), 1)

    def test_whom_odoo_tells_by_that_way_is_not_told_twice(self):
        self.env["mail.push.device"].create(
            {
                "endpoint": "https://push.example.com/1",
                "keys": "{}",
                "partner_id": self.technician.partner_id.id,
            }
        )
        for kind, ways in (("inbox", ("inbox", "push")), ("email", ("email",))):
            self.technician.notification_type = kind
            for way in ways:
                with self.subTest(kind=kind, way=way):
                    self._prefer(urgent_1=way, urgent_2=False)
                    self._answer()
                    self.assertFalse(self._notices())

    def test_who_chose_a_browser_and_has_none_gets_the_next_way(self):
        self.technician.notification_type = "inbox"
        self._prefer(urgent_1="push", urgent_2="email")
        self._answer()
        with self.mock_mail_gateway():
            self._deliver()
        self.assertEqual(self._rows(), [("push", "fell_through"), ("email", "sent")])

    def test_who_does_not_follow_hears_it_anyway(self):
        self._prefer(urgent_1="inbox", urgent_2=False)
        self.ticket.message_unsubscribe(self.technician.partner_id.ids)
        self._answer()
        self.assertEqual(self._notices().channel, "inbox")

    def test_only_where_the_ticket_waits_for_it(self):
        self.ticket.stage_id = self.stage_progress
        self._answer()
        self.assertFalse(self._notices())

    def test_not_for_what_one_of_us_writes(self):
        self.ticket.with_user(self.dispatcher).message_post(
            body="Any news?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._answer(author=self.dispatcher.partner_id)
        self.assertFalse(self._notices())

    def test_one_burst_is_one_notice(self):
        self._answer("One")
        self._answer("Two")
        self.assertEqual(len(self._notices()), 1)

    def test_switched_off(self):
        self._prefer(wants_answers=False)
        self._answer()
        self.assertFalse(self._notices())

    def test_quiet_hours_hold_it_back(self):
        self.technician.tz = "UTC"
        self._prefer(quiet_from=9, quiet_to=12)
        self._answer()
        self.assertEqual(self._notices().state, "held")

    def test_in_the_portal(self):
        self.ticket.with_user(self.mia).message_post(
            body="Here it is", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(len(self._notices()), 1)
