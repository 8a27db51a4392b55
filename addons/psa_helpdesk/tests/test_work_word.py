from datetime import datetime, timedelta
from itertools import product

from freezegun import freeze_time

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
