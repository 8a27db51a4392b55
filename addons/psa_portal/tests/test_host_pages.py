from odoo.tests import tagged

from .common import PsaPortalHttpCase


@tagged("post_install", "-at_install")
class TestHostPages(PsaPortalHttpCase):
    """The host's pages of time: they know neither levels nor approval, so work of ours is not told there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = (
            cls.env["project.project"]
            .sudo()
            .create(
                {
                    "name": "Harbor project",
                    "partner_id": cls.harbor.id,
                    "company_id": cls.company.id,
                    "allow_timesheets": True,
                    "privacy_visibility": "portal",
                }
            )
        )
        cls.contract.sudo().project_id = cls.project
        cls.ticket.sudo().project_id = cls.project
        cls.draft = cls._log(25, name="Harbor secret work, draft")
        cls.approved = cls._log_approved(25, name="Harbor secret work, approved")

    def _count(self):
        answer = self._jsonrpc("/my/counters", counters=["timesheet_count"])
        return answer["result"]["timesheet_count"]

    def test_time_on_tickets_is_told_on_our_pages_only(self):
        self.assertEqual((self.draft | self.approved).project_id, self.project)
        for user in (self.leo, self.mia, self.ivan):
            self._sign_in(user)
            self.assertNoSecret(self._get("/my/timesheets").text, f"/my/timesheets of {user.name}")
            self.assertEqual(self._count(), 0)

    def test_time_of_a_project_stays_the_hosts(self):
        self.env["account.analytic.line"].with_user(self.joe).create(
            {
                "name": "Project work",
                "project_id": self.project.id,
                "unit_amount": 1,
                "partner_id": self.harbor.id,
            }
        )
        self._sign_in(self.mia)
        self.assertIn("Project work", self._get("/my/timesheets").text)
