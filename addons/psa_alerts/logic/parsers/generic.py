"""Any system that can be told what to send: one JSON object, or a list of them.

`{"id", "key", "state", "severity", "title", "text", "customer", "device", "occurred_at", "url"}`, all optional but
one of title, device and key. `state` is "problem" (also where it is missing), "resolved" or "ack".
"""

from typing import Any

from ..event import Event, Kind, Ref, Severity, clean_line, clean_text, exact_id, match_key, whole_line
from ..severity import read_severity
from .common import MessageProblem, SourceSettings, Unreadable, key_of, read_time, safe_url

SYSTEM = "generic"
# An explicit table: 0 and false are words like any other, only a missing state means "problem".
_STATES: dict[str, Kind] = {
    "problem": "problem",
    "firing": "problem",
    "open": "problem",
    "resolved": "resolved",
    "ok": "resolved",
    "recovered": "resolved",
    "closed": "resolved",
    "ack": "ack",
    "acknowledged": "ack",
    "update": "update",
    "heartbeat": "heartbeat",
}


def parse(root: dict[str, Any] | list[Any], settings: SourceSettings) -> list[Event | Unreadable]:
    """One event per object; an element that is no object, or names no condition, does not harm its neighbours.

    Raises MessageProblem if no element can be understood.
    """
    elements = [_element(element, settings) for element in (root if isinstance(root, list) else [root])]
    if all(isinstance(element, Unreadable) for element in elements):
        raise MessageProblem(elements[0].reason if elements else "the list is empty")  # type: ignore[union-attr]
    return elements


def delivery_id(root: dict[str, Any] | list[Any]) -> str:
    """The `id` of a message with a single object; a list has one per element instead."""
    return exact_id(root.get("id")) if isinstance(root, dict) else ""


def _element(element: Any, settings: SourceSettings) -> Event | Unreadable:
    if not isinstance(element, dict):
        return Unreadable("an element is no object")
    title, device = clean_line(element.get("title")), clean_line(element.get("device"))
    key = whole_line(element.get("key"))
    if not (title or device or key):
        return Unreadable("an object names neither key nor device nor title")
    kind, odd_state = _kind(element.get("state"))
    severity, odd_severity = _severity(element, kind, settings)
    customer = clean_line(element.get("customer"))
    derived = () if key else ("derived key",)
    return Event(
        kind=kind,
        correlation_key=key_of("key", key) if key else _derived_key(element),
        title=title or device or clean_line(key),
        severity=severity,
        raw_severity=clean_line(element.get("severity"), 60),
        body=clean_text(element.get("text")),
        device=Ref(device, device),
        client=Ref(customer, customer),
        condition=clean_line(key, 1000) or title,
        occurred_at=read_time(element.get("occurred_at")),
        url=safe_url(element.get("url")),
        delivery_id=exact_id(element.get("id")),
        warnings=derived + odd_state + odd_severity,
    )


def _derived_key(element: dict[str, Any]) -> str:
    """Device and title, whole: what is shown of them is cut, and may be the same for two conditions."""
    parts = (match_key(whole_line(element.get(name))) for name in ("device", "title"))
    return key_of("derived", *parts)


def _kind(value: Any) -> tuple[Kind, tuple[str, ...]]:
    if value is None:
        return "problem", ()
    word = clean_line(value, 60).casefold()
    if word in _STATES:
        return _STATES[word], ()
    return "problem", (f"state {word!r} is not known, taken as a problem",)


def _severity(
    element: dict[str, Any], kind: Kind, settings: SourceSettings
) -> tuple[Severity | None, tuple[str, ...]]:
    if kind not in ("problem", "update"):
        return None, ()
    raw = clean_line(element.get("severity"), 60)
    reading = read_severity(SYSTEM, raw, settings.default_severity)
    if reading.known or not raw:
        return reading.severity, ()
    return reading.severity, (f"severity {raw!r} is not known, the source's default serves",)
