"""Whether a machine wrote a mail: such a mail is never answered by another machine, or the two go on for ever."""

from collections.abc import Mapping

PRECEDENCES = frozenset({"bulk", "junk", "list", "auto_reply"})
MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe")
"""Headers that only senders of automatic or bulk mail set."""


def is_automatic(headers: Mapping[str, str]) -> bool:
    """Read the headers of a mail (RFC 3834 and what came before it).

    :param headers: by name; any mapping whose keys are found whatever their case, such as `email.message.Message`
    """
    submitted = str(headers.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    if submitted != "no":
        return True
    if str(headers.get("Precedence") or "").strip().lower() in PRECEDENCES:
        return True
    if str(headers.get("Return-Path") or "").strip() == "<>":
        return True
    return any(headers.get(mark) for mark in MARKS)
