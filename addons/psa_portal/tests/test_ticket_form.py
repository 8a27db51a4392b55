from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaPortalHttpCase

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


@tagged("post_install", "-at_install")
class TestReportAProblem(PsaPortalHttpCase):
    """The form with which a customer reports a problem."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.ticket.team"]._psa_get_default(cls.company)
        cls.company.helpdesk_mgmt_portal_select_category = True
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Printer", "company_id": False})

    def _submit(self, files=None, **values):
        values = {
            "subject": "Toner is empty",
            "description": "Since Monday\nhelp",
            "category": self.category.id,
            **values,
        }
        return self._post("/submitted/ticket", files=files, **values)

    def _submitted(self):
        return self.env["helpdesk.ticket"].search([("name", "=", "Toner is empty")])

    def test_the_form_offers_only_what_belongs_to_the_customer(self):
        self._sign_in(self.mia)
        for url in ("/my/tickets/new", "/new/ticket"):
            page = self._get(url).text
            self.assertIn("HARBOR-SECRET-ASSET", page)
            self.assertIn("Harbor secret site", page)
            self.assertNotIn("COB-ESX1", page)
            self.assertNotIn("Depot", page)
            self.assertRegex(page, r'<textarea[^>]*name="description"')
        self._sign_in(self.ivan)
        page = self._get("/my/tickets/new").text
        self.assertNoSecret(page, "the form")
        self.assertIn("COB-ESX1", page)

    def test_a_report_becomes_a_ticket_and_says_its_number(self):
        self._sign_in(self.mia)
        answer = self._submit(
            files=[("attachment", ("photo.png", PNG, "image/png"))],
            asset=self.asset.id,
        )
        ticket = self._submitted()
        self.assertTrue(answer.headers["Location"].endswith(f"/my/ticket/{ticket.id}"))
        self.assertRecordValues(
            ticket,
            [
                {
                    "partner_id": self.mia.partner_id.id,
                    "company_id": self.company.id,
                    "category_id": self.category.id,
                    "psa_asset_id": self.asset.id,
                    "psa_site_id": self.site.id,
                    "user_id": False,
                }
            ],
        )
        page = self._get(f"/my/ticket/{ticket.id}").text
        self.assertIn(f"<strong>{ticket.number}</strong>", page)
        self.assertIn("photo.png", page)
        self.assertIn("Received", page)
        self.assertNotIn("We have your report", self._get(f"/my/ticket/{ticket.id}").text, "said once")

    def test_what_belongs_to_another_customer_is_refused(self):
        self._sign_in(self.ivan)
        for wrong in ({"asset": self.asset.id}, {"site": self.site.id}, {"site": self.harbor.id}):
            answer = self._submit(**wrong)
            self.assertEqual(answer.status_code, 422)
            self.assertIn("cannot be chosen", answer.text)
            self.assertIn("Since Monday", answer.text, "what was typed stays")
            self.assertNoSecret(answer.text, f"the refusal of {wrong}")
        self.assertFalse(self._submitted())

    def test_a_customer_without_any_asset_or_site_reports_a_problem_too(self):
        self.cobalt_asset.active = False
        self.depot.active = False
        self._sign_in(self.ivan)
        self.assertEqual(self._submit().status_code, 303)
        self.assertEqual(self._submitted().partner_id, self.ivan.partner_id)

    def test_an_archived_asset_is_refused(self):
        self.asset.active = False
        self._sign_in(self.mia)
        self.assertEqual(self._submit(asset=self.asset.id).status_code, 422)
        self.assertFalse(self._submitted())

    def test_what_is_missing_is_said_and_nothing_is_made(self):
        self._sign_in(self.mia)
        for values in ({"subject": " "}, {"description": ""}, {"category": ""}):
            with self.subTest(values):
                self.assertEqual(self._submit(**values).status_code, 422)
        self.assertFalse(self._submitted())

    def test_urgency_in_plain_words_is_a_priority(self):
        self._sign_in(self.mia)
        page = self._get("/my/tickets/new").text
        self.assertIn("Several of us cannot work", page)
        for urgency, priority in (("3", "3"), ("0", "0"), ("", "1"), ("9", "1")):
            with self.subTest(urgency):
                self._submit(urgency=urgency)
                self.assertEqual(self._submitted().priority, priority)
                self._submitted().name = "Done with"

    def test_a_refused_report_keeps_the_urgency(self):
        self._sign_in(self.mia)
        page = self._submit(subject="", urgency="2").text
        self.assertRegex(page, r'id="psa_urgency_2"[^>]*value="2"[^>]*checked')

    def test_a_nul_byte_is_no_error(self):
        self._sign_in(self.mia)
        self.assertEqual(self._submit(description="x\x00y").status_code, 303)
        self.assertIn("xy", self._submitted().description)

    def test_nonsense_is_no_choice_and_no_error(self):
        self._sign_in(self.mia)
        answer = self._submit(asset="x", site="")
        self.assertEqual(answer.status_code, 303)
        self.assertFalse(self._submitted().psa_asset_id)

    def test_a_description_without_end_is_refused(self):
        self._sign_in(self.mia)
        self.assertEqual(self._submit(description="x" * 20001).status_code, 422)
        self.assertFalse(self._submitted())

    def test_a_program_is_no_file_to_send(self):
        self._sign_in(self.mia)
        answer = self._submit(files=[("attachment", ("run.exe", b"MZ\x90\x00", "application/octet-stream"))])
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self._submitted())

    def test_a_visitor_must_sign_in(self):
        self._sign_in(None)
        self.assertIn("/web/login", self._get("/my/tickets/new").url)
        with mute_logger("odoo.http"):
            self.url_open("/submitted/ticket", data={"subject": "Toner is empty", "description": "x"})
        self.assertFalse(self._submitted())

    def test_customer_reports_a_problem_in_a_browser_and_loses_no_word(self):
        self.company.helpdesk_mgmt_portal_select_category = False
        self.start_tour("/my", "psa_portal_report_a_problem", login=self.mia.login)
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "No network")])
        self.assertEqual(ticket.partner_id, self.mia.partner_id)
