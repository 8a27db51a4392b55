"""Single values from outside: what a screen sends is taken, everything else is refused."""

from datetime import date, datetime, timezone

import pytest

from odoo.addons.psa_crm.logic.outside import (
    LAST_ID,
    OutsideProblem,
    read_id,
    read_moment,
    read_number,
    read_text,
)


@pytest.mark.parametrize("value", [1, LAST_ID])
def test_an_id_is_taken(value):
    assert read_id(value) == value


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -1, LAST_ID + 1, 10**30, 1.0, float("nan"), "1", "x", [], [1], {"id": 1}]
)
def test_what_is_no_id_is_refused(value):
    with pytest.raises(OutsideProblem) as problem:
        read_id(value, "ticket")
    assert problem.value.what == "ticket"


def test_a_number_lies_between_its_bounds():
    assert [read_number(value, "minutes", 1, 3) for value in (1, 3)] == [1, 3]
    for value in (0, 4, True, 2.0, "2"):
        with pytest.raises(OutsideProblem):
            read_number(value, "minutes", 1, 3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-02 09:00:00", datetime(2026, 3, 2, 9)),
        ("2026-03-02", datetime(2026, 3, 2)),
        (datetime(2026, 3, 2, 9, 0, 0, 5), datetime(2026, 3, 2, 9)),
        (date(2026, 3, 2), datetime(2026, 3, 2)),
        ("1971-01-01 00:00:00", datetime(1971, 1, 1)),
        ("2199-12-31 23:59:59", datetime(2199, 12, 31, 23, 59, 59)),
    ],
)
def test_a_moment_is_taken(value, expected):
    assert read_moment(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, 1.5, "", "x", "\x00", "2026-13-45", "0001-01-01", "1970-12-31 23:59:59", "2200-01-01",
        "9999-12-31 23:59:59", "2026-03-02T09:00:00+01:00", "9" * 100_000, [], {}, datetime(2026, 3, 2, tzinfo=timezone.utc),
    ],
)  # fmt: skip
def test_what_is_no_moment_or_cannot_be_counted_from_is_refused(value):
    with pytest.raises(OutsideProblem):
        read_moment(value)


def test_text():
    assert [read_text(value, "x") for value in (None, False, " a\x00b ")] == ["", "", "ab"]
    assert read_text("x" * 5, "x", 5) == "xxxxx"
    for value in ("x" * 6, 7, True, ["x"]):
        with pytest.raises(OutsideProblem):
            read_text(value, "x", 5)
