import json
import logging
from types import SimpleNamespace
from unittest.mock import patch

import psycopg2

from odoo.http import root
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .. import post_load
from ..controllers.door import DOOR, MaskSecrets, mask
from .common import PsaAlertsCase


@tagged("post_install", "-at_install")
class TestAlertDoorHttp(PsaAlertsCase, HttpCase):
    """The door as a monitoring system meets it."""

    def _post(self, body, token=None, path=None, headers=None):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.url_open(
            path if path is not None else f"{DOOR}/{token or self.token}",
            data=data,
            headers={"Content-Type": "application/json", **(headers or {})},
            method="POST",
        )

    def _event(self):
        return self.events.search([], limit=1)

    def test_a_message_is_accepted_and_the_same_again_is_a_duplicate(self):
        first, second = (self._post({"id": "h1", "title": "Disk full"}) for _try in range(2))
        self.assertEqual((first.status_code, first.json()), (202, {"status": "accepted"}))
        self.assertEqual((second.status_code, second.json()), (202, {"status": "duplicate"}))
        self.assertEqual(first.headers["Content-Type"], "application/json")
        self.assertNotIn("session_id", first.cookies)
        self.assertEqual(self._event().headers["content-type"], "application/json")
        self.assertNotIn("authorization", self._event().headers)

    def test_the_secret_may_come_in_a_header(self):
        for headers in ({"Authorization": f"Bearer {self.token}"}, {"X-PSA-Token": self.token}):
            self.assertEqual(self._post({"title": str(headers)}, path=DOOR, headers=headers).status_code, 202)
        self.assertEqual(self._post({"title": "x"}, path=DOOR).status_code, 401)
        wrong = {"Authorization": f"Basic {self.token}"}
        self.assertEqual(self._post({"title": "x"}, path=DOOR, headers=wrong).status_code, 401)

    def test_an_unknown_address_is_a_401_without_detail(self):
        before = self.events.search_count([])
        answer = self._post({"title": "x"}, token="0" * 55)
        self.assertEqual((answer.status_code, answer.json()), (401, {"error": "unknown address"}))
        self.assertEqual(self.events.search_count([]), before)

    def test_only_post_is_answered(self):
        for method in ("GET", "PUT", "DELETE"):
            answer = self.url_open(f"{DOOR}/{self.token}", method=method)
            self.assertEqual(answer.status_code, 405, method)

    def test_the_body_of_a_form_is_not_eaten(self):
        answer = self._post(
            b'{"title": "sent by curl -d", "key": "a=b&c"}',
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        self.assertEqual(answer.status_code, 202)
        self.assertEqual(self._event().body, '{"title": "sent by curl -d", "key": "a=b&c"}')

    def test_refusals_have_their_status_and_a_reason(self):
        for body, status in ((b"<html>", 400), (b"42", 422), (b'{"t": "' + b"x" * 1_100_000 + b'"}', 413)):
            answer = self._post(body)
            self.assertEqual(answer.status_code, status)
            self.assertTrue(answer.json()["error"])
        self.assertEqual(self._event().state, "refused")

    def test_nothing_beyond_the_hard_limit_is_read(self):
        answer = self._post(b"x" * (8 * 1024 * 1024 + 1))
        self.assertEqual(
            (answer.status_code, answer.json()["error"]), (413, "the message is too large to be read")
        )

    def test_too_many_are_told_when_to_come_again(self):
        self.source.rate_limit = 1
        self._post({"title": "one"})
        answer = self._post({"title": "two"})
        self.assertEqual(answer.status_code, 429)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)

    def test_our_own_trouble_is_a_503_that_senders_retry(self):
        for trouble in (psycopg2.OperationalError("server closed the connection"), RuntimeError("bug")):
            with (
                patch.object(type(self.events), "_store", side_effect=trouble),
                mute_logger("odoo.http", "odoo.service.model"),
            ):
                answer = self._post({"id": "t1", "title": "x"})
            self.assertEqual((answer.status_code, answer.headers["Retry-After"]), (503, "30"))
        self.assertEqual(self._post({"id": "t1", "title": "x"}).json(), {"status": "accepted"})

    def test_the_event_is_committed_before_anybody_is_woken(self):
        order = []
        wake = type(self.events)._wake_processing

        def watched(events):
            order.append(events.env.cr._savepoint is None if hasattr(events.env.cr, "_savepoint") else True)
            return wake(events)

        with patch.object(type(self.events), "_wake_processing", watched):
            self._post({"title": "x"})
        self.assertEqual(order, [True])

    def test_a_fault_while_waking_is_a_503_and_the_retry_a_duplicate(self):
        with (
            patch.object(type(self.events), "_wake_processing", side_effect=RuntimeError("bug")),
            mute_logger("odoo.http"),
        ):
            self.assertEqual(self._post({"id": "w1", "title": "x"}).status_code, 503)
        self.assertEqual(self._post({"id": "w1", "title": "x"}).json(), {"status": "duplicate"})

    def test_the_secret_is_left_out_of_the_access_log(self):
        with self.assertLogs("werkzeug", logging.INFO) as log:
            self._post({"title": "x"})
        self.assertIn(f"{DOOR}/***", str(log.output))
        self.assertNotIn(self.token, str(log.output))

    def test_a_secret_in_the_query_or_a_form_opens_nothing_and_is_in_no_log(self):
        with self.assertLogs("werkzeug", logging.INFO) as log:
            in_query = self._post({"title": "x"}, path=f"{DOOR}?token={self.token}")
            in_form = self._post(
                f"token={self.token}",
                path=DOOR,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
        self.assertEqual((in_query.status_code, in_form.status_code), (401, 401))
        self.assertIn("token=***", str(log.output))
        self.assertNotIn(self.token, str(log.output))

    def test_masking_finds_the_secret_in_any_form_of_a_log_line(self):
        self.assertEqual(mask(f"POST {DOOR}/abc-_9?x=1 HTTP/1.1"), f"POST {DOOR}/***?x=1 HTTP/1.1")
        record = logging.LogRecord("werkzeug", 20, "", 0, "%s %s", (f"{DOOR}/abc", 202), None)
        self.assertTrue(MaskSecrets().filter(record))
        self.assertEqual(record.getMessage(), f"{DOOR}/*** 202")
        plain = logging.LogRecord("werkzeug", 20, "", 0, f"GET {DOOR}/abc", None, None)
        MaskSecrets().filter(plain)
        self.assertEqual(plain.getMessage(), f"GET {DOOR}/***")

    def test_without_a_database_the_door_says_come_again(self):
        """The route is known where Odoo serves no database; there it answers 503, not a final 404."""
        post_load()  # pytest imports the addon before the server could load it
        adapter = root.nodb_routing_map.bind("localhost")
        rule, values = adapter.match(f"{DOOR}/abc", method="POST", return_rule=True)
        with patch("odoo.addons.psa_alerts.controllers.door.request", SimpleNamespace(db=None)):
            answer = rule.endpoint(**values)
        self.assertEqual((answer.status_code, answer.headers["Retry-After"]), (503, "30"))
