"""What each monitoring system's words for severity mean here: a table per source kind, never a guess across them."""

from collections.abc import Mapping
from dataclasses import dataclass

from .event import Severity

# Alertmanager has no fixed words: these are the ones its users write into the label `severity`.
ALERTMANAGER: Mapping[str, Severity] = {
    "critical": "critical",
    "crit": "critical",
    "emergency": "critical",
    "page": "critical",
    "disaster": "critical",
    "fatal": "critical",
    "high": "high",
    "major": "high",
    "error": "high",
    "warning": "medium",
    "warn": "medium",
    "medium": "medium",
    "moderate": "medium",
    "average": "medium",
    "minor": "low",
    "low": "low",
    "notice": "low",
    "ticket": "low",
    "info": "info",
    "informational": "info",
    "information": "info",
    "none": "info",
    "debug": "info",
    "ok": "info",
}

# Words only: a number or "P1" has no direction that a generic sender and we agree on.
GENERIC: Mapping[str, Severity] = {
    "critical": "critical",
    "high": "high",
    "error": "high",
    "medium": "medium",
    "warning": "medium",
    "low": "low",
    "info": "info",
    "information": "info",
}

TABLES: Mapping[str, Mapping[str, Severity]] = {"alertmanager": ALERTMANAGER, "generic": GENERIC}


@dataclass(frozen=True, slots=True)
class Reading:
    """A severity of ours and how it came about: `known` is False where the source's default had to serve."""

    severity: Severity
    known: bool


def read_severity(system: str, raw: str, default: Severity) -> Reading:
    """The severity that `raw` means in messages of `system`; `default` (of the source) for unknown and missing words."""
    found = TABLES[system].get(raw.strip().casefold())
    return Reading(found or default, found is not None)
