from lxml import html

from odoo.tests import tagged

from .common import PsaTimeCase, day

TICKET = "psa_helpdesk.psa_work_order_ticket"
CALL = "psa_helpdesk.psa_work_order_call"


@tagged("post_install", "-at_install")
class TestWorkOrderTime(PsaTimeCase):
    """Time on the paper for the customer: what the customer is told of it, as far as the reader sees it."""

    def _print(self, records, user=None):
        report = CALL if records._name == "psa.service.call" else TICKET
        reports = self.env["ir.actions.report"].with_user(user or self.nina)
        return html.fromstring(reports._render_qweb_html(report, records.ids)[0])

    def _rows(self, record, user=None):
        """The table of time, each row as a list of its cells; nothing where there is no table."""
        return [
            [cell.text_content().strip() for cell in row]
            for row in self._print(record, user).xpath("//div[@name='psa_time']//tr")
        ]

    def _make_call(self, tickets):
        return self.env["psa.service.call"].create(
            {
                "ticket_ids": [(6, 0, tickets.ids)],
                "technician_id": self.joe.id,
                "start_at": "2026-03-10 10:00:00",
                "override_reason": "test",
            }
        )

    def test_approved_time_is_told_with_its_total(self):
        self._log_approved(50, psa_work_type_id=self.on_site.id)
        self._log_approved(45, self.nina, name="Second roller", date=day("03-11"))
        self.assertEqual(
            self._rows(self.ticket),
            [
                ["Date", "Who", "Work type", "What was done", "Hours"],
                ["03/10/2026", self.joe.name, self.on_site.name, "Roller changed", "0:50"],
                ["03/11/2026", self.nina.name, self.remote.name, "Second roller", "0:45"],
                ["Total", "1:35"],
            ],
        )

    def test_what_is_not_approved_is_not_told(self):
        line = self._log(name="Customer has no idea")
        self.assertEqual(self._rows(self.ticket), [])
        line.with_user(self.joe).action_psa_submit()
        self.assertEqual(self._rows(self.ticket), [])
        self.assertNotIn("no idea", self._print(self.ticket, self.olga).text_content())

    def test_neither_rate_nor_cost_nor_cover_is_told(self):
        contract = self._make_contract(is_default=True, overage_rate=123.0)
        line = self._log_approved(60)
        self.assertEqual(line.sudo().psa_contract_id, contract)
        for user in (self.nina, self.olga):
            text = self._print(self.ticket, user).text_content()
            for secret in ("123", "100.00", "38.0", contract.name, "Billable", "Overage"):
                with self.subTest(user=user.login, secret=secret):
                    self.assertNotIn(secret, text)

    def test_the_paper_of_a_call_says_for_which_of_its_tickets(self):
        other = self._make_ticket(name="Scanner")
        elsewhere = self._make_ticket(name="Elsewhere")
        call = self._make_call(self.ticket | other)
        self._log_approved(50)
        self._log_approved(30, psa_ticket_id=other.id, name="Glass cleaned")
        self._log_approved(30, psa_ticket_id=elsewhere.id, name="Not this call")
        rows = self._rows(call)
        self.assertEqual([row[1] for row in rows[1:3]], [self.ticket.number, other.number])
        self.assertEqual([len(row) for row in rows], [6, 6, 6, 2])
        self.assertEqual(rows[-1], ["Total", "1:20"])

    def test_a_contractor_prints_the_own_time_alone(self):
        self.ticket.user_id = self.carl
        self._log_approved(50)
        self._log_approved(20, self.carl, name="Cable")
        self.assertEqual([row[1] for row in self._rows(self.ticket, self.carl)[1:-1]], [self.carl.name])
        self.assertEqual(len(self._rows(self.ticket)[1:-1]), 2)

    def test_who_knows_no_time_prints_without(self):
        self._log_approved(50)
        reader = self._make_user("reader", "helpdesk_mgmt.group_helpdesk_user_own")
        self.ticket.user_id = reader
        self.assertEqual(self._rows(self.ticket, reader), [])

    def test_text_of_an_entry_is_no_markup(self):
        self._log_approved(50, name="<b>bold</b>")
        self.assertEqual(self._rows(self.ticket)[1][3], "<b>bold</b>")

    def test_printing_more_papers_takes_no_more_queries(self):
        tickets = self.env["helpdesk.ticket"].concat(*(self._make_ticket() for _number in range(20)))
        for ticket in tickets:
            self._log_approved(10, psa_ticket_id=ticket.id)
        few, many = self._count_queries(lambda number: self._print(tickets[:number]))
        self.assertEqual(few, many)
