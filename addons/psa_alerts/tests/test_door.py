import gzip
import logging
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..models import psa_alert_source_door
from .common import PsaAlertsCase, at

DOOR = "odoo.addons.psa_alerts.models.psa_alert_source_door"


@tagged("post_install", "-at_install")
class TestAlertDoor(PsaAlertsCase):
    """What is let in, what is refused and what is kept of it; the HTTP side is in test_http."""

    def setUp(self):
        super().setUp()
        psa_alert_source_door._windows.clear()

    def _refused(self):
        return self.events.search([("state", "=", "refused")])

    def test_a_wrong_secret_stores_nothing_and_says_nothing(self):
        before = self.events.search_count([])
        for token in (
            "",
            "x",
            self.token[:-1],
            self.token + "x",
            self.token[:12] + "y" * 43,
            "\x00" * 60,
            "é" * 60,
        ):
            with self.subTest(token=token):
                answer = self._deliver({"title": "x"}, token=token or " ")
                self.assertEqual((answer.status, answer.text), (401, "unknown address"))
        self.assertEqual(self.events.search_count([]), before)

    def test_secrets_are_compared_in_constant_time_for_known_and_unknown_prefixes(self):
        compared = []
        real = psa_alert_source_door.hmac.compare_digest

        def watched(one, other):
            compared.append((len(one), len(other)))
            return real(one, other)

        with patch.object(psa_alert_source_door.hmac, "compare_digest", watched):
            self._deliver({"title": "x"}, token=self.token[:12] + "y" * 43)
            self._deliver({"title": "x"}, token="z" * 55)
        self.assertEqual(compared, [(64, 64), (64, 64)])

    def test_the_log_does_not_name_the_secret(self):
        with self.assertLogs(DOOR, logging.INFO) as log:
            self._deliver({"title": "x"}, token=self.token + "x")
        self.assertNotIn(self.token[12:], str(log.output))

    def test_the_message_is_stored_before_anything_is_decided(self):
        self.assertEqual(self._deliver({"title": "Disk full", "customer": "nobody"}).status, 202)
        event = self.events.search([], limit=1)
        self.assertEqual((event.state, event.alert_id.id, event.received_at), ("pending", False, at("10:00")))
        self.assertEqual(event.company_id, self.env.company)

    def test_what_is_not_well_formed_is_refused_and_kept_cut(self):
        answer = self._deliver(b"<html>" + b"x" * 100_000)
        self.assertEqual((answer.status, answer.text), (400, "body is not valid JSON"))
        refused = self._refused()
        self.assertEqual((len(refused.body), refused.problem), (64 * 1024, "body is not valid JSON"))
        self._process()
        self.assertEqual(refused.state, "refused")

    def test_a_correct_retry_of_a_refused_delivery_is_accepted(self):
        headers = {"idempotency-key": "d7"}
        self.assertEqual(self._deliver(b'{"title": "Di', headers=headers).status, 400)
        self.assertEqual(self._deliver(b'{"title": "Disk full"}', headers=headers).text, "accepted")

    def test_of_a_broken_sender_a_hundred_messages_a_day_are_kept(self):
        for _number in range(103):
            self.assertEqual(self._deliver(b"<html>").status, 400)
        self.assertEqual(len(self._refused()), 100)
        self._deliver(b"<html>", "34:01")
        self.assertEqual(len(self._refused()), 101)

    def test_n07_a_body_above_the_cap_is_too_large(self):
        answer = self._deliver({"title": "x", "text": "y" * 1_100_000})
        self.assertEqual(answer.status, 413)

    def test_n08_compressed_bodies_are_read_and_bombs_refused(self):
        packed = gzip.compress(b'{"title": "Disk full"}')
        self.assertEqual(self._deliver(packed, headers={"content-encoding": "gzip"}).status, 202)
        self.assertEqual(self.events.search([], limit=1).body, '{"title": "Disk full"}')
        bomb = gzip.compress(b"\0" * 20_000_000)
        self.assertEqual(self._deliver(bomb, headers={"content-encoding": "gzip"}).status, 413)

    def test_an_identical_message_within_a_minute_is_a_duplicate_and_later_a_repeat(self):
        answers = [
            self._deliver({"title": "Disk full"}, clock).text for clock in ("10:00:01", "10:00:59", "10:01")
        ]
        self.assertEqual(answers, ["accepted", "duplicate", "accepted"])

    def test_the_senders_header_beats_its_body_and_the_hash(self):
        self.assertEqual(self._deliver({"id": "a"}, headers={"webhook-id": "w1"}).text, "accepted")
        self.assertEqual(self._deliver({"id": "b"}, headers={"webhook-id": "w1"}).text, "duplicate")
        self.assertEqual(self._deliver({"id": "a"}).text, "accepted")
        self.assertEqual(self._deliver({"id": "a", "title": "changed"}, "15:00").text, "duplicate")

    def test_two_sources_may_use_the_same_delivery_id(self):
        other = self._make_source("Backup depot")
        self.assertEqual(self._deliver({"id": "a"}).text, "accepted")
        self.assertEqual(self._deliver({"id": "a"}, token=other._rotate_secret()).text, "accepted")

    def test_a_source_is_never_refused_below_its_limit_and_told_when_to_come_again(self):
        self.source.rate_limit = 5
        answers = [self._deliver({"title": str(number)}, "10:00:20") for number in range(7)]
        self.assertEqual([answer.status for answer in answers], [202] * 5 + [429] * 2)
        self.assertEqual(answers[-1].retry_after, 60)
        self.assertEqual(self._deliver({"title": "other source"}, token=self._other_token()).status, 202)
        self.assertEqual(self._deliver({"title": "later"}, "10:01:20").status, 202)

    def test_a_retry_loop_is_told_to_wait_although_it_stores_one_row(self):
        self.source.rate_limit = 5
        for body in (b'{"id": "d1", "title": "Disk full"}', b"<html>"):
            with self.subTest(body=body):
                psa_alert_source_door._windows.clear()
                answers = [self._deliver(body, "10:00:20").status for _retry in range(12)]
                self.assertEqual(answers[5:], [429] * 7)
                self.assertNotIn(429, answers[:5])
                self.assertNotEqual(self._deliver(body, "10:01:20").status, 429)

    def _other_token(self):
        return self._make_source("Backup depot")._rotate_secret()

    def test_the_exact_count_is_asked_only_above_a_processs_share(self):
        self.source.rate_limit = 10
        with patch.dict(config.options, {"workers": 2}):
            for number in range(9):
                psa_alert_source_door._windows.clear()  # as if another process had taken the others
                self.assertEqual(self._deliver({"title": str(number)}, "10:00:20").status, 202)
            psa_alert_source_door._windows.clear()
            for number in range(9):
                status = self._deliver({"title": f"x{number}"}, "10:00:20").status
            self.assertEqual(status, 429)

    def test_a_message_that_is_let_in_costs_one_query(self):
        self._deliver({"title": "warm"})
        self.env.flush_all()
        with self.assertQueryCount(1):
            self._deliver({"title": "x"})

    def test_any_number_of_messages_leaves_one_pending_trigger(self):
        triggers = self.env["ir.cron.trigger"]
        cron = self.env.ref("psa_alerts.psa_alerts_cron_process")
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        for _number in range(5):
            self.events._wake_processing()
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), 1)

    def test_the_windows_of_the_limit_outlive_no_cache_of_another_database(self):
        with mute_logger(DOOR):
            self._deliver({"title": "x"})
        self.assertEqual(list(psa_alert_source_door._windows), [(self.env.cr.dbname, self.source.id)])
