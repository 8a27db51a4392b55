"""One module per monitoring system: a well-formed document in, normalised events out."""

from collections.abc import Callable, Mapping
from typing import Any

from ..event import Event
from . import alertmanager, generic
from .common import MessageProblem, SourceSettings, Unreadable

Root = dict[str, Any] | list[Any]

_PARSERS: Mapping[str, Callable[[Root, SourceSettings], list[Event | Unreadable]]] = {
    "alertmanager": alertmanager.parse,
    "generic": generic.parse,
}
_DELIVERY_IDS: Mapping[str, Callable[[Root], str]] = {"generic": generic.delivery_id}

# A message is acted on in pieces, but read and given its rows as a whole.
MAX_ELEMENTS = 5000

__all__ = ["MAX_ELEMENTS", "MessageProblem", "SourceSettings", "Unreadable", "delivery_id", "parse"]


def parse(system: str, root: Root, settings: SourceSettings) -> list[Event | Unreadable]:
    """All events of one message of `system`, in the order of the message; at least one.

    Raises MessageProblem when the message is well-formed but says nothing that can be understood.
    """
    events = _PARSERS[system](root, settings)
    if not events:
        raise MessageProblem("the message holds no event")
    if len(events) > MAX_ELEMENTS:
        raise MessageProblem(f"{len(events)} elements in one message, at most {MAX_ELEMENTS} are taken")
    return events


def delivery_id(system: str, root: Root) -> str:
    """The sender's own id of the whole message; empty where the system sends none."""
    find = _DELIVERY_IDS.get(system)
    return find(root) if find else ""
