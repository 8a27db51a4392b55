"""Ways to a person, quiet hours and bursts."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.psa_helpdesk.logic.notice_plan import (
    Quiet,
    channel_order,
    due_after_burst,
    explain_pager_address,
    is_open_host,
    next_channel,
    quiet_until,
)

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT, NOON, NEVER = Quiet(22 * 60, 6 * 60, BERLIN), Quiet(720, 780, BERLIN), Quiet(0, 0, BERLIN)


def when(text):
    return datetime.fromisoformat(f"2026-{text}") if text else None


QUIET = [
    ("before midnight, in summer UTC+2", NIGHT, "07-01 21:30", False, "07-02 04:00"),
    ("after midnight", NIGHT, "07-02 01:00", False, "07-02 04:00"),
    ("the first minute", NIGHT, "07-01 20:00", False, "07-02 04:00"),
    ("the minute before", NIGHT, "07-01 19:59", False, None),
    ("the last minute", NIGHT, "07-02 03:59", False, "07-02 04:00"),
    ("over", NIGHT, "07-02 04:00", False, None),
    ("the highest priority is never held back", NIGHT, "07-02 01:00", True, None),
    ("winter, UTC+1", NIGHT, "01-10 23:00", False, "01-11 05:00"),
    ("the night the clocks go forward", NIGHT, "03-28 22:00", False, "03-29 04:00"),
    ("the night the clocks go back", NIGHT, "10-24 22:00", False, "10-25 05:00"),
    ("within a day", NOON, "07-01 10:30", False, "07-01 11:00"),
    ("outside it", NOON, "07-01 11:00", False, None),
    ("no quiet hours", NEVER, "07-01 23:00", False, None),
]
ADDRESSES = [
    ("https://pager.example.com/hook?key=1", ""),
    ("https://pager.example.com:8443/", ""),
    ("https://8.8.8.8/x", ""),
    ("http://pager.example.com/", "scheme"),
    ("ftp://pager.example.com/", "scheme"),
    ("pager.example.com", "scheme"),
    ("https://", "address"),
    ("https://me:secret@pager.example.com/", "address"),
    ("https://pager.example.com:port/", "address"),
    ("https://127.0.0.1/", "private"),
    ("https://10.0.0.7/", "private"),
    ("https://169.254.169.254/latest", "private"),
    ("https://[::1]/", "private"),
    ("https://localhost/", "private"),
    ("https://erp.internal/", "private"),
    (None, "scheme"),
]


@pytest.mark.parametrize(
    ("name", "quiet", "now", "is_highest", "until"), QUIET, ids=[row[0] for row in QUIET]
)
def test_quiet_hours(name, quiet, now, is_highest, until):
    assert quiet_until(when(now), quiet, is_highest) == when(until)


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        (["sms", "push", None], ("sms", "push", "inbox")),
        (["inbox", "email"], ("inbox", "email")),
        (["sms", "sms"], ("sms", "inbox")),
        ([None, None], ("email", "inbox")),
    ],
)
def test_order_of_channels(chosen, order):
    assert channel_order(chosen, ["email"]) == order


def test_the_next_channel_is_one_that_was_not_tried():
    assert next_channel(("sms", "push", "inbox"), ["sms"]) == "push"
    assert next_channel(("sms", "push", "inbox"), []) == "sms"
    assert next_channel(("sms",), ["sms", "push"]) is None


def test_a_burst_is_gathered():
    now = when("07-01 10:00")
    assert due_after_burst(now, None, False) == now
    assert due_after_burst(now, when("07-01 09:58"), False) == when("07-01 10:03")
    assert due_after_burst(now, when("07-01 09:00"), False) == now
    assert due_after_burst(now, when("07-01 09:58"), True) == now


@pytest.mark.parametrize(("address", "problem"), ADDRESSES)
def test_pager_address(address, problem):
    assert explain_pager_address(address) == problem


def test_addresses_that_a_name_leads_to():
    assert is_open_host("93.184.216.34")
    assert not is_open_host("192.168.1.1")
