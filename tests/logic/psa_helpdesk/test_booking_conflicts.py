"""What speaks against a time, and what does not."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.psa_helpdesk.logic.booking_conflicts import (
    Busy,
    Day,
    Kind,
    Leave,
    Slot,
    Span,
    find_conflicts,
    is_covered,
)


def at(text):
    hour, minute = text.split(":")
    return datetime(2026, 3, 2, int(hour), int(minute))


def span(text, kind=Span, **values):
    start, stop = text.split("-")
    return kind(at(start), at(stop), **values)


WORK = (span("08:00-12:00"), span("12:00-17:00"))
CALL = span("10:00-11:00", Busy, label="V000001", travel=30)


@pytest.mark.parametrize(
    ("name", "slot", "day", "kinds"),
    [
        ("free", "13:00-14:00", Day(work=WORK), []),
        ("over the lunch that nobody takes", "11:30-12:30", Day(work=WORK), []),
        ("overlaps at the beginning", "09:30-10:01", Day((CALL,), work=WORK), [Kind.OVERLAP]),
        ("lies inside", "10:15-10:30", Day((CALL,), work=WORK), [Kind.OVERLAP]),
        ("holds the other", "09:00-12:00", Day((CALL,), work=WORK), [Kind.OVERLAP]),
        ("begins when the other ends", "11:00-12:00", Day((CALL,), work=WORK), []),
        ("leave", "13:00-14:00", Day(leaves=(span("13:30-17:00", Leave, label="away"),), work=WORK), [Kind.LEAVE]),
        ("leave begins when it ends", "13:00-14:00", Day(leaves=(span("14:00-17:00", Leave),), work=WORK), []),
        ("another entry of the calendar", "13:00-14:00", Day((span("13:00-13:30", Busy, is_call=False),), work=WORK), [Kind.BUSY]),
        ("before work", "07:30-08:30", Day(work=WORK), [Kind.HOURS]),
        ("after work", "16:30-17:01", Day(work=WORK), [Kind.HOURS]),
        ("no work that day", "09:00-10:00", Day(), [Kind.HOURS]),
        ("all at once, the hardest first", "06:00-10:30",
         Day((CALL, span("06:00-07:00", Busy, is_call=False)), (span("06:00-09:00", Leave),), WORK),
         [Kind.OVERLAP, Kind.LEAVE, Kind.BUSY, Kind.HOURS]),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" not in value[2:9] else "",
)  # fmt: skip
def test_conflicts(name, slot, day, kinds):
    assert [conflict.kind for conflict in find_conflicts(span(slot, Slot), day)] == kinds


@pytest.mark.parametrize(
    ("name", "slot", "travel", "missing"),
    [
        ("too short after the call before", "11:10-12:00", 30, [20]),
        ("just long enough", "11:30-12:00", 30, []),
        ("too short before the next call, which needs its 30", "09:00-09:45", 0, [15]),
        ("just long enough before it", "09:00-09:30", 0, []),
        ("back to back without a way", "11:00-12:00", 0, []),
    ],
    ids=lambda value: value if isinstance(value, str) and not value[0].isdigit() else "",
)
def test_ways(name, slot, travel, missing):
    found = find_conflicts(span(slot, Slot, travel=travel), Day((CALL,), work=WORK))
    assert [(conflict.kind, conflict.missing) for conflict in found] == [
        (Kind.TRAVEL, each) for each in missing
    ]


def test_there_is_no_way_to_an_entry_of_the_calendar():
    meeting = span("10:00-11:00", Busy, is_call=False, travel=60)
    assert not find_conflicts(span("11:00-12:00", Slot, travel=30), Day((meeting,), work=WORK))


def test_a_conflict_names_what_it_is_with():
    (found,) = find_conflicts(span("10:30-11:30", Slot), Day((CALL,), work=WORK))
    assert (found.label, found.span) == ("V000001", CALL)


def test_covered_by_parts_in_any_order():
    parts = [span("10:00-12:00"), span("08:00-10:00")]
    assert is_covered(span("08:30-11:00"), parts)
    assert not is_covered(span("08:30-12:01"), parts)
    assert not is_covered(Span(at("08:30"), at("08:30") + timedelta(days=1)), parts)
