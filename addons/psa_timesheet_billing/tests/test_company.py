from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.psa_timesheet_billing.hooks import post_init_hook

from .common import PsaTimeCase, day


@tagged("post_install", "-at_install")
class TestCompany(PsaTimeCase):
    """Each company has its own project for time on tickets, and companies stay apart."""

    def test_every_company_has_a_project_that_takes_time(self):
        for company in self.env["res.company"].sudo().search([]):
            self.assertTrue(company.psa_service_project_id._psa_takes_time(), company.name)
            self.assertEqual(company.psa_service_project_id.company_id, company)

    def test_a_new_company_gets_one(self):
        company = self.env["res.company"].sudo().create({"name": "Brightwater Europe"})
        self.assertEqual(company.psa_service_project_id.company_id, company)
        self.assertNotEqual(company.psa_service_project_id, self.company.psa_service_project_id)

    def test_installing_again_makes_no_second_project(self):
        project = self.company.psa_service_project_id
        post_init_hook(self.env(su=True))
        self.assertEqual(self.company.psa_service_project_id, project)

    def test_time_that_was_there_before_gets_its_minutes(self):
        line = self._log(50)
        self.env.cr.execute("UPDATE account_analytic_line SET psa_minutes = 0 WHERE id = %s", [line.id])
        post_init_hook(self.env(su=True))
        line.invalidate_recordset()
        self.assertEqual(line.psa_minutes, 50)

    def test_an_archived_project_is_replaced_when_it_is_needed(self):
        self.company.psa_service_project_id.sudo().active = False
        line = self._log()
        self.assertTrue(line.project_id.active)
        self.assertEqual(line.project_id, self.company.psa_service_project_id)

    def test_work_of_another_company_cannot_take_our_contract(self):
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        contract = self._make_contract(activate=False)
        line = self._log()
        contract.sudo().write({"company_id": elsewhere.id})
        with self.assertRaises(UserError):
            line.psa_contract_id = contract

    def test_rounding_without_contract_is_each_companys_own(self):
        other = self.env["res.company"].sudo().create({"name": "Brightwater Europe"})
        other.psa_rounding_increment = 60
        self.assertEqual(self.company._psa_get_rounding().increment, 0)
        self.assertEqual(other._psa_get_rounding().increment, 60)

    def test_reserved_time_is_that_of_the_own_contract(self):
        mine, theirs = self._make_contract(is_default=True), self._make_contract(name="Other")
        for contract in (mine, theirs):
            self._make_block(contract, 1)
        self._log(20, date=day("03-10"))
        self.assertEqual(mine.block_ids.reserved_minutes, 20)
        self.assertEqual(theirs.block_ids.reserved_minutes, 0)
