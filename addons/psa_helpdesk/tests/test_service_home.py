from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sla_common import PsaSlaCase

NOW = datetime(2026, 3, 4, 15)  # Wednesday 16:00 in Berlin
STANDING = {"overdue": -1, "at_risk": 1, "running": 2}


@tagged("post_install", "-at_install")
class TestServiceHome(PsaSlaCase):
    """Due, done, overdue and at risk: two of each, and each figure opens exactly what it counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        # Tickets of other data stay out of the figures.
        cls.env["helpdesk.ticket"].search([]).write({"active": False})
        cls.env["project.task"].search([]).write({"active": False})
        cls.manager.tz = "Europe/Berlin"
        cls.project = cls.env["project.project"].create({"name": "Move", "privacy_visibility": "employees"})
        cls.tickets = {state: cls._make_standing(state, hours) for state, hours in STANDING.items()}
        cls.done = cls._make_ticket()
        cls.done.with_user(cls.technician).stage_id = cls.stage_done
        cls.tasks = {
            name: cls.env["project.task"].create(
                {"name": name, "project_id": cls.project.id, "date_deadline": NOW + timedelta(hours=hours)}
            )
            for name, hours in (("overdue", -1), ("at_risk", 1), ("running", 6), ("done", 6))
        }
        cls.tasks["done"].state = "1_done"
        cls.env.flush_all()

    @classmethod
    def _make_standing(cls, state, hours):
        ticket = cls._make_ticket(name=state)
        cls.env.flush_all()
        ticket.write({"psa_sla_state": state, "psa_sla_due_at": NOW + timedelta(hours=hours)})
        return ticket

    def _home(self, user=None):
        return self.env["psa.service.home"].with_user(user or self.manager).get_home()

    def _words(self, user=None):
        return {
            word["word"]: (word["tickets"]["count"], word["tasks"]["count"])
            for word in self._home(user)["words"]
        }

    def test_four_tickets_and_four_tasks_one_in_each_state(self):
        self.assertEqual(self._words(), {"overdue": (1, 1), "at_risk": (1, 1), "due": (1, 1), "done": (1, 1)})

    def test_a_figure_opens_what_it_counts(self):
        home = self._home()
        for word in home["words"]:
            for kind, records in (("tickets", self.tickets), ("tasks", self.tasks)):
                action = word[kind]["action"]
                found = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
                expected = {"due": "running"}.get(word["word"], word["word"])
                self.assertEqual(found, records.get(expected, self.done), (word["word"], kind))
                self.assertEqual(len(found), word[kind]["count"])

    def test_the_cards_of_the_queues_say_the_same(self):
        queue = self.queue.with_user(self.manager)
        names = (
            "psa_overdue_count",
            "psa_at_risk_count",
            "psa_due_count",
            "psa_done_count",
            "psa_open_count",
        )
        self.assertEqual([queue[name] for name in names], [1, 1, 1, 1, 3])
        self.assertEqual(queue.psa_unassigned_count, 3)
        for name in (*names, "psa_unassigned_count"):
            action = queue.with_context(psa_counted=name).action_psa_open_counted()
            found = self.env["helpdesk.ticket"].with_user(self.manager).search_count(action["domain"])
            self.assertEqual(found, queue[name], name)
        with self.assertRaises(UserError):
            queue.with_context(psa_counted="name").action_psa_open_counted()
        self.assertFalse(self.other_queue.with_user(self.manager).psa_open_count)

    def test_a_card_names_the_customer_who_waits_longest(self):
        for hours in (5, 9):
            with freeze_time(NOW - timedelta(hours=hours)):
                self._make_ticket().with_user(self.mia).message_post(
                    body="Hello?", message_type="comment", subtype_xmlid="mail.mt_comment"
                )
        self.env.invalidate_all()
        self.assertEqual(self.queue.with_user(self.manager).psa_oldest_wait_at, NOW - timedelta(hours=9))

    def test_critical_tickets_nobody_touched_are_counted_and_listed(self):
        self.assertEqual(self._home()["untouched"]["count"], 0)
        ticket = self._make_ticket(priority="3")
        untouched = self._home()["untouched"]
        self.assertEqual(untouched["count"], 1)
        self.assertEqual(self.env["helpdesk.ticket"].search(untouched["action"]["domain"]), ticket)
        ticket.with_user(self.technician).message_post(
            body="On it", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertEqual(self._home()["untouched"]["count"], 0)

    def test_nobody_counts_what_he_may_not_see(self):
        self.assertEqual(self._words(self.outsider)["overdue"][0], 0)
        self.assertEqual(self._words(self.contractor)["overdue"][0], 0)
        with self.assertRaises(AccessError):
            self._home(self.mia)

    def test_the_backlog_grows_by_what_was_opened_and_not_closed(self):
        trend = self._home()["trend"]
        self.assertEqual(trend, {"opened": 4, "closed": 1, "growth": 3})

    def test_promises_met_are_those_of_the_report(self):
        late = self._make_ticket(priority="3")
        with freeze_time(NOW + timedelta(days=1)):
            late.with_user(self.technician).stage_id = self.stage_done
            met = self._home()["met"]
            report = self.env["psa.sla.report"].with_user(self.manager)
            rows = report.search(met["action"]["domain"])
        self.assertEqual(met["counted"], len(rows))
        self.assertEqual(met["percent"], round(100 * sum(rows.mapped("met_count")) / len(rows)))

    def test_what_to_look_at_first_has_a_reason_each_and_nothing_twice(self):
        critical = self._make_ticket(priority="3", name="Down")
        waiting = self._make_ticket(name="Hello?")
        waiting.with_user(self.mia).message_post(
            body="Hello?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        look = self._home()["look"]
        self.assertEqual(look[0]["id"], critical.id)
        self.assertIn("nobody has touched it", look[0]["why"])
        reasons = {line["id"]: line["why"] for line in look}
        self.assertIn("waited longest", reasons[waiting.id])
        self.assertIn("Overdue", reasons[self.tickets["overdue"].id])
        self.assertEqual(len(reasons), len(look))
        self.assertLessEqual(len(look), 5)

    def test_it_costs_the_same_for_twice_the_tickets(self):
        def count():
            self.env.invalidate_all()
            self.env.flush_all()
            # Whether it is read again depends on how long an environment is kept, not on the tickets.
            self.assertEqual(self.manager.tz, "Europe/Berlin")
            before = self.env.cr.sql_log_count
            self._home()
            teams = self.env["helpdesk.ticket.team"].with_user(self.manager).search([])
            teams.mapped("psa_open_count")
            return self.env.cr.sql_log_count - before

        count()
        first = count()
        for _number in range(20):
            self._make_ticket()
        self.assertEqual(count(), first)
