"""Names of time zones: those that this machine knows.

Odoo offers names that a machine need not have: `US/Eastern` is gone from the usual packages of new systems, and a slim
image may have no zone at all.
"""

from __future__ import annotations

from datetime import timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UTC_NAME = "UTC"


def is_known(name: str) -> bool:
    """Say whether this machine knows the time zone `name`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def first_known(*names: str | bool | None) -> str:
    """Return the first name that is a time zone here, else UTC."""
    for name in names:
        if isinstance(name, str) and name and is_known(name):
            return name
    return UTC_NAME


def time_zone(name: str) -> tzinfo:
    """Return the time zone `name`, UTC where it is unknown: a clock counts on, whatever was written into its ledger."""
    return ZoneInfo(name) if is_known(name) else timezone.utc
