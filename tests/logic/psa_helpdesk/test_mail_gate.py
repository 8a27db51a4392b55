"""Which mails may go into tickets (rules D8.5 and D10.18), and which ticket a subject names."""

import pytest

from odoo.addons.psa_helpdesk.logic.mail_gate import LOOP_CAP, Mail, refuse, subject_key, ticket_numbers

MAILS = [
    ("a person asks", Mail(False, False, True, 0), ""),
    ("a person answers", Mail(False, False, False, 0), ""),
    ("a machine answers our mail: kept on its ticket", Mail(False, True, False, 0), ""),
    ("a machine answers and would open a ticket", Mail(False, True, True, 0), "auto_reply"),
    ("our mail came back", Mail(True, True, False, 0), "bounce"),
    ("the last one that may", Mail(False, False, True, LOOP_CAP - 1), ""),
    ("one too many", Mail(False, False, True, LOOP_CAP), "loop"),
    ("one too many on a ticket", Mail(False, False, False, LOOP_CAP + 7), "loop"),
]
SUBJECTS = [
    ("Printer", "Re: Printer", True),
    ("Printer", "AW: RE: Fwd:  printer ", True),
    ("Printer", "Re[2]: Printer", True),
    ("Printer", "Re: [T000123] Printer", True),
    ("[T000123] Printer", "[T000124] Printer", True),
    ("Printer", "Plotter", False),
    ("Printer 1", "Printer 2", False),
    (None, "", True),
]
NUMBERS = [
    ("Re: [T000123] Printer", ["T000123"]),
    ("[t000123]", ["T000123"]),
    ("[ HT00042 ] and [T000123], again [T000123]", ["HT00042", "T000123"]),
    ("[2026/17]", []),
    ("T000123", []),
    ("[urgent] [12]", []),
    ("[12345]", ["12345"]),
    (None, []),
]


@pytest.mark.parametrize(("name", "mail", "reason"), MAILS, ids=[row[0] for row in MAILS])
def test_gate(name, mail, reason):
    assert refuse(mail) == reason


@pytest.mark.parametrize(("one", "other", "is_same"), SUBJECTS)
def test_subjects_that_are_the_same(one, other, is_same):
    assert (subject_key(one) == subject_key(other)) is is_same


@pytest.mark.parametrize(("subject", "numbers"), NUMBERS)
def test_numbers(subject, numbers):
    assert ticket_numbers(subject) == numbers
