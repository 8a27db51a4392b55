"""The status of a ticket in the customer's words: six, whatever stages a queue has."""

from enum import Enum


class Status(Enum):
    """What a customer has to know about where a ticket stands."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    SOLVED = "solved"
    CANCELLED = "cancelled"
    MOVED = "moved"


def read_status(
    is_open: bool, meaning: str, is_unattended: bool, has_assignee: bool, is_converted: bool = False
) -> Status:
    """Read the status from what the stage means.

    :param meaning: of the stage for the clocks: none, plan, waiting, resolved or cancelled
    :param is_unattended: the stage says that nobody has looked at the ticket yet
    :param has_assignee: somebody has taken it
    :param is_converted: the work goes on as a task; of a ticket that was opened again this is long ago
    """
    if not is_open and is_converted:
        return Status.MOVED
    if not is_open:
        return Status.CANCELLED if meaning == "cancelled" else Status.SOLVED
    if meaning == "waiting":
        return Status.WAITING
    if is_unattended and not has_assignee:
        return Status.RECEIVED
    return Status.IN_PROGRESS
