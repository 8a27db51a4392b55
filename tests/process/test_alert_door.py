"""The door and the processing with real servers, commits and deaths: nothing is lost, nothing is doubled.

A server's scheduled actions begin only when something wakes them, or a minute after its start: what processes here is
woken by a message, or is a process of its own that dies where the test wants it to.
"""

import json
import re
import secrets
import subprocess
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness import client, database, rows, running

from tools import odoo_config
from tools.places import PYTHON, VENV
from tools.postgres import TEST

PATIENCE = 180  # a loaded machine needs most of it to start an Odoo; a quiet one never waits that long
UNUSABLE = ("Database or registry unusable", "database", "Failed to load registry", "Failed to initialize")


@dataclass
class Door:
    """A source of the database and its secret."""

    name: str
    source: int
    token: str

    def post(self, server, payload, timeout=60):
        """Send a message; return status and answer. 0 where the connection broke."""
        request = urllib.request.Request(
            f"{server.url}/psa/alerts/v1/{self.token}",
            data=json.dumps(payload).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            return 0, {}

    def count(self, what):
        """Rows of a query on its database, as one number."""
        return int(rows(self.name, what)[0][0])

    def pending(self):
        return self.count("SELECT count(*) FROM psa_alert_event WHERE state = 'pending'")

    def wait_until_done(self):
        """Wait until everything stored is processed."""
        until = time.monotonic() + PATIENCE
        while self.pending():
            assert time.monotonic() < until, f"{self.pending()} events are still pending"
            time.sleep(0.2)

    def alerts(self, key):
        """(alerts, tickets, times counted) of a condition."""
        (found,) = rows(
            self.name,
            "SELECT count(*), count(DISTINCT ticket_id), coalesce(sum(occurrence_count), 0) FROM psa_alert "
            f"WHERE correlation_key = 'key|{key}'",
        )
        return tuple(map(int, found))


@pytest.fixture(scope="module")
def door():
    with database() as name:
        with running(name) as server:
            admin = client(server)
            (customer,) = admin.call(
                "res.partner", "create", vals_list=[{"name": "Harbor Dental Group", "is_company": True}]
            )
            (source,) = admin.call(
                "psa.alert.source",
                "create",
                vals_list=[
                    {"name": "Backup", "system": "generic", "partner_id": customer, "overlap_hours": 0}
                ],
            )
            action = admin.call("psa.alert.source", "action_new_address", ids=[source])
        yield Door(name, source, action["context"]["psa_token"])


@pytest.fixture(scope="module")
def server(door):
    """Two workers that take messages in; nothing processes them."""
    with running(door.name, workers=2, cron_threads=0, provokes=UNUSABLE) as server:
        yield server


@contextmanager
def closed_to_all(name):
    """The database is there and lets nobody in, as while it starts or is restored."""
    TEST.command(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
    try:
        TEST.command(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        yield
    finally:
        TEST.command(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


class Shell:
    """A script in an Odoo shell: a process of its own, with its own connection. Its output goes to files: two of them
    that are read one after the other would wait for each other when a pipe is full."""

    def __init__(self, door, folder, script, *flags):
        name = secrets.token_hex(4)
        self.said, self.complained = folder / f"{name}.out", folder / f"{name}.err"
        config = odoo_config.write(folder / f"{name}.conf", TEST, door.name)
        program = folder / f"{name}.py"
        program.write_text(f"import sys; sys.argv = {['x', *map(str, flags)]!r}\n{script}")
        with program.open() as read, self.said.open("wb") as out, self.complained.open("wb") as err:
            self.process = subprocess.Popen(
                [str(PYTHON), str(VENV / "bin" / "odoo"), "shell", "--config", str(config), "--no-http"],
                stdin=read,
                stdout=out,
                stderr=err,
                env={**TEST.environment(), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
            )

    def wait_for(self, path: Path):
        """Wait until the script has made a file."""
        until = time.monotonic() + PATIENCE
        while not path.exists():
            assert self.process.poll() is None, self.complained.read_text()
            assert time.monotonic() < until, f"{path} did not come"
            time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def output(self):
        """Wait for its end; return what it printed."""
        assert self.process.wait(PATIENCE) == 0, self.complained.read_text()
        return self.said.read_text()


@pytest.fixture
def shell(door, tmp_path):
    """Starts scripts; none of them outlives its test, whose locks would stop all others."""
    started = []

    def start(script, *flags):
        started.append(Shell(door, tmp_path, script, *flags))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def message(key, **values):
    return {"key": key, "title": f"Disk {key} is full", "severity": "high", **values}


# Dies in the batch of the given number, when all of it is written and nothing of it committed.
DEADLY = """
import sys, time
from pathlib import Path
from odoo.addons.psa_alerts.models import psa_alert_event_process as process
process.BATCH = 16
events = env["psa.alert.event"]
note, number, batches = type(events)._note_last_seen, int(sys.argv[-2]), []
def stop_here(self):
    note(self)
    batches.append(1)
    if len(batches) == number:
        self.env.flush_all()
        Path(sys.argv[-1]).touch()
        time.sleep(600)
type(events)._note_last_seen = stop_here
events._cron_process()
"""


def test_kills_in_the_midst_of_processing_leave_one_ticket_for_each_condition(door, server, shell, tmp_path):
    with ThreadPoolExecutor(4) as pool:
        messages = [message(f"mid{number % 10}", id=f"mid-{number}") for number in range(40)]
        assert {answer[0] for answer in pool.map(lambda one: door.post(server, one), messages)} == {202}
    left = []
    for batch in (1, 2):
        flag = tmp_path / f"dies{batch}"
        dying = shell(DEADLY, batch, flag)
        dying.wait_for(flag)
        dying.kill()
        left.append(door.pending())
    # The first batch dies whole; after a death an eighth is taken, so two were committed before the second death.
    assert left == [40, 38]
    shell(DEADLY, 0, "never").output()
    assert door.pending() == 0
    assert {door.alerts(f"mid{number}") for number in range(10)} == {(1, 1, 4)}


def test_two_identical_messages_at_once_are_one_event(door, server):
    for attempt in range(5):
        begin, twin = threading.Barrier(4), message("twin", id=f"twin-{attempt}")

        def send(begin=begin, twin=twin):
            begin.wait()
            return door.post(server, twin)

        with ThreadPoolExecutor(4) as pool:
            answers = [job.result() for job in [pool.submit(send) for _sender in range(4)]]
        assert sorted(answer[1]["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 3
    assert door.count("SELECT count(*) FROM psa_alert_event WHERE delivery_id LIKE 'id:twin-%'") == 5


# Two processors at once: the first holds its transaction open while the second looks for work.
HOLDER = """
import sys, time
from pathlib import Path
done = env["psa.alert.event"]._process_batch()
env.flush_all()
Path(sys.argv[-2]).touch()
while not Path(sys.argv[-1]).exists():
    time.sleep(0.05)
env.cr.commit()
print("done", done)
"""
# And then somebody writes the very alert while it decides what to do with it.
FOLLOWER = """
import sys, time
from pathlib import Path
events, alerts = env["psa.alert.event"], env["psa.alert"]
print("while it is held:", events._process_batch_with_patience())
env.cr.rollback()
Path(sys.argv[-1]).touch()
while events.search_count([("state", "=", "pending")]) != 1:
    env.cr.rollback()
    time.sleep(0.05)
find, looks = type(alerts)._find_newest, []
def disturbed(self, keys):
    found = find(self, keys)
    looks.append(1)
    if len(looks) == 1:
        with self.env.registry.cursor() as other:
            other.execute("UPDATE psa_alert SET body = 'written by somebody' WHERE correlation_key = 'key|race'")
            assert other.rowcount == 1
    return found
type(alerts)._find_newest = disturbed
print("disturbed:", events._process_batch_with_patience(), "looked", len(looks))
env.cr.commit()
"""


def test_two_processors_on_one_condition_make_one_ticket(door, server, shell, tmp_path):
    shell(DEADLY, 0, "never").output()  # what other tests left
    holds, may_end = tmp_path / "holds", tmp_path / "may_end"
    assert door.post(server, message("race", id="race-1"))[0] == 202
    first = shell(HOLDER, holds, may_end)
    first.wait_for(holds)
    assert door.post(server, message("race", id="race-2"))[0] == 202
    second = shell(FOLLOWER, may_end)
    assert "done 1" in first.output()
    said = second.output()
    assert "while it is held: 0" in said  # a later message must not overtake the first one
    assert "disturbed: 1 looked 2" in said
    assert door.pending() == 0
    assert door.alerts("race") == (1, 1, 2)


def answers_of_both(door, server, status):
    """Post until both workers have answered; all answers must have that status."""
    until, seen, begin = time.monotonic() + PATIENCE, set(), len(server.log.read_text())
    while len(seen) < 2:
        assert time.monotonic() < until, f"only {seen} answered"
        with ThreadPoolExecutor(4) as pool:
            given = pool.map(
                lambda _number: door.post(server, message("rot", id=secrets.token_hex(4)))[0], range(8)
            )
            assert set(given) == {status}
        lines = server.log.read_text()[begin:].splitlines()
        seen = {line.split()[2] for line in lines if re.search(r"POST /psa/alerts/v1/\*\*\* ", line)}


def test_every_worker_hears_of_a_new_address_and_of_an_archived_source(door, server):
    admin = client(server)
    answers_of_both(door, server, 202)
    old = door.token
    action = admin.call("psa.alert.source", "action_new_address", ids=[door.source])
    answers_of_both(door, server, 401)
    door.token = action["context"]["psa_token"]
    answers_of_both(door, server, 202)
    admin.call("psa.alert.source", "write", ids=[door.source], vals={"active": False})
    answers_of_both(door, server, 401)
    admin.call("psa.alert.source", "write", ids=[door.source], vals={"active": True})
    answers_of_both(door, server, 202)
    log = server.log.read_text()
    assert old not in log
    assert door.token not in log


def test_without_the_database_the_door_says_come_again_and_takes_it_later(door, server):
    assert door.post(server, message("gone", id="gone-0"))[0] == 202
    with closed_to_all(door.name):
        assert {door.post(server, message("gone", id=f"gone-{number}"))[0] for number in range(1, 7)} == {503}
    answers = [door.post(server, message("gone", id=f"gone-{number}")) for number in range(1, 7)]
    assert {answer[1]["status"] for answer in answers} == {"accepted"}
    assert door.count("SELECT count(*) FROM psa_alert_event WHERE delivery_id LIKE 'id:gone-%'") == 7


def test_a_database_missing_from_the_start_is_no_final_answer_either(door):
    with ExitStack() as stack:
        with closed_to_all(door.name):
            late = stack.enter_context(running(door.name, workers=2, cron_threads=0, provokes=UNUSABLE))
            assert door.post(late, message("late", id="late-1"))[0] == 503
        assert door.post(late, message("late", id="late-1"))[1] == {"status": "accepted"}


def test_a_kill_between_storing_and_processing_loses_and_doubles_nothing_and_the_door_wakes_it(door):
    messages = [message(f"kill{number % 20}", id=f"kill-{number}") for number in range(60)]
    with running(door.name, workers=2, cron_threads=0) as server:
        before = door.pending()
        assert [door.post(server, one)[0] for one in messages] == [202] * 60
        server.kill()
        assert door.pending() == before + 60
    with running(door.name, workers=2, cron_threads=1) as server:
        # The sender did not hear all answers, so it sends everything again.
        assert {door.post(server, one)[1]["status"] for one in messages} == {"duplicate"}
        door.wait_until_done()
        assert {door.alerts(f"kill{number}") for number in range(20)} == {(1, 1, 3)}
        assert door.post(server, message("woken", id="woken"))[0] == 202
        door.wait_until_done()
        log = server.log.read_text()
    assert door.alerts("woken") == (1, 1, 1)
    assert "/psa/alerts/v1/***" in log
    assert door.token not in log


def test_a_database_without_the_addon_knows_nothing_of_the_door():
    with database("host") as name, running(name) as server:
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{server.url}/psa/alerts/v1/secret", data=b"{}", timeout=60)
        with urllib.request.urlopen(f"{server.url}/web/login", timeout=60) as answer:
            assert answer.status == 200
