"""Prometheus Alertmanager, webhook format version 4.

The status of an element wins over the status of its group. The fingerprint is a hash of the labels, so the same
condition has the same one in its problem and its recovery; it carries no id of the delivery and none of the
occurrence. `notification_reason` and `routeLabels` came after version 0.25 and are not needed.
"""

from typing import Any

from ..event import (
    Event,
    Kind,
    Ref,
    Severity,
    clean_line,
    clean_text,
    whole_line,
    worst,
)
from ..severity import read_severity
from .common import MessageProblem, SourceSettings, Unreadable, key_of, read_time, safe_url

SYSTEM = "alertmanager"
_KINDS: dict[str, Kind] = {"firing": "problem", "resolved": "resolved"}
_NAMED_ELSEWHERE = {"alertname", "severity"}
_MAX_TAGS = 50
_MAX_LISTED = 20


def parse(root: dict[str, Any] | list[Any], settings: SourceSettings) -> list[Event | Unreadable]:
    """One event per element, or one for the whole group if the source says so.

    Raises MessageProblem if this is no Alertmanager message.
    """
    if not isinstance(root, dict) or not isinstance(root.get("alerts"), list):
        raise MessageProblem('no list "alerts": this is not an Alertmanager message')
    elements = [element for element in root["alerts"] if isinstance(element, dict)]
    if not elements:
        raise MessageProblem('the list "alerts" is empty')
    notes = _notes_on(root, len(root["alerts"]) - len(elements))
    if settings.group_by == "group":
        return [_group_event(root, elements, settings, notes)]
    return [_element_event(root, element, settings, notes) for element in elements]


def _notes_on(root: dict[str, Any], unreadable: int) -> tuple[str, ...]:
    notes = []
    if text := _left_out_text(root):
        notes.append(text)
    if unreadable:
        notes.append(f"{unreadable} elements were not readable")
    version = root.get("version")
    if version not in (None, "4"):
        notes.append(f"message version {clean_line(version, 20)}, expected 4")
    return tuple(notes)


def _left_out(root: dict[str, Any]) -> int:
    """How many alerts of the group Alertmanager did not list (its setting `max_alerts`)."""
    cut = root.get("truncatedAlerts")
    return cut if isinstance(cut, int) and not isinstance(cut, bool) and cut > 0 else 0


def _left_out_text(root: dict[str, Any]) -> str:
    count = _left_out(root)
    return f"Alertmanager left out {count} alerts of this group" if count else ""


def _element_event(
    root: dict[str, Any], element: dict[str, Any], settings: SourceSettings, notes: tuple[str, ...]
) -> Event:
    labels, annotations = _dict(element.get("labels")), _texts(element.get("annotations"))
    kind, warnings = _kind(element.get("status"), root.get("status"))
    fingerprint = whole_line(element.get("fingerprint"))
    if not fingerprint:
        warnings += ("no fingerprint, key derived from the labels",)
    severity, raw, unknown = _severity(labels, kind, settings)
    device = _device(labels, settings)
    return Event(
        kind=kind,
        correlation_key=key_of(fingerprint) if fingerprint else _labels_key(labels),
        title=_title(labels, annotations, device),
        severity=severity,
        raw_severity=raw,
        body=_with_left_out(_body(annotations), root),
        device=device,
        client=_first_label(labels, settings.customer_labels),
        condition=clean_line(labels.get("alertname")),
        occurred_at=read_time(element.get("endsAt" if kind == "resolved" else "startsAt")),
        url=safe_url(element.get("generatorURL")) or safe_url(root.get("externalURL")),
        tags=_tags(labels),
        warnings=notes + warnings + unknown,
    )


def _group_event(
    root: dict[str, Any], elements: list[dict[str, Any]], settings: SourceSettings, notes: tuple[str, ...]
) -> Event:
    """The whole group as one condition: a problem as long as one element fires.

    Alertmanager cuts its list before it sums up the status, so a cut list without a firing element says nothing of
    those left out: then the next group has to tell.
    """
    each = [_element_event(root, element, settings, ()) for element in elements]
    firing = [event for event in each if event.kind == "problem"]
    left_out = _left_out(root)
    kind: Kind = "problem" if firing else "ignore" if left_out else "resolved"
    labels = _dict(root.get("commonLabels")) | _dict(root.get("groupLabels"))
    annotations = _texts(root.get("commonAnnotations"))
    times = [event.occurred_at for event in firing or each if event.occurred_at]
    name = clean_line(labels.get("alertname")) or (firing or each)[0].condition or "Alert group"
    state = f"{len(firing)} of {len(each)} firing" if firing or left_out else "all resolved"
    group_key = whole_line(root.get("groupKey"))
    return Event(
        kind=kind,
        correlation_key=key_of("group", group_key or "|".join(sorted(e.correlation_key for e in each))),
        title=clean_line(f"{name}: {state}" + (f", {left_out} not listed" if left_out else "")),
        severity=worst([event.severity or settings.default_severity for event in firing]) if firing else None,
        raw_severity=clean_line(labels.get("severity"), 60),
        body=_with_left_out(_group_body(_body(annotations), each), root),
        device=_device(labels, settings),
        client=_first_label(labels, settings.customer_labels),
        condition=clean_line(labels.get("alertname")),
        occurred_at=max(times) if times else None,
        url=safe_url(root.get("externalURL")),
        tags=_tags(labels),
        warnings=notes + (() if group_key else ("no groupKey, key derived from the elements",)),
    )


def _group_body(text: str, each: list[Event]) -> str:
    lines = [
        f"{'firing' if event.kind == 'problem' else 'resolved'}: {event.title}"
        for event in each[:_MAX_LISTED]
    ]
    if len(each) > _MAX_LISTED:
        lines.append(f"and {len(each) - _MAX_LISTED} more")
    return clean_text("\n".join(([text] if text else []) + lines))


def _kind(own: Any, of_group: Any) -> tuple[Kind, tuple[str, ...]]:
    for status in (own, of_group):
        if isinstance(status, str) and status.strip().lower() in _KINDS:
            return _KINDS[status.strip().lower()], ()
    return "problem", ("no known status, taken as firing",)


def _severity(
    labels: dict[str, Any], kind: Kind, settings: SourceSettings
) -> tuple[Severity | None, str, tuple[str, ...]]:
    raw = clean_line(labels.get("severity"), 60)
    if kind == "resolved":
        return None, raw, ()
    reading = read_severity(SYSTEM, raw, settings.default_severity)
    if reading.known or not raw:
        return reading.severity, raw, ()
    return reading.severity, raw, (f"severity {raw!r} is not known, the source's default serves",)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> dict[str, str]:
    """The first of these names and texts, for reading. What a message is about is looked up in all of them."""
    return {
        clean_line(key, 100): clean_text(text, 2000) for key, text in sorted(_dict(value).items())[:_MAX_TAGS]
    }


def _labels_key(labels: dict[str, Any]) -> str:
    return key_of("labels", *(f"{whole_line(k)}={whole_line(v)}" for k, v in sorted(labels.items())))


def _with_left_out(body: str, root: dict[str, Any]) -> str:
    return "\n".join(part for part in (body, _left_out_text(root)) if part)


def _first_label(labels: dict[str, Any], names: tuple[str, ...]) -> Ref:
    for name in names:
        if value := clean_line(labels.get(name)):
            return Ref(id=value, name=value)
    return Ref()


def _device(labels: dict[str, Any], settings: SourceSettings) -> Ref:
    """The machine: its id as sent, its name without the port of the exporter that was asked."""
    found = _first_label(labels, settings.device_labels)
    name, colon, port = found.name.rpartition(":")
    return Ref(found.id, name) if colon and port.isdigit() and not name.endswith(":") else found


def _title(labels: dict[str, Any], annotations: dict[str, str], device: Ref) -> str:
    for name in ("summary", "title", "message"):
        if text := clean_line(annotations.get(name)):
            return text
    return (
        clean_line(" on ".join(part for part in (clean_line(labels.get("alertname")), device.id) if part))
        or "Alert"
    )


def _body(annotations: dict[str, str]) -> str:
    first = [annotations.get("description", "")]
    rest = [
        f"{name}: {text}"
        for name, text in sorted(annotations.items())
        if name not in ("description", "summary")
    ]
    return clean_text("\n".join(line for line in first + rest if line))


def _tags(labels: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value[:200]) for name, value in _texts(labels).items() if name not in _NAMED_ELSEWHERE
    )
