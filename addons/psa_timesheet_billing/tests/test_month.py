from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaTimeCase, at, day

RUN = "odoo.addons.psa_contracts.models.psa_billing_run_collect"


@tagged("post_install", "-at_install")
class TestMonth(PsaTimeCase):
    """A month from typed time to the invoice. The figures were reckoned by hand, with pencil, and stand here as they are.

    10 h sold at 90.00 = 900.00; 18 seats of 95.00 = 1,710.00. Of the block (600 weighted minutes): 50 + 75 + 240 +
    35 x 1.5 (52.5) + 180 = 597.5, which leaves 2.5. The 95 minutes at weight 2 want 190: 2.5 are covered, 187.5 / 2 =
    93.75 minutes are overage at 110.00 = 171.875, so 171.88. The last 20 minutes at 110.00 are 36.67.
    Time and materials: 83.33 + 118.75 + 400.00 + 58.33 + 300.00 + 158.33 + 46.67 = 1,165.41.
    Together 3,983.96; 20 % of it are 796.792, so 796.79.
    """

    ENTRIES = [
        # day, minutes, weight of the work, drawn in hundredths, overage, time and materials
        ("03-02", 50, 1, 5000, 0.0, 83.33),
        ("03-03", 75, 1, 7500, 0.0, 118.75),
        ("03-05", 240, 1, 24000, 0.0, 400.0),
        ("03-09", 35, 1.5, 5250, 0.0, 58.33),
        ("03-12", 180, 1, 18000, 0.0, 300.0),
        ("03-17", 95, 2, 250, 171.88, 158.33),
        ("03-30", 20, 1, 0, 36.67, 46.67),
    ]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.by_weight = {
            weight: cls.env["psa.work.type"].create(
                {"name": f"Weight {weight}", "code": f"w{weight}", "multiplier": weight}
            )
            for weight in (1.5, 2)
        }
        cls.travel = cls.env["psa.work.type"].create({"name": "Workshop", "code": "workshop"})

    def _make_gold(self):
        gold = self._make_contract(
            name="Gold", is_default=True, overage_rate=110, psa_approval_mode="on_timesheet"
        )
        self._make_charge(gold, 95, quantity=18, date_start=day("04-01"))
        return gold, self._make_block(gold, 10, price=90, date_start=day("03-01"))

    def _make_projects(self):
        projects = self._make_contract(name="Projects", psa_approval_mode="on_timesheet")
        self._make_rate(95, contract_id=projects.id, role_id=False, work_type_id=self.travel.id)
        return projects

    def _log_month(self, gold, projects):
        """Everything twice: once drawing from the block, once as time and materials; typed from the last to the first."""
        drawing, billed = {}, {}
        for when, minutes, weight, _drawn, _overage, _amount in self.ENTRIES[::-1]:
            kind = self.by_weight.get(weight, self.remote)
            drawing[when] = self._log(
                minutes, date=day(when), psa_work_type_id=kind.id, psa_contract_id=gold.id
            )
            user = self.nina if when == "03-30" else self.joe
            plain = self.travel if when == "03-03" else self.remote
            billed[when] = self._log(
                minutes, user, date=day(when), psa_work_type_id=plain.id, psa_contract_id=projects.id
            )
        return drawing, billed

    def test_the_invoice_of_a_month(self):
        gold, block = self._make_gold()
        drawing, billed = self._log_month(gold, self._make_projects())
        for entries in (drawing, billed):
            for when in sorted(entries, reverse=True):
                self._approve(entries[when])
        [move] = self._bill("03-31")
        self.assertEqual(
            (move.amount_untaxed, move.amount_tax, move.amount_total), (3983.96, 796.79, 4780.75)
        )
        self.assertEqual(block.drawn_hundredths, 60000)
        for when, _minutes, _weight, drawn, overage, amount in self.ENTRIES:
            items = self._items(drawing[when])
            self.assertEqual(sum(items.mapped("draw_hundredths")), drawn, when)
            self.assertEqual(sum(items.mapped("amount")), overage, when)
            self.assertEqual(self._items(billed[when]).amount, amount, when)

    def test_an_order_is_used_up_in_the_order_of_the_work(self):
        """Rules D9.24 and D9.58: two entries of one day, an order for one of them; the earlier one, however approved."""
        for name, approved in (("A", ("late", "early")), ("B", ("early", "late"))):
            contract = self._make_contract(
                name=name,
                purchase_order=f"PO-{name}",
                purchase_order_limit=100,
                psa_approval_mode="on_timesheet",
            )
            entries = {
                "late": self._log(
                    psa_start_at=at("03-10", "14:00"),
                    psa_end_at=at("03-10", "15:00"),
                    psa_contract_id=contract.id,
                ),
                "early": self._log(
                    psa_start_at=at("03-10", "09:00"),
                    psa_end_at=at("03-10", "10:00"),
                    psa_contract_id=contract.id,
                ),
            }
            for which in approved:
                self._approve(entries[which])
            with mute_logger(RUN):
                self._bill("03-31")
            self.assertEqual(
                [self._items(entries[which]).is_billed for which in ("early", "late")], [True, False], name
            )

    def test_a_new_rate_for_a_part_of_an_entry_bills_its_exact_time(self):
        """Rule D9.27: 50 min x 1.5 with 40 weighted left: 23 1/3 min are overage; at 130.00 that is 50.56, not 49.83."""
        gold = self._make_contract(name="Gold", is_default=True, overage_rate=120)
        self.env["psa.contract.block"].create(
            {"contract_id": gold.id, "minutes": 40, "price_hour": 90, "date_start": day("03-01")}
        )
        line = self._log_approved(50, psa_work_type_id=self.by_weight[1.5].id)
        overage = self._items(line).filtered(lambda item: item.cover == "overage")
        self.assertEqual(overage.amount, 46.67)
        overage.with_user(self.biller)._adjust({"rate": 130}, "agreed")
        self.assertEqual(overage.amount, 50.56)
        overage.with_user(self.biller)._adjust({"rate": 120}, "back again")
        self.assertEqual(overage.amount, 46.67)

    def test_what_an_approver_reads_of_money_is_of_the_contracts_in_scope(self):
        gold = self._make_contract(name="Gold", is_default=True, overage_rate=120, owner_id=self.paula.id)
        other = self._make_contract(name="Other", overage_rate=77, owner_id=self.olga.id)
        drafts = [self._log(30, psa_contract_id=contract.id) for contract in (gold, other)]
        done = [self._log_approved(30, psa_contract_id=contract.id) for contract in (gold, other)]
        for mine, theirs in (drafts, done):
            self.assertIn("50.00", mine.with_user(self.paula).psa_cover_text)
            self.assertNotIn("50.00", theirs.with_user(self.paula).psa_cover_text)
            self.assertIn("50.00", theirs.with_user(self.biller).sudo(False).psa_cover_text)
        for contract in (gold, other):
            self._make_block(contract, 10)
        tickets = self._make_ticket(psa_contract_id=gold.id) + self._make_ticket(psa_contract_id=other.id)
        mine, theirs = tickets.with_user(self.paula).mapped("psa_cover_text")
        self.assertIn("120.00", mine)
        self.assertNotIn("77.00", theirs)
