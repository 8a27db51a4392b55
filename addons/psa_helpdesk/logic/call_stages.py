"""The stages of a service call, and which may follow which."""

from __future__ import annotations

PLANNED, CONFIRMED, ON_THE_WAY, ON_SITE = "planned", "confirmed", "on_the_way", "on_site"
DONE, ABSENT, CANCELLED = "done", "absent", "cancelled"

# In order: a call only goes forward, and may leave stages out.
FORWARD = (PLANNED, CONFIRMED, ON_THE_WAY, ON_SITE, DONE)
OPEN = frozenset({PLANNED, CONFIRMED, ON_THE_WAY, ON_SITE})
CLOSED = frozenset({DONE, ABSENT, CANCELLED})
# Before anybody has set out, a call can be given another time.
MOVABLE = frozenset({PLANNED, CONFIRMED})


def may_follow(stage: str, wanted: str) -> bool:
    """Say whether a call in `stage` may go to `wanted`: forward, or out of the plan from any open stage."""
    if stage not in OPEN:
        return False
    if wanted in FORWARD:
        return FORWARD.index(wanted) > FORWARD.index(stage)
    return wanted in CLOSED
