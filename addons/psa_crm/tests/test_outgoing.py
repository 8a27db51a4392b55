import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import BaseCase, tagged

from odoo.addons.psa_crm import outgoing


class Listener(BaseHTTPRequestHandler):
    """Remembers what it is told; sends whoever asks for /away elsewhere."""

    heard = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, dict(self.headers), body))
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


@tagged("post_install", "-at_install")
class TestOutgoing(BaseCase):
    """Calls of other systems, over a real line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Listener.heard = []
        cls.server = HTTPServer(("127.0.0.1", 0), Listener)
        cls.port = cls.server.server_port
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def post(self, path="/hook?a=1", is_inside=True, host="line.example"):
        url = f"http://{host}:{self.port}{path}"
        return outgoing.post_json(url, {"text": "Grüße"}, {"Idempotency-Key": "k"}, is_inside)

    def resolving(self, *addresses):
        """Let every name lead to these addresses; an address leads to itself."""
        real = socket.getaddrinfo

        def look_up(host, *args, **options):
            if host.endswith(".example"):
                return [(2, 1, 6, "", (address, self.port)) for address in addresses]
            return real(host, *args, **options)

        return patch.object(outgoing.socket, "getaddrinfo", look_up)

    def test_a_call_carries_text_and_headers(self):
        with self.resolving("127.0.0.1"):
            self.assertEqual(self.post(host="chat.example"), 200)
        path, headers, body = Listener.heard[-1]
        self.assertEqual(path, "/hook?a=1")
        self.assertEqual(headers["Host"], f"chat.example:{self.port}")
        self.assertEqual(headers["Idempotency-Key"], "k")
        self.assertEqual(json.loads(body), {"text": "Grüße"})

    def test_nobody_is_followed_elsewhere(self):
        before = len(Listener.heard)
        with self.resolving("127.0.0.1"):
            self.assertEqual(self.post("/away"), 302)
        self.assertEqual(len(Listener.heard), before + 1)

    def test_private_networks_are_called_only_where_that_is_meant(self):
        before = len(Listener.heard)
        for inside in ("127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd00::1", "::ffff:10.1.2.3"):
            with self.subTest(inside), self.resolving("93.184.216.34", inside):
                self.assert_not_reached("private", is_inside=False)
        for never in (
            "169.254.169.254",
            "fe80::1%eth0",
            "::",
            "224.0.0.1",
            "::ffff:169.254.169.254",
        ):
            with self.subTest(never), self.resolving(never):
                self.assert_not_reached("private", is_inside=True)
        for hidden in (
            "64:ff9b::10.1.2.3",
            "2002:0a01:0203::1",
            "::127.0.0.1",
            "::ffff:0:10.1.2.3",
            "fec0::1",
        ):
            with self.subTest(hidden), self.resolving(hidden):
                self.assert_not_reached("private", is_inside=False)
        for cloud in ("64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1", "fd00:ec2::254", "168.63.129.16"):
            with self.subTest(cloud), self.resolving(cloud):
                self.assert_not_reached("private", is_inside=True)
        with self.subTest("localhost"):
            self.assert_not_reached("private", is_inside=False, host="localhost")
        self.assertEqual(len(Listener.heard), before)

    def test_an_open_address_behind_a_translator_is_called(self):
        parts = urlsplit("https://line.example/hook")
        for address in ("64:ff9b::93.184.216.34", "2606:2800:220:1::1", "93.184.216.34"):
            with self.subTest(address), self.resolving(address):
                self.assertEqual(outgoing.find_addresses(parts), [address])

    def test_what_cannot_be_sent_is_not_sent_and_breaks_nothing(self):
        before = len(Listener.heard)
        url = f"http://127.0.0.1:{self.port}/hook"
        for secret in ("a\r\nX-Other: 1", "\u0142\u20ac"):
            with self.subTest(secret), self.assertRaises(outgoing.NotReachedError):
                outgoing.post_json(url, {}, {"Authorization": f"Bearer {secret}"}, True)
        self.assertEqual(len(Listener.heard), before)

    def test_another_address_of_the_name_may_answer(self):
        with self.resolving("127.0.0.2", "127.0.0.1"), patch.object(outgoing, "CONNECT_SECONDS", 1):
            self.assertEqual(self.post(), 200)

    def test_what_is_not_reached_says_why_and_no_secret(self):
        with patch.object(outgoing.socket, "getaddrinfo", side_effect=OSError):
            self.assert_not_reached("unknown")
        with self.resolving():
            self.assert_not_reached("unknown")
        self.assert_not_reached("unknown", host="a" * 70)
        with self.resolving("127.0.0.1"):
            self.assert_not_reached("tls", scheme="https")

    def assert_not_reached(self, kind, is_inside=True, host="secret.example", scheme="http"):
        url = f"{scheme}://{host}:{self.port}/hook"
        with self.assertRaises(outgoing.NotReachedError) as caught:
            outgoing.post_json(url, {}, {}, is_inside)
        self.assertEqual(caught.exception.kind, kind)
        self.assertNotIn("secret", str(caught.exception))
