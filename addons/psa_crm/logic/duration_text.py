"""Reading and writing a span of work as people type it.

The web client's field ``psa_duration`` reads the same words in ``static/src/psa_duration/duration_text.js``;
one table of examples (``static/tests/duration_cases.js``) is run against both.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

BARE_HOURS_LIMIT = 12
"""A number without a unit is hours up to here; above it nobody can tell hours from minutes."""

MAX_MINUTES = 6_000_000
"""One hundred thousand hours: what is longer is a slip of the keyboard."""

_HOUR = r"(?:h|std\.?|hr|hrs|hours?)"
_MINUTE = r"(?:m|min|mins|minutes?)\.?"
_NUMBER = r"[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+"

_CLOCK = re.compile(r"([0-9]*):([0-9]{2})")
_HOURS_AND_MINUTES = re.compile(rf"([0-9]+) *{_HOUR} *([0-9]{{1,2}}) *(?:{_MINUTE})?")
_HOURS = re.compile(rf"({_NUMBER}) *{_HOUR}")
_MINUTES = re.compile(rf"([0-9]+) *{_MINUTE}")
_BARE = re.compile(rf"({_NUMBER})")


class DurationProblem(ValueError):
    """The text is no span of time. ``code`` says why: ``empty``, ``unreadable``, ``minutes`` or ``too_long``."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time in whole minutes; negative in corrections."""

    minutes: int


@dataclass(frozen=True, slots=True)
class AmbiguousDuration:
    """A bare number that may mean minutes or hours; whoever typed it must choose. Both in whole minutes."""

    as_minutes: int
    as_hours: int


def read_duration(text: str) -> Duration | AmbiguousDuration:
    """Read "1:30", "1h30", "1h 30m", "90m", "1.5" or "1,5" (all ninety minutes), a minus sign in front allowed.

    A number without a unit counts hours; above twelve it is ambiguous ("90"). Fractions of a minute are
    rounded to the nearest minute, halves up.

    :raises DurationProblem: nothing typed, not understood, more than 59 minutes beside hours, or absurdly long
    """
    words = text.strip().lower()
    if not words:
        raise DurationProblem("empty", text)
    sign = -1 if words[0] in "-\u2212" else 1
    if sign < 0:
        words = words[1:].lstrip()
    if bare := _BARE.fullmatch(words):
        number = _decimal(bare[1])
        if number > BARE_HOURS_LIMIT:
            as_hours = _checked(number * 60, text)
            return AmbiguousDuration(as_minutes=sign * _checked(number, text), as_hours=sign * as_hours)
        return Duration(sign * _checked(number * 60, text))
    return Duration(sign * _checked(_read_with_units(words, text), text))


def _read_with_units(words: str, text: str) -> Decimal:
    """Minutes of a text that says its units."""
    if found := _CLOCK.fullmatch(words) or _HOURS_AND_MINUTES.fullmatch(words):
        hours, minutes = found[1] or "0", int(found[2])
        if minutes > 59:
            raise DurationProblem("minutes", text)
        return Decimal(hours) * 60 + minutes
    if found := _HOURS.fullmatch(words):
        return _decimal(found[1]) * 60
    if found := _MINUTES.fullmatch(words):
        return Decimal(found[1])
    raise DurationProblem("unreadable", text)


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", "."))


def _checked(minutes: Decimal, text: str) -> int:
    if minutes > MAX_MINUTES:
        raise DurationProblem("too_long", text)
    return int(minutes.to_integral_value(rounding=ROUND_HALF_UP))


def format_duration(minutes: int) -> str:
    """Ninety minutes as "1:30", for tables; "-0:05" for five minutes less."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{hours}:{rest:02d}"


def spell_duration(minutes: int) -> str:
    """Ninety minutes as "1 h 30 min", for sentences; whole hours as "2 h", less than an hour as "45 min"."""
    hours, rest = divmod(abs(minutes), 60)
    parts = ([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest or not hours else [])
    return ("-" if minutes < 0 else "") + " ".join(parts)
