"""psa_portal/logic/desk_hours.py: the week of the desk in few lines."""

import pytest

from odoo.addons.psa_portal.logic.desk_hours import DAY, Line, Spell, read_week

NINE, NOON, ONE, FIVE = 540, 720, 780, 1020


def week(*weekdays, hours=((NINE, FIVE),)):
    return [Spell(weekday, start, end) for weekday in weekdays for start, end in hours]


@pytest.mark.parametrize(
    ("spells", "expected"),
    [
        ([], []),
        (week(0, 1, 2, 3, 4), [Line(0, 4, ((NINE, FIVE),))]),
        (week(0, 1, 2, 3, 4, hours=((NOON, FIVE), (NINE, NOON))), [Line(0, 4, ((NINE, FIVE),))]),
        (week(0, hours=((NINE, NOON), (ONE, FIVE))), [Line(0, 0, ((NINE, NOON), (ONE, FIVE)))]),
        (week(0, hours=((NINE, ONE), (NOON, FIVE))), [Line(0, 0, ((NINE, FIVE),))]),
        (week(0, 1, 3), [Line(0, 1, ((NINE, FIVE),)), Line(3, 3, ((NINE, FIVE),))]),
        (
            week(0, 1) + week(2, hours=((NINE, NOON),)),
            [Line(0, 1, ((NINE, FIVE),)), Line(2, 2, ((NINE, NOON),))],
        ),
        (week(5, hours=((NINE, NINE),)), []),
    ],
)
def test_days_with_the_same_hours_are_one_line(spells, expected):
    assert read_week(spells) == expected


def test_day_and_night_is_said_as_such():
    [line] = read_week(week(*range(7), hours=((0, DAY),)))
    assert line.is_around_the_clock
    [line] = read_week(week(*range(5), hours=((0, DAY),)))
    assert not line.is_around_the_clock
