from datetime import timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.psa_helpdesk.logic import zones

from .sla_common import PsaSlaCase


@tagged("post_install", "-at_install")
class TestPsaSlaTurns(PsaSlaCase):
    """What changes around a running ticket: policies in other zones, the meaning of stages, clocks of other servers."""

    def make(self, text="Mon 09:00", **values):
        with self.at(text):
            return self._make_ticket(**{"priority": "3", **values})

    def whats(self, ticket):
        return ticket.psa_sla_event_ids.mapped("what")

    # Rule D10.20: the zone

    def test_a_policy_by_calendar_takes_over_from_one_by_the_customers_zone(self):
        self.harbor.tz = "America/New_York"
        self.policy.zone = "customer"
        self.harbor_server.psa_sla_policy_id = self._make_policy("By calendar", {"3": (0, 0, 300)})
        ticket = self.make()
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 19:00"), "09:00 to 13:00 in New York")
        with self.at("Mon 10:00"):
            ticket.psa_asset_id = self.harbor_server
        self.assertFalse(self.clock(ticket).zone)
        self.assertEqual(
            self.clock(ticket).due_at, self.when("Mon 15:00"), "nothing counted before 15:00 in New York"
        )

    def test_a_policy_by_the_customers_zone_takes_over_from_one_by_calendar(self):
        self.harbor.tz = "America/New_York"
        self.harbor_server.psa_sla_policy_id = self._make_policy(
            "By customer", {"3": (0, 0, 300)}, zone="customer"
        )
        ticket = self.make()
        self.harbor.tz = "Asia/Tokyo"  # taken at the start
        with self.at("Mon 10:00"):
            ticket.psa_asset_id = self.harbor_server
        self.assertEqual(self.clock(ticket).zone, "America/New_York")
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 19:00"), "an hour counted, four are left")

    def test_a_zone_this_machine_does_not_know_stops_no_ticket(self):
        def modern(name):
            if name == "US/Eastern":
                raise ZoneInfoNotFoundError(name)
            return ZoneInfo(name)

        self.policy.zone = "customer"
        self.harbor.tz = "US/Eastern"
        with (
            patch.object(zones, "ZoneInfo", modern),
            patch("pytz.timezone", lambda name: ZoneInfoStub("America/New_York")),
        ):
            ticket = self.make()
        self.assertEqual(self.clock(ticket, "response").due_at, self.when("Mon 15:20"))

    @mute_logger("odoo.addons.psa_helpdesk.time_zones")
    def test_a_zone_nobody_knows_is_left_out(self):
        with patch.object(zones, "ZoneInfo", side_effect=ZoneInfoNotFoundError("none")):
            self.policy.zone = "customer"
            self.harbor.tz = "America/New_York"
            ticket = self.make()
        self.assertFalse(self.clock(ticket, "response").zone)

    # What a stage means

    def test_a_stage_that_waits_no_more_lets_its_tickets_run(self):
        ticket = self.make()
        self.move(ticket, self.stage_waiting, "Mon 10:00")
        with self.at("Mon 11:00"):
            self.stage_waiting.psa_sla_event = "none"
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 14:00"))
        self.move(ticket, self.stage_progress, "Mon 11:30")
        self.assertEqual(self.whats(ticket), ["started", "paused", "resumed"])

    def test_a_stage_that_begins_to_wait_pauses_its_tickets(self):
        ticket = self.make(stage_id=self.stage_progress.id)
        with self.at("Mon 10:00"):
            self.stage_progress.psa_sla_event = "waiting"
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_a_stage_that_closes_no_more_lets_its_tickets_run(self):
        ticket = self.make()
        self.move(ticket, self.stage_done, "Mon 10:00")
        with self.at("Mon 11:00"):
            self.stage_done.write({"closed": False, "psa_sla_event": "none"})
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 14:00"))
        self.assertEqual(self.whats(ticket), ["started", "resolved", "reopened"])

    def test_a_change_of_the_stage_without_another_meaning_writes_nothing(self):
        ticket = self.make()
        self.move(ticket, self.stage_done, "Mon 10:00")
        self.stage_done.write({"closed": True, "psa_sla_event": "none"})
        self.assertEqual(self.whats(ticket), ["started", "resolved"])

    def test_the_ledger_decides_what_a_move_means(self):
        """Where the meaning was changed past us, the next move sets the clocks right."""
        ticket = self.make()
        self.move(ticket, self.stage_waiting, "Mon 10:00")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket_stage SET psa_sla_event = 'none' WHERE id = %s", [self.stage_waiting.id]
        )
        self.env.invalidate_all()
        self.move(ticket, self.stage_progress, "Mon 12:00")
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 15:00"))

    def test_a_stage_of_plans_is_reached_once(self):
        ticket = self.make()
        self.stage_progress.psa_sla_event = "plan"
        self.move(ticket, self.stage_progress, "Mon 09:30")
        with self.at("Mon 09:40"):
            ticket.priority = "2"
        self.assertEqual(self.whats(ticket), ["started", "planned", "retargeted"])

    # Reports

    def test_an_ended_clock_keeps_the_policy_it_ran_under(self):
        """Rule D10.13: reached targets are not judged again."""
        gold = self._make_policy("Gold")
        gold.target_ids.is_always = True
        self.harbor_server.psa_sla_policy_id = gold
        ticket = self.make()
        with self.at("Mon 09:10"):
            self.answer(ticket)
        with self.at("Mon 10:00"):
            ticket.psa_asset_id = self.harbor_server
        response = self.clock(ticket, "response")
        self.assertEqual((response.policy_id, response.calendar_id), (self.policy, self.calendar))
        self.assertEqual((self.clock(ticket).policy_id, self.clock(ticket).calendar_id.id), (gold, False))

    # Several servers

    def test_what_another_server_wrote_a_second_ahead_is_followed_at_once(self):
        ticket = self.make()
        with self.at("Mon 10:00"):
            ahead = self.when("Mon 10:00") + timedelta(seconds=1)
            self.env["psa.sla.event"].create(
                {"ticket_id": ticket.id, "what": "responded", "happened_at": ahead}
            )
            ticket.stage_id = self.stage_done
        self.assertEqual(self.clock(ticket).state, "met")
        self.assertEqual(self.clock(ticket).done_at, ahead)

    def test_a_line_of_the_ledger_keeps_its_author(self):
        ticket = self.make()
        self.move(ticket, self.stage_done, "Mon 10:00")
        field = self.env["psa.sla.event"]._fields["user_id"]
        self.assertEqual(ticket.psa_sla_event_ids[-1].user_id, self.technician)
        self.assertEqual(field.ondelete, "restrict")

    # Apply to open tickets

    def test_a_new_line_of_a_policy_reaches_tickets_it_had_none_for(self):
        ticket = self.make(priority="0")
        self.assertFalse(ticket.psa_sla_clock_ids)
        with self.at("Mon 10:00"):
            self.env["psa.sla.target"].create(
                {
                    "policy_id": self.policy.id,
                    "priority": "0",
                    "minutes": 300,
                    "calendar_id": self.calendar.id,
                }
            )
            other = self._make_policy("Other")
            other.with_user(self.manager).action_apply_to_open()
            self.assertFalse(ticket.psa_sla_clock_ids)
            self.policy.with_user(self.manager).action_apply_to_open()
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 14:00"))
        self.assertEqual(ticket.psa_sla_policy_id, self.policy)

    # Merging

    def test_merging_answers_nobody(self):
        """Rules D10.5 and D10.24: the host's notices of the merge stand as messages of the merging person."""
        with self.at("Mon 09:00"):
            source, target = self._make_ticket(priority="3"), self._make_ticket(priority="3")
            source.with_user(self.mia).sudo().message_post(
                body="Still down", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            target.with_user(self.mia).sudo().message_post(
                body="Still down", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        with self.at("Mon 09:10"):
            wizard = self.env["helpdesk.ticket.merge"].with_user(self.technician_all)
            wizard = wizard.with_context(active_ids=(source | target).ids)
            wizard.create({"ticket_ids": (source | target).ids, "dst_ticket_id": target.id}).merge_tickets()
        self.assertEqual(self.whats(source), ["started", "cancelled"])
        self.assertEqual(self.whats(target), ["started"])
        self.assertEqual(self.clock(target, "response").state, "running")
        self.assertEqual(self.clock(source, "response").state, "not_counted")
        self.assertTrue(target.psa_needs_reply)
        self.assertFalse(target.psa_answered_at)
        self.assertEqual(target.psa_touched_at, self.when("Mon 09:10"))

    def merge(self, source, target, text, user=None):
        with self.at(text):
            tickets = source | target
            wizard = self.env["helpdesk.ticket.merge"].with_user(user or self.technician_all)
            wizard = wizard.with_context(active_ids=tickets.ids)
            wizard.create({"ticket_ids": tickets.ids, "dst_ticket_id": target.id}).merge_tickets()
            self.env.flush_all()

    def two(self, priority="2"):
        """A source from 09:00 that waits from 10:00 to 11:30, and a destination from 12:00."""
        source = self.make(priority=priority)
        self.move(source, self.stage_waiting, "Mon 10:00")
        self.move(source, self.stage_progress, "Mon 11:30")
        with self.at("Mon 12:00"):
            return source, self._make_ticket(priority="2")

    def test_the_destination_begins_with_the_source_less_its_pauses(self):
        """The worked example of Rule D10.24."""
        source, target = self.two()
        self.merge(source, target, "Mon 14:00")
        clock = self.clock(target)
        self.assertEqual((clock.counted_seconds // 60, clock.due_at), (210, self.when("Tue 10:30")))
        self.assertEqual(clock.started_at, self.when("Mon 09:00"))
        self.assertEqual(target.psa_started_at, self.when("Mon 09:00"))
        self.assertEqual(self.whats(target), ["started", "merged"])
        self.assertIn("Counted from", target.psa_sla_event_ids[-1].summary)
        self.assertEqual(self.clock(source).state, "not_counted")
        self.assertFalse((source | target).psa_sla_clock_ids._find_differences())

    def test_what_is_over_by_merging_is_missed_at_the_merge(self):
        source, target = self.two()
        self.merge(source, target, "Mon 12:30")
        with self.at("Mon 12:31"):
            target._psa_sla_refresh(self.when("Mon 12:31"))
        response = self.clock(target, "response")
        # 09:00 to 10:00 used the hour up.
        self.assertEqual(
            (response.due_at, response.breached_at), (self.when("Mon 10:00"), self.when("Mon 12:30"))
        )
        self.assertEqual(self.clock(target).breached_at, False)

    def test_an_answer_on_the_source_answers_the_destination_at_the_merge(self):
        source, target = self.two()
        with self.at("Mon 12:10"):
            self.answer(source)
        self.merge(source, target, "Mon 12:30")
        response = self.clock(target, "response")
        self.assertEqual((response.state, response.done_at), ("met", self.when("Mon 12:30")))
        self.assertEqual(response.counted_seconds // 60, 30)
        self.assertEqual(self.whats(target), ["started", "responded", "merged"])

    def test_a_resolved_or_later_source_moves_no_start(self):
        source, target = self.two()
        self.move(source, self.stage_done, "Mon 13:00")
        with self.at("Mon 13:00"):
            later = self._make_ticket(priority="2")
        self.merge(source | later, target, "Mon 14:00")
        self.assertEqual(self.whats(target), ["started"])
        self.assertEqual(self.clock(target).started_at, self.when("Mon 12:00"))
        self.assertEqual(self.clock(source).state, "met")


class ZoneInfoStub:
    """What `pytz.timezone` gives: the present name of an outdated one."""

    def __init__(self, zone):
        self.zone = zone
