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
        figures = {name: trend[name]["count"] for name in ("opened", "closed", "backlog")}
        self.assertEqual((figures, trend["growth"]), ({"opened": 4, "closed": 1, "backlog": 3}, 3))
        for name, count in figures.items():
            found = (
                self.env["helpdesk.ticket"].with_user(self.manager).search(trend[name]["action"]["domain"])
            )
            self.assertEqual(len(found), count, name)

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
        self.assertEqual(look[0]["action"]["res_id"], critical.id)
        self.assertIn("nobody has touched it", look[0]["why"])
        reasons = {line["key"]: line["why"] for line in look}
        self.assertIn("waited longest", reasons[f"helpdesk.ticket,{waiting.id}"])
        self.assertIn("Overdue", reasons[f"helpdesk.ticket,{self.tickets['overdue'].id}"])
        self.assertEqual(len(reasons), len(look))
        self.assertLessEqual(len(look), 5)

    def test_of_the_classes_only_the_important_ones_are_named(self):
        standard, premier = (
            self.env.ref(f"psa_crm.psa_account_class_{name}") for name in ("standard", "premier")
        )
        ticket = self.tickets["overdue"]
        self.harbor.psa_account_class_id = standard
        self.assertEqual(self._whys(ticket), ["Overdue for the longest time"])
        self.harbor.psa_account_class_id = premier
        self.assertEqual(self._whys(ticket), ["Premier customer, overdue"])

    def _whys(self, record, **context):
        home = self.env["psa.service.home"].with_user(self.manager).with_context(**context).get_home()
        return [line["why"] for line in home["look"] if line["key"] == f"{record._name},{record.id}"]

    def test_a_technician_with_more_calls_than_hours_this_week(self):
        self.env.company.resource_calendar_id = self.calendar
        self.env["resource.calendar.leaves"].search([]).unlink()
        calls = self.env["psa.service.call"].with_user(self.dispatcher)

        def book(day, hours, state_week=0):
            start = datetime(2026, 3, day, 7) + timedelta(days=7 * state_week)
            return calls.create(
                {
                    "ticket_ids": [(6, 0, self.tickets["running"].ids)],
                    "technician_id": self.technician.id,
                    "start_at": start,
                    "stop_at": start + timedelta(hours=hours),
                    "override_reason": "The customer moves house",
                }
            )

        hours = sum(
            (attendance.hour_to - attendance.hour_from)
            for attendance in self.calendar.attendance_ids
            if attendance.day_period != "lunch"
        )
        for day in (5, 6, 7, 8):
            book(day, 10)
        book(5, 23, state_week=1)  # of next week: does not count
        self.assertFalse(self._whys(self.technician), f"40 of {hours} hours")
        book(4, 12)
        [why] = self._whys(self.technician)
        self.assertIn("52:00 h of service calls this week", why)
        self.assertTrue(self._whys(self.technician, psa_home_user_ids=[self.technician.id]))
        self.assertFalse(self._whys(self.technician, psa_home_user_ids=[self.outsider.id]))
        self.assertFalse(self._whys(self.technician, psa_home_mine=1))
        home = self._home()
        [line] = [line for line in home["look"] if line["key"] == f"res.users,{self.technician.id}"]
        self.assertEqual(line["action"]["tag"], "psa_dispatch_board")
        self.assertEqual(line["action"]["context"]["psa_mode"], "week")
        self.assertFalse(
            [line for line in self._home(self.technician)["look"] if line["key"].startswith("res.users")],
            "who is overbooked is told to those who plan",
        )

    # Filters of the screen

    def _figures(self, **context):
        home = self.env["psa.service.home"].with_user(self.manager).with_context(**context).get_home()
        return {word["word"]: word["tickets"]["count"] for word in home["words"]}, home

    def test_figures_and_cards_of_one_class(self):
        premier = self.env.ref("psa_crm.psa_account_class_premier")
        self.harbor.psa_account_class_id = premier
        other = self._make_ticket(partner_id=self.ivan.partner_id.id)
        other.write({"psa_sla_state": "overdue", "psa_sla_due_at": NOW - timedelta(hours=1)})
        self.assertEqual(self._figures()[0]["overdue"], 2)
        for chosen in ([premier.id], ["prem"]):
            figures, home = self._figures(psa_home_class_ids=chosen)
            self.assertEqual(figures, {"overdue": 1, "at_risk": 1, "due": 1, "done": 1})
            found = (
                self.env["helpdesk.ticket"]
                .with_user(self.manager)
                .search(home["words"][0]["tickets"]["action"]["domain"])
            )
            self.assertEqual(found, self.tickets["overdue"])
            queue = self.queue.with_user(self.manager).with_context(psa_home_class_ids=chosen)
            self.assertEqual(queue.psa_overdue_count, 1)
            action = queue.with_context(psa_counted="psa_overdue_count").action_psa_open_counted()
            self.assertEqual(self.env["helpdesk.ticket"].search(action["domain"]), found)
        self.assertEqual(self._figures(psa_home_class_ids=["no such"])[0]["overdue"], 0)

    def test_figures_of_one_technician(self):
        self.tickets["overdue"].user_id = self.technician
        self.env.flush_all()
        # Reads the standing anew, which is only said to be overdue here.
        self.tickets["overdue"].write(
            {"psa_sla_state": "overdue", "psa_sla_due_at": NOW - timedelta(hours=1)}
        )
        self.tasks["overdue"].user_ids = self.technician
        figures, home = self._figures(psa_home_user_ids=[self.technician.id])
        self.assertEqual((figures["overdue"], figures["at_risk"]), (1, 0))
        self.assertEqual(home["words"][0]["tasks"]["count"], 1)
        self.assertEqual(home["words"][1]["tasks"]["count"], 0)

    def test_figures_of_my_queues(self):
        figures, home = self._figures(psa_home_mine=1)
        self.assertEqual(figures["overdue"], 0)
        self.assertFalse(home["words"][0]["tasks"], "tasks have no queue")
        self.queue.user_ids |= self.manager
        self.assertEqual(self._figures(psa_home_mine=1)[0]["overdue"], 1)

    def test_a_filter_that_makes_no_sense_filters_nothing_or_all(self):
        self.assertEqual(self._figures(psa_home_class_ids="x", psa_home_user_ids=7)[0]["overdue"], 1)
        self.assertEqual(self._figures(psa_home_class_ids=[{"a": 1}, None])[0]["overdue"], 0)

    def test_the_words_are_compared_by_queue_technician_and_customer_within_the_filters(self):
        self.tickets["overdue"].user_id = self.technician
        self.env.flush_all()
        _figures, home = self._figures(psa_home_user_ids=[self.technician.id])
        self.assertEqual([way["name"] for way in home["by"]], ["Queue", "Technician", "Customer"])
        for way in home["by"]:
            action = way["action"]
            rows = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
            self.assertEqual(rows.ticket_id, self.tickets["overdue"])

    # Cards

    def test_a_card_names_who_is_on_call_now(self):
        rota = self.env["psa.oncall.rota"].create(
            {
                "name": "Nights",
                "step_ids": [(0, 0, {"name": "First"}), (0, 0, {"name": "Second", "sequence": 20})],
            }
        )
        self.queue.psa_oncall_rota_id = rota
        first, second = rota.step_ids
        self.assertFalse(self.queue.with_user(self.manager).psa_oncall_user_id)

        def stand(step, user, start, stop):
            self.env["psa.oncall.slot"].create(
                {
                    "rota_id": rota.id,
                    "step_id": step.id,
                    "user_id": user.id,
                    "start_at": NOW + timedelta(hours=start),
                    "stop_at": NOW + timedelta(hours=stop),
                }
            )
            self.env.invalidate_all()

        stand(first, self.dispatcher, -5, 0)
        stand(second, self.technician_all, -1, 9)
        self.assertEqual(self.queue.with_user(self.manager).psa_oncall_user_id, self.technician_all)
        stand(first, self.technician, 0, 5)
        self.assertEqual(self.queue.with_user(self.manager).psa_oncall_user_id, self.technician)

    def test_a_card_opens_the_board_of_its_queue(self):
        action = self.queue.with_user(self.manager).action_psa_open_board()
        self.assertEqual(
            (action["tag"], action["context"]), ("psa_dispatch_board", {"psa_queue": self.queue.name})
        )

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
