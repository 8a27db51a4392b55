from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.psa_contracts.logic.block_ledger import Request

from .common import PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestMonthOracle(PsaContractsCase):
    """What the block ledger, fee, block and invoice make of given work. Rating itself has its month in
    psa_timesheet_billing; the figures expected here were reckoned by hand.
    """

    ENTRIES = [
        # day, minutes, weight, rate, drawn in hundredths, minutes beyond the block, their amount, at the rate
        ("03-02", 50, "1", "100", 5000, 0, 0, "83.33"),
        ("03-03", 75, "1", "95", 7500, 0, 0, "118.75"),
        ("03-05", 240, "1", "100", 24000, 0, 0, "400.00"),
        ("03-09", 35, "1.5", "100", 5250, 0, 0, "58.33"),
        ("03-12", 180, "1", "100", 18000, 0, 0, "300.00"),
        ("03-17", 95, "2", "100", 250, 93.75, 171.88, "158.33"),
        ("03-30", 20, "1", "140", 0, 20, 36.67, "46.67"),
    ]
    BLOCK_HOURS, BLOCK_PRICE, OVERAGE, FEE, SEATS = 10, 90.0, 110.0, 95.0, 18

    def _collect_month(self, contract, block):
        """Hand the entries in the wrong order to the block ledger, and bring in what it says, as a collector would."""
        requests = [
            Request(number, (day(entry[0]), number), day(entry[0]), int(entry[1] * Decimal(entry[2]) * 100))
            for number, entry in enumerate(self.ENTRIES)
        ]
        rows = []
        for one in contract._allocate_draws(requests[::-1]).allocations:
            when, minutes, _weight, _rate, drawn, minutes_over, amount, _plain = self.ENTRIES[one.key]
            values = {"source_id": 7000 + one.key, "date": day(when)}
            self.assertEqual(one.covered, drawn, when)
            self.assertEqual(minutes * one.overage / one.weighted, minutes_over, when)
            if one.covered:
                covered = {"cover": "covered", "block_id": block.id, "draw_hundredths": drawn, "amount": 0}
                rows.append(self._work_values(contract, minutes - round(minutes_over), **values, **covered))
            if one.overage:
                over = {
                    "kind": "overage",
                    "cover": "overage",
                    "product_id": self.overage.id,
                    "amount": amount,
                }
                rows.append(self._work_values(contract, round(minutes_over), self.OVERAGE, **values, **over))
        self.env["psa.billing.item"]._collect(rows)

    def test_the_invoice_of_the_month(self):
        """1,710.00 + 900.00 + 171.88 + 36.67 + 1,165.41 = 3,983.96; 20 % are 796.792."""
        contract = self._make_contract()
        self._make_charge(contract, self.FEE, quantity=self.SEATS, date_start=day("04-01"))
        block = self._make_block(contract, self.BLOCK_HOURS, price=self.BLOCK_PRICE, date_start=day("03-01"))
        self._collect_month(contract, block)
        other = self._make_contract(name="Projects")
        for when, minutes, _weight, rate, *_rest in self.ENTRIES:
            self._make_work(other, minutes, float(rate), date=day(when))
        [move] = self._bill("03-31")
        self.assertEqual(
            (move.amount_untaxed, move.amount_tax, move.amount_total), (3983.96, 796.79, 4780.75)
        )
        self.assertEqual(block.drawn_hundredths, 60000)
        plain = other.item_ids.sorted("date").mapped("amount")
        self.assertEqual(plain, [float(entry[-1]) for entry in self.ENTRIES])
