"""Is a monitoring system still there? Decided to the second from what was heard of it last.

A system that falls silent looks the same as one where all is well, so somebody must be told, once, and once more when
it is back. What was told is part of what is decided from: the same answer is never told twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

LEAST_PATIENCE = timedelta(minutes=15)
# Whatever number somebody entered for how often it is asked.
MOST_PATIENCE = timedelta(days=7)
# One answer that fails is an ordinary hiccup.
FAILURES = 3


class Outage(Enum):
    """What is wrong with a source."""

    SILENT = "silent"  # no message for longer than it may say nothing
    UNANSWERED = "unanswered"  # it is asked, used to answer, and does not


class News(Enum):
    """What has changed since somebody was told last."""

    BEGAN = "began"
    OVER = "over"
    CHANGED = "changed"  # from one outage into the other: nobody is told again


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is known of a source that is switched on; all moments naive UTC.

    `watched_at`: since when it is watched, so that what lay before a switch was thrown is held against nobody.
    `message_at`: its last message. `silence`: for how long it may send none; None: for ever.
    `is_asked`: whether it is asked at all. `answered_at`: its last answer. `failing_since`: None where it answers.
    `patience`: for how long it may fail to answer. `outage`, `outage_at`: what was told last, and when.
    """

    watched_at: datetime
    message_at: datetime | None = None
    silence: timedelta | None = None
    is_asked: bool = False
    answered_at: datetime | None = None
    failing_since: datetime | None = None
    patience: timedelta = LEAST_PATIENCE
    outage: Outage | None = None
    outage_at: datetime | None = None

    @property
    def heard_at(self) -> datetime | None:
        """When it last gave a sign of life: an answer is one, for as long as it is asked."""
        signs = (self.message_at, self.answered_at if self.is_asked else None)
        return max((sign for sign in signs if sign), default=None)

    @property
    def silent_at(self) -> datetime | None:
        """The moment from which it is silent. One that was never heard is not set up yet, and is none."""
        if self.heard_at is None or self.silence is None:
            return None
        return max(self.heard_at, self.watched_at) + self.silence

    @property
    def unanswered_at(self) -> datetime | None:
        """The moment from which it counts as not answering. One that never answered is not set up yet."""
        if not (self.is_asked and self.answered_at and self.failing_since):
            return None
        return max(self.failing_since, self.watched_at) + self.patience


def is_silent(message_at: datetime, hours: int, now: datetime) -> bool:
    """Whether a source whose last own message came then is silent; 0 hours: it may be silent for ever."""
    return hours > 0 and message_at + timedelta(hours=hours) <= now


def patience(poll_minutes: int) -> timedelta:
    """For how long a source that is asked this often may fail to answer."""
    return min(max(LEAST_PATIENCE, FAILURES * timedelta(minutes=poll_minutes)), MOST_PATIENCE)


def find_outage(hearing: Hearing, now: datetime) -> Outage | None:
    """What is wrong at `now`; not answering counts before silence, for it says where to look."""
    if hearing.unanswered_at and hearing.unanswered_at <= now:
        return Outage.UNANSWERED
    if hearing.silent_at and hearing.silent_at <= now:
        return Outage.SILENT
    return None


def judge(hearing: Hearing, now: datetime) -> News | None:
    """What there is to tell at `now`, None where all is as it was told."""
    found = find_outage(hearing, now)
    if found is hearing.outage:
        # Heard in between, and silent for long again before anybody looked: that is another silence.
        return News.BEGAN if found is Outage.SILENT and _is_heard_since(hearing) else None
    if hearing.outage is None:
        return News.BEGAN
    return News.CHANGED if found else News.OVER


def _is_heard_since(hearing: Hearing) -> bool:
    """Whether a silent source was heard since it was told: silence would begin later now than it did."""
    told = hearing.outage_at
    return told is not None and (hearing.silent_at is None or hearing.silent_at > told)


def next_look(hearing: Hearing) -> datetime | None:
    """The moment from which `judge` may have news; None where only the source itself can bring some."""
    moments = (hearing.unanswered_at, hearing.silent_at)
    if hearing.outage is None or hearing.outage_at is None:
        return min((moment for moment in moments if moment), default=None)
    if hearing.outage is Outage.UNANSWERED:
        return None if hearing.failing_since else hearing.outage_at
    return hearing.outage_at if _is_heard_since(hearing) else None
