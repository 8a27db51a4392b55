from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaCrmCase


@tagged("post_install", "-at_install")
class TestBand(PsaCrmCase):
    """The figures above a list count what the reader would find."""

    def test_each_domain_has_its_number(self):
        names = [("name", "in", ("Band one", "Band two"))]
        self.env["res.partner"].create([{"name": "Band one"}, {"name": "Band two"}])
        counts = (
            self.env["psa.band"]
            .with_user(self.user)
            .count("res.partner", [names, [*names, ("name", "=", "Band one")], [("id", "=", 0)]])
        )
        self.assertEqual(counts, [2, 1, 0])

    def test_nobody_counts_what_he_may_not_read(self):
        with self.assertRaises(AccessError):
            self.env["psa.band"].with_user(self.plain).count("psa.asset", [[]])
