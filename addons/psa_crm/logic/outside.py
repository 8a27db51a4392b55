"""Single values that came from outside, read strictly: a browser of ours sends them so, and nobody else is guessed at.

Any program of any user may call what a screen calls, with anything in place of a number, a moment or an id. What a
screen sends is put together of these readers in one place each, so the code behind it meets good values only.
"""

from __future__ import annotations

from datetime import date, datetime

# What the database takes as an id.
LAST_ID = 2**31 - 1
# A time zone moves a moment by a day at most, a board by weeks: so far from both ends nothing overflows.
FIRST_YEAR, LAST_YEAR = 1971, 2199
LONGEST_TEXT = 1000


class OutsideProblem(ValueError):
    """A value is not what any screen of ours sends; `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def read_id(value: object, what: str = "id") -> int:
    """Return the id of a record that may exist.

    :raises OutsideProblem: for whatever is no whole number from 1 up
    """
    return read_number(value, what, 1, LAST_ID)


def read_number(value: object, what: str, least: int, most: int) -> int:
    """Return a whole number between `least` and `most`, both included; a truth value is none.

    :raises OutsideProblem: for anything else
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise OutsideProblem(what)
    return value


def read_moment(value: object, what: str = "moment") -> datetime:
    """Return the moment, naive UTC to the second, that `2026-03-02 09:00:00` or `2026-03-02` names.

    :raises OutsideProblem: for anything else, and for years in which time zones cannot be counted
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise OutsideProblem(what) from None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day) if isinstance(value, date) else None
    if value is None or value.tzinfo or not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise OutsideProblem(what)
    return value.replace(microsecond=0)


def read_text(value: object, what: str, longest: int = LONGEST_TEXT) -> str:
    """Return the text without NUL, which the database refuses; nothing for None and False, as the host says it.

    :raises OutsideProblem: for anything else, and for more than `longest` characters
    """
    if value is None or value is False:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise OutsideProblem(what)
    return value.replace("\x00", "").strip()
