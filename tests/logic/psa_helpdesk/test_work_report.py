"""What a phone hands in when the work is done; hostile input is refused with the reason."""

import base64

import pytest

from odoo.addons.psa_helpdesk.logic.work_report import (
    LONGEST_TEXT,
    Limits,
    Picture,
    Reason,
    Report,
    ReportProblem,
    is_token,
    read,
)

LIMITS = Limits(photos=2, photo_bytes=30, signature_bytes=20)
DATA = base64.b64encode(b"picture").decode()


def test_a_report_is_read():
    values = {
        "summary": "  Roller changed ", "note": "Key at the desk", "signature": f"data:image/png;base64,{DATA}",
        "signed_by": "Mia Torres", "close": True, "photos": [{"name": "C:\\dcim/a.jpg", "data": DATA}, {"data": DATA}],
        "minutes": 50,
    }  # fmt: skip
    assert read(values, LIMITS) == Report(
        "Roller changed", "Key at the desk", (Picture("a.jpg", b"picture"), Picture("photo", b"picture")),
        b"picture", "Mia Torres", is_closing=True,
    )  # fmt: skip


@pytest.mark.parametrize("values", [{}, {"summary": False, "note": None, "photos": [], "signature": False}])
def test_nothing_said_is_an_empty_report(values):
    assert read(values, LIMITS) == Report()


def test_the_limit_itself_is_taken():
    values = {"photos": [{"data": base64.b64encode(b"x" * 30).decode()}], "summary": "x" * LONGEST_TEXT}
    assert len(read(values, LIMITS).photos[0].content) == 30


@pytest.mark.parametrize(
    ("values", "reason", "what"),
    [
        ("text", Reason.FORM, ""),
        ([], Reason.FORM, ""),
        ({"summary": 5}, Reason.FORM, "summary"),
        ({"note": ["x"]}, Reason.FORM, "note"),
        ({"close": "yes"}, Reason.FORM, "close"),
        ({"is_absent": 1}, Reason.FORM, "is_absent"),
        ({"photos": "x"}, Reason.FORM, "photos"),
        ({"photos": ["x"]}, Reason.FORM, "photos"),
        ({"photos": [{"name": "a.jpg"}]}, Reason.FORM, "a.jpg"),
        ({"photos": [{"data": 7}]}, Reason.FORM, "photo"),
        ({"signature": {"x": 1}}, Reason.FORM, "signature"),
        ({"signature": DATA}, Reason.FORM, "signed_by"),
        ({"summary": "x" * (LONGEST_TEXT + 1)}, Reason.TOO_LONG, "summary"),
        ({"photos": [{"data": DATA}] * 3}, Reason.TOO_MANY, "2"),
        ({"photos": [{"name": "a.jpg", "data": base64.b64encode(b"x" * 31).decode()}]}, Reason.TOO_LARGE, "a.jpg"),
        ({"signature": "A" * 4000, "signed_by": "Mia"}, Reason.TOO_LARGE, "signature"),
        ({"photos": [{"data": "not base64!"}]}, Reason.UNREADABLE, "photo"),
        ({"photos": [{"data": "abc"}]}, Reason.UNREADABLE, "photo"),
        ({"photos": [{"data": "YWJj\nYWJj"}]}, Reason.UNREADABLE, "photo"),
        ({"photos": [{"data": "\u0430" * 4}]}, Reason.UNREADABLE, "photo"),
        ({"photos": [{"data": ""}]}, Reason.UNREADABLE, "photo"),
        ({"photos": [{"data": "data:image/png,x"}]}, Reason.UNREADABLE, "photo"),
        ({"close": True}, Reason.EMPTY, ""),
        ({"close": True, "is_absent": True, "summary": "x"}, Reason.CONTRADICTION, ""),
        ({"signature": DATA, "signed_by": "Mia", "is_absent": True}, Reason.CONTRADICTION, ""),
    ],
)  # fmt: skip
def test_what_is_refused(values, reason, what):
    with pytest.raises(ReportProblem) as caught:
        read(values, LIMITS)
    assert (caught.value.reason, caught.value.what) == (reason, what)


@pytest.mark.parametrize(
    ("token", "is_one"),
    [
        ("8c1f0d2e-5a3b-4c6d-9e7f-001122334455", True),
        ("a" * 16, True),
        ("a" * 15, False),
        ("a" * 65, False),
        ("'; DROP TABLE x; --", False),
        ("", False),
        (None, False),
        (["a" * 16], False),
    ],
)
def test_what_is_a_token(token, is_one):
    assert is_token(token) is is_one
