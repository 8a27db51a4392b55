import pytest

from odoo.addons.psa_helpdesk.logic.rule_text import fill, find_unknown

VALUES = {"number": "HT00012", "customer": "", "title": "{{number}} <b>down</b>"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Look at {{number}}", "Look at HT00012"),
        ("{{ number }}/{{number}}", "HT00012/HT00012"),
        ("of {{customer}}", "of -"),
        ("{{title}}", "{{number}} <b>down</b>"),
        ("{{password}}", "{{password}}"),
        ("50 % {number}", "50 % {number}"),
        ("", ""),
        (None, ""),
    ],
)
def test_places_are_filled_once_and_missing_values_are_dashes(text, filled):
    assert fill(text, VALUES) == filled


def test_unknown_names_are_reported():
    assert find_unknown("{{number}} {{object.env}} {{x}}", VALUES) == ["object.env", "x"]
