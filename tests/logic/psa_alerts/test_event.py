"""psa_alerts/logic/event.py: texts of strangers made fit for a database, a header and a comparison (N12, N13, N15)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_alerts.logic.event import (
    clean_line,
    clean_text,
    exact_id,
    is_worse,
    match_key,
    whole_line,
    worst,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("two\nlines\tkept", "two\nlines\tkept"),
        ("N12 \x00nul \x07bell \ud800half", "N12 nul bell half"),
        ("N13 \u202eabc", "N13 \u202eabc"),
        (None, ""),
        (0, "0"),
        (False, "false"),
        (1.5, "1.5"),
        ({"a": 1}, ""),
        (["a"], ""),
    ],
)
def test_clean_text(value, text):
    assert clean_text(value) == text


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (" a-1 ", "a-1"),
        (4711, "4711"),
        (1732412345.123, "1732412345.123"),
        (1e300, "1e+300"),
        (True, ""),
        (False, ""),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_an_id_is_taken_to_the_letter_and_a_boolean_is_none(value, exact):
    assert exact_id(value) == exact


def test_a_key_is_one_line_and_never_cut():
    assert whole_line("a \r\n b\x07c\u202e") == "a bc\u202e"
    assert whole_line("x" * 5000) == "x" * 5000
    assert (whole_line(1234567.5), whole_line(True), whole_line(None), whole_line([])) == (
        "1234567.5",
        "",
        "",
        "",
    )


def test_long_text_is_cut_and_shows_it():
    assert clean_text("x" * 7000) == "x" * 5999 + "…"
    assert clean_line("word " * 100) == ("word " * 50)[:249] + "…"


def test_n15_a_line_has_no_line_break():
    assert clean_line("Disk full\r\nBcc: all@example.com") == "Disk full Bcc: all@example.com"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("COB-WEB1", "cob-web1", True),
        ("COB-WEB1", "COB-\u200bWEB1", True),
        ("COB-WEB1", " COB-WEB1 ", True),
        ("COB-WEB1", "ＣＯＢ-WEB1", True),
        ("COB-WEB1", "\u202eCOB-WEB1", True),
        ("COB-WEB1", "СОВ-WEB1", False),  # Cyrillic letters
        ("COB-WEB1", "COB-WEB2", False),
    ],
    ids=["case", "zero width", "blanks", "full width", "right to left", "look-alike", "other"],
)
def test_n13_names_are_compared_without_tricks(one, other, same):
    assert (match_key(one) == match_key(other)) is same


def test_severities_have_an_order():
    assert worst(["low", "critical", "info"]) == "critical"
    assert is_worse("high", "medium")
    assert not is_worse("info", "info")


@given(st.text(max_size=300))
def test_a_clean_text_has_nothing_left_to_clean(text):
    clean = clean_text(text, 100)
    assert clean_text(clean, 100) == clean
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in clean if char not in "\n\t")
