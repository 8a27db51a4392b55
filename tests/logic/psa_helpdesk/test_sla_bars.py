"""What is drawn of a clock: the promise without pauses, and the reality with them."""

import pytest
from sla_examples import P1, P2, at, calendar, read, story, targets

from odoo.addons.psa_helpdesk.logic.sla_bars import Stretch, bars

FRIDAY = [("Fri- 13:00", "started", P2), ("Fri- 15:00", "paused"), ("Mon 11:00", "resumed")]
CASES = [
    # name, ledger, now, promised until, reality
    ("runs", [("Mon 09:00", "started", P1)], "Mon 10:00", "Mon 13:00", [("worked", "Mon 09:00", "Mon 10:00")]),
    ("a pause", FRIDAY, "Mon 12:00", "Mon 13:00",
     [("worked", "Fri- 13:00", "Fri- 15:00"), ("waited", "Fri- 15:00", "Mon 11:00"), ("worked", "Mon 11:00", "Mon 12:00")]),
    ("waits now", FRIDAY[:2], "Fri- 16:00", "Mon 13:00",
     [("worked", "Fri- 13:00", "Fri- 15:00"), ("waited", "Fri- 15:00", "Fri- 16:00")]),
    ("waits from the first second", [("Mon 09:00", "started", P2), ("Mon 09:00", "paused")], "Mon 10:00", "Mon 17:00",
     [("waited", "Mon 09:00", "Mon 10:00")]),
    ("late since its due", [("Mon 09:00", "started", P1)], "Mon 15:00", "Mon 13:00",
     [("worked", "Mon 09:00", "Mon 13:00"), ("late", "Mon 13:00", "Mon 15:00")]),
    ("late, then it waits", [("Mon 09:00", "started", P1), ("Mon 14:00", "paused"), ("Tue 10:00", "resumed")],
     "Tue 11:00", "Mon 13:00",
     [("worked", "Mon 09:00", "Mon 13:00"), ("late", "Mon 13:00", "Mon 14:00"), ("waited", "Mon 14:00", "Tue 10:00"),
      ("late", "Tue 10:00", "Tue 11:00")]),
    ("done", [("Mon 09:00", "started", P1), ("Mon 10:30", "resolved")], "Tue 12:00", "Mon 13:00",
     [("worked", "Mon 09:00", "Mon 10:30")]),
    ("another priority under way is one stretch after the other",
     [("Mon 09:00", "started", P2), ("Mon 10:00", "retargeted", P1)], "Mon 11:00", "Mon 13:00",
     [("worked", "Mon 09:00", "Mon 10:00"), ("worked", "Mon 10:00", "Mon 11:00")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ledger", "now", "promised", "reality"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_bars(ledger, now, promised, reality):
    drawn = bars(read(story(*ledger), now), at(now))
    assert (drawn.start, drawn.promised) == (at(ledger[0][0]), at(promised))
    assert drawn.reality == tuple(Stretch(kind, at(start), at(end)) for kind, start, end in reality)
    assert drawn.end == max(drawn.promised, drawn.reality[-1].end)


def test_without_working_time_nothing_is_promised():
    ledger = story(("Mon 09:00", "started", targets(P2, calendar("0 09:00-09:00"))))
    drawn = bars(read(ledger, "Mon 10:00"), at("Mon 10:00"))
    assert drawn.promised is None
    assert drawn.end == at("Mon 10:00")
