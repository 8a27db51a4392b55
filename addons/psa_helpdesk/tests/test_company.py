from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.psa_helpdesk import hooks

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestCompany(PsaHelpdeskCase):
    """A second company, in another currency and time zone, works from its first day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shipped = cls.env.ref("psa_helpdesk.psa_sla_policy_standard")
        cls.shipped.write({"active": True, "company_id": cls.env.ref("base.main_company").id})
        yen = cls.env.ref("base.JPY")
        yen.active = True
        cls.japan = cls.env["res.company"].create(
            {"name": "Brightwater Japan", "currency_id": yen.id, "country_id": cls.env.ref("base.jp").id}
        )

    def _get_default(self, company):
        return self.env["psa.sla.policy"].search([("company_id", "=", company.id), ("is_default", "=", True)])

    def test_it_has_a_copy_of_the_shipped_policy(self):
        policy = self._get_default(self.japan)
        self.assertEqual(policy.name, self.shipped.name)
        self.assertNotEqual(policy, self.shipped)

        def lines(of):
            return [(line.priority, line.kind, line.minutes, line.is_always) for line in of.target_ids]

        def steps(of):
            return [(step.mode, step.percent, step.audience, step.priority_from) for step in of.threshold_ids]

        self.assertEqual(lines(policy), lines(self.shipped))
        self.assertEqual(steps(policy), steps(self.shipped))
        self.assertEqual(policy.at_risk_percent, self.shipped.at_risk_percent)

    def test_it_has_hours_of_its_own_in_its_own_zone(self):
        calendar = self._get_default(self.japan).target_ids.calendar_id
        shipped = self.env.ref("psa_helpdesk.psa_sla_calendar_service")
        self.assertEqual((calendar.company_id, calendar.tz), (self.japan, "Asia/Tokyo"))
        self.assertNotEqual(calendar, shipped)
        self.assertEqual(calendar._psa_get_week_rows(), shipped._psa_get_week_rows())

    def test_its_tickets_are_assigned_only_to_those_who_work_there(self):
        ticket = self._make_ticket(company_id=self.japan.id, partner_id=False, team_id=False)
        self.manager.company_ids |= self.japan
        with self.assertRaisesRegex(UserError, "compan"), self.env.cr.savepoint():
            ticket.with_user(self.manager).user_id = self.technician
        self.technician.company_ids |= self.japan
        ticket.with_user(self.manager).user_id = self.technician
        self.assertTrue(ticket.with_user(self.technician).has_access("read"))

    def test_its_tickets_have_clocks_in_its_hours(self):
        customer = self._make_customer("Kaido Shipping", company_id=self.japan.id)
        with freeze_time(datetime(2026, 3, 2, 0, 0)):  # Monday 09:00 in Tokyo
            ticket = self.env["helpdesk.ticket"].create(
                {
                    "name": "Printer is jammed",
                    "description": "<p>-</p>",
                    "company_id": self.japan.id,
                    "partner_id": customer.id,
                    "priority": "2",
                    "channel_id": self.env.ref("psa_helpdesk.psa_channel_monitoring").id,
                }
            )
        clock = ticket._psa_get_current_clocks().filtered(lambda clock: clock.kind == "response")
        self.assertEqual(clock.due_at, datetime(2026, 3, 2, 1, 0))
        self.assertEqual((clock.policy_id, clock.company_id), (self._get_default(self.japan), self.japan))
        self.assertEqual(ticket.team_id, self.env.ref("psa_helpdesk.psa_queue_service_desk"))
        self.assertEqual(ticket.stage_id, ticket.team_id._get_applicable_stages()[:1])
        ticket.action_close()
        self.assertFalse(ticket.psa_is_open)

    def test_a_country_with_several_zones_keeps_the_one_of_its_working_hours(self):
        hours = self.env["resource.calendar"].create({"name": "West", "tz": "America/Los_Angeles"})
        company = self.env["res.company"].create(
            {
                "name": "Brightwater West",
                "country_id": self.env.ref("base.us").id,
                "resource_calendar_id": hours.id,
            }
        )
        self.assertEqual(self._get_default(company).target_ids.calendar_id.tz, "America/Los_Angeles")

    def test_a_company_with_a_default_is_left_alone_and_others_are_served_later(self):
        policy = self._get_default(self.japan)
        self.japan._psa_make_default_policies()
        self.assertEqual(self._get_default(self.japan), policy)
        policy.is_default = False
        hooks.post_init_hook(self.env)
        later = self._get_default(self.japan)
        self.assertEqual(len(later), 1)
        self.assertNotIn(later, policy)
        self.assertEqual(later.name, "Standard (default)")

    def test_what_belongs_to_another_company_stays_there(self):
        home = self.shipped.company_id
        issue = self.env["helpdesk.ticket.category"].create({"name": "Only here", "company_id": home.id})
        user = self.manager
        user.company_ids = home
        self.shipped.target_ids = [
            Command.create({"category_id": issue.id, "minutes": 5, "is_always": True, "kind": "response"})
        ]
        self.shipped.threshold_ids = [
            Command.create({"percent": 33, "audience": "user", "user_id": user.id, "mode": "escalation"})
        ]
        company = self.env["res.company"].create({"name": "Brightwater East"})
        policy = self._get_default(company)
        self.assertFalse(policy.target_ids.category_id)
        self.assertEqual(policy.threshold_ids.filtered(lambda step: step.percent == 33).audience, "manager")

    def test_without_the_shipped_policy_a_company_can_be_made(self):
        self.env["ir.model.data"].search([("name", "=", "psa_sla_policy_standard")]).unlink()
        self.env.registry.clear_cache()
        company = self.env["res.company"].create({"name": "Brightwater North"})
        self.assertFalse(self._get_default(company))

    # What does not go across

    def test_a_ticket_stays_out_of_queues_of_another_company(self):
        """Without it no member of that queue could see the ticket."""
        tokyo = self._make_queue("Tokyo", company_id=self.japan.id)
        ticket = self._make_ticket()
        self.dispatcher.company_ids += self.japan
        allowed = ticket.with_user(self.dispatcher).with_context(
            allowed_company_ids=[self.env.company.id, self.japan.id]
        )
        with self.assertRaisesRegex(ValidationError, "Tokyo belongs to"):
            allowed.team_id = tokyo
        self.assertEqual(self._make_ticket(team_id=tokyo.id, company_id=self.japan.id).company_id, self.japan)

    def test_a_ticket_takes_no_asset_of_another_company(self):
        shared = self._make_customer("Shared customer")
        asset = self._make_asset(shared, "TYO-1", company_id=self.japan.id)
        ticket = self._make_ticket(partner_id=shared.id)
        with self.assertRaises(UserError):
            ticket.psa_asset_id = asset
