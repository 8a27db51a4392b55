from odoo.tests import tagged

from .common import PsaTimeCase


@tagged("post_install", "-at_install")
class TestQueries(PsaTimeCase):
    """The number of queries does not grow with the number of entries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contract = cls._make_contract(is_default=True, overage_rate=120.0)
        cls._make_block(contract, 1)
        cls.ticket = cls._make_ticket()

    def _vals(self, number):
        return [
            {"name": "Work", "psa_ticket_id": self.ticket.id, "psa_minutes": 10, "date": "2026-03-10"}
        ] * number

    def test_logging_time_in_a_batch(self):
        lines = self.env["account.analytic.line"].with_user(self.joe)
        few, many = self._count_queries(lambda number: lines.create(self._vals(number)))
        self.assertLessEqual(many, few + 2 * 10, "the host writes the cost of each entry by itself")

    def test_approving_in_bulk(self):
        def approve(number):
            lines = self.env["account.analytic.line"].with_user(self.joe).create(self._vals(number))
            lines.action_psa_submit()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            lines.with_user(self.sam).action_psa_approve()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)

        counts = []
        for number in (1, 10, 20):
            approve(number)
        self.assertLessEqual(counts[2], counts[1] + 10)

    def test_reading_the_cover_of_a_list(self):
        lines = self.env["account.analytic.line"].with_user(self.joe).create(self._vals(40))
        for user in (self.joe, self.paula):
            seen = lines.with_user(user)
            few, many = self._count_queries(
                lambda number, seen=seen: seen[: number * 2].mapped("psa_cover_text")
            )
            self.assertEqual(few, many, user.login)

    def test_opening_many_tickets(self):
        tickets = (
            self.env["helpdesk.ticket"]
            .concat(*(self._make_ticket() for _number in range(20)))
            .with_user(self.joe)
        )
        few, many = self._count_queries(lambda number: tickets[:number].mapped("psa_cover_text"))
        self.assertEqual(few, many)
        few, many = self._count_queries(lambda number: tickets[:number].mapped("psa_minutes_total"))
        self.assertEqual(few, many)
