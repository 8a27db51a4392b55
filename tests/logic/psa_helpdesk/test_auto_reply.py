"""psa_helpdesk/logic/auto_reply.py: mail of machines, which no receipt answers."""

from email.message import Message

import pytest

from odoo.addons.psa_helpdesk.logic.auto_reply import is_automatic


def mail(**headers):
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no header at all"),
        pytest.param({"Auto_Submitted": "no"}, id="says that a person sent it"),
        pytest.param({"Precedence": "first-class"}, id="an ordinary precedence"),
        pytest.param({"Return_Path": "<mia@harbor.example>"}, id="has a sender"),
    ],
)
def test_a_person_wrote_it(headers):
    assert not is_automatic(mail(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Auto_Submitted": "auto-replied"}, id="out of office"),
        pytest.param({"auto_submitted": "Auto-Generated; type=x"}, id="whatever its case and parameters"),
        pytest.param({"X_Auto_Response_Suppress": "All"}, id="wants no answer"),
        pytest.param({"X_Autoreply": "yes"}, id="an old responder"),
        pytest.param({"Precedence": "bulk"}, id="bulk"),
        pytest.param({"List_Id": "<news.example>"}, id="a mailing list"),
        pytest.param({"Return_Path": "<>"}, id="a bounce"),
    ],
)
def test_a_machine_wrote_it(headers):
    assert is_automatic(mail(**headers))
