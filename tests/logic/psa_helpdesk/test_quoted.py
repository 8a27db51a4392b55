"""What is quoted is left out of what is shown at once."""

import pytest

from odoo.addons.psa_helpdesk.logic.quoted import cut_quoted

Q = 'data-o-mail-quote="1"'
BODIES = [
    ("nothing quoted", "<p>Help</p>", "<p>Help</p>"),
    ("nothing at all", "", ""),
    ("a mail below", f"<p>Help</p><div {Q}><p>old</p></div>", "<p>Help</p>"),
    ("text after what is quoted stays", f"<p>Help <span {Q}>old</span> soon</p>", "<p>Help  soon</p>"),
    ("quoted inside quoted", f"<p>Help</p><div {Q}>a<div {Q}>b</div></div>", "<p>Help</p>"),
    ("only what is quoted stays as it is", f"<div {Q}>old</div>", f"<div {Q}>old</div>"),
    ("a picture says something", f'<img src="/a.png"><div {Q}>old</div>', '<img src="/a.png">'),
    ("letters", f"<p>Müller € <br></p><b {Q}>x</b>", "<p>Müller € <br></p>"),
    ("bare text", f"Help<i {Q}>x</i>", "Help"),
]


@pytest.mark.parametrize(("name", "body", "shown"), BODIES, ids=[row[0] for row in BODIES])
def test_cut(name, body, shown):
    assert cut_quoted(body) == shown


def test_nothing_to_read():
    assert cut_quoted(None) == ""
