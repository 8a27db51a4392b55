"""A problem and its recovery as a monitoring system would send them: what "Send a test" hands to the door."""

import json
from datetime import datetime
from typing import Any

TITLE = "Test message"


def sample_bodies(system: str, key: str, now: datetime) -> tuple[bytes, bytes]:
    """The bodies of a problem at `now` (naive UTC) and of its recovery, both about the condition `key`.

    They name no customer: the test shows what the source does with a message that says little, and its recovery leaves
    nothing open.
    """
    moment = f"{now:%Y-%m-%dT%H:%M:%S}Z"
    make = _alertmanager if system == "alertmanager" else _generic
    problem, recovery = (make(key, is_over, moment) for is_over in (False, True))
    return json.dumps(problem).encode(), json.dumps(recovery).encode()


def _generic(key: str, is_over: bool, moment: str) -> dict[str, Any]:
    state = "resolved" if is_over else "problem"
    return {
        "id": f"{key}-{state}",
        "key": key,
        "state": state,
        "severity": "info",
        "title": TITLE,
        "text": "Sent by a button of the source.",
        "occurred_at": moment,
    }


def _alertmanager(key: str, is_over: bool, moment: str) -> dict[str, Any]:
    status = "resolved" if is_over else "firing"
    labels = {"alertname": TITLE, "severity": "info"}
    element = {
        "status": status,
        "labels": labels,
        "annotations": {"summary": TITLE, "description": "Sent by a button of the source."},
        "startsAt": moment,
        "endsAt": moment if is_over else "0001-01-01T00:00:00Z",
        "fingerprint": key,
    }
    return {
        "version": "4",
        "status": status,
        "groupKey": key,
        "groupLabels": labels,
        "commonLabels": labels,
        "alerts": [element],
    }
