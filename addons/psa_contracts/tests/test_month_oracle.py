from decimal import ROUND_HALF_UP, Decimal

from odoo.tests import tagged

from odoo.addons.psa_contracts.logic.block_ledger import Request

from .common import PsaContractsCase, day

CENT = Decimal("0.01")


@tagged("post_install", "-at_install")
class TestMonthOracle(PsaContractsCase):
    """A month with fee, block, overage and T&M, against a second reckoning that shares no code with the first."""

    ENTRIES = [
        # day, minutes, multiplier, rate
        ("03-02", 50, "1", "100"),
        ("03-03", 75, "1", "95"),
        ("03-05", 240, "1", "100"),
        ("03-09", 35, "1.5", "100"),
        ("03-12", 180, "1", "100"),
        ("03-17", 95, "2", "100"),
        ("03-30", 20, "1", "140"),
    ]
    BLOCK_HOURS, BLOCK_PRICE, OVERAGE, FEE, SEATS = 10, Decimal(90), Decimal(110), Decimal("95.00"), 18

    def _expect(self):
        """(covered draws in hundredths, amounts of overage) by walking the entries in order."""
        left = self.BLOCK_HOURS * 6000
        draws, overage = [], []
        for _day, minutes, multiplier, _rate in self.ENTRIES:
            weighted = int(minutes * Decimal(multiplier) * 100)
            drawn = min(weighted, left)
            left -= drawn
            draws.append(drawn)
            # Worked time of what is left over, at the flat overage rate, rounded once.
            over_minutes = Decimal(minutes) * (weighted - drawn) / weighted
            overage.append((over_minutes / 60 * self.OVERAGE).quantize(CENT, ROUND_HALF_UP))
        return draws, overage

    def _collect_month(self, contract, block):
        """Hand the entries in the wrong order to the block ledger, as a collector would."""
        requests = [
            Request(number, (day(when), number), day(when), int(minutes * Decimal(multiplier) * 100))
            for number, (when, minutes, multiplier, _rate) in enumerate(self.ENTRIES)
        ]
        rows = []
        for one in contract._allocate_draws(requests[::-1]).allocations:
            when, minutes, _multiplier, _rate = self.ENTRIES[one.key]
            values = {"source_id": 7000 + one.key, "date": day(when)}
            if one.covered:
                covered = {
                    "cover": "covered",
                    "block_id": block.id,
                    "draw_hundredths": one.covered,
                    "amount": 0,
                }
                covered_minutes = round(minutes * one.covered / one.weighted)
                rows.append(self._work_values(contract, covered_minutes, **values, **covered))
            if one.overage:
                minutes_over = minutes * one.overage / one.weighted
                rows.append(
                    self._work_values(
                        contract,
                        round(minutes_over),
                        float(self.OVERAGE),
                        **values,
                        kind="overage",
                        cover="overage",
                        product_id=self.overage.id,
                        amount=self.currency.round(minutes_over / 60 * float(self.OVERAGE)),
                    )
                )
        self.env["psa.billing.item"]._collect(rows)

    def test_the_invoice_of_the_month(self):
        contract = self._make_contract()
        self._make_charge(contract, float(self.FEE), quantity=self.SEATS, date_start=day("04-01"))
        block = self._make_block(
            contract, self.BLOCK_HOURS, price=float(self.BLOCK_PRICE), date_start=day("03-01")
        )
        self._collect_month(contract, block)
        other = self._make_contract(name="Projects")
        for when, minutes, _multiplier, rate in self.ENTRIES:
            self._make_work(other, minutes, float(rate), date=day(when))
        [move] = self._bill("03-31")

        draws, overage = self._expect()
        time_and_materials = [
            (Decimal(minutes) / 60 * Decimal(rate)).quantize(CENT, ROUND_HALF_UP)
            for _day, minutes, _multiplier, rate in self.ENTRIES
        ]
        taxed = (
            self.FEE * self.SEATS
            + self.BLOCK_HOURS * self.BLOCK_PRICE
            + sum(overage)
            + sum(time_and_materials)
        )
        tax = (taxed * Decimal("0.2")).quantize(CENT, ROUND_HALF_UP)
        self.assertEqual(
            [
                Decimal(str(round(amount, 2)))
                for amount in (move.amount_untaxed, move.amount_tax, move.amount_total)
            ],
            [taxed, tax, taxed + tax],
        )
        self.assertEqual(block.drawn_hundredths, sum(draws))
        self.assertEqual(
            [item.draw_hundredths for item in contract.item_ids.filtered("block_id").sorted("date")],
            [draw for draw in draws if draw],
        )
