"""psa_alerts/logic/sample.py: the test message is one that our own parsers understand without a warning."""

from datetime import datetime

import pytest

from odoo.addons.psa_alerts.logic.body import read_json
from odoo.addons.psa_alerts.logic.parsers import SourceSettings, parse
from odoo.addons.psa_alerts.logic.sample import sample_bodies

NOW = datetime(2026, 3, 2, 10, 0)


@pytest.mark.parametrize("group_by", ["fingerprint", "group"])
@pytest.mark.parametrize("system", ["alertmanager", "generic"])
def test_a_problem_and_its_recovery(system, group_by):
    (problem,), (recovery,) = (
        parse(system, read_json(body.decode()).root, SourceSettings(group_by=group_by))
        for body in sample_bodies(system, "psa-test-1", NOW)
    )
    assert (problem.kind, recovery.kind) == ("problem", "resolved")
    assert problem.correlation_key == recovery.correlation_key
    assert (problem.severity, problem.occurred_at, recovery.occurred_at) == ("info", NOW, NOW)
    assert problem.warnings == recovery.warnings == ()
    assert not problem.client
