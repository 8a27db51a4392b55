from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaCrmCase


@tagged("post_install", "-at_install")
class TestPsaReason(PsaCrmCase):
    """Each is offered the own last reasons of a kind, and nobody those of others."""

    def _give(self, text, kind="cancel_call", user=None, ago=None):
        with freeze_time(fields.Datetime.now() - (ago or timedelta())):
            self.env["psa.reason"].with_user(user or self.user)._keep(kind, text)

    def _recent(self, kind="cancel_call", user=None):
        return self.env["psa.reason"].with_user(user or self.user).get_recent(kind)

    def test_the_last_five_distinct_ones_the_latest_first(self):
        for number, text in enumerate(("one", "two", "three", "two", " four ", "five", "six", "  ", None)):
            self._give(text, ago=timedelta(minutes=20 - number))
        self.assertEqual(self._recent(), ["six", "five", "four", "two", "three"])

    def test_of_this_kind_and_of_the_last_days(self):
        self._give("other", kind="close")
        self._give("old", ago=timedelta(days=91))
        self._give("fresh", ago=timedelta(days=89))
        self.assertEqual(self._recent(), ["fresh"])
        self.env["psa.reason"]._gc_old()
        self.assertEqual(set(self.env["psa.reason"].search([]).mapped("text")) & {"old", "fresh"}, {"fresh"})

    def test_nobody_reads_those_of_others(self):
        self._give("secret")
        self.assertEqual(self._recent(user=self.manager), [])
        row = self.env["psa.reason"].search([("text", "=", "secret")])
        with self.assertRaises(AccessError):
            row.with_user(self.manager).read(["text"])
        self.assertFalse(self.env["psa.reason"].with_user(self.manager).search([("text", "=", "secret")]))
        for user, vals in ((self.user, {"text": "mine"}), (self.manager, {"user_id": self.manager.id})):
            with self.assertRaises(AccessError):
                row.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self._recent(user=self.portal)

    def test_junk_finds_nothing(self):
        for junk in (None, 5, ["x"], {}, "\0", "unknown"):
            self.assertEqual(self._recent(kind=junk), [])

    def test_one_query(self):
        for number in range(4):
            self._give(f"reason {number}")
        self.env.flush_all()
        self._recent()
        with self.assertQueryCount(1):
            self._recent()
