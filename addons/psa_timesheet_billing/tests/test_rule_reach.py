from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaTimeCase


@tagged("post_install", "-at_install")
class TestRuleReach(PsaTimeCase):
    """A workflow rule tells nobody what the writer of the rule may not read."""

    def _write_rule(self, domain, user):
        return (
            self.env["psa.workflow.rule"]
            .with_user(user)
            .create({"name": "Ask", "event": "created", "active": False, "domain": repr(domain)})
        )

    def test_rates_and_costs_are_asked_for_by_nobody_who_may_not_read_them(self):
        for domain in (
            [("user_id.employee_ids.hourly_cost", ">", 30)],
            [("user_id.employee_ids", "any", [("hourly_cost", ">", 30)])],
            [("user_id", "any", [("employee_ids", "any", [("hourly_cost", ">", 30)])])],
            [("psa_part_ids.price_unit", ">", 30)],
            ["!", ("psa_time_ids.psa_bill_rate", "<", 30)],
            [("psa_contract_id.rate_ids.amount", ">", 30)],
        ):
            with self.subTest(domain), self.assertRaisesRegex(AccessError, "may not read"):
                self._write_rule(domain, self.sam)

    def test_neither_by_changing_a_rule_that_is_there(self):
        rule = self._write_rule([("priority", "=", "3")], self.sam)
        for name in ("domain", "domain_before"):
            with self.assertRaisesRegex(AccessError, "may not read"):
                rule.write({name: "[('psa_part_ids.price_unit', '>', 30)]"})

    def test_what_the_writer_reads_may_be_asked(self):
        for domain in (
            [("partner_id.country_id.code", "=", "DE")],
            [("user_id.login", "=", "joe")],
            [("partner_id", "any", [("name", "ilike", "dental")])],
            [("psa_part_ids.quantity", ">", 30)],
            [("properties.rack", "=", "A")],
            [("psa_contract_id.name", "ilike", "gold")],
        ):
            with self.subTest(domain):
                self.assertTrue(self._write_rule(domain, self.sam))
