from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaTimeCase

VIEWS = [
    (False, "list"),
    (False, "kanban"),
    (False, "form"),
    (False, "search"),
    (False, "pivot"),
    (False, "graph"),
]
MONEY = {"psa_bill_rate", "amount"}


@tagged("post_install", "-at_install")
class TestAccess(PsaTimeCase):
    """Who sees and does what; seen from below."""

    def test_a_technician_reads_what_colleagues_did_on_tickets_of_own_queues(self):
        line = self._log(user=self.nina)
        self.assertEqual(line.with_user(self.joe).name, "Roller changed")
        with self.assertRaises(AccessError):
            line.with_user(self.joe).name = "Nothing"
        with self.assertRaises(AccessError):
            line.with_user(self.joe).unlink()

    def test_a_technician_reads_nothing_of_other_queues(self):
        other = self.env["helpdesk.ticket.team"].create(
            {"name": "Elsewhere", "company_id": self.company.id, "user_ids": [(6, 0, self.nina.ids)]}
        )
        line = self._log(user=self.nina, psa_ticket_id=self._make_ticket(team_id=other.id).id)
        with self.assertRaises(AccessError):
            line.with_user(self.joe).read(["name"])

    def test_an_approver_reaches_time_that_a_private_project_keeps(self):
        self.ticket.sudo().project_id = (
            self.env["project.project"]
            .sudo()
            .create(
                {
                    "name": "Private",
                    "company_id": self.company.id,
                    "allow_timesheets": True,
                    "privacy_visibility": "followers",
                }
            )
        )
        line = self._log_approved()
        self.assertEqual(line.psa_approved_by_id, self.sam)

    def test_a_contractor_sees_own_time_only(self):
        self.ticket.user_id = self.carl
        own, others = self._log(user=self.carl), self._log(user=self.nina)
        visible = (
            self.env["account.analytic.line"]
            .with_user(self.carl)
            .search([("psa_ticket_id", "=", self.ticket.id)])
        )
        self.assertEqual(visible, own)
        with self.assertRaises(AccessError):
            others.with_user(self.carl).read(["name"])

    def test_a_contractor_logs_and_submits_without_seeing_contracts(self):
        self._make_contract(is_default=True)
        self.ticket.user_id = self.carl
        line = self._log(user=self.carl)
        line.action_psa_submit()
        self.assertEqual(line.psa_state, "submitted")
        self.assertTrue(line.sudo().psa_contract_id)
        for name in ("psa_contract_id", "psa_item_ids", "psa_cover_text", "psa_bill_rate", "amount"):
            with self.assertRaises(AccessError):
                line.read([name])
        with self.assertRaises(AccessError):
            self.env["psa.contract"].with_user(self.carl).search([])

    def test_a_contractor_reads_no_analytic_account_and_a_technician_changes_none(self):
        """The account of a contract is named after the contract and its customer."""
        account = self._make_contract(is_default=True).sudo().analytic_account_id
        self.assertTrue(account)
        with self.assertRaises(AccessError):
            account.with_user(self.carl).read(["name"])
        self.assertFalse(self.env["account.analytic.account"].with_user(self.carl).search([]))
        for user in (self.joe, self.sam, self.carl):
            with self.assertRaises(AccessError):
                account.with_user(user).active = False
        account.with_user(self.accountant).name = "Renamed"

    def test_neither_technician_nor_manager_reads_a_rate_or_a_cost(self):
        line = self._log_approved()
        for user in (self.joe, self.nina, self.sam):
            for name in MONEY:
                with self.assertRaises(AccessError):
                    line.with_user(user).read([name])
            with self.assertRaises(AccessError):
                self.env["psa.rate"].with_user(user).search([])
            for name in ("amount", "rate", "derivation"):
                with self.assertRaises(AccessError):
                    self._items(line).with_user(user).read([name])

    def test_the_hosts_report_of_time_gives_no_cost_away(self):
        self._log_approved()
        for user in (self.joe, self.sam, self.carl, self.paula):
            report = self.env["timesheets.analysis.report"].with_user(user)
            with self.assertRaises(AccessError):
                report._read_group([], ["employee_id"], ["amount:sum"])
            with self.assertRaises(AccessError):
                report.search([("amount", "<", 0)])
            self.assertNotIn("amount", report.fields_get())
        self.assertIn("amount", self.env["timesheets.analysis.report"].with_user(self.olga).fields_get())

    def test_analytic_accounting_for_everybody_gives_no_cost_away(self):
        """The setting "Analytic Accounting" makes everybody a member of the host's group."""
        line = self._log_approved(user=self.nina)
        self.env.ref("base.group_user").sudo().implied_ids += self.env.ref(
            "analytic.group_analytic_accounting"
        )
        project_manager = self._make_employee(
            "peter", "psa_helpdesk.psa_helpdesk_group_technician_all,project.group_project_manager"
        )
        for user in (self.joe, self.sam, project_manager):
            with self.assertRaises(AccessError):
                line.with_user(user).read(["amount"])
            accounts = line.sudo().account_id.with_user(user)
            with self.assertRaises(AccessError):
                accounts.read(["debit", "balance"])

    def test_the_panel_of_a_project_gives_no_cost_away(self):
        self._log_approved()
        project = self.company.psa_service_project_id
        for user in (self.joe, self.sam):
            self.assertNotIn("profitability_items", project.with_user(user).get_panel_data())
            self.assertEqual(project.with_user(user)._get_profitability_values(), ({}, False))
        self.assertIn("profitability_items", project.with_user(self.olga).get_panel_data())

    def test_the_balance_of_a_project_gives_no_cost_away(self):
        line = self._log()
        for user in (self.joe, self.sam):
            with self.assertRaises(AccessError):
                line.project_id.with_user(user).read(["analytic_account_balance"])
        self.assertLess(line.project_id.with_user(self.olga).analytic_account_balance, 0)

    def test_whoever_sees_only_contracts_reads_all_fields_of_one(self):
        anna = self._make_user("anna", "psa_contracts.psa_contracts_group_approver")
        contract = self._make_contract(owner_id=anna.id)
        [read] = contract.with_user(anna).read()
        self.assertNotIn("psa_time_ids", read)
        self.assertIn("number", read)

    def test_no_sum_gives_a_cost_away(self):
        self._log_approved()
        lines = self.env["account.analytic.line"].with_user(self.joe)
        with self.assertRaises(AccessError):
            lines._read_group([("psa_ticket_id", "=", self.ticket.id)], [], ["amount:sum"])
        with self.assertRaises(AccessError):
            lines.search([("amount", "<", -10)])

    def test_who_reads_contracts_without_logging_time_still_reads_them(self):
        contract = self._make_contract(is_default=True)
        self._log()
        [values] = contract.with_user(self.technician).read()
        self.assertEqual(values["name"], "Services")
        self.assertNotIn("psa_time_ids", values)

    def test_a_time_manager_sees_cost(self):
        self.assertLess(self._log().with_user(self.olga).amount, 0)

    def test_views_hold_no_money_for_those_who_may_not_see_it(self):
        for user in (self.joe, self.sam, self.carl):
            shown = self._get_fields_of_views(user)
            self.assertFalse(shown & MONEY, user.login)
        self.assertFalse(
            self._get_fields_of_views(self.carl) & {"psa_contract_id", "psa_cover_text", "psa_item_ids"}
        )
        self.assertIn("psa_cover_text", self._get_fields_of_views(self.joe))
        self.assertIn("psa_bill_rate", self._get_fields_of_views(self.paula))

    def test_only_approvers_are_offered_approval(self):
        buttons = self._get_arch(self.joe, "account_analytic_line_view_form").xpath("//button/@name")
        self.assertEqual(buttons, ["action_psa_submit"])
        buttons = self._get_arch(self.sam, "account_analytic_line_view_form").xpath("//button/@name")
        self.assertEqual(buttons, ["action_psa_submit", "action_psa_approve", "action_psa_send_back"])

    def test_a_phone_submits_approves_and_sends_back_on_the_card(self):
        def buttons(user):
            return self._get_arch(user, "account_analytic_line_view_kanban").xpath("//button/@name")

        self.assertEqual(buttons(self.joe), ["action_psa_submit"])
        self.assertEqual(
            buttons(self.sam), ["action_psa_submit", "action_psa_approve", "action_psa_send_back"]
        )

    def test_the_list_of_the_approver_begins_with_approve(self):
        arch = self._get_arch(self.sam, "account_analytic_line_view_list_approval")
        [approve] = arch.xpath("//header/button[@name='action_psa_approve']")
        self.assertEqual((approve.get("class"), approve.get("data-hotkey")), ("btn-primary", "q"))
        [submit] = arch.xpath("//header/button[@name='action_psa_submit']")
        self.assertEqual(submit.get("invisible"), "1")

    def test_who_worked_is_called_so_everywhere(self):
        for name in ("list", "list_approval", "form", "search", "pivot", "graph"):
            arch = self._get_arch(self.sam, f"account_analytic_line_view_{name}")
            for field in arch.xpath("//field[@name='employee_id'][not(@invisible)]"):
                self.assertEqual(field.get("string"), "Worked by", name)

    def test_everybody_with_a_right_opens_the_menus(self):
        def menus(user):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            ours = ("psa_menu_time", "psa_time_menu", "psa_time_approval_menu")
            return [name for name in ours if self.env.ref(f"psa_timesheet_billing.{name}").id in visible]

        self.assertEqual(menus(self.joe), ["psa_menu_time", "psa_time_menu"])
        self.assertEqual(menus(self.carl), ["psa_menu_time", "psa_time_menu"])
        self.assertEqual(menus(self.sam), ["psa_menu_time", "psa_time_menu", "psa_time_approval_menu"])
        self.assertEqual(menus(self.accountant), [])

    def test_roles_of_the_desk_bring_time_and_contracts(self):
        self.assertTrue(self.joe.has_group("psa_timesheet_billing.psa_time_group_user"))
        self.assertTrue(self.joe.has_group("psa_contracts.psa_contracts_group_user"))
        self.assertFalse(self.joe.has_group("psa_timesheet_billing.psa_time_group_approver"))
        self.assertTrue(self.sam.has_group("psa_timesheet_billing.psa_time_group_approver"))
        self.assertFalse(self.sam.has_group("psa_contracts.psa_contracts_group_approver"))
        self.assertFalse(self.carl.has_group("psa_contracts.psa_contracts_group_user"))

    def _get_arch(self, user, name):
        view = self.env.ref(f"psa_timesheet_billing.{name}")
        arch = self.env["account.analytic.line"].with_user(user).get_view(view.id, view.type)["arch"]
        return etree.fromstring(arch)

    def _get_fields_of_views(self, user):
        """Names of all fields in our views of time, as this user gets them."""
        names = ("list", "kanban", "form", "form_dialog", "pivot", "graph", "search")
        return {
            field
            for name in names
            for field in self._get_arch(user, f"account_analytic_line_view_{name}").xpath("//field/@name")
        }
