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

    def test_what_is_not_approved_yet_is_marked_so(self):
        """The customer signs on the spot, long before anybody approves."""
        self._log_approved(50)
        line = self._log(30, name="Test page")
        self.assertEqual([row[-1] for row in self._rows(self.ticket)[1:]], ["0:50", "0:30*", "1:20"])
        self.assertTrue(self._print(self.ticket).xpath("//div[@name='psa_time_open']"))
        self._approve(line)
        self.assertEqual([row[-1] for row in self._rows(self.ticket)[1:]], ["0:50", "0:30", "1:20"])
        self.assertFalse(self._print(self.ticket).xpath("//div[@name='psa_time_open']"))

    def test_work_that_is_not_billed_is_not_told_before_it_is_approved(self):
        self._log(name="Customer has no idea", psa_work_type_id=self.internal.id)
        self.assertEqual(self._rows(self.ticket), [])
        self.assertNotIn("no idea", self._print(self.ticket, self.olga).text_content())

    def _rows_of_parts(self, record, user=None):
        return [
            [cell.text_content().strip() for cell in row]
            for row in self._print(record, user).xpath("//div[@name='psa_parts']//tr")
        ]

    def _use(self, user=None, **values):
        fan = self.env["product.product"].create({"name": "Fan", "type": "consu", "list_price": 19.9})
        defaults = {"ticket_id": self.ticket.id, "product_id": fan.id, "quantity": 2, "date": day("03-10")}
        return self.env["psa.part"].with_user(user or self.joe).create({**defaults, **values})

    def test_parts_are_told_without_prices(self):
        self._use(serial="SN-1", free_reason="Warranty")
        self.assertEqual(
            self._rows_of_parts(self.ticket),
            [
                ["Date", "Part", "Quantity"],
                ["03/10/2026", "Fan, serial number SN-1 (no charge: Warranty)", "2 Units"],
            ],
        )
        self.assertNotIn("19.9", self._print(self.ticket, self.olga).text_content())

    def test_a_contractor_prints_the_own_parts_alone(self):
        self.ticket.user_id = self.carl
        self._use()
        self._use(self.carl, serial="SN-2")
        self.assertEqual(
            [row[1] for row in self._rows_of_parts(self.ticket, self.carl)[1:]], ["Fan, serial number SN-2"]
        )
        self.assertEqual(len(self._rows_of_parts(self.ticket)), 3)

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
            self._use(ticket_id=ticket.id)
        few, many = self._count_queries(lambda number: self._print(tickets[:number]))
        self.assertEqual(few, many)
