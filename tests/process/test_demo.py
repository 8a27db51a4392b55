"""`./psa demo` on a demo suite: with real monitoring, with the recorded message, and with nothing sent to anybody."""

import os
import re
import signal
import subprocess
import time
from email import message_from_bytes
from email.policy import default

import pytest
from harness import database, rows, running

from tools import demo_database, machine, odoo_source, suite
from tools.demo import monitoring
from tools.mail_sink import MailSink
from tools.places import ADDONS, PYTHON, ROOT, VENV
from tools.postgres import TEST

ENDPOINT = re.compile(r"""get_param\(\s*["']([\w.]*endpoint[\w.]*)["']|_rpc\([^)]*["']([\w.]*endpoint)["']""")


# Whom the demo tells by text message first is told by the next way: there is no provider of text messages.
NO_TEXT_MESSAGES = (r"iap jsonrpc \S+/api/sms/3/send failed", r"iap_tools\.py.*code iap_jsonrpc")


@pytest.fixture(scope="module")
def demo_suite(demo_world, tmp_path_factory):
    """A server of the demo world as ./psa run starts it, and where its mail goes."""
    with database(demo_world.name) as name, MailSink(tmp_path_factory.mktemp("mail")) as sink:
        demo_database.silence(TEST, name)
        with running(
            name,
            cron_threads=suite.CRON_THREADS,
            options=suite.options(sink),
            provokes=NO_TEXT_MESSAGES,
        ) as server:
            yield server, sink


def play(server, **environment):
    done = subprocess.run(
        [PYTHON, "-m", "tools.demo", "--url", server.url],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(done.stdout, done.stderr)  # shown where the test fails
    return done


def test_the_demo_holds_with_a_real_alertmanager(demo_suite):
    machine.require(machine.MONITORING, "the demo with real monitoring")
    server, sink = demo_suite
    done = play(server)
    assert done.returncode == 0
    assert "a real Prometheus and Alertmanager" in done.stdout
    assert "0:50 x 100.00/h = 83.33" in done.stdout
    assert "Every step held" in done.stdout
    assert like_another(server.database) == [], "accounting warns of a possible duplicate"
    # what the customer is told when Joe closes the ticket was sent, and this is where it went
    until = time.monotonic() + 20
    while not any("Solved: COB-WEB1" in subject for subject in subjects_in(sink.folder)):
        assert time.monotonic() < until, subjects_in(sink.folder)
        time.sleep(0.5)


def like_another(name):
    """Invoices that Odoo takes for possible duplicates: same customer, day and amount."""
    return rows(
        name,
        "SELECT one.name, other.name FROM account_move AS one JOIN account_move AS other USING"
        " (commercial_partner_id, invoice_date, amount_total, move_type) WHERE one.id < other.id AND move_type = 'out_invoice'",
    )


def subjects_in(folder):
    """The subjects of the kept messages."""
    return [message_from_bytes(file.read_bytes(), policy=default)["Subject"] for file in folder.glob("*.eml")]


def test_the_demo_holds_with_the_recorded_message(demo_suite, tmp_path):
    server, _sink = demo_suite
    done = play(server, PATH=str(tmp_path))  # no program is found here
    assert done.returncode == 0
    assert "a recorded message is replayed" in done.stdout
    assert "Every step held" in done.stdout


def test_no_bought_service_is_reached(demo_suite):
    """Every parameter under which an installed module looks for an address of its maker leads nowhere."""
    server, _sink = demo_suite
    places = [ADDONS, *(odoo_source.find() / part for part in ("odoo/addons", "addons"))]
    places += VENV.glob("lib/python3*/site-packages/odoo/addons")
    installed = rows(server.database, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    asked = set()
    for (module,) in installed:
        for path in (path for place in places for path in (place / module).rglob("*.py")):
            if "tests" not in path.parts:
                asked |= {key for pair in ENDPOINT.findall(path.read_text()) for key in pair if key}
    assert {"sms.endpoint", "enrich.endpoint", "iap.endpoint"} <= asked
    leading_nowhere = {
        key
        for (key,) in rows(
            server.database,
            f"SELECT key FROM ir_config_parameter WHERE value = '{demo_database.NOWHERE}'",
        )
    }
    assert asked <= leading_nowhere


def test_without_a_suite_the_demo_says_how_to_start_one():
    done = subprocess.run(
        [PYTHON, "-m", "tools.demo", "--url", "http://127.0.0.1:9"], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 2
    assert "./psa run" in done.stderr


KILLED = """
import sys, time
from tools.demo.monitoring import watched_target
with watched_target("http://127.0.0.1:9/", client="c", device="d", check="k"):
    print("watching", flush=True)
    time.sleep(120)
"""


def test_a_killed_demo_leaves_no_monitoring_behind():
    machine.require(machine.MONITORING, "the demo with real monitoring")
    with subprocess.Popen([PYTHON, "-c", KILLED], cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout.readline() == "watching\n"
        children = children_of(demo.pid)
        assert len(children) == 2
        demo.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while any(os.path.exists(f"/proc/{child}") for child in children):
        assert time.monotonic() < until, "they live on"
        time.sleep(0.1)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        return listed.read().split()


def test_monitoring_that_ends_early_is_explained(tmp_path):
    with pytest.raises(RuntimeError, match=r"false ended at once \(exit 1\)"):
        with monitoring._program(["false"], "http://127.0.0.1:9/", tmp_path):
            pass
