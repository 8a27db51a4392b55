"""psa_helpdesk/logic/ticket_status.py: six words for whatever stages a queue has."""

import pytest

from odoo.addons.psa_helpdesk.logic.ticket_status import Status, read_status


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("nobody has looked", (True, "none", True, False), Status.RECEIVED),
        ("taken, still in the first stage", (True, "none", True, True), Status.IN_PROGRESS),
        ("in progress, nobody assigned", (True, "none", False, False), Status.IN_PROGRESS),
        ("planned", (True, "plan", False, True), Status.IN_PROGRESS),
        ("waiting for the customer", (True, "waiting", False, True), Status.WAITING),
        ("waiting beats unattended", (True, "waiting", True, False), Status.WAITING),
        ("done", (False, "resolved", False, True), Status.SOLVED),
        ("a closing stage without a meaning", (False, "none", False, True), Status.SOLVED),
        ("closed while unattended", (False, "none", True, False), Status.SOLVED),
        ("cancelled", (False, "cancelled", False, True), Status.CANCELLED),
        ("became a task", (False, "cancelled", False, True, True), Status.MOVED),
        ("became a task, and was opened again", (True, "none", False, True, True), Status.IN_PROGRESS),
    ],
)
def test_status(name, facts, expected):
    assert read_status(*facts) is expected, name
