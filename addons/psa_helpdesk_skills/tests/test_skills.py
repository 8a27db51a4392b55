from datetime import timedelta

from odoo import Command
from odoo.fields import Datetime
from odoo.tests import tagged

from odoo.addons.psa_helpdesk.exceptions import BookingConflict
from odoo.addons.psa_helpdesk.tests.call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestSkills(PsaCallCase):
    """Joe knows networks a little, Tara very well, and Carl not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.skill_type = cls.env["hr.skill.type"].create({
            "name": "Service desk",
            "skill_ids": [Command.create({"name": name}) for name in ("Networks test", "Servers test")],
            "skill_level_ids": [
                Command.create({"name": "Beginner", "level_progress": 20, "default_level": True}),
                Command.create({"name": "Expert", "level_progress": 100}),
            ],
        })  # fmt: skip
        cls.networks, cls.servers = cls.skill_type.skill_ids
        cls._teach(cls.technician, cls.networks, "Beginner")
        cls._teach(cls.technician_all, cls.networks, "Expert")
        cls.issue = cls.env["helpdesk.ticket.category"].create(
            {"name": "Network test", "psa_skill_ids": [Command.set(cls.networks.ids)]}
        )
        cls.sub_issue = cls.env["helpdesk.ticket.category"].create(
            {"name": "Wireless", "parent_id": cls.issue.id, "psa_skill_ids": [Command.set(cls.servers.ids)]}
        )
        cls.users = cls.technician | cls.technician_all | cls.contractor

    @classmethod
    def _teach(cls, user, skill, level, **values):
        """Give a technician a skill; who is no employee becomes one."""
        employees = cls.env["hr.employee"]
        employee = employees.search([("user_id", "=", user.id)], limit=1) or employees.create(
            {"name": user.name, "user_id": user.id, "company_id": cls.env.company.id}
        )
        employee.resource_calendar_id = cls.calendar
        cls.env["hr.employee.skill"].create({
            "employee_id": employee.id,
            "skill_type_id": skill.skill_type_id.id,
            "skill_id": skill.id,
            "skill_level_id": skill.skill_type_id.skill_level_ids.filtered(lambda one: one.name == level).id,
            "valid_from": "2026-01-01",
            **values,
        })  # fmt: skip

    def _suggest(self, ticket):
        return self.env["psa.service.call"].with_user(self.dispatcher)._psa_suggest(ticket, 60)

    def _read(self):
        start, stop = (Datetime.to_string(self.when(when)) for when in ("Mon 00:00", "Tue 00:00"))
        return self.env["psa.service.call"].with_user(self.dispatcher).psa_board_read(start, stop)

    def test_a_ticket_wants_the_skills_of_its_issue_and_those_above_it(self):
        ticket = self._make_ticket(category_id=self.sub_issue.id)
        self.assertEqual(ticket.psa_skill_ids, self.networks | self.servers)
        ticket.with_user(self.technician).psa_skill_ids = [Command.set(self.servers.ids)]
        self.assertEqual(ticket.psa_skill_ids, self.servers, "this ticket is another case")
        ticket.category_id = self.issue
        self.assertEqual(ticket.psa_skill_ids, self.networks)

    def test_who_knows_more_is_proposed_first_and_it_says_so(self):
        ticket = self._make_ticket(category_id=self.issue.id)
        found = self._suggest(ticket)
        self.assertEqual([user for user, *_rest in found[:2]], [self.technician_all] * 2)
        self.assertEqual(found[2][0], self.technician)
        self.assertIn("works in Field test, Networks test (Expert)", ", ".join(found[0][3]))
        self.assertIn("Networks test (Beginner)", ", ".join(found[2][3]))

    def test_without_skills_wanted_it_is_as_before(self):
        match = self.env["psa.service.call"]._psa_get_skill_match(self._make_ticket(), self.users)
        self.assertEqual({rank for rank, _words in match.values()}, {1})

    def test_a_missing_skill_speaks_against_a_booking_until_a_reason_is_given(self):
        ticket = self._make_ticket(category_id=self.issue.id)
        with self.assertRaisesRegex(BookingConflict, "lacks a skill: Networks test"):
            self._make_call("Mon 10:00", tickets=ticket, technician_id=self.contractor.id)
        call = self._make_call(
            "Mon 10:00",
            tickets=ticket,
            technician_id=self.contractor.id,
            override_reason="With Joe on the phone",
        )
        self.assertEqual(call.technician_id, self.contractor)
        self._make_call("Mon 10:00", tickets=ticket)

    def test_what_has_run_out_is_known_no_more(self):
        self._teach(self.contractor, self.networks, "Expert", valid_to="2026-03-01")
        ticket = self._make_ticket(category_id=self.issue.id)
        match = self.env["psa.service.call"]._psa_get_skill_match(ticket, self.contractor)
        self.assertEqual(match[ticket, self.contractor][0], 0)

    def test_who_does_not_work_in_the_queue_stays_out_whatever_the_skills(self):
        self.queue.user_ids -= self.technician_all
        ticket = self._make_ticket(category_id=self.issue.id)
        match = self.env["psa.service.call"]._psa_get_skill_match(ticket, self.technician_all)
        rank, words = match[ticket, self.technician_all]
        self.assertEqual(rank, 0)
        self.assertIn("does not work in Field test", words)

    def test_the_board_shows_skills_of_technicians_and_tickets(self):
        ticket = self._make_ticket(category_id=self.issue.id)
        board = self._read()
        skills = {row["id"]: row["skills"] for row in board["technicians"]}
        self.assertEqual(skills[self.technician.id], [{"name": "Networks test", "level": "Beginner"}])
        self.assertEqual(skills[self.contractor.id], [])
        [card] = [card for card in board["tickets"] if card["id"] == ticket.id]
        self.assertEqual(card["skills"], ["Networks test"])

    def test_queries_do_not_grow_with_technicians_and_tickets(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._read()
            calls = self.env["psa.service.call"].search([])
            calls._psa_find_conflicts()
            return self.env.cr.sql_log_count - before

        def grow(hours, user):
            for hour in hours:
                ticket = self._make_ticket(category_id=self.issue.id)
                self._make_ticket(category_id=self.issue.id)
                start = self.when("Mon 10:00") + timedelta(hours=hour)
                self._make_call(
                    tickets=ticket, technician_id=user.id, start_at=start, stop_at=start + timedelta(hours=1)
                )

        grow(range(2), self.technician)
        count()  # what each worker keeps is read once
        few = count()
        grow(range(4), self.technician_all)
        count()
        self.assertEqual(count(), few)

    def test_customers_do_not_read_what_a_ticket_wants(self):
        fields = self.env["helpdesk.ticket"].with_user(self.mia).fields_get()
        self.assertNotIn("psa_skill_ids", fields)
