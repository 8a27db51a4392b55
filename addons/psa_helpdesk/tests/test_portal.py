import json
from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PsaHelpdeskCase

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


@tagged("post_install", "-at_install")
class TestPortalRules(PsaHelpdeskCase):
    """Which tickets a customer may see and what a customer may not do with them, without any page in between."""

    def _seen_by(self, user):
        return self.env["helpdesk.ticket"].with_user(user).search([("id", "in", self.tickets.ids)])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mias = cls._make_ticket()
        cls.ivans = cls._make_ticket(partner_id=cls.ivan.partner_id.id)
        cls.tickets = cls.mias | cls.ivans

    def test_contact_sees_own_tickets_only(self):
        """Hole: the host shows all colleagues of a customer all of its tickets."""
        self.assertEqual(self._seen_by(self.mia), self.mias)
        self.assertFalse(self._seen_by(self.leo))
        self.assertEqual(self._seen_by(self.ivan), self.ivans)

    def test_follower_sees_the_ticket(self):
        self.mias.message_subscribe(self.leo.partner_id.ids)
        self.assertEqual(self._seen_by(self.leo), self.mias)

    def test_level_company_shows_all_of_the_customer_at_once(self):
        self.assertFalse(self._seen_by(self.leo))
        self.leo.partner_id.psa_portal_level = "company"
        self.assertEqual(self._seen_by(self.leo), self.mias)
        self.leo.partner_id.psa_portal_level = "own"
        self.assertFalse(self._seen_by(self.leo))

    def test_customer_cannot_raise_the_own_level(self):
        with self.assertRaises(AccessError):
            self.leo.partner_id.with_user(self.leo).psa_portal_level = "company"

    def test_customer_cannot_change_a_ticket(self):
        ticket = self.mias.with_user(self.mia)
        for change in (
            lambda: ticket.write({"priority": "3"}),
            lambda: ticket.create({"name": "x", "description": "x"}),
            ticket.unlink,
            ticket.action_take,
            ticket.action_close,
            ticket.action_cancel,
            ticket.action_wait_for_customer,
            ticket.copy,
        ):
            with self.subTest(change), self.assertRaises(AccessError):
                change()

    def test_customer_does_not_see_what_is_ours(self):
        for name in (
            "psa_touched_at",
            "psa_parent_id",
            "psa_child_ids",
            "psa_origin_id",
            "psa_merged_into_id",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.mias.with_user(self.mia).read([name])

    def test_public_may_not_write_stages(self):
        """Hole: the host lets everybody, signed in or not, write the stages of tickets."""
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            self.stage_new.with_user(public).write({"close_from_portal": True})
        for user in (self.mia, self.plain, self.technician, self.dispatcher):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.stage_new.with_user(user).write({"close_from_portal": True})


@tagged("post_install", "-at_install")
class TestPortalRoutes(PsaHelpdeskCase, HttpCase):
    """Each route of the host, called by the owner of a ticket and by the customer of somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._make_ticket(name="Secret of Harbor")
        cls.url = f"/my/ticket/{cls.ticket.id}"

    def _post(self, url, files=None, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=data, files=files, allow_redirects=False)

    def _sign_in(self, user):
        self.authenticate(user.login, user.login)

    def _jsonrpc(self, url, **params):
        answer = self.url_open(
            url, data=json.dumps({"params": params}), headers={"Content-Type": "application/json"}
        )
        return answer.json()

    # /ticket/close

    def test_owner_closes_the_ticket(self):
        self._sign_in(self.mia)
        self._post("/ticket/close", ticket_id=self.ticket.id, stage_id=self.stage_done.id)
        self.assertEqual(self.ticket.stage_id, self.stage_done)
        self.assertFalse(self.ticket.psa_touched_at, "closing by the customer is no touch of ours")

    def test_foreign_customer_cannot_close(self):
        """Hole: the host closes any ticket for any portal user who guesses its id."""
        for user in (self.ivan, self.leo):
            self._sign_in(user)
            self._post("/ticket/close", ticket_id=self.ticket.id, stage_id=self.stage_done.id)
            self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_link_cannot_close(self):
        """Hole: the host closes on GET, so a picture in a mail can do it."""
        self._sign_in(self.mia)
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/ticket/close?ticket_id={self.ticket.id}&stage_id={self.stage_done.id}")
        self.assertEqual(answer.status_code, 405)
        self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_owner_closes_only_with_a_closing_stage_of_the_queue(self):
        """Hole: the host takes any stage with the portal flag, also one of another queue or an open one."""
        stages = self.env["helpdesk.ticket.stage"].create(
            [
                {
                    "name": "Foreign",
                    "closed": True,
                    "close_from_portal": True,
                    "team_ids": self.other_queue.ids,
                },
                {"name": "Not closing", "close_from_portal": True},
                {"name": "Not for customers", "closed": True},
            ]
        )
        self._sign_in(self.mia)
        for stage in (*stages.ids, 0, "x"):
            answer = self._post("/ticket/close", ticket_id=self.ticket.id, stage_id=stage)
            self.assertIn("psa_not_closed", answer.headers["Location"])
            self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_nonsense_as_ticket_leads_home(self):
        self._sign_in(self.mia)
        for ticket in ("x", "", 0, 999999999, "9" * 30):
            answer = self._post("/ticket/close", ticket_id=ticket, stage_id=self.stage_done.id)
            self.assertTrue(answer.headers["Location"].endswith("/my"))

    # /my/tickets and /my/ticket/<id>

    def test_page_of_the_ticket(self):
        self._sign_in(self.mia)
        page = self.url_open(self.url)
        self.assertIn("Secret of Harbor", page.text)
        self.assertRegex(page.text, r'<form[^>]*method="POST"[^>]*action="/ticket/close"')
        self.assertIn(f">{self.ticket.number}</h2>", page.text, "the side bar of the host stays empty")
        for user in (self.ivan, self.leo):
            self._sign_in(user)
            page = self.url_open(self.url)
            self.assertNotIn("Secret of Harbor", page.text)
            self.assertTrue(page.url.endswith("/my"))

    def test_list_of_tickets(self):
        foreign = self._make_ticket(name="Secret of Cobalt", partner_id=self.ivan.partner_id.id)
        self._sign_in(self.mia)
        for query in ("", "?search=Secret", f"?search_in=number&search={foreign.number}", "?groupby=stage"):
            page = self.url_open(f"/my/tickets{query}")
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("Secret of Cobalt", page.text)
        self.assertIn("Secret of Harbor", self.url_open("/my/tickets?sortby=nonsense").text)

    def test_counter_of_the_home_page(self):
        self._sign_in(self.ivan)
        answer = self._jsonrpc("/my/counters", counters=["ticket_count"])
        self.assertEqual(answer["result"]["ticket_count"], 0)

    def test_visitor_with_the_link_of_a_mail_reads_but_cannot_close(self):
        self.authenticate(None, None)
        page = self.url_open(f"{self.url}/{self.ticket._portal_ensure_token()}").text
        self.assertIn("Secret of Harbor", page)
        self.assertNotIn("/ticket/close", page)
        self._post("/ticket/close", ticket_id=self.ticket.id, stage_id=self.stage_done.id)
        self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_token_of_one_ticket_opens_no_other(self):
        other = self._make_ticket()
        token = other._portal_ensure_token()
        self.authenticate(None, None)
        self.assertNotIn("Secret of Harbor", self.url_open(f"{self.url}/{token}").text)

    # Messages and files of the page

    def test_foreign_customer_cannot_write_or_read_messages(self):
        self.ticket.with_user(self.mia).message_post(
            body="Password is 1234", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        before = len(self.ticket.message_ids)
        for user in (self.ivan, self.leo):
            self._sign_in(user)
            with mute_logger("odoo.http"):
                posted = self._jsonrpc(
                    "/mail/message/post",
                    thread_model="helpdesk.ticket",
                    thread_id=self.ticket.id,
                    post_data={
                        "body": "Let me in",
                        "message_type": "comment",
                        "subtype_xmlid": "mail.mt_comment",
                    },
                )
            self.assertIn("error", posted)
            read = self._jsonrpc(
                "/mail/chatter_fetch", thread_model="helpdesk.ticket", thread_id=self.ticket.id
            )
            self.assertNotIn("Password is 1234", json.dumps(read))
        self.assertEqual(len(self.ticket.message_ids), before)

    def test_customer_does_not_see_files_of_internal_notes(self):
        """Hole: the host's page hands out all files of the ticket, those of internal notes too."""
        self.ticket.with_user(self.technician).message_post(
            body="Keep this inside",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachments=[("margin.txt", b"we earn a lot")],
        )
        self.ticket.with_user(self.technician).message_post(
            body="Here is your manual",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("manual.txt", b"press any key")],
        )
        self._sign_in(self.mia)
        page = self.url_open(self.url).text
        self.assertIn("manual.txt", page)
        self.assertNotIn("margin.txt", page)
        inside = self.ticket.attachment_ids.filtered(lambda file: file.name == "margin.txt")
        with mute_logger("odoo.http"):
            self.assertNotIn(b"we earn a lot", self.url_open(f"/web/content/{inside.id}").content)

    def test_foreign_customer_cannot_open_or_add_files(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "plan.txt",
                "raw": b"floor plan",
                "res_model": "helpdesk.ticket",
                "res_id": self.ticket.id,
            }
        )
        self._sign_in(self.ivan)
        with mute_logger("odoo.http"):
            self.assertNotIn(b"floor plan", self.url_open(f"/web/content/{file.id}").content)
            answer = self._upload("note.txt", b"hello")
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.ticket.attachment_ids, file)

    def test_answer_takes_only_files_within_the_limits(self):
        """Hole: files added to an answer have no limit of type."""
        self._sign_in(self.mia)
        self.assertIn("error", self._upload("page.html", b"<html><script>alert(1)</script></html>").json())
        self.assertFalse(self.ticket.attachment_ids)
        self.assertIn("data", self._upload("note.txt", b"hello").json())
        self.assertEqual(self.ticket.attachment_ids.name, "note.txt")

    def _upload(self, name, content):
        return self._post(
            "/mail/attachment/upload",
            thread_model="helpdesk.ticket",
            thread_id=self.ticket.id,
            files=[("ufile", (name, content, "text/plain"))],
        )

    # /new/ticket and /submitted/ticket

    def _submit(self, files=None, **values):
        values = {"subject": "Toner is empty", "description": "Since Monday\nhelp", **values}
        return self._post("/submitted/ticket", files=files, **values)

    def _submitted(self):
        return self.env["helpdesk.ticket"].search([("name", "=", "Toner is empty")])

    def test_customer_opens_a_ticket(self):
        self._sign_in(self.mia)
        form = self.url_open("/new/ticket").text
        for part in ('accept=".bmp', 'name="subject"', 'name="description"', 'name="attachment"'):
            self.assertIn(part, form)
        answer = self._submit(files=[("attachment", ("photo.png", PNG, "image/png"))])
        ticket = self._submitted()
        self.assertTrue(answer.headers["Location"].endswith(f"/my/ticket/{ticket.id}"))
        self.assertEqual(ticket.partner_id, self.mia.partner_id)
        self.assertEqual(ticket.team_id, self.env["helpdesk.ticket.team"]._psa_get_default(self.env.company))
        self.assertFalse(ticket.user_id)
        self.assertTrue(ticket.psa_needs_reply)
        self.assertEqual(ticket.attachment_ids.name, "photo.png")
        self.assertIn("photo.png", self.url_open(f"/my/ticket/{ticket.id}").text)

    def test_link_cannot_open_a_ticket(self):
        """Hole: the host makes a ticket on GET."""
        self._sign_in(self.mia)
        with mute_logger("odoo.http"):
            answer = self.url_open("/submitted/ticket?subject=Toner is empty&description=x")
        self.assertEqual(answer.status_code, 405)
        self.assertFalse(self._submitted())

    def test_category_that_is_not_offered_is_refused(self):
        """Hole: the host takes over any category id and even the company of that category."""
        company = self.env["res.company"].create({"name": "Brightwater Test Europe"})
        hidden, foreign, shown = self.env["helpdesk.ticket.category"].create(
            [
                {"name": "Hidden", "show_in_portal": False, "company_id": False},
                {"name": "Foreign", "company_id": company.id},
                {"name": "Printer", "company_id": False},
            ]
        )
        self.env.company.helpdesk_mgmt_portal_select_category = True
        self.env.company.helpdesk_mgmt_portal_category_id_required = False
        self._sign_in(self.mia)
        for category in (hidden.id, foreign.id, "x", 10**9):
            answer = self._submit(category=category)
            self.assertEqual(answer.status_code, 422)
            self.assertIn("Since Monday", answer.text, "what was typed stays")
            self.assertFalse(self._submitted())
        self._submit(category=shown.id)
        self.assertEqual(self._submitted().category_id, shown)

    def test_queue_that_is_not_offered_is_refused(self):
        hidden = self._make_queue("Inside", show_in_portal=False)
        self.env.company.helpdesk_mgmt_portal_select_team = True
        self.env.company.helpdesk_mgmt_portal_team_id_required = False
        self._sign_in(self.mia)
        self.assertEqual(self._submit(team=hidden.id).status_code, 422)
        self._submit(team=self.queue.id)
        self.assertEqual(self._submitted().team_id, self.queue)

    def test_form_without_subject_or_description_is_shown_again(self):
        """Hole: the host answers with a server error."""
        self._sign_in(self.mia)
        for values in ({"subject": " "}, {"description": ""}, {"subject": "x" * 251}):
            self.assertEqual(self._submit(**values).status_code, 422)

    def test_files_beyond_the_limits_are_refused_and_nothing_is_kept(self):
        """Hole: the host takes files of any size and type."""
        self.env.company.psa_portal_upload_megabytes = 1
        self.env.company.psa_portal_upload_files = 2
        self._sign_in(self.mia)
        small = ("attachment", ("a.txt", b"a", "text/plain"))
        for files in (
            [("attachment", ("page.html", b"<html></html>", "text/html"))],
            [("attachment", ("offer.pdf", b"<html><script></script></html>", "application/pdf"))],
            [("attachment", ("big.txt", b"a" * (1024 * 1024 + 1), "text/plain"))],
            [small, small, small],
        ):
            self.assertEqual(self._submit(files=files).status_code, 422)
            self.assertFalse(self._submitted())
        self._submit(files=[small, small])
        self.assertEqual(len(self._submitted().attachment_ids), 2)

    # JSON-2

    def test_api_of_a_customer_reaches_own_tickets_only(self):
        foreign = self._make_ticket(partner_id=self.ivan.partner_id.id)
        both = [self.ticket.id, foreign.id]
        found = self._json2("search_read", domain=[["id", "in", both]], fields=["name"])
        self.assertEqual([row["id"] for row in found.json()], [self.ticket.id])
        for method, values in (
            ("read", {"ids": [foreign.id], "fields": ["name"]}),
            ("write", {"ids": [foreign.id], "vals": {"name": "x"}}),
            ("write", {"ids": [self.ticket.id], "vals": {"priority": "3"}}),
            ("unlink", {"ids": [self.ticket.id]}),
            ("create", {"vals_list": [{"name": "x", "description": "x"}]}),
            ("action_take", {"ids": both}),
            ("assign_to_me", {"ids": both}),
            ("action_close", {"ids": both}),
            ("action_cancel", {"ids": both}),
            ("action_reopen", {"ids": [foreign.id]}),
            ("action_wait_for_customer", {"ids": both}),
            ("copy", {"ids": [self.ticket.id]}),
            ("message_post", {"ids": [foreign.id], "body": "x"}),
            ("message_subscribe", {"ids": [foreign.id], "partner_ids": self.mia.partner_id.ids}),
        ):
            with self.subTest(method), mute_logger("odoo.http"):
                answer = self._json2(method, **values)
                refused = answer.status_code == 403 or (
                    method == "message_subscribe" and answer.json() is False
                )
                self.assertTrue(refused, answer.text)
        self.assertNotIn(self.mia.partner_id, foreign.message_partner_ids)
        self.assertEqual(foreign.stage_id, self.stage_new)

    def test_private_methods_are_no_api(self):
        for method in ("_psa_reopen", "_psa_touch", "_psa_close_by_system", "_psa_close_from_portal"):
            with self.subTest(method), mute_logger("odoo.http"):
                self.assertGreaterEqual(self._json2(method, ids=[self.ticket.id]).status_code, 400)

    def _json2(self, method, **params):
        if not hasattr(self, "_key"):
            keys = self.env["res.users.apikeys"].with_user(self.mia)
            expires = fields.Datetime.now() + timedelta(hours=1)
            self._key = keys._generate(None, "test", expires)
        return self.url_open(
            f"/json/2/helpdesk.ticket/{method}",
            data=json.dumps(params),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {self._key}"},
        )
