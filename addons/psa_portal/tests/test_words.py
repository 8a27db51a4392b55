from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.psa_helpdesk.logic.promise import Code, Day, Promise

from .common import INTERNAL, PsaPortalCase


@tagged("post_install", "-at_install")
class TestPortalWords(PsaPortalCase):
    """What a customer reads about a ticket, a contract and an invoice, without any page in between."""

    def test_status_is_told_in_the_customers_words(self):
        ticket = self._make_ticket(partner_id=self.mia.partner_id.id)
        stages = self.queue._get_applicable_stages()
        labels = ticket._psa_get_portal_status_labels()

        def status(stage, **values):
            ticket.write({"stage_id": stage.id, **values})
            return labels[ticket._psa_get_customer_status().value][0]

        first = stages.filtered(lambda stage: stage.unattended)[:1]
        working = stages.filtered(lambda stage: not stage.unattended and not stage.closed)
        waiting = stages.filtered(lambda stage: stage.psa_sla_event == "waiting")[:1]
        done = stages.filtered(lambda stage: stage.psa_sla_event == "resolved")[:1]
        cancelled = stages.filtered(lambda stage: stage.psa_sla_event == "cancelled")[:1]
        self.assertEqual(status(first), "Received")
        self.assertEqual(status(first, user_id=self.joe.id), "In progress")
        self.assertEqual(status((working - waiting)[:1]), "In progress")
        self.assertEqual(status(waiting), "Waiting for you")
        self.assertEqual(status(done), "Solved")
        self.assertEqual(status(cancelled), "Cancelled")

    def test_a_ticket_whose_work_goes_on_in_a_project_was_not_cancelled(self):
        ticket = self._make_ticket(partner_id=self.mia.partner_id.id)
        project = self.env["project.project"].sudo().create({"name": "Move"})
        ticket.sudo()._psa_convert_to_task(project, "Move the server")
        labels = ticket._psa_get_portal_status_labels()
        self.assertEqual(labels[ticket._psa_get_customer_status().value][0], "Moved to a project")
        self.assertEqual(ticket._psa_get_portal_lines(self.mia)[ticket.id]["status"], "Moved to a project")
        self.assertEqual(ticket._psa_say_status(), "Moved to a project")

    def test_promises_are_sentences(self):
        at = datetime(2026, 11, 2, 14, 30)
        tickets = self.env["helpdesk.ticket"]
        for promise, said in (
            (Promise("response", Code.DUE, at, Day.TODAY), "Answer by 2:30 PM"),
            (Promise("resolution", Code.DUE, at, Day.TOMORROW), "Solution by tomorrow, 2:30 PM"),
            (Promise("plan", Code.DUE, at, Day.NEAR), "Plan by Monday, 2:30 PM"),
            (Promise("plan", Code.DUE, at, Day.FAR), "Plan by Nov 2, 2026, 2:30 PM"),
            (Promise("response", Code.LATE, at, Day.TODAY), "Answer promised by 2:30 PM, we are late"),
            (Promise("response", Code.KEPT), "Answered in time"),
            (
                Promise("resolution", Code.BROKEN, at, Day.FAR),
                "Solved late, promised by Nov 2, 2026, 2:30 PM",
            ),
        ):
            with self.subTest(said):
                # The locale's own narrow space stands before "PM".
                self.assertEqual(tickets._psa_say_promise(promise).replace("\u202f", " "), said)

    def test_every_promise_has_a_sentence(self):
        texts = self.env["helpdesk.ticket"]._psa_get_promise_texts()
        for code in Code:
            for kind in ("response", "plan", "resolution"):
                self.assertIn((code, kind), texts)

    @freeze_time("2026-11-02 15:00:00")
    def test_deadline_is_told_in_the_readers_zone(self):
        ticket = self._make_ticket(partner_id=self.mia.partner_id.id, priority="2")
        self.env["psa.sla.clock"].sudo().search([("ticket_id", "=", ticket.id)]).unlink()
        self._make_clock(ticket, "response", "running", due_at="2026-11-02 19:30:00")
        self._make_clock(ticket, "resolution", "paused", due_at="2026-11-02 17:00:00")
        line = ticket._psa_get_portal_lines(self.mia)[ticket.id]
        self.assertEqual(line["promise"].replace("\u202f", " "), "Answer by 2:30 PM")
        self.assertFalse(line["is_late"])

    @freeze_time("2026-11-02 15:00:00")
    def test_only_the_latest_cycle_is_told(self):
        ticket = self._make_ticket(partner_id=self.mia.partner_id.id)
        self.env["psa.sla.clock"].sudo().search([("ticket_id", "=", ticket.id)]).unlink()
        self._make_clock(ticket, "response", "missed", due_at="2026-10-02 19:30:00", cycle=1)
        self._make_clock(ticket, "response", "met", due_at="2026-11-02 19:30:00", cycle=2)
        self.assertEqual(ticket._psa_get_portal_lines(self.mia)[ticket.id]["promise"], "Answered in time")

    def _make_clock(self, ticket, kind, state, due_at, cycle=1):
        return (
            self.env["psa.sla.clock"]
            .sudo()
            .create(
                {
                    "ticket_id": ticket.id,
                    "cycle": cycle,
                    "kind": kind,
                    "state": state,
                    "target_seconds": 3600,
                    "counted_seconds": 0,
                    "paused_seconds": 0,
                    "started_at": "2026-11-02 14:00:00",
                    "due_at": due_at,
                    "read_at": "2026-11-02 14:00:00",
                }
            )
        )

    def test_list_costs_the_same_for_twice_as_many_tickets(self):
        tickets = self.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Ticket {number}",
                    "description": "x",
                    "partner_id": self.mia.partner_id.id,
                    "team_id": self.queue.id,
                }
                for number in range(20)
            ]
        )

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._psa_get_portal_lines(self.mia)
            return self.env.cr.sql_log_count - before

        queries(tickets)
        self.assertEqual(queries(tickets[:10]), queries(tickets))

    def test_balance_is_said_in_words(self):
        facts = self.block._psa_get_portal_facts(self.line.date)
        self.assertEqual(facts["sentence"], "0:10 of 1:00 hours free")
        self._log_approved(30, date=self.line.date)
        facts = self.block._psa_get_portal_facts(self.line.date)
        self.assertEqual(facts["sentence"], "All 1:00 hours used")
        self.assertEqual(facts["free_time"], "0:00")

    def test_work_not_yet_approved_is_reserved(self):
        self._log(5)
        facts = self.block._psa_get_portal_facts(self.line.date)
        self.assertEqual(
            (facts["used_time"], facts["reserved_time"], facts["free_time"]), ("0:50", "0:05", "0:05")
        )

    def test_use_of_hours_is_told_by_contact(self):
        other = self._make_ticket(partner_id=self.leo.partner_id.id)
        self._log_approved(10, psa_ticket_id=other.id)
        rows = self.block._psa_get_portal_draws()
        self.assertEqual({(row["contact"], row["time"]) for row in rows}, {("Mia", "0:50"), ("Leo", "0:10")})
        self.assertEqual(
            self.block._psa_sum_by_contact(rows),
            [
                {"contact": "Mia", "time": "0:50", "percent": 100},
                {"contact": "Leo", "time": "0:10", "percent": 20},
            ],
        )

    def test_two_contacts_of_one_name_are_two(self):
        namesake = self._make_contact("mia2", self.harbor, "own")
        namesake.partner_id.name = "Mia"
        other = self._make_ticket(partner_id=namesake.partner_id.id)
        self._log_approved(10, psa_ticket_id=other.id)
        shares = self.block._psa_sum_by_contact(self.block._psa_get_portal_draws())
        self.assertEqual(
            [(share["contact"], share["time"]) for share in shares], [("Mia", "0:50"), ("Mia", "0:10")]
        )

    def test_use_of_hours_tells_no_ticket_of_another_customer(self):
        """Work that came to stand on this contract by mistake."""
        other = self._make_ticket(name="Cobalt secret subject", partner_id=self.ivan.partner_id.id)
        self.env.cr.execute(
            "UPDATE account_analytic_line SET psa_ticket_id = %s WHERE id = %s", [other.id, self.line.id]
        )
        self.env.invalidate_all()
        [row] = self.block._psa_get_portal_draws()
        self.assertEqual((row["ticket_id"], row["text"]), (False, "Service work"))
        self.assertNotIn("Ivan", str(row))

    def test_explanation_for_customers_leaves_out_what_is_ours(self):
        [told] = [part for part in self.invoice._psa_get_portal_explanation() if part["time_text"]]
        [item] = told["items"]
        self.assertEqual(told["time_text"], "0:50 h")
        self.assertIn("0:50 worked", item["steps"])
        self.assertEqual(item["cover"], "Covered")
        for secret in (*INTERNAL, "D9.", "38", self.sam.name):
            self.assertNotIn(secret, str(item["steps"]) + item["text"] + item["title"])

    def test_what_a_person_decided_is_said_without_the_person(self):
        """T&M work of Cobalt: 1:30 worked, an approver bills 0:50 and says why."""
        self._make_contract(partner_id=self.cobalt.id, is_default=True, owner_id=self.approver.id)
        ticket = self._make_ticket(partner_id=self.ivan.partner_id.id)
        item = self._items(self._log_approved(90, psa_ticket_id=ticket.id))
        item.with_user(self.approver)._adjust({"minutes_billed": 50}, "Written down for Eva")
        steps = item.sudo()._psa_explain_to_customer()["steps"]
        self.assertEqual(steps[0], "1:30 worked")
        self.assertIn("Changed by agreement", steps)
        self.assertIn("83.33", steps[-1])
        self.assertNotIn("Eva", str(steps))
        self.assertNotIn(self.approver.name, str(steps))

    def test_contracts_follow_the_level_of_the_contact(self):
        contracts = self.env["psa.contract"]
        self.assertEqual(contracts._psa_find_for_portal(self.mia), self.contract)
        for user in (self.leo, self.ivan, self.env.ref("base.public_user")):
            self.assertFalse(contracts._psa_find_for_portal(user))
            self.assertFalse(contracts._psa_find_for_portal(user, self.contract.id))
        self.leo.partner_id.psa_portal_level = "company"
        self.assertEqual(contracts._psa_find_for_portal(self.leo), self.contract)

    def test_drafts_and_other_companies_of_ours_stay_hidden(self):
        draft = self._make_contract(activate=False, name="Draft")
        self.assertNotIn(draft, self.env["psa.contract"]._psa_find_for_portal(self.mia))
        other = self.env["res.company"].create({"name": "Brightwater Europe"})
        self.mia.sudo().write({"company_ids": [(4, other.id)], "company_id": other.id})
        self.mia.sudo().write({"company_ids": [(3, self.company.id)]})
        self.assertFalse(self.env["psa.contract"]._psa_find_for_portal(self.mia))

    def test_invoices_follow_the_level_of_the_contact(self):
        def seen(user):
            return self.env["account.move"].with_user(user).search([("id", "=", self.invoice.id)])

        self.assertEqual(seen(self.mia), self.invoice)
        self.assertFalse(seen(self.ivan))
        self.assertFalse(seen(self.leo), "the invoice tells of tickets of colleagues")
        lines = self.env["account.move.line"].with_user(self.leo)
        self.assertFalse(lines.search([("move_id", "=", self.invoice.id)]))
        self.invoice.message_subscribe(self.leo.partner_id.ids)
        self.assertEqual(seen(self.leo), self.invoice, "whoever got it by mail may open it")

    def test_invoices_of_others_are_left_to_the_host(self):
        plain = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.harbor.id,
                "company_id": self.company.id,
                "invoice_line_ids": [(0, 0, {"name": "Laptop", "price_unit": 900.0})],
            }
        )
        plain.action_post()
        found = self.env["account.move"].with_user(self.leo).search([("id", "=", plain.id)])
        self.assertEqual(found, plain)
