from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .accessibility import find_faults
from .common import PsaPortalHttpCase


@tagged("post_install", "-at_install")
class TestPortalPages(PsaPortalHttpCase):
    """The customer's way through the portal: home, tickets, contract, invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = f"/my/ticket/{cls.ticket.id}"
        stages = cls.queue._get_applicable_stages()
        cls.done = stages.filtered(
            lambda stage: stage.psa_sla_event == "resolved" and stage.close_from_portal
        )[:1]
        cls.waiting = stages.filtered(lambda stage: stage.psa_sla_event == "waiting")[:1]
        cls.leos = cls._make_ticket(name="Leo's own ticket", partner_id=cls.leo.partner_id.id)

    # Home

    def test_home_shows_open_tickets_hours_and_the_button_first(self):
        self.invoice.sudo().invoice_date_due = fields.Date.today() + timedelta(days=3)
        self._sign_in(self.mia)
        page = self._get("/my").text
        self.assertLess(page.index("Report a problem"), page.index("Open tickets"))
        self.assertIn("Harbor secret subject", page)
        self.assertIn("0:10 of 1:00 hours free", page)
        self.assertNotIn("Needs you", page)
        self.ticket.stage_id = self.waiting
        page = self._get("/my").text
        self.assertIn("Needs you", page)
        self.assertIn("One ticket waits for your answer", page)

    def test_home_says_which_invoices_are_due(self):
        self.invoice.sudo().invoice_date_due = fields.Date.today() - timedelta(days=3)
        total = self.invoice.currency_id.format(self.invoice.amount_residual)
        self._sign_in(self.mia)
        self.assertIn(_squeeze(f"One invoice is due: {total}"), _squeeze(self._get("/my").text))
        self.assertIn(self.invoice.name, self._get("/my/invoices?filterby=psa_due").text)
        for user in (self.leo, self.ivan):
            self._sign_in(user)
            self.assertNotIn("invoice is due", self._get("/my").text)
        self.invoice.sudo().invoice_date_due = fields.Date.today() + timedelta(days=3)
        self._sign_in(self.mia)
        self.assertNotIn("invoice is due", self._get("/my").text)
        self.assertNotIn(self.invoice.name, self._get("/my/invoices?filterby=psa_due").text)

    def test_a_mistyped_link_to_the_invoices_shows_them_as_usual(self):
        """Hole: the host answers 500."""
        self._sign_in(self.mia)
        for query in ("sortby=zz", "filterby=zz", "date_begin=zz&date_end=2026-13-41", "sortby=&filterby="):
            answer = self._get(f"/my/invoices?{query}")
            self.assertEqual(answer.status_code, 200, query)
            self.assertIn(self.invoice.name, answer.text, query)

    def test_whoever_was_asked_to_rate_finds_it_on_the_first_page(self):
        self.ticket.stage_id = self.done
        token = self.ticket._rating_get_access_token(self.mia.partner_id)
        self._sign_in(self.leo)
        self.assertNotIn("How was our help", self._get("/my").text)
        self._sign_in(self.mia)
        self.assertIn(f"How was our help with {self.ticket.number}", _squeeze(self._get("/my").text))
        self.assertIn(f"/rate/{token}/5", self._get(self.url).text)
        self.ticket.rating_apply(5, token=token)
        self.assertNotIn("How was our help", self._get("/my").text)
        self.assertNotIn("/rate/", self._get(self.url).text)

    def test_every_page_says_whom_to_call_and_when(self):
        self.company.write({"phone": "+1 555 0100", "email": "desk@example.com"})
        calendar = self.company.resource_calendar_id
        calendar.tz = "America/New_York"
        calendar.attendance_ids.unlink()
        slots = [{"name": "x", "dayofweek": str(day), "hour_from": 8, "hour_to": 18} for day in range(5)]
        calendar.attendance_ids = [Command.create(slot) for slot in slots]
        self._sign_in(self.mia)
        for url in (
            "/my",
            "/my/tickets",
            self.url,
            "/my/contracts",
            "/my/invoices",
            f"/my/invoices/{self.invoice.id}",
        ):
            with self.subTest(url):
                page = self._get(url).text.replace("\u202f", " ")
                self.assertEqual(page.count('id="psa_desk"'), 1)
                for shown in ("+1 555 0100", "desk@example.com", "Mon to Fri, 8:00 AM to 6:00 PM"):
                    self.assertIn(shown, page)
                self.assertNotIn("time zone", page.split('id="psa_desk"')[1].split("</footer>")[0])
        self.mia.sudo().tz = "Europe/Berlin"
        self.assertIn("(time zone America/New_York)", self._get("/my").text)

    def test_home_of_a_contact_with_own_tickets_only(self):
        self._sign_in(self.leo)
        page = self._get("/my").text
        self.assertIn("Leo&#39;s own ticket", page)
        self.assertNoSecret(page, "home of Leo")
        self.assertNotIn("hours free", page)

    def test_home_of_somebody_new_says_what_to_do(self):
        self._sign_in(self.ivan)
        page = self._get("/my").text
        self.assertIn("No open tickets.", page)
        self.assertIn("Report a problem", page)

    def test_counters_compute_only_what_was_asked(self):
        self._sign_in(self.mia)
        answer = self._jsonrpc("/my/counters", counters=["psa_contract_count"])
        self.assertEqual(answer["result"], {"psa_contract_count": 1})
        answer = self._jsonrpc("/my/counters", counters=["ticket_count"])
        self.assertEqual(set(answer["result"]), {"ticket_count"})
        self._sign_in(self.leo)
        answer = self._jsonrpc("/my/counters", counters=["psa_contract_count", "invoice_count"])
        self.assertEqual(answer["result"], {"psa_contract_count": 0, "invoice_count": 0})

    # List

    def test_list_filters_searches_and_pages(self):
        self._sign_in(self.mia)
        closed = self._make_ticket(
            name="Old printer", partner_id=self.mia.partner_id.id, stage_id=self.done.id
        )
        page = self._get("/my/tickets").text
        self.assertIn("Harbor secret subject", page)
        self.assertIn("Leo&#39;s own ticket", page)
        self.assertNotIn("Old printer", page)
        self.assertIn("Old printer", self._get("/my/tickets?filterby=closed").text)
        mine = self._get("/my/tickets?filterby=mine").text
        self.assertNotIn("Leo&#39;s own ticket", mine)
        found = self._get(f"/my/tickets?filterby=all&search={closed.number}").text
        self.assertIn("Old printer", found)
        self.assertNotIn("Harbor secret subject", found)

    def test_nonsense_in_the_address_is_no_error(self):
        self._sign_in(self.mia)
        for query in (
            "sortby=x",
            "filterby=x",
            "filterby=mine&sortby=stage_id",
            "search=%25%27%22<b>",
            "groupby=x",
        ):
            answer = self._get(f"/my/tickets?{query}")
            self.assertEqual(answer.status_code, 200, query)
            self.assertNotIn("<b>", answer.text)

    def test_empty_list_offers_the_next_step(self):
        self._sign_in(self.ivan)
        self.assertIn("No open tickets.", self._get("/my/tickets").text)
        filtered = self._get("/my/tickets?filterby=closed&search=zzz").text
        self.assertIn("Show all tickets", filtered)

    def test_a_colleague_with_own_level_sees_no_filter_of_the_company(self):
        self._sign_in(self.leo)
        page = self._get("/my/tickets?filterby=all").text
        self.assertNotIn("reported by me", page)
        self.assertNoSecret(page, "list of Leo")

    def test_the_date_shown_is_of_what_the_customer_can_see(self):
        """Clocks and renamed queues change a ticket, too; only a message or another stage is news."""
        self._sign_in(self.mia)
        with freeze_time("2026-01-05 10:00:00"):
            quiet = self._make_ticket(name="Quiet ticket", partner_id=self.mia.partner_id.id)
        quiet.write({"name": "Quiet ticket, renamed", "priority": "3", "color": 3})
        quiet.flush_recordset()
        self.assertEqual(quiet.psa_news_at, datetime(2026, 1, 5, 10))
        page = self._get("/my/tickets").text
        self.assertLess(page.index("Harbor secret subject"), page.index("Quiet ticket, renamed"))
        self.assertIn("01/05/2026", page)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            quiet.with_user(self.sam).message_post(
                body="News", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        page = self._get("/my/tickets").text
        self.assertLess(page.index("Quiet ticket, renamed"), page.index("Harbor secret subject"))

    def test_cards_on_a_phone_say_who_and_when(self):
        self._sign_in(self.mia)
        cards = (
            self._get("/my/tickets").text.split('class="d-md-none"')[1].split('class="d-none d-md-block"')[0]
        )
        self.assertIn("Leo,", cards)
        self.assertRegex(cards, r"\d\d/\d\d/\d{4}")

    def test_a_nul_byte_is_no_error(self):
        self._sign_in(self.mia)
        self.assertEqual(self._get("/my/tickets?search=%00secret").status_code, 200)
        self.ticket.stage_id = self.done
        answer = self._post(f"{self.url}/unsolved", text="It jams\x00 again")
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(self.ticket.message_ids.filtered(lambda one: "It jams again" in one.body))

    # Ticket

    def test_page_of_a_ticket_in_the_customers_words(self):
        self._sign_in(self.mia)
        page = self._get(self.url).text
        for shown in (
            "Harbor secret subject",
            "Harbor secret description",
            "harbor-secret.txt",
            "HARBOR-SECRET-ASSET",
            "Harbor secret site",
            "Harbor secret work",
            "0:50",
            "Covered",
            "Received",
        ):
            self.assertIn(shown, page)
        for inside in ("internal-secret.txt", "Inside note", self.queue.name, "SLA", "queue", "Stage"):
            self.assertNotIn(inside, page.split("<main>")[1].split("</main>")[0])

    def test_time_not_yet_approved_is_not_shown(self):
        self._log(25, name="Draft work")
        self._sign_in(self.mia)
        self.assertNotIn("Draft work", self._get(self.url).text)

    def test_parts_are_shown_when_their_billing_is_decided_and_to_the_customer_alone(self):
        fan = self.env["product.product"].create(
            {"name": "Harbor secret fan", "type": "consu", "list_price": 19.9}
        )
        part = self.env["psa.part"].create(
            {"ticket_id": self.ticket.id, "product_id": fan.id, "quantity": 2, "serial": "SN-4711"}
        )
        self._sign_in(self.mia)
        self.assertNotIn("Harbor secret fan", self._get(self.url).text)
        part._get_items().write({"state": "approved"})
        page = self._get(self.url).text
        self.assertIn("Harbor secret fan, serial number SN-4711", page)
        self.assertIn("2 Units", page)
        self.assertNotIn("19.9", page)
        self._sign_in(None)
        link = self._get(f"{self.url}/{self.ticket._portal_ensure_token()}").text
        self.assertNotIn("Harbor secret fan", link)

    def test_cover_is_told_by_level(self):
        self.ticket.message_subscribe(self.leo.partner_id.ids)
        self._sign_in(self.leo)
        page = self._get(self.url).text
        self.assertIn("Harbor secret work", page)
        self.assertNotIn("Covered", page)

    def test_a_link_with_token_shows_the_ticket_but_gives_no_buttons(self):
        token = self.ticket._portal_ensure_token()
        self._sign_in(None)
        page = self._get(f"{self.url}/{token}").text
        self.assertIn("Harbor secret subject", page)
        self.assertNotIn("It is solved", page)
        self.assertNotIn("Harbor secret work", page)
        self.assertNotIn("internal-secret.txt", page)

    def test_customer_answers_a_ticket(self):
        self._sign_in(self.mia)
        answer = self._jsonrpc(
            "/mail/message/post",
            thread_model="helpdesk.ticket",
            thread_id=self.ticket.id,
            post_data={
                "body": "It jams again",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
            },
        )
        self.assertNotIn("error", answer)
        self.assertIn("It jams again", self.ticket.message_ids[0].body)
        self.assertEqual(self.ticket.message_ids[0].author_id, self.mia.partner_id)

    # Solved or not

    def test_customer_says_solved(self):
        self._sign_in(self.mia)
        self.assertIn("It is solved", self._get(self.url).text)
        self._post("/ticket/close", ticket_id=self.ticket.id, stage_id=self.done.id)
        self.assertEqual(self.ticket.stage_id, self.done)
        page = self._get(self.url).text
        self.assertIn("Still not solved", page)
        self.assertNotIn("It is solved", page)

    def test_where_customers_may_not_close_there_is_no_button_and_no_way(self):
        self.queue._get_applicable_stages().close_from_portal = False
        self._sign_in(self.mia)
        self.assertNotIn("It is solved", self._get(self.url).text)
        answer = self._post("/ticket/close", ticket_id=self.ticket.id, stage_id=self.done.id)
        self.assertIn("cannot be closed from here", self._get(answer.headers["Location"]).text)
        self.assertTrue(self.ticket.psa_is_open)

    # Contract

    def test_contract_shows_balance_and_who_used_it_and_no_price(self):
        self._sign_in(self.mia)
        self.assertIn("Harbor secret contract", self._get("/my/contracts").text)
        page = self._get(f"/my/contract/{self.contract.id}").text
        for shown in (
            "Harbor secret contract",
            "0:10 of 1:00 hours free",
            "Mia",
            "Harbor secret subject",
            "0:50",
        ):
            self.assertIn(shown, page)
        self.assertNotIn("120", page.split("<main>")[1].split("</main>")[0], "no price")

    def test_contract_of_somebody_else_leads_home(self):
        for user in (self.leo, self.ivan):
            self._sign_in(user)
            answer = self._get(f"/my/contract/{self.contract.id}", allow_redirects=False)
            self.assertEqual(answer.headers["Location"], "/my")
            self.assertIn("There is no contract", self._get("/my/contracts").text)

    def test_a_charge_of_later_is_not_included_yet(self):
        later = fields.Date.today() + timedelta(days=40)
        self._make_charge(self.contract, 95, name="Seats of today", quantity=1250000)
        self._make_charge(self.contract, 95, name="Seats of later", date_start=later)
        self._sign_in(self.mia)
        page = self._get(f"/my/contract/{self.contract.id}").text
        self.assertIn("1,250,000 x Seats of today", page)
        self.assertNotIn("Seats of later", page)

    def test_bar_of_a_block_warns_below_the_low_balance_mark(self):
        self._sign_in(self.mia)
        self._make_block(self.contract, 10)
        bars = self._get("/my").text.split("psa_block_bar")[1:]
        self.assertEqual(len(bars), 2)
        for bar in bars:
            self.assertEqual("bg-warning" in bar.split("</a>")[0], "width: 83%" in bar.split("</a>")[0])

    # Invoice

    def test_invoice_says_time_and_why_this_amount(self):
        self._sign_in(self.mia)
        page = self._get(f"/my/invoices/{self.invoice.id}").text
        self.assertIn("Why this amount", page)
        self.assertIn("0:50 worked", page)
        self.assertIn("0:50 h", page)
        self.assertNotIn("Written down for Eva", page)

    def test_fifty_minutes_at_a_hundred_are_shown_as_such(self):
        self._make_contract(partner_id=self.cobalt.id, is_default=True)
        ticket = self._make_ticket(partner_id=self.ivan.partner_id.id)
        line = self._log_approved(50, psa_ticket_id=ticket.id, date=self.line.date)
        self._items(line).sudo().write({"state": "approved"})
        invoice = self._bill("04-30")
        invoice.action_post()
        self._sign_in(self.ivan)
        page = self._get(f"/my/invoices/{invoice.id}").text
        self.assertIn("0:50 x 100.00/h", page)
        self.assertIn("83.33", page)
        self.assertNoSecret(page, "invoice of Cobalt")

    def test_an_invoice_without_billing_items_has_no_why(self):
        plain = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.harbor.id,
                "company_id": self.company.id,
                "invoice_line_ids": [(0, 0, {"name": "Laptop", "price_unit": 900.0})],
            }
        )
        plain.action_post()
        self._sign_in(self.mia)
        page = self._get(f"/my/invoices/{plain.id}").text
        self.assertNotIn("Why this amount", page)

    # For everybody

    def test_pages_can_be_read_without_seeing_and_pointing(self):
        self._sign_in(self.mia)
        done = self._make_ticket(partner_id=self.mia.partner_id.id, stage_id=self.done.id)
        for url in (
            "/my",
            "/my/tickets",
            "/my/tickets?filterby=closed&search=zzz",
            self.url,
            f"/my/ticket/{done.id}",
            "/my/tickets/new",
            "/my/contracts",
            f"/my/contract/{self.contract.id}",
            f"/my/invoices/{self.invoice.id}",
        ):
            with self.subTest(url):
                self.assertEqual(find_faults(self._get(url).text), [])
        self._sign_in(None)
        self.assertEqual(find_faults(self._get("/web/login").text), [])

    def test_pages_speak_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.mia.sudo().lang = "fr_FR"
        self._sign_in(self.mia)
        self.assertIn('lang="fr-FR"', self._get("/my").text)


def _squeeze(text):
    """Text with every run of white space as one space."""
    return " ".join(text.split())
