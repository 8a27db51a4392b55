"""psa_helpdesk/logic/timeline.py: one story from many ledgers (row 2.7)."""

from datetime import datetime, timedelta
from typing import get_args

from odoo.addons.psa_helpdesk.logic.timeline import LONGEST, ORDER, Entry, Kind, in_order, shorten

AT = datetime(2026, 3, 2, 10)


def test_every_kind_has_its_place():
    assert sorted(ORDER) == sorted(get_args(Kind))


def test_by_moment_then_cause_then_place_in_the_ledger():
    entries = [
        Entry(AT + timedelta(seconds=1), "alert", "Prometheus", "again"),
        Entry(AT, "notice", "System", "told"),
        Entry(AT, "note", "Joe", "second", 8),
        Entry(AT, "note", "Joe", "first", 7),
        Entry(AT, "ticket", "System", "created"),
        Entry(AT, "alert", "Prometheus", "problem"),
    ]
    assert [one.text for one in in_order(entries)] == [
        "problem",
        "created",
        "first",
        "second",
        "told",
        "again",
    ]


def test_a_text_is_one_paragraph_and_not_endless():
    assert shorten("\n Hello \n\n\nyou  \n") == " Hello\nyou"
    assert shorten("x" * LONGEST) == "x" * LONGEST
    assert shorten("x" * (LONGEST + 1)) == "x" * (LONGEST - 1) + "…"
