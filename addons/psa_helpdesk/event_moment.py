"""The moment at which something happened, where that is not the moment it is written.

It travels in the context as `psa_event_at`, and as `psa_promised_at` where tickets are created for something that
began before anybody could promise anything. A context also comes from clients, and a client may not date the ledger of
promises back: only an `EventMoment` counts, which no message over the wire can carry.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EventMoment:
    """`at` is naive UTC, to the second."""

    at: datetime


def moment_from(context, now, name="psa_event_at"):
    """Return the moment said by our own code in `context`, else `now`."""
    said = context.get(name)
    return said.at if isinstance(said, EventMoment) else now
