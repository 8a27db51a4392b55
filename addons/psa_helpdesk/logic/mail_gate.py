"""Whether a mail may open or reach a ticket, and which ticket its subject names.

Source: Rules D8.5 (loop guard) and D10.18 (auto-replies open nothing).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Reason = Literal["loop", "auto_reply", "bounce", ""]
LOOP_SPAN = timedelta(minutes=5)
LOOP_CAP = 5
"""So many mails of one sender with one subject are taken in within the span; the next one is a machine's."""

_NUMBER = re.compile(r"\[\s*([A-Za-z]{0,6}[-/]?\d{3,12})\s*\]")
_ANSWER = re.compile(
    r"^\s*((re|aw|sv|antw|odp|fw|fwd|wg|tr|rv|ref|vs|doorst|ynt|r|i)(\s*\[\d+\])?|réf|rép)\s*[:：]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mail:
    """What is known of a mail at the gate.

    Attributes:
        is_bounce: a report that a mail of ours was not delivered.
        is_auto_reply: written by a program that answers by itself.
        opens: it would make a new ticket.
        earlier: how many of the same sender and subject were taken in within LOOP_SPAN.
    """

    is_bounce: bool
    is_auto_reply: bool
    opens: bool
    earlier: int


def refuse(mail: Mail, cap: int = LOOP_CAP) -> Reason:
    """Return why the mail is kept out of the tickets, "" where it may go in.

    An auto-reply to one of our mails is kept on its ticket, where it opens nothing.
    """
    if mail.is_bounce:
        return "bounce"
    if mail.is_auto_reply and mail.opens:
        return "auto_reply"
    return "loop" if mail.earlier >= cap else ""


def subject_key(subject: str | None) -> str:
    """Return what stays the same of a subject when machines answer each other: no "Re:", no numbers of tickets."""
    text = _NUMBER.sub(" ", subject or "")
    while (cut := _ANSWER.sub("", text)) != text:
        text = cut
    return " ".join(text.split()).casefold()[:200]


def ticket_numbers(subject: str | None) -> list[str]:
    """Return what may be the number of a ticket in a subject: "Re: [T000123] Printer" names T000123."""
    return list(dict.fromkeys(found.upper() for found in _NUMBER.findall(subject or "")))
