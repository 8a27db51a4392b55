"""Lines of an invoice: Rules D9.18, D9.20 and D9.34."""

from dataclasses import replace
from decimal import Decimal

import pytest

from odoo.addons.psa_contracts.logic.invoice_layout import Entry, Layout, clock_text, lay_out


def time(key: int, minutes: int, rate: str, amount: str, **values) -> Entry:
    defaults = dict(
        section=("C-1",), kind="labour", cover="billable", name=f"work {key}", product="labour", ref="T1"
    )
    return Entry(
        key=key, minutes=minutes, rate=Decimal(rate), amount=Decimal(amount), **{**defaults, **values}
    )


def only_line(*entries: Entry):
    [section] = lay_out(entries)
    [line] = section.lines
    return line


SHOWN = [
    ("D9.20 75 min at 95", time(1, 75, "95", "118.75"), "1.25", "95", True),
    ("D9.20 50 min at 100", time(1, 50, "100", "83.33"), "1", "83.33", False),
    ("half a cent would be lost: 66 min at 87.35", time(1, 66, "87.35", "96.09"), "1", "96.09", False),
    ("D9.17 10 h at 131.025", time(1, 600, "131.025", "1310.25"), "10.00", "131.025", True),
    ("covered work", time(1, 60, "100", "0", cover="covered", block="B1"), "1", "0", False),
    ("a discount inside the item", time(1, 60, "100", "90.00"), "1", "90.00", False),
]


@pytest.mark.parametrize(
    ("name", "entry", "quantity", "price", "shows_quantity"), SHOWN, ids=[row[0] for row in SHOWN]
)
def test_hours_times_rate_only_where_exact(name, entry, quantity, price, shows_quantity):
    line = only_line(entry)
    assert (line.quantity, line.price, line.shows_quantity) == (
        Decimal(quantity),
        Decimal(price),
        shows_quantity,
    )
    assert line.quantity * line.price == line.amount
    assert line.minutes == entry.minutes


@pytest.mark.parametrize("layout", Layout)
def test_three_items_of_50_minutes_are_249_99_in_every_layout(layout):
    """D9.18: totals are sums of rounded items."""
    sections = lay_out(time(key, 50, "100", "83.33", layout=layout) for key in range(3))
    lines = sections[0].lines
    assert sum(line.quantity * line.price for line in lines) == Decimal("249.99")
    assert len(lines) == (3 if layout is Layout.ITEMISED else 1)
    assert sum(line.minutes for line in lines) == 150


def test_by_ticket_keeps_tickets_cover_and_overage_apart():
    entries = [
        time(1, 60, "100", "100", ref="T1"),
        time(2, 30, "140", "70", ref="T1"),
        time(3, 60, "100", "100", ref="T2"),
        time(4, 60, "0", "0", ref="T1", cover="covered", block="B1"),
        time(5, 60, "130", "130", ref="T1", kind="overage", cover="overage", product="overage"),
    ]
    [section] = lay_out(_with(entry, Layout.BY_TICKET) for entry in entries)
    assert [(line.group, line.keys) for line in section.lines] == [
        ("labour", (1, 2)),
        ("labour", (3,)),
        ("overage", (5,)),
        ("covered", (4,)),
    ]
    assert section.lines[0].rate is None
    assert section.lines[0].names == ("work 1", "work 2")


def _with(entry: Entry, layout: Layout) -> Entry:
    return replace(entry, layout=layout)


def test_one_line_rolls_up_time_but_never_fees():
    fee = Entry(
        key=9,
        section=("C-1",),
        kind="recurring",
        cover="billable",
        name="Seats",
        amount=Decimal("1710.00"),
        product="msp",
        quantity=Decimal(18),
        price=Decimal("95.00"),
        layout=Layout.ONE_LINE,
    )
    work = [_with(time(key, 60, "100", "100", ref=f"T{key}"), Layout.ONE_LINE) for key in (1, 2)]
    [section] = lay_out([*work, fee])
    assert [line.keys for line in section.lines] == [(9,), (1, 2)]
    assert section.lines[0].quantity == 18
    assert section.lines[1].ref == ""


def test_covered_work_is_free_and_untaxed_and_stands_by_itself():
    """D9.34."""
    [section] = lay_out(
        [time(1, 60, "110", "110", kind="overage", cover="overage"), time(2, 600, "0", "0", cover="covered")]
    )
    assert [(group, lines[0].is_taxed) for group, lines in section.groups] == [
        ("overage", True),
        ("covered", False),
    ]


def test_sections_are_in_the_order_of_their_keys():
    entries = [time(1, 60, "100", "100", section=("C-2",)), time(2, 60, "100", "100", section=("C-1",))]
    assert [section.key for section in lay_out(entries)] == [("C-1",), ("C-2",)]


def test_a_prorated_fee_is_one_of_its_amount():
    fee = Entry(
        key=1,
        section=(),
        kind="recurring",
        cover="billable",
        name="March",
        amount=Decimal("320.00"),
        product="msp",
        quantity=Decimal(1),
        price=Decimal("620.00"),
    )
    line = only_line(fee)
    assert (line.quantity, line.price) == (1, Decimal("320.00"))


def test_clock_text():
    assert [clock_text(minutes) for minutes in (0, 50, 60, 725, -30)] == [
        "0:00",
        "0:50",
        "1:00",
        "12:05",
        "-0:30",
    ]
