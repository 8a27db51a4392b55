"""Rules D10.29 and D10.39: what is a touch, and what leaves a ticket untouched."""

from datetime import datetime

import pytest

from odoo.addons.psa_helpdesk.logic import touch
from odoo.addons.psa_helpdesk.logic.touch import Actor, Role

STAFF = Actor(is_internal=True)
SUBCONTRACTOR = Actor(is_internal=False, is_assignee=True)
CUSTOMER = Actor(is_internal=False)
RULE_IN_A_PERSONS_NAME = Actor(is_internal=True, is_automation=True)
AT = datetime(2026, 3, 2, 10, 2)


@pytest.mark.parametrize(
    ("name", "actor", "role"),
    [
        ("an internal user is staff", STAFF, Role.STAFF),
        ("the subcontractor it is assigned to is staff", SUBCONTRACTOR, Role.STAFF),
        ("anybody else is the customer", CUSTOMER, Role.CUSTOMER),
        ("a rule stays a rule in a person's name", RULE_IN_A_PERSONS_NAME, Role.AUTOMATION),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_role(name, actor, role):
    assert touch.role_of(actor) is role


@pytest.mark.parametrize(
    ("name", "deed", "actor", "expected"),
    [
        *((f"{deed} by staff", deed, STAFF, True) for deed in sorted(touch.TOUCHING_DEEDS)),
        ("answer of the subcontractor", touch.ANSWER, SUBCONTRACTOR, True),
        ("opening the form", "read", STAFF, False),
        ("acknowledged at the source", "acknowledgement", STAFF, False),
        ("the customer writes: still down", touch.ANSWER, CUSTOMER, False),
        ("assignment by a rule", touch.ASSIGNEE, RULE_IN_A_PERSONS_NAME, False),
        ("repeat of the alert", touch.NOTE, Actor(is_internal=False, is_automation=True), False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_touches(name, deed, actor, expected):
    finding = touch.touches(deed, actor)
    assert finding.holds is expected
    assert finding.why


@pytest.mark.parametrize(
    ("name", "facts", "expected", "why"),
    [
        ("rule assigned, technician only looked", (None, None, False), True, "no touch"),
        ("technician pressed take", (AT, None, False), False, "staff"),
        ("the customer wrote", (None, AT, False), False, "customer"),
        ("merged", (None, None, True), False, "merged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_untouched(name, facts, expected, why):
    finding = touch.is_untouched(*facts)
    assert finding.holds is expected
    assert why in finding.why
