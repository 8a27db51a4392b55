"""When a repeated problem is worth a line in the ticket (rule D10.37)."""

from datetime import datetime, timedelta

QUIET = timedelta(hours=1)


def is_note_due(count: int, last_note_at: datetime, received_at: datetime) -> bool:
    """Whether the message that makes the alert's count `count` is noted in its ticket.

    Noted are the 2nd, 10th, 100th, 1,000th ... message, and any other once an hour has passed since the alert's
    last note (`last_note_at`; before the first note, the start of its ticket).
    """
    return count == 2 or _is_power_of_ten(count) or received_at - last_note_at >= QUIET


def _is_power_of_ten(count: int) -> bool:
    return count >= 10 and str(count).strip("0") == "1"
