import random
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sla_common import PsaSlaCase

MONDAY = datetime(2026, 3, 2, 8)


@tagged("post_install", "-at_install")
class TestDeskReport(PsaSlaCase):
    """First contact, reopening, backlog and promises: each figure by hand, and each number opens its tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(MONDAY))

    def _ask(self, ticket, user=None, body="It still jams"):
        ticket.with_user(user or self.mia).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def _solve(self, ticket, user=None):
        ticket.with_user(user or self.technician).stage_id = self.stage_done

    def _row(self, ticket, user=None):
        self.env.flush_all()
        return (
            self.env["psa.desk.report"]
            .with_user(user or self.technician)
            .search([("ticket_id", "=", ticket.id)])
        )

    def test_one_answer_and_solved_is_first_contact(self):
        ticket = self._make_ticket()
        self.answer(ticket)
        self._solve(ticket)
        row = self._row(ticket)
        self.assertEqual(
            (row.first_contact_percent, row.reopened_percent, row.resolved_count), (100.0, 0.0, 1)
        )

    def test_solved_on_the_phone_without_an_answer_is_first_contact(self):
        ticket = self._make_ticket(stage_id=self.stage_done.id)
        self.assertEqual(ticket.psa_first_resolved_at, MONDAY)
        self.assertEqual(self._row(ticket).first_contact_percent, 100.0)

    def test_a_second_answer_or_a_word_of_the_customer_is_a_second_contact(self):
        twice, came_back = self._make_ticket(), self._make_ticket()
        for ticket in twice, came_back:
            self.answer(ticket)
        self.answer(twice)
        self._ask(came_back)
        for ticket in twice, came_back:
            self._solve(ticket)
            self.assertEqual(self._row(ticket).first_contact_percent, 0.0)
        self.assertEqual((came_back.psa_answer_count, came_back.psa_return_count), (1, 1))

    def test_what_the_customer_adds_before_we_answer_is_part_of_the_first_contact(self):
        ticket = self._make_ticket()
        self._ask(ticket, body="It is the one on the second floor")
        self.answer(ticket)
        self._solve(ticket)
        self._ask(ticket, body="Thanks!")
        self.assertEqual(self._row(ticket).first_contact_percent, 100.0)

    def test_notes_and_machines_are_no_contact(self):
        ticket = self._make_ticket()
        ticket.with_user(self.technician).message_post(
            body="Roller?", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        ticket._psa_note("Said by the system")
        self.assertEqual(ticket.psa_answer_count, 0)

    def test_reopened_within_the_days_of_the_company_was_not_solved(self):
        self.env.company.psa_first_contact_days = 7
        for after, first_contact in ((timedelta(days=7), 0.0), (timedelta(days=7, seconds=1), 100.0)):
            ticket = self._make_ticket()
            self._solve(ticket)
            with freeze_time(MONDAY + after):
                ticket.with_user(self.technician).action_reopen()
                ticket.with_user(self.technician).action_close()
                ticket.with_user(self.technician).action_reopen()
            row = self._row(ticket)
            self.assertEqual((row.first_contact_percent, row.reopened_percent), (first_contact, 100.0), after)
            self.assertEqual((row.reopen_count, ticket.psa_first_reopened_at), (2, MONDAY + after))
            self.assertEqual(row.resolved_at, MONDAY)

    def test_cancelled_tickets_were_not_solved(self):
        ticket = self._make_ticket()
        ticket.with_user(self.technician).stage_id = self.stage_cancelled
        row = self._row(ticket)
        self.assertEqual((row.resolved_count, row.open_count, row.first_contact_percent), (0, 0, 0.0))

    def test_merged_and_archived_tickets_do_not_count(self):
        ticket, spam = self._make_ticket(), self._make_ticket(active=False)
        ticket.sudo().psa_merged_into_id = self._make_ticket()
        self.assertFalse(self._row(ticket) | self._row(spam))

    def test_shares_are_averages_of_what_counts(self):
        """Three solved, one of them at first contact; an open one takes no part in the share."""
        tickets = self.env["helpdesk.ticket"].union(
            *(self._make_ticket(team_id=self.queue.id) for _i in range(4))
        )
        for ticket in tickets[:2]:
            self.answer(ticket)
            self.answer(ticket)
        for ticket in tickets[:3]:
            self._solve(ticket)
        self.env.flush_all()
        [[share, solved, still_open]] = (
            self.env["psa.desk.report"]
            .with_user(self.manager)
            ._read_group(
                [("ticket_id", "in", tickets.ids)],
                [],
                ["first_contact_percent:avg", "resolved_count:sum", "open_count:sum"],
            )
        )
        self.assertAlmostEqual(share, 100 / 3)
        self.assertEqual((solved, still_open), (3, 1))

    def test_a_technician_counts_the_tickets_he_sees(self):
        ticket = self._make_ticket(team_id=self.other_queue.id)
        self.assertFalse(self._row(ticket))
        self.assertTrue(self._row(ticket, self.outsider))
        with self.assertRaises(AccessError):
            self._row(ticket, self.mia)

    def test_a_row_opens_its_ticket(self):
        ticket = self._make_ticket()
        action = self._row(ticket).action_open_ticket()
        self.assertEqual((action["res_model"], action["res_id"]), ("helpdesk.ticket", ticket.id))

    def test_promises_are_counted_as_the_ledger_says(self):
        """Over random histories: the report equals a count over a fresh reading of every ledger."""
        chance = random.Random(20260302)  # noqa: S311 - the same histories every time
        tickets = self.env["helpdesk.ticket"]
        for _number in range(40):
            with freeze_time(MONDAY):
                ticket = self._make_ticket(priority=chance.choice("123"))
            tickets |= ticket
            for hours in sorted(chance.uniform(0, 30) for _step in range(3)):
                with freeze_time(MONDAY + timedelta(hours=hours)):
                    chance.choice(
                        [
                            lambda ticket=ticket: self.answer(ticket),
                            lambda ticket=ticket: self._solve(ticket),
                            lambda ticket=ticket: ticket.with_user(self.technician).write(
                                {"stage_id": self.stage_waiting.id}
                            ),
                        ]
                    )()
        end = MONDAY + timedelta(days=3)
        with freeze_time(end), self.no_commit():
            self.env["psa.sla.clock"]._cron_sweep()
            readings = self.env["psa.sla.event"]._get_ledgers(tickets)
            counted = [
                reading for ledger in readings.values() for reading in ledger.read(end) if reading.counts_at
            ]
        met = sum(reading.breached_at is None for reading in counted)
        self.env.flush_all()
        [[reported_met, reported_missed, share]] = self.env["psa.sla.report"]._read_group(
            [("ticket_id", "in", tickets.ids)], [], ["met_count:sum", "missed_count:sum", "met_percent:avg"]
        )
        self.assertTrue(0 < met < len(counted), "the fixture must have both")
        self.assertEqual((reported_met, reported_missed), (met, len(counted) - met))
        self.assertAlmostEqual(share, 100 * met / len(counted))

    def test_an_excused_miss_is_left_out_of_the_share(self):
        ticket = self._make_ticket(priority="3")
        with freeze_time(MONDAY + timedelta(days=1)):
            self._solve(ticket)
        [row] = self.env["psa.sla.report"].search(
            [("ticket_id", "=", ticket.id), ("kind", "=", "resolution")]
        )
        self.assertEqual((row.missed_count, row.met_percent), (1, 0.0))
        with freeze_time(MONDAY + timedelta(days=2)):
            self.excuse(row.clock_id, self.manager)
        self.env.flush_all()
        [[share, missed, excused]] = self.env["psa.sla.report"]._read_group(
            [("id", "=", row.id)], [], ["met_percent:avg", "missed_count:sum", "excused_count:sum"]
        )
        self.assertEqual((share, missed, excused), (False, 1, 1))
