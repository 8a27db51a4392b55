"""A server in Odoo's production form: it answers, keeps what it committed, and comes back."""

import urllib.error
import urllib.request

import pytest
from harness import client, database, rows, running

from tools.json2 import Json2, Refused
from tools.server import answers


@pytest.fixture(scope="module")
def server():
    with database() as name, running(name, workers=2, cron_threads=1) as started:
        yield started


def page(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_it_answers(server):
    status, body = page(f"{server.url}/web/login")
    assert status == 200
    assert 'name="login"' in body


def test_the_web_socket_process_is_there_beside_the_workers(server):
    status, _body = page(f"http://127.0.0.1:{server.web_socket_port}/websocket")
    assert status == 400  # it is there, and a plain page request is no hand-shake


def test_a_wrong_key_opens_nothing(server):
    with pytest.raises(Refused) as refusal:
        Json2(server.url, "0" * 40).call("res.users", "search_read", domain=[], fields=["login"])
    assert refusal.value.status == 401


def test_what_was_committed_survives_a_kill_and_the_server_comes_back(server):
    admin = client(server)
    (partner,) = admin.call("res.partner", "create", vals_list=[{"name": "Kept through it"}])
    server.kill()
    assert not answers(server.port)
    assert rows(server.database, f"SELECT name FROM res_partner WHERE id = {partner}") == [
        ["Kept through it"]
    ]
    server.start()
    assert admin.read("res.partner", partner, "name")["name"] == "Kept through it"


def test_it_ends_when_asked(server):
    server.stop()
    assert not answers(server.port)
