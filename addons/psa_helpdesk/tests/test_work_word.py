from datetime import datetime, timedelta
from itertools import product

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.psa_helpdesk.logic.work_word import Word

from .common import PsaHelpdeskCase

NOW = datetime(2026, 3, 2, 15)  # Monday 10:00 in New York
WORDS = [word.value for word in Word]


@tagged("post_install", "-at_install")
class TestWorkWord(PsaHelpdeskCase):
    """The word a record shows, the filter that finds it and the figure that counts it are one thing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.manager.tz = "America/New_York"
        cls.project = cls.env["project.project"].create({"name": "Words", "privacy_visibility": "employees"})
        cls.tickets = cls._make_tickets()
        cls.tasks = cls._make_tasks()

    @classmethod
    def _make_tickets(cls):
        """One of each kind of standing, written as the clocks would."""
        dues = [
            None,
            NOW - timedelta(hours=1),
            NOW + timedelta(hours=1),
            NOW + timedelta(hours=13, minutes=59),
        ]
        dues.append(NOW + timedelta(hours=14))  # midnight in New York
        stages = [cls.stage_new, cls.stage_waiting, cls.stage_done]
        kinds = list(product(("none", "running", "at_risk", "overdue", "paused", "met"), dues, stages))
        tickets = cls.env["helpdesk.ticket"].union(
            *(
                cls._make_ticket(name=str(number), stage_id=stage.id)
                for number, (_s, _d, stage) in enumerate(kinds)
            )
        )
        cls.env.flush_all()  # what the clocks say now gives way to what is written next
        for ticket, (state, due, _stage) in zip(tickets, kinds, strict=True):
            ticket.write({"psa_sla_state": state, "psa_sla_due_at": due})
        tickets.filtered("closed")[::2].closed_date = NOW - timedelta(days=1)
        return tickets

    @classmethod
    def _make_tasks(cls):
        tasks = cls.env["project.task"]
        deadlines = [None, -1, 0, 3.99, 4, 13.99, 14, 100]
        states = ["01_in_progress", "04_waiting_normal", "1_done", "1_canceled"]
        for hours, state in product(deadlines, states):
            deadline = None if hours is None else NOW + timedelta(hours=hours)
            task = cls.env["project.task"].create(
                {"name": f"{hours} {state}", "project_id": cls.project.id, "date_deadline": deadline}
            )
            task.state = state
            tasks |= task
        tasks.filtered("is_closed")[::2].date_last_stage_update = NOW - timedelta(days=1)
        return tasks

    def _check_one_reading(self, records):
        records = records.with_user(self.manager)
        read = {
            word: records.filtered(lambda record, word=word: record.psa_word == word)
            for word in [*WORDS, False]
        }
        self.assertTrue(all(read.values()), "the fixture must show each word")
        for word, expected in read.items():
            found = records.search([("id", "in", records.ids), ("psa_word", "=", word)])
            self.assertEqual(set(found.ids), set(expected.ids), word)
        # Together they are everything, and no record has two.
        self.assertEqual(sum(len(found) for found in read.values()), len(records))
        counted = records.search_count([("id", "in", records.ids), ("psa_word", "in", WORDS)])
        self.assertEqual(counted, len(records) - len(read[False]))
        others = records.search_count([("id", "in", records.ids), ("psa_word", "!=", "overdue")])
        self.assertEqual(others, len(records) - len(read["overdue"]))

    def test_a_ticket_has_one_word_and_the_filter_finds_it(self):
        self._check_one_reading(self.tickets)

    def test_a_task_has_one_word_and_the_filter_finds_it(self):
        self._check_one_reading(self.tasks)

    def test_the_day_is_that_of_the_reader(self):
        """23:59 in New York is tomorrow in Berlin."""
        late = self.tickets.filtered(
            lambda ticket: (
                ticket.psa_sla_state == "running"
                and ticket.psa_sla_due_at == NOW + timedelta(hours=13, minutes=59)
            )
        ).filtered("psa_is_open") - self.tickets.filtered("psa_is_waiting")
        self.assertEqual(len(late), 1)
        for zone, word in (("America/New_York", "due"), ("Europe/Berlin", "later")):
            self.assertEqual(late.with_context(tz=zone).psa_word, word, zone)
            found = late.with_context(tz=zone).search([("id", "=", late.id), ("psa_word", "=", word)])
            self.assertEqual(found, late, zone)

    # The same word in SQL

    def _report(self, user=None, **context):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["psa.standing.report"].with_user(user or self.manager).with_context(**context)

    def test_the_report_says_the_word_of_the_ticket(self):
        for zone in ("America/New_York", "Europe/Berlin"):
            rows = self._report(tz=zone).search([("ticket_id", "in", self.tickets.ids)])
            said = {row.ticket_id.id: row.word for row in rows}
            read = {
                ticket.id: ticket.psa_word
                for ticket in self.tickets.with_user(self.manager).with_context(tz=zone)
                if ticket.psa_word
            }
            self.assertEqual(said, read, zone)

    def test_figures_by_technician_and_customer_are_those_of_the_database(self):
        """Counted once more by a query of the test that knows neither the report nor the words."""
        for number, ticket in enumerate(self.tickets):
            ticket.user_id = (self.technician, self.technician_all, self.env["res.users"])[number % 3]
            ticket.partner_id = (self.mia, self.ivan)[number % 2].partner_id
        # What was written counts as a step of ours: the clocks as the fixture left them.
        self.env.flush_all()
        query = """
            SELECT {field}, CASE
                WHEN closed_date IS NOT NULL THEN 'done' WHEN psa_sla_state IN ('overdue', 'at_risk') THEN psa_sla_state
                WHEN psa_sla_state = 'paused' OR stage_id = %(waiting)s THEN 'waiting'
                WHEN psa_sla_due_at < '2026-03-03 05:00' THEN 'due' ELSE 'later' END AS word, count(*)
            FROM helpdesk_ticket
            WHERE id = ANY(%(ids)s) AND (closed_date IS NULL OR closed_date >= '2026-03-02 05:00')
            GROUP BY 1, 2
        """
        for field, column in (
            ("user_id", "user_id"),
            ("partner_id", "commercial_partner_id"),
            ("team_id", "team_id"),
        ):
            self.env.cr.execute(
                query.format(field=column), {"ids": self.tickets.ids, "waiting": self.stage_waiting.id}
            )
            expected = {(record, word): count for record, word, count in self.env.cr.fetchall()}
            groups = self._report()._read_group(
                [("ticket_id", "in", self.tickets.ids)], [field, "word"], ["__count"]
            )
            self.assertEqual(
                {(record.id or None, word): count for record, word, count in groups}, expected, field
            )
            # Each number opens as many tickets as it says.
            for record, word, count in groups:
                rows = self._report().search(
                    [("ticket_id", "in", self.tickets.ids), (field, "=", record.id), ("word", "=", word)]
                )
                self.assertEqual(len(rows), count)
        action = rows[:1].action_open_ticket()
        self.assertEqual((action["res_model"], action["res_id"]), ("helpdesk.ticket", rows[:1].ticket_id.id))

    def test_the_report_shows_nobody_more_than_the_tickets(self):
        own = self._report(self.technician).search([("ticket_id", "in", self.tickets.ids)])
        self.assertTrue(own)
        self.assertFalse(self._report(self.outsider).search([("ticket_id", "in", self.tickets.ids)]))
        self.assertFalse(self._report(self.contractor).search([("ticket_id", "in", self.tickets.ids)]))
        with self.assertRaises(AccessError):
            self._report(self.mia).search([])

    def test_the_words_stand_in_their_own_order(self):
        groups = self._report().formatted_read_grouping_sets(
            [("ticket_id", "in", self.tickets.ids)], [["word"], ["team_id", "word"]], ["__count"]
        )
        for rows in groups:
            self.assertEqual([row["word"] for row in rows], WORDS)

    def test_archived_tickets_stand_nowhere(self):
        self.tickets.active = False
        self.assertFalse(self._report().search([("ticket_id", "in", self.tickets.ids)]))

    # What stands still

    def test_a_ticket_that_is_too_long_in_its_stage_is_marked(self):
        self.stage_new.rotting_threshold_days = 3
        self.stage_done.rotting_threshold_days = 3
        still, fresh, closed, elsewhere = (
            self._make_ticket(stage_id=stage.id)
            for stage in (self.stage_new, self.stage_new, self.stage_done, self.stage_progress)
        )
        tickets = still | fresh | closed | elsewhere
        now = self.env.cr.now()  # the host's clock for it
        tickets.last_stage_update = now - timedelta(days=4)
        fresh.last_stage_update = now - timedelta(days=2)
        tickets.invalidate_recordset()
        seen = tickets.with_user(self.technician)
        self.assertEqual(seen.filtered("is_rotting"), still.with_user(self.technician))
        self.assertEqual(seen.mapped("rotting_days"), [4, 0, 0, 0])
        for operator, value, expected in (("=", True, still), ("=", False, tickets - still)):
            found = seen.search([("id", "in", tickets.ids), ("is_rotting", operator, value)])
            self.assertEqual(set(found.ids), set(expected.ids))
        self.stage_new.rotting_threshold_days = 0
        self.assertFalse(seen.search([("is_rotting", "=", True), ("id", "in", tickets.ids)]))
