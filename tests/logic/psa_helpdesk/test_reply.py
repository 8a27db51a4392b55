"""Auto-replies and thanks reopen nothing (rule D10.18)."""

import pytest

from odoo.addons.psa_helpdesk.logic.reply import is_thanks, read_sender

HEADERS = [
    ("a person", {"From": "mia@example.com", "Content-Type": "text/plain"}, "person"),
    ("says itself that it is no machine", {"Auto-Submitted": "no"}, "person"),
    ("out of office", {"Auto-Submitted": "auto-replied"}, "auto_reply"),
    ("with a remark", {"auto-submitted": "auto-replied; type=vacation"}, "auto_reply"),
    ("a desk of the customer's own", {"Auto-Submitted": "auto-generated"}, "machine"),
    ("older programs", {"X-Autoreply": "yes"}, "auto_reply"),
    ("older programs too", {"Precedence": "auto-reply"}, "auto_reply"),
    ("bulk", {"Precedence": "bulk"}, "machine"),
    ("a mailing list is people", {"Precedence": "list"}, "person"),
    ("a bounce", {"Return-Path": "<>"}, "auto_reply"),
    ("a sender with an address to return to", {"Return-Path": "<mia@example.com>"}, "person"),
    ("a receipt", {"Content-Type": "multipart/report; report-type=disposition-notification"}, "auto_reply"),
    ("nothing at all", {}, "person"),
]
TEXTS = [
    ("thanks", "Thanks!", True),
    ("a little longer", "Perfect, thank you very much for your quick help.", True),
    ("it works", "Hi Joe,\n\nit works again now. Thanks a lot!", True),
    (
        "with a greeting and a signature",
        "Many thanks\n\nBest regards\nMia Torres\nHarbor Dental, room 12",
        True,
    ),
    ("with what is quoted", "Thank you!\n\nOn Mon, 2 Mar 2026 Joe wrote:\n> Is it broken?\n> Tell us.", True),
    ("quoted without a line before it", "Thx\n> The printer is still broken", True),
    ("German", "Vielen Dank für die schnelle Hilfe, läuft wieder!\n\nViele Grüße\nMia", True),
    ("French", "Merci beaucoup", True),
    ("the name of the writer", "Thanks, Mia", True),
    ("the name of somebody else", "Thanks, but Leo", False),
    ("thanks and a problem", "Thanks, but it is still broken", False),
    ("thanks and a negation", "Thanks, it is not working", False),
    ("thanks and a question", "Thanks, all good now?", False),
    ("thanks and another wish", "Thanks! Please order a second one.", False),
    ("German, not solved", "Danke, geht aber nicht", False),
    ("no thanks", "It works again.", False),
    ("only a problem", "Still broken", False),
    ("nothing", "", False),
    ("only a quotation", "> Thanks", False),
    ("endless thanks are looked at by somebody", "thanks " * 30, False),
]


@pytest.mark.parametrize(("headers", "expected"), [x[1:] for x in HEADERS], ids=[x[0] for x in HEADERS])
def test_sender(headers, expected):
    assert read_sender(headers) == expected


@pytest.mark.parametrize(("text", "expected"), [x[1:] for x in TEXTS], ids=[x[0] for x in TEXTS])
def test_thanks(text, expected):
    assert is_thanks(text, ("Mia Torres", "Joe")) is expected
