import base64
import contextlib
import json
import logging
import socket
import ssl
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .. import remote
from ..models import psa_alert_source_door
from .common import PsaAlertsCase, at

RECONCILE = "odoo.addons.psa_alerts.models.psa_alert_source_reconcile"


class _Monitoring(BaseHTTPRequestHandler):
    """A monitoring system that can be asked: it answers what the test put into its server."""

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # who asked may have had enough
            self.wfile.write(body)

    def log_message(self, *_args):
        pass


class PollCase(PsaAlertsCase):
    """Sources that are asked at a server of this machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls._start_server()
        cls.admin = new_test_user(cls.env, "psa_alert_admin", "base.group_system")
        cls.source.rate_limit = cls.prometheus.rate_limit = 6000
        sources = cls.prometheus + cls.source
        sources.write({"poll_is_on": True, "poll_url": cls._url(), "poll_is_inside": True})
        sources.flush_recordset()
        sources.poll_next_at = at("9:00")

    @classmethod
    def _start_server(cls):
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Monitoring)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(server.shutdown)
        return server

    @classmethod
    def _url(cls, path=""):
        return f"http://127.0.0.1:{cls.server.server_address[1]}{path}"

    def setUp(self):
        super().setUp()
        psa_alert_source_door._windows.clear()
        self.server.asked = []
        self._answer([])

    def _answer(self, root, status=200, **headers):
        body = root if isinstance(root, bytes) else json.dumps(root).encode()
        self.server.answer = status, headers, body

    def _poll(self, clock):
        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 60):
            self.env["psa.alert.source"]._cron_poll(at(clock))
        self._process(clock)

    def _only(self, source):
        """Let only this source be asked."""
        (self.prometheus + self.source - source).poll_is_on = False
        return source

    def _row(self, number, since="2026-03-02T09:58:00.000Z", state="active", **labels):
        return {
            "labels": {
                "alertname": "InstanceDown",
                "severity": "critical",
                "client": "harbor-dental",
                "instance": f"host{number}:9100",
                **labels,
            },
            "annotations": {"summary": f"host{number} is down"},
            "startsAt": since,
            "endsAt": "2026-03-02T10:30:00.000Z",
            "fingerprint": f"{number:016x}",
            "receivers": [{"name": "psa"}],
            "status": {"state": state},
        }

    def _send(self, rows, clock="10:00", status="firing"):
        """The webhook of these alerts."""
        ends = "0001-01-01T00:00:00Z" if status == "firing" else "2026-03-02T10:20:00Z"
        elements = [{**row, "status": status, "endsAt": ends} for row in rows]
        message = {"version": "4", "status": status, "groupKey": "g", "alerts": elements}
        self.assertEqual(self._deliver(message, clock, token=self.prometheus_token).status, 202)
        self._process(clock)

    def _alerts(self, source):
        return self.alerts.search([("source_id", "=", source.id)])


@tagged("post_install", "-at_install")
class TestReconcile(PollCase):
    """Lost messages are made good (row 2.4)."""

    def test_a_fifth_of_the_messages_is_lost_and_found_and_none_is_doubled(self):
        self._only(self.prometheus)
        rows = [self._row(number) for number in range(300)]
        lost = rows[::5]
        for number, row in enumerate(rows):
            if row not in lost:
                self._deliver(
                    {"version": "4", "status": "firing", "alerts": [{**row, "status": "firing"}]},
                    f"10:{number // 60:02}:{number % 60:02}",
                    token=self.prometheus_token,
                )
        self._process("10:06")
        self.assertEqual(len(self._alerts(self.prometheus)), 240)

        self._answer(rows)
        self._poll("10:10")

        alerts = self._alerts(self.prometheus)
        self.assertEqual(len(alerts), 300)
        self.assertEqual(len(set(alerts.mapped("correlation_key"))), 300)
        self.assertEqual(len(alerts.ticket_id), 300)
        self.assertEqual(set(alerts.mapped("occurrence_count")), {1})
        self.assertRecordValues(
            self.prometheus,
            [{"poll_listed_count": 300, "poll_missed_count": 60, "poll_problem": False}],
        )
        found = alerts.filtered(lambda alert: alert.first_seen_at == at("10:10"))
        self.assertEqual(len(found), 60)
        self.assertEqual(set(found.ticket_id.mapped("priority")), {"3"})
        self.assertEqual(found.ticket_id.channel_id, self.env.ref("psa_helpdesk.psa_channel_monitoring"))

        events = self.events.search_count([])
        self._poll("10:15")
        self.assertEqual(self.events.search_count([]), events, "nothing is missing any more")
        self.assertEqual(self.prometheus.poll_missed_count, 0)

        self._send(lost, "10:16")  # the lost ones come after all, late
        self.assertEqual(len(self._alerts(self.prometheus)), 300)
        self.assertEqual(len(self._alerts(self.prometheus).ticket_id), 300)

    def test_the_same_of_any_system_that_gives_a_list(self):
        source = self._only(self.source)
        rows = [
            {"id": f"m{number}", "key": f"disk{number}", "title": "Disk full", "customer": "harbor-dental"}
            for number in range(200)
        ]
        for row in rows:
            if row not in rows[::5]:
                self._deliver(row)
        self._process()
        self._answer(rows)
        self._poll("10:10")
        self.assertEqual(source.poll_missed_count, 40)
        self.assertEqual(len(self._alerts(source).ticket_id), 200)
        # The lost message comes after all: its own id was taken.
        self.assertEqual(self._deliver(rows[0], "10:20").text, "duplicate")

    def test_it_goes_the_way_of_every_message(self):
        self._answer([self._row(1, client="nobody-knows")])
        self._poll("10:10")
        alert = self._alerts(self.prometheus)
        self.assertEqual((alert.is_in_triage, alert.ticket_id.id), (True, False))
        self.assertEqual(alert.event_ids.mapped("action"), ["triage"])
        self.assertFalse(self.prometheus.last_seen_at, "what was asked for is no sign of life of the sender")
        self.assertTrue(self.prometheus.is_silent)

    def test_what_is_silenced_there_makes_no_ticket(self):
        self._answer([self._row(1, state="suppressed")])
        self._poll("10:10")
        self.assertFalse(self._alerts(self.prometheus))

    def test_only_what_goes_to_our_receiver(self):
        self.prometheus.poll_receiver = "other"
        self._answer([self._row(1)])
        self._poll("10:10")
        self.assertFalse(self._alerts(self.prometheus))
        self.assertEqual(self.prometheus.poll_listed_count, 0)

    def test_what_somebody_closed_while_it_fires_stays_closed_until_it_begins_anew(self):
        self._send([self._row(1)])
        ticket = self._alerts(self.prometheus).ticket_id
        with freeze_time(at("10:03")):
            ticket.with_user(self.technician).stage_id = self.stage_done
        self._answer([self._row(1)])
        self._poll("10:10")
        self.assertFalse(ticket.psa_is_open)
        self._answer([self._row(1, since="2026-03-02T10:12:00.000Z")])
        self._poll("10:15")
        self.assertTrue(ticket.psa_is_open)

    def test_a_message_that_still_waits_is_not_taken_for_lost(self):
        row = self._row(1)
        self._deliver({"version": "4", "status": "firing", "alerts": [row]}, "10:09", self.prometheus_token)
        self._answer([row])
        self._poll("10:10")
        self.assertEqual(self._alerts(self.prometheus).occurrence_count, 1)
        self.assertEqual(self.prometheus.poll_next_at, at("10:11"))
        self._poll("10:11")
        self.assertEqual(self.prometheus.poll_answered_at, at("10:11"))


@tagged("post_install", "-at_install")
class TestUnanswered(PollCase):
    """A critical alert whose message was lost is found, escalated, and listed until a person touches it."""

    def _call(self, clock):
        with (
            freeze_time(at(clock)),
            patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 60),
        ):
            self.env["psa.oncall.page"]._cron_call(now=at(clock))
            self.env["psa.notice"]._cron_deliver(now=at(clock))

    def test_found_escalated_and_listed_until_touched(self):
        untouched = self.env["psa.service.home"].with_user(self.manager)._get_untouched
        before = untouched()["count"]
        steps = [Command.create({"name": name, "minutes": 10}) for name in ("First", "Second")]
        rota = self.env["psa.oncall.rota"].create({"name": "Nights", "step_ids": steps})
        self.env["psa.oncall.slot"].create(
            [
                {
                    "rota_id": rota.id,
                    "step_id": step.id,
                    "user_id": user.id,
                    "start_at": at("0:00"),
                    "stop_at": at("24:00"),
                }
                for step, user in zip(rota.step_ids, (self.technician, self.technician_all), strict=True)
            ]
        )
        self.queue.write({"psa_oncall_rota_id": rota.id, "psa_oncall_pages": True})
        self._answer([self._row(1)])
        self._poll("10:10")
        ticket = self._alerts(self.prometheus).ticket_id
        for clock in ("10:10", "10:15", "10:20"):
            self._call(clock)
        told = [(call.told_at, call.user_ids) for call in ticket.psa_page_ids.call_ids.sorted("rung")]
        self.assertEqual(told, [(at("10:10"), self.technician), (at("10:20"), self.technician_all)])

        found = untouched()
        self.assertEqual(found["count"], before + 1)
        self.assertIn(ticket, self.env["helpdesk.ticket"].search(found["action"]["domain"]))
        alert_filter = self._find_filter("psa_alerts.psa_alert_view_search", "untouched_critical")
        self.assertIn(self._alerts(self.prometheus), self.alerts.search(alert_filter))

        with freeze_time(at("10:21")):
            ticket.with_user(self.technician).message_post(
                body="On it", message_type="comment", subtype_xmlid="mail.mt_note"
            )
            self.env.flush_all()
        self.assertEqual(untouched()["count"], before)
        self.assertNotIn(self._alerts(self.prometheus), self.alerts.search(alert_filter))
        self._call("10:45")
        self.assertEqual(len(ticket.psa_page_ids.call_ids), 2)

    def _find_filter(self, view, name):
        arch = etree.fromstring(self.env.ref(view).arch)
        return safe_eval(arch.xpath(f"//filter[@name='{name}']")[0].get("domain"))


@tagged("post_install", "-at_install")
class TestOver(PollCase):
    """What fires no more is over only if the source says so."""

    def test_missing_from_the_list_means_nothing_unless_set_so(self):
        self._send([self._row(1)])
        for clock in ("10:10", "10:15", "10:20"):
            self._poll(clock)
        self.assertEqual(self._alerts(self.prometheus).state, "open")

    def test_missing_twice_in_a_row_is_over(self):
        self.prometheus.poll_resolves = True
        self._send([self._row(1), self._row(2)])
        self._answer([self._row(2, state="suppressed")])
        self._poll("10:10")
        first, second = self._alerts(self.prometheus).sorted("correlation_key")
        self.assertEqual((first.state, second.state), ("open", "open"))
        self._poll("10:15")
        self.assertEqual((first.state, second.state), ("resolved", "open"))
        self.assertFalse(first.ticket_id.psa_is_open, "nobody had touched it")
        self.assertEqual(self.prometheus.poll_over_count, 1)

    def test_listed_again_begins_the_wait_anew(self):
        self.prometheus.poll_resolves = True
        self._send([self._row(1)])
        for clock, rows in (("10:10", []), ("10:15", [self._row(1)]), ("10:20", [])):
            self._answer(rows)
            self._poll(clock)
        self.assertEqual(self._alerts(self.prometheus).state, "open")

    def test_a_list_that_cannot_be_read_whole_ends_nothing(self):
        self.prometheus.poll_resolves = True
        self._send([self._row(1)])
        self._answer([{"labels": "broken"}])
        self._poll("10:10")
        self._poll("10:15")
        self.assertEqual(self._alerts(self.prometheus).state, "open")

    def test_an_end_that_is_listed_is_taken_although_its_id_is_that_of_the_problem(self):
        alert = self._say("10:00", id="4711")
        self._answer([{"id": "4711", "key": "disk", "state": "resolved", "title": "Disk full"}])
        self._poll("10:10")
        self.assertEqual(alert.state, "resolved")


@tagged("post_install", "-at_install")
class TestAsking(PollCase):
    """Whom we call, how long we wait, and what nobody gets to see."""

    def test_only_sources_whose_time_has_come(self):
        self._poll("10:00")
        self.assertEqual(len(self.server.asked), 2)
        self._poll("10:04")
        self.assertEqual(len(self.server.asked), 2)
        self.source.active = False
        self._poll("10:05")
        self.assertEqual(
            [path.partition("?")[0] for path, _headers in self.server.asked[2:]], ["/api/v2/alerts"]
        )

    def test_a_source_that_fails_stops_no_other_and_says_so(self):
        self._answer([])
        self.prometheus.poll_url = "http://127.0.0.1:9/"
        self._poll("10:00")
        self.assertEqual(self.prometheus.poll_problem, "The other system does not answer.")
        self.assertEqual(self.source.poll_answered_at, at("10:00"))
        self._poll("10:05")
        self.assertEqual(self.prometheus.poll_failing_since, at("10:00"))
        self.prometheus.poll_url = self._url()
        self._poll("10:10")
        self.assertFalse(self.prometheus.poll_problem or self.prometheus.poll_failing_since)

    def test_a_secret_that_cannot_be_sent_stops_no_other(self):
        self._answer([])
        for number, secret in enumerate(("a\nX-Other: 1", "\u0142\u20ac")):
            with self.subTest(secret):
                self.prometheus.sudo().write({"poll_user": False, "poll_secret": secret})
                self._poll(f"10:{number * 5:02}")
                self.assertEqual(self.prometheus.poll_problem, "The other system does not answer.")
                self.assertEqual(self.source.poll_answered_at, at(f"10:{number * 5:02}"))

    def test_an_error_of_ours_stops_no_other(self):
        broken = self.prometheus

        def fail(source, listing, now):
            if source == broken:
                source.env.cr.execute("SELECT 1 / 0")
            return real(source, listing, now)

        real = type(self.source)._reconcile
        self.patch(type(self.source), "_reconcile", fail)
        with mute_logger(RECONCILE, "odoo.sql_db"):
            self._poll("10:00")
        self.assertIn("could not be compared", broken.poll_problem)
        self.assertEqual(self.source.poll_answered_at, at("10:00"))

    def test_answers_that_are_none(self):
        source = self._only(self.prometheus)
        bomb = b"[" + b" " * (9 * 1024 * 1024) + b"]"
        for number, (answer, expected) in enumerate(
            [
                ((b"<html>", 200), "The answer cannot be used"),
                ((b'{"status": "error"}', 200), "The answer cannot be used"),
                ((b"[]", 500), "The other system answered 500."),
                ((b"[]", 401), "The other system answered 401."),
                ((bomb, 200), "larger than 8 MB"),
            ]
        ):
            with self.subTest(expected):
                self._answer(*answer)
                self._poll(f"10:{number * 5:02}")
                self.assertIn(expected, source.poll_problem)

    def test_redirects_are_not_followed(self):
        source = self._only(self.prometheus)
        other = self._start_server()
        other.asked, other.answer = [], (200, {}, b"[]")
        self._answer(b"", 302, Location=f"http://127.0.0.1:{other.server_address[1]}/")
        self._poll("10:00")
        self.assertEqual(source.poll_problem, "The other system answered 302.")
        self.assertFalse(other.asked)

    def test_private_networks_only_where_an_administrator_meant_them(self):
        url = f"http://localhost:{self.server.server_address[1]}/x"
        before = len(self.server.asked)
        with self.assertRaises(remote.NotAnsweredError) as caught:
            remote.fetch(url, {}, False, 100)
        self.assertEqual((caught.exception.kind, len(self.server.asked)), ("private", before))
        self._answer(b"[]")
        self.assertEqual(remote.fetch(url, {}, True, 100), b"[]")

    def test_a_name_that_leads_elsewhere_at_the_second_look_gains_nothing(self):
        port = self.server.server_address[1]
        looked, real = [], socket.getaddrinfo

        def look_up(host, *args, **options):
            if host != "monitor.example":
                return real(host, *args, **options)
            looked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        self._answer(b"[]")
        with patch.object(socket, "getaddrinfo", look_up):
            remote.fetch(f"http://monitor.example:{port}/x", {}, True, 100)
        self.assertEqual(len(looked), 1)
        self.assertEqual(self.server.asked[-1][1]["Host"], f"monitor.example:{port}")

    def test_a_certificate_nobody_vouches_for_is_refused(self):
        source = self._only(self.prometheus)
        server = self._start_server()
        server.asked, server.answer = [], (200, {}, b"[]")
        server.socket = _make_tls(self).wrap_socket(server.socket, server_side=True)
        source.write({"poll_url": f"https://localhost:{server.server_address[1]}"})
        self._poll("10:00")
        self.assertEqual(source.poll_problem, "The certificate of the other system is not valid.")
        self.assertFalse(server.asked)

    def test_credentials_are_sent_and_shown_to_nobody(self):
        source = self._only(self.prometheus)
        source.with_user(self.admin).poll_secret_entry = "s3cret-of-ours"
        self._poll("10:00")
        self.assertEqual(self.server.asked[-1][1]["Authorization"], "Bearer s3cret-of-ours")
        source.with_user(self.admin).poll_user = "psa"
        self._poll("10:05")
        expected = base64.b64encode(b"psa:s3cret-of-ours").decode()
        self.assertEqual(self.server.asked[-1][1]["Authorization"], f"Basic {expected}")
        self.env.flush_all()
        self.env.invalidate_all()
        fields = ["poll_secret_entry", "poll_has_secret", "poll_url"]
        [read] = source.with_user(self.admin).read(fields)
        self.assertEqual((read["poll_secret_entry"], read["poll_has_secret"]), (False, True))
        for user in (self.admin, self.alert_manager, self.alert_user):
            with self.assertRaises(AccessError):
                source.with_user(user).read(["poll_secret"])
            with self.assertRaises(AccessError):
                source.with_user(user).search([("poll_secret", "=like", "s%")])
        self.assertNotIn("poll_secret", source.with_user(self.admin).fields_get())
        self._answer(b"[]", 500)
        with self.assertLogs(RECONCILE, logging.INFO) as log:
            self._poll("10:10")
        self.assertNotIn("s3cret", str(log.output) + str(source.poll_problem))
        source.with_user(self.admin).poll_secret_entry = "-"
        self.assertFalse(source.poll_secret)

    def test_only_administrators_say_where_the_server_calls_to(self):
        for user in (self.alert_manager, self.alert_user, self.manager):
            for name, value in (
                ("poll_url", "https://example.com"),
                ("poll_is_inside", True),
                ("poll_user", "x"),
            ):
                with self.subTest(user=user.login, name=name), self.assertRaises(AccessError):
                    self.prometheus.with_user(user).write({name: value})
        self.prometheus.with_user(self.alert_manager).write({"poll_minutes": 2, "poll_resolves": True})
        with self.assertRaises(AccessError):
            self.prometheus.with_user(self.alert_user).action_poll()
        self._answer([self._row(1)])
        told = self.prometheus.with_user(self.alert_manager).action_poll()
        self.assertEqual(told["params"]["type"], "success")
        self.assertIn("1 had not arrived", told["params"]["message"])

    def test_addresses_that_cannot_be_meant(self):
        for values in (
            {"poll_url": False},
            {"poll_url": "ftp://example.com"},
            {"poll_url": "https://user:pass@example.com"},
            {"poll_url": "https://example.com:x"},
            {"poll_url": "http://example.com", "poll_is_inside": False},
            {"group_by": "group"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.prometheus.write(values)

    def test_asking_does_not_empty_the_caches_of_the_door(self):
        with patch.object(type(self.source), "_forget_gates", side_effect=AssertionError):
            self._poll("10:00")

    def test_what_comes_too_fast_comes_with_the_next_answer(self):
        source = self._only(self.prometheus)
        source.rate_limit = 3
        self._answer([self._row(number) for number in range(5)])
        self._poll("10:00")
        self.assertEqual(source.poll_missed_count, 3)
        self._poll("10:05")
        self.assertEqual(len(self._alerts(source)), 5)


def _make_tls(test):
    """A server's side of TLS with a certificate of its own for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    path = Path(folder.name) / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
