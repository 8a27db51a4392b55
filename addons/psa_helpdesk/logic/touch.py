"""Who has laid hands on a ticket.

A *touch* says that somebody of the staff worked on the ticket. It stops "nobody reacts" rules, and a ticket
without one may be closed by the recovery of its alert.

Source: Rules D10.29 (what is a touch) and D10.39 (what is untouched).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

NOTE = "note"
ANSWER = "answer"
STAGE = "stage"
ASSIGNEE = "assignee"
PRIORITY = "priority"
QUEUE = "queue"
TIME_ENTRY = "time_entry"
CHECKLIST = "checklist"
VISIT = "visit"

TOUCHING_DEEDS = frozenset({NOTE, ANSWER, STAGE, ASSIGNEE, PRIORITY, QUEUE, TIME_ENTRY, CHECKLIST, VISIT})


class Role(Enum):
    """On whose behalf a deed was done."""

    STAFF = "staff"
    CUSTOMER = "customer"
    AUTOMATION = "automation"


@dataclass(frozen=True, slots=True)
class Actor:
    """What is known about the one who acts.

    Attributes:
        is_internal: an internal user of ours.
        is_assignee: the ticket is assigned to this user (a subcontractor is no internal user, but is staff here).
        is_automation: the robot user, a rule, a cron, an import, or a user marked as automation. It wins over the
            other two: what a rule does in a person's name is not that person's deed.
    """

    is_internal: bool
    is_assignee: bool = False
    is_automation: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A yes or no with its reason."""

    holds: bool
    why: str


def role_of(actor: Actor) -> Role:
    """Return on whose behalf `actor` acts: automation first, then staff, else the customer."""
    if actor.is_automation:
        return Role.AUTOMATION
    if actor.is_internal or actor.is_assignee:
        return Role.STAFF
    return Role.CUSTOMER


def touches(deed: str, actor: Actor) -> Finding:
    """Say whether `deed` (one of the constants above, or any other word) by `actor` is a touch (Rule D10.29)."""
    role = role_of(actor)
    if role is not Role.STAFF:
        return Finding(False, f"done by {role.value}, only staff touches a ticket")
    if deed not in TOUCHING_DEEDS:
        return Finding(False, f"{deed} is no touch")
    return Finding(True, f"{deed} by staff")


def is_untouched(
    touched_at: datetime | None, customer_message_at: datetime | None, was_merged: bool
) -> Finding:
    """Say whether nobody but machines has dealt with a ticket since it was created (Rule D10.39).

    Args:
        touched_at: the last touch by staff, or None.
        customer_message_at: the customer's last message, or None.
        was_merged: the ticket was merged into another one or took another one in.
    """
    if touched_at:
        return Finding(False, "touched by staff")
    if customer_message_at:
        return Finding(False, "the customer wrote")
    if was_merged:
        return Finding(False, "merged")
    return Finding(True, "no touch, no message of the customer, no merge")
