"""When somebody is at the desk, in as few lines as a person would use: days with the same hours become one line."""

from collections.abc import Iterable
from dataclasses import dataclass

DAY = 24 * 60
WEEKDAYS = range(7)


@dataclass(frozen=True, slots=True)
class Spell:
    """Working time on one weekday (0 is Monday), in minutes of the day."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """Days in a row with the same hours; `hours` are pairs of minutes of the day."""

    first: int
    last: int
    hours: tuple[tuple[int, int], ...]

    @property
    def is_around_the_clock(self) -> bool:
        """All seven days, day and night."""
        return (self.first, self.last, self.hours) == (0, 6, ((0, DAY),))


def read_week(spells: Iterable[Spell]) -> list[Line]:
    """Return the lines that tell the week, Monday first; days without hours are left out."""
    by_day: dict[int, list[tuple[int, int]]] = {weekday: [] for weekday in WEEKDAYS}
    for spell in spells:
        by_day[spell.weekday].append((spell.start, spell.end))
    lines: list[Line] = []
    for weekday in WEEKDAYS:
        hours = _join(by_day[weekday])
        if not hours:
            continue
        if lines and lines[-1].last == weekday - 1 and lines[-1].hours == hours:
            lines[-1] = Line(lines[-1].first, weekday, hours)
        else:
            lines.append(Line(weekday, weekday, hours))
    return lines


def _join(hours: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(hours):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return tuple(joined)
