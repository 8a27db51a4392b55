"""By which ways a notice reaches a person, and when.

Source: Rule D10.35 (a failed channel falls to the next without costing time; quiet hours hold back all but the highest
priority) and the demand that a burst of changes is one message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo
from ipaddress import ip_address
from urllib.parse import urlsplit

BURST = timedelta(minutes=5)
LAST_RESORT = "inbox"
"""The way that cannot fail: a row in the database."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """When a person wants to sleep, by their own clock; from and to are minutes of the day, equal means never."""

    start: int
    stop: int
    zone: tzinfo


def channel_order(chosen: Iterable[str | None], standard: Sequence[str]) -> tuple[str, ...]:
    """Return the channels to try in turn: as chosen, else the standard ones, each once, the inbox last at the latest."""
    picked = [channel for channel in chosen if channel] or list(standard)
    return tuple(dict.fromkeys([*picked, LAST_RESORT]))


def next_channel(order: Sequence[str], tried: Iterable[str]) -> str | None:
    """Return the channel after those that were tried; None where no way is left."""
    done = set(tried)
    return next((channel for channel in order if channel not in done), None)


def quiet_until(now: datetime, quiet: Quiet, is_highest: bool) -> datetime | None:
    """Return the naive UTC end of the quiet hours that `now` (naive UTC) lies in; None where nothing holds back.

    Both ends are times of the person's clock on that very day, whatever the clocks do that night.
    """
    if is_highest or quiet.start == quiet.stop:
        return None
    here = now.replace(tzinfo=timezone.utc).astimezone(quiet.zone)
    minute = here.hour * 60 + here.minute
    is_over_night = quiet.start > quiet.stop
    if is_over_night:
        is_quiet = minute >= quiet.start or minute < quiet.stop
    else:
        is_quiet = quiet.start <= minute < quiet.stop
    if not is_quiet:
        return None
    day = here.date() + timedelta(days=1 if is_over_night and minute >= quiet.start else 0)
    end = datetime.combine(day, time(quiet.stop // 60, quiet.stop % 60), tzinfo=quiet.zone)
    return end.astimezone(timezone.utc).replace(tzinfo=None)


def due_after_burst(now: datetime, last_sent: datetime | None, is_urgent: bool) -> datetime:
    """Return when the next message about the same thing goes out: at once, or gathered with others after a while."""
    if is_urgent or last_sent is None:
        return now
    return max(now, last_sent + BURST)


def explain_pager_address(address: str | None) -> str:
    """Return why an address is no place to send pages to, "" where it is one: https and a host in the open network."""
    try:
        parts = urlsplit((address or "").strip())
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "address"
    if parts.scheme != "https":
        return "scheme"
    if not host or parts.username or parts.password:
        return "address"
    return "" if is_open_host(host) else "private"


def is_open_host(host: str) -> bool:
    """Say whether a host name or address may be one of the open network; names are looked up elsewhere."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.rstrip(".").endswith((".local", ".internal", ".localhost"))
