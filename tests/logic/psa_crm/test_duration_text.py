"""psa_crm/logic/duration_text.py against the table that the web client's parser is tested with, too."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_crm.logic.duration_text import (
    MAX_MINUTES,
    AmbiguousDuration,
    Duration,
    DurationProblem,
    format_duration,
    read_duration,
    spell_duration,
)

TABLE = Path(__file__).parents[3] / "addons" / "psa_crm" / "static" / "tests" / "duration_cases.js"


def rows(name):
    return json.loads(re.search(rf"{name} = (\[.*?\n\]);", TABLE.read_text(), re.DOTALL)[1])


@pytest.mark.parametrize("case", rows("DURATION_CASES"), ids=lambda case: case["name"])
def test_what_people_type(case):
    if "problem" in case:
        with pytest.raises(DurationProblem) as refusal:
            read_duration(case["text"])
        assert refusal.value.code == case["problem"]
    elif "minutes" in case:
        assert read_duration(case["text"]) == Duration(case["minutes"])
    else:
        assert read_duration(case["text"]) == AmbiguousDuration(case["as_minutes"], case["as_hours"])


@pytest.mark.parametrize("case", rows("FORMAT_CASES"), ids=lambda case: case["short"])
def test_what_people_read(case):
    assert format_duration(case["minutes"]) == case["short"]
    assert spell_duration(case["minutes"]) == case["long"]


@given(st.integers(-MAX_MINUTES, MAX_MINUTES))
def test_what_is_written_is_read_back(minutes):
    assert read_duration(format_duration(minutes)) == Duration(minutes)
    assert read_duration(spell_duration(minutes)) == Duration(minutes)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    try:
        assert read_duration(text)
    except DurationProblem as problem:
        assert problem.code in {"empty", "unreadable", "minutes", "too_long"}
