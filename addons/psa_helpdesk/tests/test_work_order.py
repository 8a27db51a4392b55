import base64
from io import BytesIO

from lxml import html
from PIL import Image

from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .call_common import PsaCallCase

CALL = "psa_helpdesk.psa_work_order_call"
TICKET = "psa_helpdesk.psa_work_order_ticket"


def picture():
    """A signature as a browser sends it."""
    file = BytesIO()
    Image.new("RGB", (60, 20), "white").save(file, "PNG")
    return base64.b64encode(file.getvalue())


class PsaWorkOrderCase(PsaCallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia.partner_id.write({"tz": "America/New_York", "phone": "+1 555 0100"})
        cls.westgate.write(
            {"street": "12 Lake Road", "zip": "55802", "city": "Duluth", "tz": "Europe/Berlin"}
        )
        cls.harbor_server.write({"serial": "SN-4711", "warranty_end_date": "2026-12-31"})

    def _print(self, records, user=None):
        """The papers of these records as `user` (Joe) prints them, each as an element."""
        report = CALL if records._name == "psa.service.call" else TICKET
        reports = self.env["ir.actions.report"].with_user(user or self.technician)
        content = reports._render_qweb_html(report, records.ids)[0]
        return html.fromstring(content).xpath("//div[@class='page']")

    def _read(self, record, user=None):
        """The text of one paper, with every run of white space as one space."""
        (paper,) = self._print(record, user)
        return " ".join(paper.text_content().split())

    def _part(self, record, name, user=None):
        """The text of a named part of one paper, None where it is missing."""
        (paper,) = self._print(record, user)
        found = paper.xpath(f".//*[@name='{name}']")
        return " ".join(found[0].text_content().split()) if found else None


@tagged("post_install", "-at_install")
class TestWorkOrder(PsaWorkOrderCase):
    """What stands on the paper of a service call and of a ticket, and what never does."""

    def test_the_paper_of_a_call_says_what_customer_and_technician_need(self):
        first = self._make_ticket(psa_site_id=self.westgate.id, psa_asset_id=self.harbor_server.id)
        second = self._make_ticket(name="Scanner is slow", description="<p>Since Monday</p>")
        call = self._make_call("Mon 10:00", 90, tickets=first | second)
        call.other_technician_ids = self.contractor
        text = self._read(call)
        for fact in (
            first.number, "Printer is jammed", "Paper everywhere.", second.number, "Scanner is slow", "Since Monday",
            "Harbor Dental Test", "Westgate clinic", "12 Lake Road", "Duluth", "Mia", "+1 555 0100",
            "Joe, Carl", "1 h 30 min", "On site", "HDT-DC01", "SN-4711", "12/31/2026",
        ):  # fmt: skip
            self.assertIn(fact, text)
        self.assertIn("Monday, March 2, 2026, 10:00 to 11:30 (Europe/Berlin)", text)

    def test_the_time_is_that_of_the_site_and_where_nobody_goes_that_of_the_contact(self):
        call = self._make_call("Mon 15:00", tickets=self._make_ticket(psa_site_id=self.westgate.id))
        self.assertIn("15:00 to 16:00 (Europe/Berlin)", self._part(call, "psa_when"))
        self.assertEqual(
            call._psa_say_when_to_customer(), self._part(call, "psa_when")[len("Date and time ") :]
        )
        call.place = "remote"
        self.assertIn("09:00 to 10:00 (America/New_York)", self._part(call, "psa_when"))
        self.assertEqual(self._part(call, "psa_place"), "Where Remote")

    def test_a_checklist_has_its_marks(self):
        ticket = self._make_ticket()
        self.env["psa.checklist.line"].create(
            [
                {"ticket_id": ticket.id, "name": "Unplug it", "is_done": True},
                {"ticket_id": ticket.id, "name": "Plug it in"},
            ]
        )
        (paper,) = self._print(ticket)
        items = paper.xpath(".//div[@name='psa_checklist']/div[span]")
        self.assertEqual([item.text_content().strip() for item in items], ["Unplug it", "Plug it in"])
        self.assertEqual([item.xpath("./span/@title") for item in items], [["Done"], ["Not done"]])

    def test_a_signature_stands_with_name_and_moment_else_there_is_a_line_to_sign(self):
        call = self._make_call("Mon 10:00", tickets=self._make_ticket(psa_site_id=self.westgate.id))
        self.assertEqual(self._part(call, "psa_sign"), "Name Date Signature of the customer")
        with self.at("Mon 11:30"):
            call.with_user(self.technician)._psa_finish(
                "Roller changed.\nTest page fine.", picture(), "Mia Torres"
            )
        (paper,) = self._print(call)
        self.assertTrue(
            paper.xpath(".//*[@name='psa_sign']//img/@src")[0].startswith("data:image/png;base64,")
        )
        self.assertEqual(
            self._part(call, "psa_sign"), "Signed by the customer Mia Torres, Monday, March 2, 2026, 11:30"
        )
        self.assertEqual(self._part(call, "psa_result"), "Work done Roller changed. Test page fine.")

    def test_who_asks_for_small_pictures_gets_the_signature_all_the_same(self):
        call = self._make_call("Mon 10:00")
        call.with_user(self.technician)._psa_finish("Done", picture(), "Mia")
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(self.technician).with_context(bin_size=True)
        page = html.fromstring(reports._render_qweb_html(CALL, call.ids)[0])
        (source,) = page.xpath("//*[@name='psa_sign']//img/@src")
        content = base64.b64decode(source.removeprefix("data:image/png;base64,"))
        self.assertEqual(Image.open(BytesIO(content)).size, (60, 20))

    def test_nothing_internal_is_printed(self):
        ticket = self._make_ticket(psa_vendor_ref="RMA-SECRET")
        ticket.stage_id = self.stage_progress
        ticket.message_post(body="Difficult customer", subtype_xmlid="mail.mt_note")
        ticket.message_post(body="We are on it", message_type="comment", subtype_xmlid="mail.mt_comment")
        call = self._make_call("Mon 10:00", tickets=ticket, instructions="The key is under the mat")
        other = self._make_call(
            "Mon 10:00", tickets=ticket, technician_id=self.technician.id, override_reason="Boss wants it"
        )
        for record in (call, other, ticket):
            text = self._read(record)
            for secret in (
                "Difficult", "We are on it", "key is under", "Boss wants", "RMA-SECRET", self.queue.name,
                self.stage_progress.name, "Planned ", "Booked anyway",
            ):  # fmt: skip
                with self.subTest(record=record, secret=secret):
                    self.assertNotIn(secret, text.replace("Planned duration", ""))

    def test_what_became_of_a_call_is_said_in_words_for_customers(self):
        absent = self._make_call("Mon 10:00")
        absent.with_user(self.technician).action_mark_absent()
        self.assertEqual(self._part(absent, "psa_outcome"), "We came, but nobody was there.")
        cancelled = self._make_call("Mon 14:00")
        cancelled._psa_cancel("Joe overslept")
        text = self._read(cancelled)
        self.assertIn("This visit was cancelled.", text)
        self.assertNotIn("overslept", text)
        for call in (absent, cancelled):
            self.assertFalse(self._part(call, "psa_sign"), "nothing to sign")
            self.assertIsNone(self._part(call, "psa_result"), "nothing to write by hand")

    def test_a_ticket_is_printed_with_its_next_call_else_the_last_one(self):
        ticket = self._make_ticket()
        past = self._make_call("Mon 08:30", 15, tickets=ticket, override_reason="Before the shop opens")
        past.with_user(self.technician)._psa_finish("Cable ordered")
        with self.at("Mon 12:00"):
            self.assertEqual(self._part(ticket, "psa_call"), f"Visit {past.number}")
            self.assertEqual(self._part(ticket, "psa_result"), "Work done Cable ordered")
            coming = self._make_call("Tue 10:00", tickets=ticket)
            self._make_call("Wed 10:00", tickets=ticket)
            self.assertEqual(self._part(ticket, "psa_call"), f"Visit {coming.number}")
            self.assertIn("Tuesday, March 3, 2026", self._part(ticket, "psa_when"))

    def test_a_ticket_without_a_call_leaves_room_to_write(self):
        ticket = self._make_ticket(user_id=self.technician.id, psa_site_id=self.westgate.id)
        self.assertEqual(self._part(ticket, "psa_when"), "Date and time")
        self.assertEqual(self._part(ticket, "psa_technicians"), "Technicians Joe")
        self.assertEqual(self._part(ticket, "psa_result"), "Work done")
        self.assertIsNone(self._part(ticket, "psa_call"))
        self.assertIn("12 Lake Road", self._read(ticket))
        ticket.user_id = False
        self.assertEqual(self._part(ticket, "psa_technicians"), "Technicians")

    def test_the_solution_is_told_once_the_ticket_is_closed(self):
        ticket = self._make_ticket(psa_resolution="<p>New roller</p>")
        self.assertIsNone(self._part(ticket, "psa_resolution"))
        ticket.stage_id = self.stage_done
        self.assertEqual(self._part(ticket, "psa_resolution"), "Solution New roller")
        self.assertIsNone(self._part(ticket, "psa_result"), "it says what was done")

    def test_without_site_contact_and_customer(self):
        ticket = self._make_ticket(partner_id=False, partner_name="Somebody", partner_email="who@example.com")
        self.assertEqual(self._part(ticket, "psa_customer"), "Customer Somebody")
        self.assertIsNone(self._part(ticket, "psa_contact"))
        self.assertIsNone(self._part(ticket, "psa_phone"))
        company_itself = self._make_ticket(partner_id=self.harbor.id)
        self.assertEqual(self._part(company_itself, "psa_customer"), "Customer Harbor Dental Test")
        self.assertIsNone(self._part(company_itself, "psa_contact"))

    def test_what_a_mail_brought_is_printed_as_text(self):
        ticket = self._make_ticket(
            name="<script>alert(1)</script>",
            description='<h1>Help</h1><p onclick="x()">A<img src="http://10.0.0.1/a.png"/></p>'
            '<script>alert(2)</script><a href="https://evil.example">here</a>',
        )
        call = self._make_call("Mon 10:00", tickets=ticket)
        call.result = "<b>bold</b> & more"
        (paper,) = self._print(call)
        self.assertFalse(paper.xpath(".//script|.//a|.//img|.//h1|.//*[@onclick]|.//b"))
        self.assertIn("<script>alert(1)</script>", paper.text_content())
        self.assertIn("<b>bold</b> & more", paper.text_content())
        self.assertEqual(self._part(call, "psa_description"), "What was reported HelpAhere")

    def test_a_very_long_text_is_printed_whole(self):
        ticket = self._make_ticket(description="<p>" + "word " * 20_000 + "end</p>", name="X" * 200)
        text = self._read(ticket)
        self.assertIn("X" * 200, text)
        self.assertTrue(self._part(ticket, "psa_description").endswith("word end"))

    def test_each_paper_speaks_the_language_of_its_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"].search([("name", "=", "psa_helpdesk")])._update_translations(["de_DE"])
        self.ivan.partner_id.lang = "de_DE"
        german = self._make_call("Mon 10:00", tickets=self._make_ticket(partner_id=self.ivan.partner_id.id))
        english = self._make_call("Mon 14:00", 60)
        papers = self._print(german | english)
        texts = [" ".join(paper.text_content().split()) for paper in papers]
        self.assertIn("Montag, 2. März 2026", texts[0])
        self.assertIn("Unterschrift des Kunden", texts[0])
        self.assertIn("Vor Ort", texts[0])
        self.assertIn("Monday, March 2, 2026", texts[1])
        self.assertIn("Signature of the customer", texts[1])
        self.technician.lang = "de_DE"
        self.assertIn(
            "Signature of the customer", self._read(english), "the customer's language, not the reader's"
        )

    def test_a_language_that_was_switched_off_is_no_obstacle(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.mia.partner_id.lang = "fr_FR"
        call = self._make_call("Mon 10:00")
        self.assertIn("lundi", self._part(call, "psa_when"))
        self.env.cr.execute("UPDATE res_lang SET active = FALSE WHERE code = 'fr_FR'")
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.env.registry.clear_cache("stable")
        self.assertIn("Monday", self._part(call, "psa_when"))

    def test_files_are_named_after_what_they_are_about(self):
        call = self._make_call("Mon 10:00")
        for action, record in (("call", call), ("ticket", call.ticket_ids)):
            report = self.env.ref(f"psa_helpdesk.psa_work_order_{action}_action")
            self.assertEqual(report.report_type, "qweb-pdf")
            self.assertEqual(
                safe_eval(report.print_report_name, {"object": record}), f"Work order - {record.number}"
            )

    def test_files_have_names_in_every_language(self):
        call = self._make_call("Mon 10:00")
        ours = self.env["ir.module.module"].search([("name", "=", "psa_helpdesk")])
        for lang, name in (("de_DE", "Arbeitsschein"), ("fr_FR", "Bon d'intervention")):
            self.env["res.lang"]._activate_lang(lang)
            ours._update_translations([lang])
            report = self.env.ref("psa_helpdesk.psa_work_order_call_action").with_context(lang=lang)
            self.assertEqual(safe_eval(report.print_report_name, {"object": call}), f"{name} - {call.number}")

    def test_printing_more_papers_takes_no_more_queries(self):
        tickets = self.env["helpdesk.ticket"]
        calls = self.env["psa.service.call"]
        for number in range(6):
            customer = self._make_customer(f"Customer {number}", phone=f"555 {number}")
            site = self._make_site(customer, f"Site {number}", street="1 Road")
            ticket = self._make_ticket(
                partner_id=self.env["res.partner"].create({"name": "Contact", "parent_id": customer.id}).id,
                psa_site_id=site.id,
                psa_asset_id=self._make_asset(customer, f"PC {number}", serial=f"SN {number}").id,
            )
            self.env["psa.checklist.line"].create({"ticket_id": ticket.id, "name": "Look"})
            call = self._make_call(f"Mon {10 + number}:00", 30, tickets=ticket)
            call.with_user(self.technician)._psa_finish("Done", picture(), "Mia")
            tickets |= ticket
            calls |= call
        for records in (calls, tickets):
            counts = []
            for number in (3, 3, 6):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.assertEqual(len(self._print(records[:number])), number)
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(counts[1], counts[2], records._name)


@tagged("post_install", "-at_install")
class TestWorkOrderAccess(PsaWorkOrderCase):
    """Who prints what: whoever may read the call or ticket and works at the desk."""

    def setUp(self):
        super().setUp()
        self.foreign = self._make_ticket(
            name="Not for Joe", team_id=self.other_queue.id, partner_id=self.ivan.partner_id.id
        )
        self.mine = self._make_call("Mon 10:00")
        self.hidden = self._make_call("Mon 10:00", tickets=self.foreign, technician_id=self.outsider.id)
        self.of_contractor = self._make_call(
            "Mon 14:00",
            tickets=self._make_ticket(psa_asset_id=self.harbor_server.id),
            technician_id=self.contractor.id,
        )

    def _refuse(self, records, user):
        with self.assertRaises(AccessError):
            self._print(records, user)

    def test_each_role_prints_what_it_may_read(self):
        for user in (self.technician_all, self.dispatcher, self.manager):
            self.assertEqual(
                len(self._print(self.mine | self.hidden | self.of_contractor, user)), 3, user.login
            )
            self.assertEqual(len(self._print(self.mine.ticket_ids | self.foreign, user)), 2, user.login)
        self.assertEqual(len(self._print(self.mine | self.of_contractor)), 2)
        self._refuse(self.hidden, self.technician)
        self._refuse(self.mine | self.hidden, self.technician)
        self._refuse(self.foreign, self.technician)

    def test_a_contractor_prints_only_the_own_ones_and_all_that_is_on_them(self):
        text = self._read(self.of_contractor, self.contractor)
        for fact in ("Harbor Dental Test", "Mia", "HDT-DC01", "SN-4711", "Printer is jammed"):
            self.assertIn(fact, text)
        self.assertIn("HDT-DC01", self._read(self.of_contractor.ticket_ids, self.contractor))
        for records in (self.mine, self.hidden, self.mine.ticket_ids, self.foreign):
            self._refuse(records, self.contractor)

    def test_a_contractor_is_not_told_of_a_ticket_he_lost_with_the_call(self):
        ticket = self._make_ticket(user_id=self.technician.id)
        call = self._make_call("Tue 10:00", tickets=ticket, technician_id=self.contractor.id)
        self.assertIn("Printer is jammed", self._read(call, self.contractor))
        call._psa_cancel("not needed")
        self.env.invalidate_all()
        self.assertNotIn("Printer is jammed", self._read(call, self.contractor))
        self._refuse(ticket, self.contractor)

    def test_a_ticket_out_of_sight_is_not_printed_with_the_call_of_another(self):
        foreign = self._make_ticket(name="Secret move", team_id=self.other_queue.id, user_id=self.outsider.id)
        call = self._make_call(
            "Tue 10:00", tickets=self._make_ticket() | foreign, technician_id=self.technician_all.id
        )
        self.assertNotIn("Secret move", self._read(call, self.technician))
        self.assertIn("Printer is jammed", self._read(call, self.technician))
        self.assertIn("Secret move", self._read(call, self.dispatcher))

    def test_a_call_out_of_sight_is_not_printed_with_its_ticket(self):
        ticket = self._make_ticket(user_id=self.contractor.id)
        call = self._make_call("Tue 10:00", tickets=ticket)
        self.assertIsNone(self._part(ticket, "psa_call", self.contractor))
        self.assertEqual(self._part(ticket, "psa_call"), f"Visit {call.number}")

    def test_customers_and_other_employees_print_nothing(self):
        for user in (self.mia, self.ivan, self.plain):
            for records in (self.mine, self.hidden, self.mine.ticket_ids):
                with (
                    self.subTest(user=user.login, records=records),
                    self.assertRaisesRegex(AccessError, "people of the service desk"),
                ):
                    self._print(records, user)

    def test_another_company_prints_nothing(self):
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        away = new_test_user(
            self.env,
            "psa_away",
            "psa_helpdesk.psa_helpdesk_group_dispatcher",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self._refuse(self.mine, away)
        self._refuse(self.mine.ticket_ids, away)

    def test_what_is_gone_is_said_to_be_gone(self):
        with self.assertRaises(MissingError):
            self._print(self.env["helpdesk.ticket"].browse(self.foreign.id + 10_000), self.manager)

    def test_nothing_is_asked_for_nothing_is_printed(self):
        self.assertEqual(self._print(self.env["psa.service.call"], self.manager), [])


@tagged("post_install", "-at_install")
class TestWorkOrderRoute(PsaWorkOrderCase, HttpCase):
    """The page that the browser asks for, where no program that makes PDF files is installed, too."""

    def test_a_technician_gets_the_paper_and_a_customer_does_not(self):
        call = self._make_call("Mon 10:00")
        urls = f"/report/html/{CALL}/{call.id}", f"/report/html/{TICKET}/{call.ticket_ids.id}"
        self.authenticate("psa_joe", "psa_joe")
        for url in urls:
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("Printer is jammed", answer.text)
        for login in ("psa_mia", "psa_ivan", "psa_carl"):
            self.authenticate(login, login)
            for url in urls:
                with self.subTest(login=login, url=url), mute_logger("odoo.http"):
                    answer = self.url_open(url)
                    self.assertEqual(answer.status_code, 403)
                    self.assertNotIn("Paper everywhere", answer.text)
