"""Mail as it really goes: fetched by the host from a real IMAP server, and sent to a real SMTP server."""

import re
import runpy
import time
import urllib.error
import urllib.parse
import urllib.request
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import make_msgid
from http.cookiejar import CookieJar

import pytest
from aiosmtpd.controller import Controller
from harness import client, database, rows, running
from imap_server import PASSWORD, USER, imap_server

from tools.places import ADDONS
from tools.server import free_port

DESK = "desk@brightwater-it.example"
MIA, IVAN = "mia@harbor-dental.example", "ivan@cobalt-freight.example"
SECONDS = 30
EXAMPLES = runpy.run_path(str(ADDONS / "psa_helpdesk" / "tests" / "mail_examples.py"))
PNG, pack_winmail = EXAMPLES["PNG"], EXAMPLES["pack_winmail"]


class Sink:
    """The SMTP server's end: what it was handed."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 kept"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with (
        database() as name,
        imap_server(tmp_path_factory.mktemp("imap")) as mailbox,
        running(name) as server,
    ):
        sink = Sink()
        smtp = Controller(sink, hostname="127.0.0.1", port=free_port())
        smtp.start()
        try:
            yield Desk(server, mailbox, sink, smtp.port)
        finally:
            smtp.stop()


class Desk:
    """A service desk with two customers whose mail goes through both servers."""

    def __init__(self, server, mailbox, sink, smtp_port):
        self.server, self.mailbox, self.sink = server, mailbox, sink
        self.admin = client(server)
        self._set_up_mail(smtp_port)
        self._set_up_people()

    def make(self, model, **values):
        return self.admin.call(model, "create", vals_list=[values])[0]

    def _set_up_mail(self, smtp_port):
        admin = self.admin
        company = admin.call("res.company", "search_read", domain=[], fields=["partner_id"], limit=1)[0]
        admin.call("res.partner", "write", ids=[company["partner_id"][0]], vals={"email": DESK})
        smtp = {
            "smtp_host": "127.0.0.1",
            "smtp_port": smtp_port,
            "smtp_encryption": "none",
            "from_filter": False,
        }
        self.make("ir.mail_server", name="Sink", **smtp)
        tickets = admin.call("ir.model", "search", domain=[["model", "=", "helpdesk.ticket"]])
        self.fetcher = self.make(
            "fetchmail.server",
            name="Desk",
            server_type="imap",
            server="127.0.0.1",
            port=self.mailbox.port,
            is_ssl=False,
            user=USER,
            password=PASSWORD,
            object_id=tickets[0],
        )
        admin.call("fetchmail.server", "button_confirm_login", ids=[self.fetcher])

    def _set_up_people(self):
        group = self.admin.call(
            "ir.model.data",
            "search_read",
            domain=[["module", "=", "psa_helpdesk"], ["name", "=", "psa_helpdesk_group_technician_all"]],
            fields=["res_id"],
        )[0]["res_id"]
        portal = self.admin.call(
            "ir.model.data",
            "search_read",
            domain=[["module", "=", "base"], ["name", "=", "group_portal"]],
            fields=["res_id"],
        )[0]["res_id"]

        def user(name, login, group_id):
            values = {"name": name, "login": login, "email": login, "password": login}
            return self.make("res.users", **values, group_ids=[[6, 0, [group_id]]])

        user("Joe Silva", "joe@brightwater-it.example", group)
        self.joe = client(self.server, "joe@brightwater-it.example")
        self.harbor = self.make(
            "res.partner", name="Harbor Dental", is_company=True, email="office@harbor-dental.example"
        )
        self.cobalt = self.make("res.partner", name="Cobalt Freight", is_company=True)
        for name, login, customer in (("Mia Torres", MIA, self.harbor), ("Ivan Petrov", IVAN, self.cobalt)):
            partner = self.admin.read("res.users", user(name, login, portal), "partner_id")["partner_id"][0]
            self.admin.call("res.partner", "write", ids=[partner], vals={"parent_id": customer})

    def write(self, subject, text, sender=f"Mia Torres <{MIA}>", **headers):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, DESK, subject
        for name, value in {"Message_ID": make_msgid(domain="customer.example"), **headers}.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        return mail

    def take_in(self, *mails):
        """Deliver mails, let the host fetch them, and return the tickets this made."""
        newest = self.newest()
        for mail in mails:
            self.mailbox.put(mail)
        self.admin.call("fetchmail.server", "fetch_mail", ids=[self.fetcher])
        assert self.mailbox.unread() == 0
        return self.admin.call(
            "helpdesk.ticket",
            "search_read",
            domain=[["id", ">", newest]],
            fields=["number", "partner_id", "commercial_partner_id", "description", "channel_id", "stage_id"],
            order="id",
        )

    def newest(self):
        return max(
            self.admin.call("helpdesk.ticket", "search", domain=[], order="id desc", limit=1), default=0
        )

    def outcome(self, subject):
        """What became of the newest mail with this subject."""
        return self.admin.call(
            "psa.incoming.mail",
            "search_read",
            domain=[["subject", "=", subject]],
            fields=["outcome", "ticket_id"],
            limit=1,
        )[0]

    def mail_to(self, address, words):
        """The newest mail that went out to the address and has these words in its subject."""
        until = time.monotonic() + SECONDS
        while True:
            for recipients, mail in reversed(self.sink.mails):
                if address in recipients and words in mail["Subject"]:
                    return mail
            assert time.monotonic() < until, [(to, mail["Subject"]) for to, mail in self.sink.mails]
            self.send_queue()
            time.sleep(0.2)

    def send_queue(self):
        waiting = self.admin.call("mail.mail", "search", domain=[["state", "=", "outgoing"]])
        if waiting:
            self.admin.call("mail.mail", "send", ids=waiting)

    def texts(self, ticket):
        found = self.admin.call(
            "mail.message",
            "search_read",
            domain=[["model", "=", "helpdesk.ticket"], ["res_id", "=", ticket["id"]]],
            fields=["body", "message_type", "attachment_ids"],
            order="id",
        )
        return [message for message in found if message["message_type"] in ("email", "comment")]

    def is_open(self, ticket):
        return self.admin.read("helpdesk.ticket", ticket["id"], "psa_is_open")["psa_is_open"]

    def answer(self, ticket, text):
        """Joe answers in the client; the mail that went out."""
        partner = ticket["partner_id"][0]
        self.joe.call(
            "helpdesk.ticket",
            "message_post",
            ids=[ticket["id"]],
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=[partner],
        )
        return self.mail_to(MIA, f"[{ticket['number']}]")


class Visitor:
    """Somebody with a browser, signed in or not."""

    def __init__(self, server, login=None):
        self.url = server.url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        if login:
            page = self.get(f"{self.url}/web/login")[2]
            token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
            form = urllib.parse.urlencode({"login": login, "password": login, "csrf_token": token}).encode()
            assert self.get(f"{self.url}/web/login", form)[0] == 200

    def get(self, address, form=None):
        """Return (status, address after redirects, page)."""
        try:
            with self.opener.open(address, data=form, timeout=60) as answer:
                return answer.status, answer.url, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.url, error.read().decode()


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def links_in(mail, server):
    """The links of a mail, as they lead to this server."""
    found = [text.replace("&amp;", "&") for text in re.findall(r'href="([^"]+)"', html_of(mail))]
    return [re.sub(r"^https?://[^/]+", server.url, link) for link in found]


def test_a_mail_becomes_a_ticket_and_is_answered(desk):
    (ticket,) = desk.take_in(desk.write("No network", "The line is dead."))
    assert ticket["partner_id"][1].endswith("Mia Torres")
    assert ticket["commercial_partner_id"][0] == desk.harbor
    assert "The line is dead." in ticket["description"]
    assert ticket["channel_id"][1] == "Email"
    receipt = desk.mail_to(MIA, "We have it: No network")
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert ticket["number"] in receipt["Subject"]


def test_answers_find_their_ticket_whatever_their_subject(desk):
    (ticket,) = desk.take_in(desk.write("Printer", "It is jammed."))
    ours = desk.answer(ticket, "Switch it off and on.")
    message_id = ours["Message-Id"]
    assert not desk.take_in(desk.write(f"Re: {ours['Subject']}", "Did that.", In_Reply_To=message_id))
    assert not desk.take_in(desk.write("A subject of my own", "And again.", References=message_id))
    assert not desk.take_in(desk.write(f"AW: [{ticket['number']}]", "From my phone, without headers."))
    said = "".join(message["body"] for message in desk.texts(ticket))
    assert all(text in said for text in ("Did that.", "And again.", "From my phone"))
    (other,) = desk.take_in(desk.write(f"[{ticket['number']}]", "A stranger's word", sender=IVAN))
    assert other["commercial_partner_id"][0] == desk.cobalt
    assert "A stranger's word" not in "".join(message["body"] for message in desk.texts(ticket))


def test_what_is_repeated_comes_once(desk):
    mail = desk.write("Mouse", "It squeaks.")
    assert len(desk.take_in(mail, mail)) == 1
    assert not desk.take_in(mail)


def test_machines_open_nothing_and_nothing_is_lost(desk):
    (ticket,) = desk.take_in(desk.write("Screen", "It is dark."))
    ours = desk.answer(ticket, "Press the button.")
    done = desk.admin.call(
        "helpdesk.ticket.stage", "search", domain=[["psa_sla_event", "=", "resolved"]], limit=1
    )
    desk.joe.call("helpdesk.ticket", "write", ids=[ticket["id"]], vals={"stage_id": done[0]})
    robot = {"Auto_Submitted": "auto-replied"}
    assert not desk.take_in(desk.write("Out of office", "I am away.", **robot))
    assert desk.outcome("Out of office")["outcome"] == "auto_reply"
    assert not desk.take_in(desk.write("Away", "I am away.", In_Reply_To=ours["Message-Id"], **robot))
    assert not desk.take_in(bounce_of(ours))
    assert desk.outcome("Undelivered")["ticket_id"][0] == ticket["id"]
    assert not desk.is_open(ticket)
    assert not desk.take_in(desk.write("Re: Screen", "Thanks a lot!", In_Reply_To=ours["Message-Id"]))
    assert not desk.is_open(ticket)
    assert not desk.take_in(desk.write("Re: Screen", "It is dark again.", In_Reply_To=ours["Message-Id"]))
    assert desk.is_open(ticket)


def bounce_of(mail):
    report = (
        f"From: MAILER-DAEMON@elsewhere.example\r\nTo: {DESK}\r\nSubject: Undelivered\r\n"
        "Message-ID: <b1@elsewhere.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; elsewhere.example\r\n\r\n"
        f"Final-Recipient: rfc822; {MIA}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail['Message-Id']}\r\n\r\n--b--\r\n"
    )
    return report.encode()


def test_a_loop_ends(desk):
    mails = [desk.write("Ping", f"pong {number}") for number in range(8)]
    assert len(desk.take_in(*mails)) == 5
    kept = rows(
        desk.server.database,
        "SELECT count(*) FROM psa_incoming_mail m JOIN ir_attachment a ON a.res_id = m.id "
        "AND a.res_model = 'psa.incoming.mail' WHERE m.subject = 'Ping' AND m.outcome = 'loop'",
    )
    assert kept == [["3"]]


def test_pictures_and_packed_files_are_kept_and_shown(desk):
    mail = desk.write("With files", "See below")
    mail.add_alternative('<p>See</p><img src="cid:shot">', subtype="html")
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<shot>", filename="shot.png")
    packed = pack_winmail(("plan.txt", b"the plan"))
    mail.add_attachment(packed, "application", "ms-tnef", filename="winmail.dat")
    (ticket,) = desk.take_in(mail)
    files = desk.admin.call(
        "ir.attachment",
        "search_read",
        domain=[["res_model", "=", "helpdesk.ticket"], ["res_id", "=", ticket["id"]]],
        fields=["name"],
    )
    assert {file["name"] for file in files} == {"shot.png", "plan.txt"}
    (source,) = re.findall(r'<img[^>]*src="([^"]+)"', ticket["description"])
    status, _address, _page = Visitor(desk.server, MIA).get(desk.server.url + source.replace("&amp;", "&"))
    assert status == 200


def test_an_unknown_sender_at_a_known_domain_is_of_that_customer(desk):
    (ticket,) = desk.take_in(
        desk.write("New here", "I cannot sign in.", sender="Nora Pike <nora@harbor-dental.example>")
    )
    assert ticket["commercial_partner_id"][0] == desk.harbor
    assert ticket["partner_id"][1].endswith("Nora Pike")
    assert desk.mail_to("nora@harbor-dental.example", "We have it: New here")
    (nobodys,) = desk.take_in(desk.write("Anybody", "Hello", sender="somebody@gmail.com"))
    assert not nobodys["partner_id"]


def test_the_link_in_the_mail_opens_the_ticket(desk):
    """Row 3.6: for staff the ticket, for its contact the portal, for the contact of somebody else nothing."""
    (ticket,) = desk.take_in(desk.write("Link", "Where is my ticket?"))
    answer = desk.answer(ticket, "Here.")
    link = next(link for link in links_in(answer, desk.server) if "/mail/view" in link)
    status, address, page = Visitor(desk.server, MIA).get(link)
    assert (status, f"/my/ticket/{ticket['id']}" in address) == (200, True)
    assert ticket["number"] in page
    _status, address, _page = Visitor(desk.server, "joe@brightwater-it.example").get(link)
    assert re.search(r"/(odoo|web)\b", address) and str(ticket["id"]) in address
    plain = f"{desk.server.url}/my/ticket/{ticket['id']}"
    foreign = Visitor(desk.server, IVAN)
    for place in (plain, f"{plain}?access_token=guessed"):
        status, address, page = foreign.get(place)
        assert status in (403, 404), (status, address)
        assert "Where is my ticket?" not in page
