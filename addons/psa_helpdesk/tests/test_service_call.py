from ast import literal_eval

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..exceptions import BookingConflict
from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestServiceCall(PsaCallCase):
    """A call from booking to done, what its booking means for the tickets, and what speaks against it."""

    def test_a_call_goes_on_with_the_ticket_that_its_own_was_merged_into(self):
        double, ticket, third = self._make_ticket(), self._make_ticket(), self._make_ticket()
        call = self._make_call("Mon 10:00", tickets=double | third)
        done = self._make_call("Tue 10:00", tickets=double)
        done._psa_go_to("done")
        merges = self.env["helpdesk.ticket.merge"].with_user(self.technician)
        merges = merges.with_context(active_model=double._name, active_ids=double.ids)
        merges.create({"ticket_ids": [Command.set(double.ids)], "dst_ticket_id": ticket.id}).merge_tickets()
        self.env.invalidate_all()
        self.assertEqual(call.ticket_ids, ticket | third)
        self.assertEqual((call.state, call.start_at), ("planned", self.when("Mon 10:00")))
        self.assertEqual(
            done.with_context(active_test=False).ticket_ids, double, "what is done stays as it was"
        )
        values = {"summary": "Roller changed", "call_id": call.id, "close": True}
        self.env["psa.my.day"].with_user(self.technician).finish("0" * 20, ticket.id, values)
        self.assertEqual((call.state, ticket.psa_is_open), ("done", False))

    def test_number_customer_and_site_come_by_themselves(self):
        ticket = self._make_ticket(psa_site_id=self.westgate.id)
        call = self._make_call(tickets=ticket)
        self.assertRegex(call.number, r"^V\d{6}$")
        self.assertRecordValues(
            call,
            [{
                "partner_id": self.harbor.id,
                "contact_id": self.mia.partner_id.id,
                "site_id": self.westgate.id,
                "company_id": self.env.company.id,
                "technician_ids": self.technician.ids,
                "minutes": 60,
                "state": "planned",
            }],
        )  # fmt: skip

    def test_booking_reaches_the_plan_target(self):
        ticket = self._make_ticket(priority="2")
        plan = ticket.psa_sla_clock_ids.filtered(lambda clock: clock.kind == "plan")
        self.assertEqual(plan.state, "running")
        self._make_call(tickets=ticket)
        self.assertEqual(plan.state, "met")
        self.assertEqual(plan.done_at, self.when("Mon 08:00"))
        response = ticket.psa_sla_clock_ids.filtered(lambda clock: clock.kind == "response")
        self.assertEqual(response.state, "running", "a plan is no answer (Rule D10.7)")

    def test_a_ticket_that_joins_later_is_planned_then(self):
        call = self._make_call()
        ticket = self._make_ticket(priority="2")
        call.ticket_ids |= ticket
        plan = ticket.psa_sla_clock_ids.filtered(lambda clock: clock.kind == "plan")
        self.assertEqual(plan.state, "met")

    def test_booking_is_a_touch_by_a_person_and_assigns_what_nobody_has(self):
        ticket = self._make_ticket()
        self._make_call(tickets=ticket)
        self.assertEqual(ticket.psa_touched_at, self.when("Mon 08:00"))
        self.assertEqual(ticket.user_id, self.technician)
        taken = self._make_ticket(user_id=self.outsider.id)
        self._make_call("Mon 12:00", tickets=taken)
        self.assertEqual(taken.user_id, self.outsider)

    def test_booking_by_a_program_is_no_touch(self):
        ticket = self._make_ticket(user_id=self.technician.id)
        self.env["psa.service.call"].create(self._prepare_call(tickets=ticket))
        self.assertFalse(ticket.psa_touched_at)

    def test_ticket_shows_its_next_call(self):
        ticket = self._make_ticket()
        self._make_call("Tue 10:00", tickets=ticket)
        first = self._make_call("Mon 10:00", tickets=ticket)
        seen = ticket.with_user(self.dispatcher)
        self.assertEqual(seen.psa_next_call_id, first)
        self.assertEqual(seen.psa_service_call_count, 2)
        first._psa_cancel("the part is late")
        seen.invalidate_recordset()
        self.assertEqual(seen.psa_next_call_at, self.when("Tue 10:00"))

    def test_tickets_are_found_by_the_time_of_their_call(self):
        """Row 4.5: one list with type, SLA and the time of the visit, and a filter by each."""
        today, later, never = (self._make_ticket(name=name) for name in ("Today", "Later", "Never"))
        self._make_call("Mon 10:00", tickets=today)
        self._make_call("Wed 10:00", tickets=later)
        tickets = self.env["helpdesk.ticket"].with_user(self.dispatcher)
        shown = {
            node.get("name")
            for node in etree.fromstring(tickets.get_view(view_type="list")["arch"]).iter("field")
        }
        self.assertLessEqual({"psa_issue_id", "psa_sla_due_at", "psa_next_call_at"}, shown)
        ours = [("id", "in", (today | later | never).ids)]
        later.category_id = self.env["helpdesk.ticket.category"].create({"name": "Maintenance"})
        never.sudo().psa_sla_clock_ids.state = "overdue"
        self.assertEqual(tickets.search([*ours, ("category_id", "child_of", later.category_id.id)]), later)
        self.assertEqual(tickets.search([*ours, ("psa_sla_state", "=", "overdue")]), never)
        self.assertEqual(tickets.search([*ours, ("psa_next_call_at", "<", self.when("Tue 00:00"))]), today)
        self.assertEqual(tickets.search([*ours, ("psa_next_call_at", ">=", self.when("Tue 00:00"))]), later)
        self.assertEqual(tickets.search([*ours, ("psa_next_call_at", "=", False)]), never)
        self.assertEqual(tickets.search([*ours, ("psa_next_call_at", "!=", False)]), today | later)

    def test_support_warranty_maintenance_and_field_work_stand_in_one_list(self):
        """Row 4.5: the type is read from what hangs on the ticket, and the list is filtered by each."""
        support, warranty, maintenance, field, cancelled = (self._make_ticket(name=str(n)) for n in range(5))
        asset = self._make_asset(self.harbor, "HDT-NEW", warranty_end_date="2026-03-02")
        warranty.psa_asset_id = asset
        plan = self.env["psa.ticket.plan"].create(
            {
                "name": "Monthly",
                "template_id": self.env["psa.ticket.template"]
                .create({"name": "Check", "subject": "Check"})
                .id,
                "partner_id": self.harbor.id,
            }
        )
        self.env["psa.ticket.plan.run"].create(
            {"plan_id": plan.id, "ticket_id": maintenance.id, "occurred_on": "2026-03-01"}
        )
        self._make_call("Mon 10:00", tickets=field)
        call = self._make_call("Mon 12:00", tickets=cancelled)
        self.assertEqual(cancelled.psa_kind, "field")
        call.sudo().state = "cancelled"
        ours = support | warranty | maintenance | field | cancelled
        tickets = self.env["helpdesk.ticket"].with_user(self.dispatcher)
        arch = etree.fromstring(tickets.get_view(view_type="search")["arch"])
        for kind, expected in (
            ("support", support | cancelled),
            ("warranty", warranty),
            ("maintenance", maintenance),
            ("field", field),
        ):
            with self.subTest(kind):
                [node] = arch.xpath(f"//filter[@name='kind_{kind}']")
                domain = literal_eval(node.get("domain"))
                self.assertEqual(tickets.search([("id", "in", ours.ids), *domain]), expected)
        shown = {
            node.get("name")
            for node in etree.fromstring(tickets.get_view(view_type="list")["arch"]).iter("field")
        }
        self.assertLessEqual({"psa_kind", "psa_sla_due_at", "psa_next_call_at"}, shown)
        asset.warranty_end_date = "2026-03-01"
        self.assertEqual(warranty.psa_kind, "support")

    def test_stages_keep_their_moments_and_never_go_back(self):
        call = self._make_call().with_user(self.technician)
        call.action_confirm()
        call.action_leave()
        call.action_arrive()
        call._psa_finish(result="Toner changed", signed_by="Mia")
        self.assertRecordValues(
            call,
            [{
                "state": "done",
                "confirmed_at": self.when("Mon 08:00"),
                "left_at": self.when("Mon 08:00"),
                "arrived_at": self.when("Mon 08:00"),
                "finished_at": self.when("Mon 08:00"),
                "result": "Toner changed",
                "signed_by": "Mia",
            }],
        )  # fmt: skip
        with self.assertRaisesRegex(UserError, "is Done already"):
            call.action_leave()

    def test_another_time_keeps_the_length_and_asks_for_confirmation_again(self):
        call = self._make_call(minutes=90)
        call.action_confirm()
        call.start_at = self.when("Mon 14:00")
        self.assertRecordValues(
            call, [{"stop_at": self.when("Mon 15:30"), "state": "planned", "confirmed_at": False}]
        )

    def test_a_call_under_way_is_not_moved(self):
        call = self._make_call()
        call.action_leave()
        with self.assertRaisesRegex(UserError, "it is On the way"):
            call.start_at = self.when("Mon 14:00")

    def test_a_call_is_cancelled_with_a_reason_and_never_deleted(self):
        call = self._make_call()
        wizard = self.env["psa.service.call.cancel"].with_user(self.dispatcher)
        wizard.create({"call_id": call.id, "reason": "The part is late"}).action_cancel()
        self.assertRecordValues(call, [{"state": "cancelled", "cancel_reason": "The part is late"}])
        kept = self.env["psa.reason"].with_user(self.dispatcher).get_recent("cancel_call")
        self.assertEqual(kept, ["The part is late"])
        with self.assertRaisesRegex(AccessError, "kept"):
            call.sudo().unlink()

    def test_tickets_of_two_customers_are_two_calls(self):
        other = self._make_ticket(partner_id=self.ivan.partner_id.id)
        with self.assertRaisesRegex(ValidationError, "one customer"):
            self._make_call(tickets=self._make_ticket() | other)
        with self.assertRaisesRegex(ValidationError, "no site of"):
            self._make_call(site_id=self.depot.id)

    def test_only_technicians_of_the_company_are_sent(self):
        with self.assertRaisesRegex(ValidationError, "no technician"):
            self._make_call(technician_id=self.plain.id)

    # What speaks against a time

    def assert_conflict(self, words, **values):
        with self.assertRaises(BookingConflict) as refused:  # this one rolls back
            self._make_call(**values)
        self.assertRegex(str(refused.exception), words)

    def test_no_technician_is_in_two_places(self):
        """Row 2.6: no overlap, or an explicit override that is logged."""
        first = self._make_call("Mon 10:00")
        self.assert_conflict(f"Joe is on {first.number}", when="Mon 10:30")
        self.assert_conflict(
            f"Joe is on {first.number}",
            when="Mon 10:30",
            technician_id=self.technician_all.id,
            other_technician_ids=[(6, 0, self.technician.ids)],
        )
        self._make_call("Mon 11:00")

    def test_the_dispatcher_overrides_with_a_reason_that_is_logged(self):
        self._make_call("Mon 10:00")
        call = self._make_call("Mon 10:30", override_reason="Both are in the same building")
        self.assertEqual(call.override_reason, "Both are in the same building")
        log = call.message_ids.filtered(lambda message: "Booked anyway" in message.body)
        self.assertEqual(log.author_id, self.dispatcher.partner_id)
        self.assertIn("Joe is on", log.body)

    def test_a_technician_does_not_override_an_overlap(self):
        self._make_call("Mon 10:00")
        self.assert_conflict(
            "let a dispatcher", when="Mon 10:30", user=self.technician, override_reason="I can do both"
        )

    def test_an_override_holds_for_one_time_only(self):
        self._make_call("Mon 10:00")
        call = self._make_call("Mon 10:30", override_reason="Same building")
        call.start_at = self.when("Mon 14:00")
        self.assertFalse(call.override_reason)
        with self.assertRaises(BookingConflict):
            call.start_at = self.when("Mon 10:15")

    def test_moving_a_call_does_not_collide_with_itself(self):
        call = self._make_call("Mon 10:00")
        call.start_at = self.when("Mon 10:30")
        self.assertEqual(call.stop_at, self.when("Mon 11:30"))

    def test_cancelled_and_finished_calls_do_not_count(self):
        self._make_call("Mon 10:00")._psa_cancel("no part")
        self._make_call("Mon 10:00").action_finish()
        self._make_call("Mon 10:00")

    def test_hours_leave_calendar_and_way(self):
        self.assert_conflict("outside the working hours of Joe", when="Mon 07:00")
        self.assert_conflict("outside the working hours of Joe", when="Mon 16:30")
        resource = self.env["resource.resource"].create(
            {
                "name": "Joe",
                "user_id": self.technician.id,
                "calendar_id": self.calendar.id,
                "tz": "Europe/Berlin",
            }
        )
        self.env["resource.calendar.leaves"].create({
            "name": "Dentist",
            "resource_id": resource.id,
            "calendar_id": self.calendar.id,
            "date_from": self.when("Tue 09:00"),
            "date_to": self.when("Tue 12:00"),
        })  # fmt: skip
        self.assert_conflict("Joe is off.*: away", when="Tue 10:00")
        self.env["calendar.event"].create({
            "name": "Interview",
            "start": self.when("Wed 10:00"),
            "stop": self.when("Wed 11:00"),
            "partner_ids": [(6, 0, self.technician.partner_id.ids)],
        })  # fmt: skip
        self.assert_conflict("calendar of Joe has another entry", when="Wed 10:30")
        self._make_call("Thu 10:00")
        self.assert_conflict("20 minutes are missing for the way of Joe", when="Thu 11:10", travel_minutes=30)

    def test_who_does_not_work_in_the_queue_is_named(self):
        self.assert_conflict("Otto does not work in Field test", technician_id=self.outsider.id)
        call = self._make_call(technician_id=self.outsider.id, override_reason="Only he has the key")
        self.assertEqual(call.technician_id, self.outsider)

    def test_a_technician_may_give_a_reason_for_an_unusual_hour(self):
        call = self._make_call("Mon 17:00", user=self.technician, override_reason="The shop closes at 17:00")
        self.assertEqual(call.override_reason, "The shop closes at 17:00")

    def test_booking_writes_the_row_that_makes_a_second_dispatcher_wait(self):
        before = self.technician.sudo().psa_call_serial
        self._make_call()
        self.technician.invalidate_recordset()
        self.assertEqual(self.technician.sudo().psa_call_serial, before + 1)

    # The dialog

    def _open_plan(self, user, ticket):
        return Form(self._find_plan(user, ticket.with_user(user).action_psa_book_call()))

    def _find_plan(self, user, action):
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def test_the_dialog_proposes_and_books(self):
        ticket = self._make_ticket()
        plan = self._open_plan(self.dispatcher, ticket)
        record = plan.save()
        self.assertEqual(record.start_at, self.when("Mon 09:00"), "the first free quarter of an hour")
        self.assertEqual(len(record.line_ids), 3)
        self.assertIn("works in Field test", record.line_ids[0].reasons)
        record.action_save()
        self.assertEqual(ticket.with_user(self.dispatcher).psa_next_call_at, self.when("Mon 09:00"))

    def test_the_dialog_says_what_speaks_against_it_and_books_anyway(self):
        self._make_call("Mon 10:00")
        ticket = self._make_ticket()
        plan = self._open_plan(self.dispatcher, ticket)
        plan.technician_id, plan.start_at = self.technician, self.when("Mon 10:00")
        record = plan.save()
        action = record.action_save()
        self.assertEqual(action["res_id"], record.id)
        self.assertIn("Joe is on", record.conflict_words)
        self.assertFalse(ticket.psa_service_call_ids)
        record.override_reason = "Same building"
        record.action_save()
        self.assertEqual(ticket.psa_service_call_ids.override_reason, "Same building")

    def test_the_dialog_moves_a_call(self):
        call = self._make_call("Mon 10:00")
        plan = Form(self._find_plan(self.dispatcher, call.action_reschedule()))
        self.assertEqual(plan.save().start_at, self.when("Mon 10:00"))
        plan.start_at = self.when("Tue 10:00")
        plan.save().action_save()
        self.assertEqual((call.start_at, call.stop_at), (self.when("Tue 10:00"), self.when("Tue 11:00")))

    def test_a_proposal_is_taken_into_the_dialog(self):
        record = self._open_plan(self.dispatcher, self._make_ticket()).save()
        line = record.line_ids[-1]
        line.action_take()
        self.assertEqual((record.technician_id, record.start_at), (line.technician_id, line.start_at))

    def test_other_lengths_are_proposed_anew(self):
        self._make_call("Mon 10:00")
        self._make_call("Mon 10:00", technician_id=self.technician_all.id)
        self._make_call("Mon 10:00", technician_id=self.contractor.id)
        plan = self._open_plan(self.dispatcher, self._make_ticket())
        plan.minutes = 120
        record = plan.save()
        record.action_propose()
        self.assertEqual(record.line_ids[0].start_at, self.when("Mon 11:00"))

    def test_a_technician_is_proposed_only_himself(self):
        record = self._open_plan(self.technician, self._make_ticket()).save()
        self.assertEqual(record.line_ids.technician_id, self.technician)
        record.action_save()

    # Proposals

    def test_suggestion_ranks_skill_free_slot_and_distance(self):
        """Row 5.16: skill before all, then who is free, then who is near."""
        ticket = self._make_ticket(psa_site_id=self.westgate.id)
        self.westgate.write({"partner_latitude": 52.52, "partner_longitude": 13.40})
        near, far = self.technician, self.technician_all
        near.partner_id.write({"partner_latitude": 52.53, "partner_longitude": 13.40})
        far.partner_id.write({"partner_latitude": 52.10, "partner_longitude": 13.40})
        users = near | far | self.outsider
        suggest = self.env["psa.service.call"].with_user(self.dispatcher)._psa_suggest

        found = suggest(ticket, 60, users=users)
        self.assertEqual([user for user, _start, _stop, _why in found][:1], [near])
        self.assertIn("1.1 km away", found[0][3])
        self.assertNotIn(self.outsider, [user for user, *_rest in found], "he does not work in the queue")

        self._make_call("Mon 09:00", minutes=480)  # the one nearby is away all day
        found = suggest(ticket, 60, users=users)
        self.assertEqual((found[0][0], found[0][1]), (far, self.when("Mon 09:00")))

        found = suggest(ticket, 60, users=self.outsider)
        self.assertEqual(found[0][0], self.outsider, "better he than nobody")

    def test_a_hook_ranks_skills(self):
        ticket = self._make_ticket()
        model = type(self.env["psa.service.call"])

        def ranked(calls, tickets, users):
            return {(t, u): (2 if u == self.outsider else 1, "certified") for t in tickets for u in users}

        self.patch(model, "_psa_get_skill_match", ranked)
        found = self.env["psa.service.call"]._psa_suggest(ticket, 60, users=self.technician | self.outsider)
        self.assertEqual(found[0][0], self.outsider)
        self.assertIn("certified", found[0][3])
