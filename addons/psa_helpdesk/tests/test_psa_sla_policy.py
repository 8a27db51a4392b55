from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .sla_common import PsaSlaCase


@tagged("post_install", "-at_install")
class TestPsaSlaPolicy(PsaSlaCase):
    """Which policy holds (Rule D10.17), and what a policy may promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        minutes = {"2": (None, None, 120)}
        cls.of_asset, cls.of_customer, cls.of_queue = (
            cls._make_policy(name, minutes) for name in ("Asset", "Customer", "Queue")
        )

    def test_source_order_is_asset_customer_queue_default(self):
        ticket = self._make_ticket(psa_asset_id=self.harbor_server.id)
        self.assertEqual(ticket.psa_sla_policy_id, self.policy)
        self.queue.psa_sla_policy_id = self.of_queue
        self.harbor.psa_sla_policy_id = self.of_customer
        self.harbor_server.psa_sla_policy_id = self.of_asset
        self.assertEqual(
            ticket._psa_get_sla_policies(), self.of_asset | self.of_customer | self.of_queue | self.policy
        )

    def test_the_contract_stands_between_asset_and_customer(self):
        """The hook that the addon which knows contracts overrides."""
        self.harbor.psa_sla_policy_id = self.of_customer
        self.harbor_server.psa_sla_policy_id = self.of_asset
        of_contract = self._make_policy("Contract", {"2": (None, None, 60)})
        self.patch(
            self.registry["helpdesk.ticket"], "_psa_get_contract_sla_policies", lambda ticket: of_contract
        )
        ticket = self._make_ticket(psa_asset_id=self.harbor_server.id)
        self.assertEqual(ticket._psa_get_sla_policies()[:3], self.of_asset | of_contract | self.of_customer)

    def test_a_contract_that_ends_under_way_changes_nothing_for_a_running_ticket(self):
        """The worked example of Rule D10.17, with the hook in the place of the contract that ends on 31 March."""
        of_contract = self._make_policy("Contract", {"2": (None, None, 480)})
        hook = "_psa_get_contract_sla_policies"
        with (
            freeze_time("2026-03-31 14:00"),
            patch.object(self.registry["helpdesk.ticket"], hook, lambda ticket: of_contract),
        ):
            ticket = self._make_ticket(priority="2")
        self.assertEqual(
            (ticket.psa_sla_policy_id, ticket.psa_sla_due_at), (of_contract, datetime(2026, 4, 1, 14))
        )
        with freeze_time("2026-04-01 07:00"):
            ticket.with_user(self.technician).stage_id = self.stage_progress
            ticket._psa_sla_refresh(datetime(2026, 4, 1, 7))
            newer = self._make_ticket(priority="2")
        self.assertEqual(
            (ticket.psa_sla_policy_id, ticket.psa_sla_due_at), (of_contract, datetime(2026, 4, 1, 14))
        )
        self.assertEqual(newer.psa_sla_policy_id, self.policy)

    def test_a_policy_is_chosen_again_only_when_a_field_of_the_ticket_changes(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
        with self.at("Mon 10:00"):
            self.harbor.psa_sla_policy_id = self.of_customer
            ticket.name = "Another title"
            self.assertEqual(ticket.psa_sla_policy_id, self.policy)
            ticket.psa_asset_id = self.harbor_server
        self.assertEqual(ticket.psa_sla_policy_id, self.of_customer)
        self.assertEqual(self.clock(ticket, "response").state, "not_counted")
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 11:00"))

    def test_policies_of_other_companies_and_archived_ones_do_not_hold(self):
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        target = {"kind": "resolution", "minutes": 60, "is_always": True}
        foreign = self.of_queue.create(
            {"name": "Foreign", "company_id": other.id, "target_ids": [Command.create(target)]}
        )
        self.queue.company_id = False
        self.queue.psa_sla_policy_id = foreign
        self.of_customer.active = False
        self.harbor.psa_sla_policy_id = self.of_customer
        self.assertEqual(self._make_ticket()._psa_get_sla_policies(), self.policy)

    def test_a_customer_of_two_companies_has_a_policy_in_each(self):
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        self.harbor.psa_sla_policy_id = self.of_customer
        self.assertFalse(self.harbor.with_company(other).psa_sla_policy_id)
        self.assertEqual(self.of_customer.partner_count, 1)

    def test_the_most_specific_objective_holds(self):
        category = self.env["helpdesk.ticket.category"].create({"name": "Printer"})
        jam = category.create({"name": "Jam", "parent_id": category.id})
        self.policy.target_ids = [
            Command.create(
                {
                    "kind": "resolution",
                    "category_id": issue.id,
                    "minutes": minutes,
                    "calendar_id": self.calendar.id,
                }
            )
            for issue, minutes in ((category, 30), (jam, 10))
        ]
        with self.at("Mon 09:00"):
            plain, printer, jammed = (
                self._make_ticket(priority="2", category_id=issue.id)
                for issue in (category.browse(), category, jam)
            )
        self.assertEqual(
            [self.clock(ticket).target_minutes for ticket in (plain, printer, jammed)],
            [480, 30, 10],
        )

    def test_one_default_policy_per_company(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.of_asset.is_default = True
            self.env.flush_all()

    def test_a_target_of_no_minutes_cannot_be_saved(self):
        """Rule D10.26."""
        for minutes in (0, -5, 400 * 1440 + 1):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.policy.target_ids[0].minutes = minutes
                self.env.flush_all()

    def test_a_policy_that_promises_nothing_cannot_be_saved(self):
        with self.assertRaisesRegex(ValidationError, "promises nothing yet"):
            self.env["psa.sla.policy"].create({"name": "Empty"})

    def test_hours_without_rows_of_a_week_are_refused(self):
        flexible = self.calendar.copy({"schedule_type": "flexible"})
        with self.assertRaisesRegex(ValidationError, "no fixed hours"):
            self.policy.target_ids[0].calendar_id = flexible

    def test_a_policy_that_was_used_is_archived_not_deleted(self):
        self._make_ticket()
        with self.assertRaisesRegex(ValidationError, "Archive it"):
            self.policy.unlink()
        self.of_asset.unlink()

    def test_a_copy_is_not_the_default_and_has_its_own_lines(self):
        copied = self.policy.copy()
        self.assertFalse(copied.is_default)
        self.assertEqual(len(copied.target_ids), len(self.policy.target_ids))

    def test_a_manager_makes_a_policy_in_the_form(self):
        form = Form(self.env["psa.sla.policy"].with_user(self.manager))
        form.name = "Gold"
        with form.target_ids.new() as line:
            line.kind = "response"
            line.priority = "3"
            line.minutes = 15
            line.is_always = True
        with form.target_ids.new() as line:
            line.kind = "resolution"
            line.priority = "3"
            line.minutes = 240
        policy = form.save()
        self.assertEqual(policy.target_ids.filtered("is_always").calendar_id.ids, [])
        self.assertTrue((policy.target_ids - policy.target_ids.filtered("is_always")).calendar_id)

    def test_technicians_read_policies_and_change_none(self):
        self.assertTrue(self.policy.with_user(self.technician).target_ids)
        for record in (self.policy, self.policy.target_ids[0]):
            with self.assertRaises(AccessError):
                record.with_user(self.technician_all).write({"sequence": 3})

    def test_counts_on_the_policy_equal_what_the_buttons_open(self):
        self.queue.psa_sla_policy_id = self.of_queue
        self.harbor_server.psa_sla_policy_id = self.of_asset
        ticket = self._make_ticket(priority="2")
        self.assertEqual((self.of_queue.team_count, self.of_asset.asset_count), (1, 1))
        self.assertEqual(self.of_queue.open_ticket_count, 1)
        action = self.of_queue.action_open_tickets()
        self.assertEqual(self.env["helpdesk.ticket"].search(action["domain"]), ticket)
