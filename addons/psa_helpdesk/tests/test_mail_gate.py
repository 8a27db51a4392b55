from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import PsaHelpdeskCase
from .mail_examples import PNG, pack_winmail

NOW = datetime(2026, 3, 2, 10, 0)
STRANGER = "Nora Pike <nora.pike@harbor-dental.example>"


class MailGateCase(PsaHelpdeskCase, MailCase):
    """Mails through the gateway, as the host's fetching hands them over."""

    @classmethod
    def default_env_context(cls):
        return {}  # with mail

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.env.company.partner_id.email = "desk@brightwater-it.example"
        cls.startClassPatcher(freeze_time(NOW))

    def _write_mail(self, subject="No network", text="The line is dead.", sender=None, headers=None):
        mail = EmailMessage()
        mail["From"] = sender or f"Mia Torres <{self.mia.email}>"
        mail["To"] = "desk@brightwater-it.example"
        mail["Subject"] = subject
        for name, value in {"Message-ID": make_msgid(), **(headers or {})}.items():
            mail[name] = value
        mail.set_content(text)
        return mail

    def _take_in(self, mail, **context):
        """Hand the mail over; return (new tickets, its row in the list of mails)."""
        before = (
            self.env["helpdesk.ticket"]
            .with_context(active_test=False)
            .search([], order="id desc", limit=1)
            .id
        )
        last = self.env["psa.incoming.mail"].search([], order="id desc", limit=1).id
        thread = self.env["mail.thread"].with_context(fetchmail_cron_running=True, **context)
        source = mail if isinstance(mail, bytes) else mail.as_bytes()
        with self.mock_mail_gateway():
            thread.message_process("helpdesk.ticket", source)
        return (
            self.env["helpdesk.ticket"].search([("id", ">", before or 0)]),
            self.env["psa.incoming.mail"].search([("id", ">", last or 0)]),
        )


@tagged("post_install", "-at_install")
class TestWhoseMail(MailGateCase):
    """The customer by contact or domain, and the ticket by its number (Row 1.16)."""

    def test_known_contact(self):
        ticket, row = self._take_in(self._write_mail())
        self.assertEqual(
            (ticket.partner_id, ticket.commercial_partner_id), (self.mia.partner_id, self.harbor)
        )
        self.assertEqual((row.outcome, row.ticket_id, row.source), ("accepted", ticket, False))

    def test_unknown_sender_at_a_domain_of_a_customer(self):
        for values in (
            {"psa_mail_domains": "other.example, harbor-dental.example"},
            {"email": "office@harbor-dental.example"},
            {"website": "https://www.harbor-dental.example/team"},
        ):
            with self.subTest(values):
                self.harbor.write({"psa_mail_domains": False, "email": False, "website": False, **values})
                sender = f"Nora Pike <{next(iter(values))}@harbor-dental.example>"
                ticket, _row = self._take_in(self._write_mail(f"By {list(values)}", sender=sender))
                contact = ticket.partner_id
                self.assertEqual((contact.name, contact.parent_id), ("Nora Pike", self.harbor))
                self.assertEqual(contact.psa_portal_level, "own")
                self.assertEqual(
                    ticket.message_ids.filtered(lambda m: m.message_type == "email").author_id, contact
                )
                again, _row = self._take_in(self._write_mail(f"Again {list(values)}", sender=sender))
                self.assertEqual(again.partner_id, contact, "no second contact")

    def test_public_providers_and_shared_domains_belong_to_nobody(self):
        self.harbor.email = "harbor.dental@gmail.com"
        ticket, _row = self._take_in(self._write_mail(sender="x.y@gmail.com"))
        self.assertFalse(ticket.partner_id)
        (self.harbor | self.cobalt).write({"psa_mail_domains": "holding.example"})
        ticket, _row = self._take_in(self._write_mail("Two", sender="x.y@holding.example"))
        self.assertFalse(ticket.partner_id)

    def test_our_own_domain_is_no_customers(self):
        ticket, _row = self._take_in(self._write_mail(sender="new.man@brightwater-it.example"))
        self.assertFalse(ticket.partner_id)

    def test_customer_of_another_company_is_not_found(self):
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        self._make_customer("Elsewhere", psa_mail_domains="harbor-dental.example", company_id=other.id)
        ticket, _row = self._take_in(self._write_mail(sender=STRANGER))
        self.assertFalse(ticket.partner_id)

    def test_domains_are_checked(self):
        for wrong in ("gmail.com", "harbor", "harbor dental.example"):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.harbor.psa_mail_domains = wrong

    def test_number_in_the_subject_leads_to_the_ticket_where_headers_were_lost(self):
        ticket = self._make_ticket()
        subject = f"AW: [{ticket.number}] what about it?"
        for sender in (None, f"Leo <{self.leo.email}>", f"Joe <{self.technician.email}>"):
            with self.subTest(sender):
                new, row = self._take_in(self._write_mail(subject, f"From {sender}", sender))
                self.assertFalse(new)
                self.assertEqual(row.ticket_id, ticket)
                self.assertIn(
                    f"From {sender}".split("<")[0].strip(), "".join(ticket.message_ids.mapped("body"))
                )

    def test_number_that_was_guessed_makes_nobody_a_follower(self):
        ticket = self._make_ticket()
        self._take_in(self._write_mail(f"[{ticket.number}]", sender=self.leo.email))
        self.assertNotIn(self.leo.partner_id, ticket.message_partner_ids)
        self.assertFalse(self.env["helpdesk.ticket"].with_user(self.leo).search([("id", "=", ticket.id)]))

    def test_stranger_with_the_number_gets_a_ticket_of_his_own(self):
        ticket = self._make_ticket()
        messages = ticket.message_ids
        for sender in (self.ivan.email, "nobody@elsewhere.example"):
            with self.subTest(sender):
                new, _row = self._take_in(self._write_mail(f"Re: [{ticket.number}] hello", sender=sender))
                self.assertEqual(len(new), 1)
        self.assertEqual(ticket.message_ids, messages)

    def test_changed_subject_lands_on_the_ticket_by_its_headers(self):
        ticket = self._make_ticket()
        with freeze_time(NOW - timedelta(hours=1)):
            answer = ticket.with_user(self.technician).message_post(
                body="Restart it", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        for name in ("In-Reply-To", "References"):
            with self.subTest(name):
                mail = self._write_mail(f"Something else {name}", headers={name: answer.message_id})
                self.assertFalse(self._take_in(mail)[0])
        self.assertTrue(ticket.psa_needs_reply)

    def test_repeated_mail_is_one(self):
        mail = self._write_mail()
        self.assertTrue(self._take_in(mail)[0])
        new, row = self._take_in(mail)
        self.assertFalse(new | row.ticket_id)


@tagged("post_install", "-at_install")
class TestMailGate(MailGateCase):
    """What machines send makes no tickets, and is not lost (Rules D8.5 and D10.18)."""

    def test_automatic_replies_make_no_ticket_and_are_kept(self):
        for header in ({"Auto-Submitted": "auto-replied"}, {"X-Autoreply": "yes"}, {"Return-Path": "<>"}):
            with self.subTest(header):
                mail = self._write_mail(f"Out of office {list(header)}", headers=header)
                new, row = self._take_in(mail)
                self.assertFalse(new)
                self.assertEqual(row.outcome, "auto_reply")
                self.assertIn("The line is dead.", row._get_source().decode())

    def test_bounce_is_told_on_its_ticket_and_makes_none(self):
        ticket = self._make_ticket()
        answer = ticket.with_user(self.technician).message_post(
            body="Restart it",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.mia.partner_id.ids,
        )
        ticket.stage_id = self.stage_done
        report = (
            "From: Mail Delivery System <mailer-daemon@elsewhere.example>\r\nTo: desk@brightwater-it.example\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <bounce-1@elsewhere.example>\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; elsewhere.example\r\n\r\n"
            f"Final-Recipient: rfc822; {self.mia.email}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {answer.message_id}\r\n\r\n--b--\r\n"
        )
        new, row = self._take_in(report.encode())
        self.assertFalse(new)
        self.assertEqual((row.outcome, row.ticket_id), ("bounce", ticket))
        self.assertFalse(ticket.psa_is_open)
        self.assertIn(self.mia.email, ticket.message_ids[0].body)
        self.assertTrue(ticket.message_ids[0].is_internal or ticket.message_ids[0].subtype_id.internal)

    def test_the_sixth_alike_within_five_minutes_is_kept_out(self):
        subjects = ["No network", "Re: No network", "RE: re: No network", "AW: No  network", "no network"]
        for subject in subjects:
            self.assertTrue(self._take_in(self._write_mail(subject))[0])
        new, row = self._take_in(self._write_mail(text="The sixth"))
        self.assertFalse(new)
        self.assertEqual(row.outcome, "loop")
        self.assertIn("The sixth", row._get_source().decode())
        self.assertTrue(self._take_in(self._write_mail("Something else"))[0])
        self.assertTrue(self._take_in(self._write_mail(sender=self.leo.email))[0])
        with freeze_time(NOW + timedelta(minutes=5)):
            self.assertTrue(self._take_in(self._write_mail())[0])

    def test_a_loop_on_a_ticket_is_stopped_too(self):
        ticket = self._make_ticket()
        subject = f"Re: [{ticket.number}] We have it"
        for number in range(6):
            row = self._take_in(self._write_mail(subject, f"word {number}"))[1]
        self.assertEqual((row.outcome, row.ticket_id), ("loop", ticket))
        self.assertNotIn("word 5", "".join(ticket.message_ids.mapped("body")))

    def test_allowed_senders_may_write_as_often_as_they_like(self):
        self.env["mail.gateway.allowed"].create({"email": self.mia.email})
        for _number in range(7):
            self.assertTrue(self._take_in(self._write_mail())[0])

    def test_manager_takes_a_mail_in(self):
        for _number in range(6):
            row = self._take_in(self._write_mail(text="Yes, really"))[1]
        action = row.with_user(self.manager).action_take_in()
        ticket = self.env["helpdesk.ticket"].browse(action["res_id"])
        self.assertEqual((row.outcome, row.ticket_id, row.source), ("accepted", ticket, False))
        self.assertEqual(ticket.partner_id, self.mia.partner_id)
        self.assertIn("Yes, really", ticket.description)

    def test_technicians_see_no_mails_and_managers_those_of_their_companies(self):
        row = self._take_in(self._write_mail())[1]
        with self.assertRaises(AccessError):
            row.with_user(self.technician).read(["sender"])
        with self.assertRaises(AccessError):
            row.with_user(self.technician).action_take_in()
        row.company_id = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        with self.assertRaises(AccessError):
            row.with_user(self.manager).read(["sender"])

    @mute_logger("odoo.addons.psa_helpdesk.models.mail_thread_gate")
    def test_mail_that_cannot_be_read_is_kept(self):
        mail = self._write_mail(text="Kept")
        self.patch(self.registry["helpdesk.ticket"], "message_new", lambda *_args, **_kwargs: 1 / 0)
        new, row = self._take_in(mail)
        self.assertFalse(new)
        self.assertEqual((row.outcome, row.sender), ("failed", self.mia.email))
        self.assertIn("Kept", row._get_source().decode())


@tagged("post_install", "-at_install")
class TestMailContent(MailGateCase):
    """Pictures, files and what is quoted."""

    def test_picture_in_the_text_is_shown_and_kept(self):
        mail = self._write_mail()
        mail.add_alternative('<p>See</p><img src="cid:shot1">', subtype="html")
        mail.get_payload()[1].add_related(PNG, "image", "png", cid="<shot1>", filename="shot.png")
        ticket, _row = self._take_in(mail)
        file = ticket.message_ids.attachment_ids
        self.assertEqual((file.name, file.raw, file.res_id), ("shot.png", PNG, ticket.id))
        for html in (ticket.description, ticket.message_ids.filtered("attachment_ids").body):
            self.assertNotIn("cid:", html)
            self.assertIn(f"/web/image/{file.id}", html)

    def test_winmail_is_unpacked(self):
        mail = self._write_mail()
        packed = pack_winmail(("..\\..\\plan.txt", b"the plan"), ("shot.png", PNG))
        mail.add_attachment(packed, "application", "ms-tnef", filename="winmail.dat")
        ticket, _row = self._take_in(mail)
        files = ticket.message_ids.attachment_ids.sorted("name")
        self.assertEqual(files.mapped("name"), ["plan.txt", "shot.png"])
        self.assertEqual(files.mapped("raw"), [b"the plan", PNG])

    def test_broken_winmail_is_kept_as_it_came(self):
        mail = self._write_mail()
        broken = pack_winmail(("plan.txt", b"the plan"))[:40]
        mail.add_attachment(broken, "application", "ms-tnef", filename="winmail.dat")
        ticket, _row = self._take_in(mail)
        self.assertEqual(ticket.message_ids.attachment_ids.mapped("raw"), [broken])

    def test_what_is_quoted_is_not_in_the_description_and_is_kept(self):
        text = "Please help.\n\nOn Mon, Joe wrote:\n> the old story\n> goes on\n"
        ticket, _row = self._take_in(self._write_mail(text=text))
        self.assertIn("Please help.", ticket.description)
        self.assertNotIn("the old story", ticket.description)
        message = ticket.message_ids.filtered(lambda message: message.message_type == "email")
        self.assertIn("the old story", message.body)
        self.assertNotIn("the old story", ticket.psa_last_message)


@tagged("post_install", "-at_install")
class TestWays(MailGateCase):
    """Phone, fax, mail and portal: one lifecycle and one trail, counted by source (Row 4.1)."""

    def _make_by_each_way(self):
        channel = "helpdesk_mgmt.helpdesk_ticket_channel_{}".format
        ways = {channel("phone"): "Phone", "psa_helpdesk.psa_channel_fax": "Fax", channel("web"): "Web"}
        made = {
            self.env.ref(xmlid): self._make_ticket(name=f"By {name}", channel_id=self.env.ref(xmlid).id)
            for xmlid, name in ways.items()
        }
        made[self.env.ref(channel("email"))] = self._take_in(self._write_mail("By mail"))[0]
        return made

    def test_source_is_set_and_counted(self):
        made = self._make_by_each_way()
        tickets = self.env["helpdesk.ticket"].union(*made.values())
        counted = tickets._read_group([("id", "in", tickets.ids)], ["channel_id"], ["__count"])
        self.assertEqual(dict(counted), dict.fromkeys(made, 1))
        self.assertEqual({ticket.channel_id: ticket for ticket in tickets}, made)

    def test_lifecycle_and_trail_are_the_same_whichever_way(self):
        trails = set()
        for ticket in self._make_by_each_way().values():
            ticket.team_id = self.queue
            ticket.with_user(self.technician).action_take()
            ticket.with_user(self.technician).action_wait_for_customer()
            ticket.with_user(self.technician).action_close()
            self.assertEqual(ticket.stage_id, self.stage_done)
            self.assertTrue(ticket.psa_touched_at)
            trails.add(tuple(ticket.psa_sla_event_ids.sorted("id").mapped("what")))
        self.assertEqual(len(trails), 1, trails)
        self.assertIn("resolved", trails.pop())
