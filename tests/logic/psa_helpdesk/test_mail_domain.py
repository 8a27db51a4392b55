"""Whose mail it is, by the domain of its sender."""

import pytest

from odoo.addons.psa_helpdesk.logic.mail_domain import (
    find_customer,
    is_domain,
    own_domains,
    read_domain,
    read_listed,
)

HARBOR, COBALT = 1, 2
OWNERS = [
    (HARBOR, frozenset({"harbor.example", "shared.example"})),
    (COBALT, frozenset({"cobalt.example", "shared.example"})),
]
SENDERS = [
    ("nora@harbor.example", HARBOR),
    ("Nora@HARBOR.example", HARBOR),
    ("<nora@harbor.example>", HARBOR),
    ("nora@mail.harbor.example", None),
    ("nora@notharbor.example", None),
    ("nora@harbor.example.evil.example", None),
    ("harbor.example@evil.example", None),
    ("nora@shared.example", None),
    ("nora@gmail.com", None),
    ("nora", None),
    ("", None),
    (None, None),
]
OWN = [
    ("an address", ("office@harbor.example", None, None), {"harbor.example"}),
    ("a website", (None, "https://www.harbor.example/team?x=1", None), {"harbor.example"}),
    ("a website without a scheme", (None, "www.harbor.example", None), {"harbor.example"}),
    (
        "several typed in",
        (None, None, "@A.example; b.example,c.example"),
        {"a.example", "b.example", "c.example"},
    ),
    ("public ones never count", ("harbor@gmail.com", "https://web.de", "gmx.de"), set()),
    ("letters of other scripts", ("a@müller.example", None, None), {"xn--mller-kva.example"}),
    ("nothing", (None, None, None), set()),
    ("no domains at all", ("office", "localhost", "x"), set()),
]


@pytest.mark.parametrize(("address", "customer"), SENDERS)
def test_sender(address, customer):
    found = find_customer(address, OWNERS)
    assert found.customer == customer
    assert found.why


@pytest.mark.parametrize(("name", "said", "domains"), OWN, ids=[row[0] for row in OWN])
def test_own_domains(name, said, domains):
    assert own_domains(*said) == domains


def test_list_keeps_what_is_no_domain_to_be_refused():
    assert read_listed("harbor, a.example") == ["harbor", "a.example"]
    assert not is_domain("harbor")
    assert read_domain("x@.") == ""
