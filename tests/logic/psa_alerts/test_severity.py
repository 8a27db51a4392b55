"""psa_alerts/logic/severity.py: words of a source, its default for the rest (N22, N23)."""

import pytest

from odoo.addons.psa_alerts.logic.severity import TABLES, Reading, read_severity


@pytest.mark.parametrize(
    ("system", "raw", "severity", "known"),
    [
        ("alertmanager", "critical", "critical", True),
        ("alertmanager", "page", "critical", True),
        ("alertmanager", " Warning ", "medium", True),
        ("alertmanager", "none", "info", True),
        ("alertmanager", "Blurple", "high", False),
        ("alertmanager", "", "high", False),
        ("generic", "CRITICAL", "critical", True),
        ("generic", "info", "info", True),
        ("generic", "Kritisch", "high", False),
        ("generic", "1", "high", False),
        ("generic", "5", "high", False),
        ("generic", "P1", "high", False),
    ],
)
def test_words(system, raw, severity, known):
    assert read_severity(system, raw, "high") == Reading(severity, known)


@pytest.mark.parametrize("system", TABLES)
def test_the_default_is_the_sources_own(system):
    assert read_severity(system, "whatever", "low").severity == "low"
