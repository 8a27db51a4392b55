"""The door and the processing with real servers, commits and deaths: nothing is lost, nothing is doubled."""

import json
import secrets
import subprocess
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from harness import client, database, rows, running

from tools import odoo_config
from tools.places import PYTHON, VENV
from tools.postgres import TEST

PATIENCE = 120


@dataclass
class Door:
    """A source of the database and its secret."""

    name: str
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
            return error.code, json.load(error)
        except (OSError, ValueError):
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
                vals_list=[{"name": "Backup", "system": "generic", "partner_id": customer}],
            )
            action = admin.call("psa.alert.source", "action_new_address", ids=[source])
        yield Door(name, action["context"]["psa_token"])


def message(key, **values):
    return {"key": key, "title": f"Disk {key} is full", "severity": "high", **values}


def test_a_kill_between_storing_and_processing_loses_and_doubles_nothing(door):
    messages = [message(f"kill{number % 20}", id=f"kill-{number}") for number in range(60)]
    with running(door.name, workers=2, cron_threads=0) as server:
        assert [door.post(server, one)[0] for one in messages] == [202] * 60
        server.kill()
        assert door.pending() == 60
        server.start()
        # The sender did not hear all answers, so it sends everything again.
        assert {door.post(server, one)[1]["status"] for one in messages} == {"duplicate"}
    with running(door.name, workers=2, cron_threads=1):
        door.wait_until_done()
    assert {door.alerts(f"kill{number}") for number in range(20)} == {(1, 1, 3)}


def test_kills_in_the_midst_of_processing_leave_one_ticket_for_each_condition(door):
    messages = [message(f"mid{number % 40}", id=f"mid-{number}") for number in range(160)]
    with running(door.name, workers=2, cron_threads=0) as server:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda one: door.post(server, one)[0], messages))
    assert answers == [202] * 160
    for seconds in (0.3, 1.0, 2.0):
        with running(door.name, cron_threads=1) as server:
            time.sleep(seconds)
            server.kill()
    with running(door.name, cron_threads=1):
        door.wait_until_done()
    assert {door.alerts(f"mid{number}") for number in range(40)} == {(1, 1, 4)}


def test_two_identical_messages_at_once_are_one_event(door):
    with running(door.name, workers=2, cron_threads=0) as server:
        for attempt in range(5):
            begin, twin = threading.Barrier(4), message("twin", id=f"twin-{attempt}")

            def send(begin=begin, twin=twin):
                begin.wait()
                return door.post(server, twin)

            with ThreadPoolExecutor(4) as pool:
                answers = [job.result() for job in [pool.submit(send) for _sender in range(4)]]
            assert sorted(answer[1]["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 3
    assert door.count("SELECT count(*) FROM psa_alert_event WHERE delivery_id LIKE 'id:twin-%'") == 5


# Two processors at once: the first holds its transaction open while the second decides on the same condition.
HOLDER = """
import sys, time
from pathlib import Path
done = env["psa.alert.event"]._process_batch()
env.flush_all()
Path(sys.argv[-2]).touch()
while not Path(sys.argv[-1]).exists():
    time.sleep(0.05)
time.sleep(1)  # long enough for the other one to run into the unique key and wait there
env.cr.commit()
print("done", done)
"""
FOLLOWER = """
import sys
from pathlib import Path
events = env["psa.alert.event"]
Path(sys.argv[-1]).touch()
print("done", events._process_batch_with_patience())
env.cr.commit()
"""


def shell(door, folder, script, *flags):
    """Start a script in an Odoo shell of its own process, on its own connection."""
    config = odoo_config.write(folder / f"{secrets.token_hex(4)}.conf", TEST, door.name)
    arguments = [str(PYTHON), str(VENV / "bin" / "odoo"), "shell", "--config", str(config), "--no-http"]
    program = f"import sys; sys.argv = {['x', *map(str, flags)]!r}\n{script}"
    return subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**TEST.environment(), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    ), program  # fmt: skip


def wait_for(path, process):
    until = time.monotonic() + PATIENCE
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, f"{path} did not come"
        time.sleep(0.05)


def test_two_processors_on_one_condition_make_one_ticket(door, tmp_path):
    holds, may_end = tmp_path / "holds", tmp_path / "may_end"
    with running(door.name, workers=2, cron_threads=0) as server:
        assert door.post(server, message("race", id="race-1"))[0] == 202
        first, program = shell(door, tmp_path, HOLDER, holds, may_end)
        first.stdin.write(program)
        first.stdin.close()
        wait_for(holds, first)
        assert door.post(server, message("race", id="race-2"))[0] == 202
        second, program = shell(door, tmp_path, FOLLOWER, may_end)
        second.stdin.write(program)
        second.stdin.close()
        for process in (first, second):
            said, complaint = process.stdout.read(), process.stderr.read()
            assert process.wait(PATIENCE) == 0, complaint
        assert "done 1" in said, complaint  # the second one, which found the condition taken
    assert door.pending() == 0
    assert door.alerts("race") == (1, 1, 2)


def test_without_the_database_the_door_says_come_again_and_takes_it_later(door):
    with running(
        door.name, workers=2, cron_threads=0, provokes=("Database or registry unusable", "database")
    ) as server:
        assert door.post(server, message("gone", id="gone-0"))[0] == 202
        TEST.command(f'ALTER DATABASE "{door.name}" WITH ALLOW_CONNECTIONS false')
        try:
            TEST.command(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{door.name}'"
            )
            assert {door.post(server, message("gone", id=f"gone-{number}"))[0] for number in range(1, 7)} == {
                503
            }
        finally:
            TEST.command(f'ALTER DATABASE "{door.name}" WITH ALLOW_CONNECTIONS true')
        answers = [door.post(server, message("gone", id=f"gone-{number}")) for number in range(1, 7)]
    assert {answer[1]["status"] for answer in answers} == {"accepted"}
    assert door.count("SELECT count(*) FROM psa_alert_event WHERE delivery_id LIKE 'id:gone-%'") == 7


def test_the_door_wakes_the_processing_and_the_secret_is_in_no_log(door):
    with running(door.name, workers=2, cron_threads=1, options={"log_level": "info"}) as server:
        time.sleep(2)  # the scheduled actions that were due have begun
        door.wait_until_done()
        assert door.post(server, message("woken", id=f"woken-{secrets.token_hex(4)}"))[0] == 202
        until = time.monotonic() + 30
        while door.alerts("woken")[0] == 0:
            assert time.monotonic() < until, "nobody was woken"
            time.sleep(0.2)
        log = server.log.read_text()
    assert "/psa/alerts/v1/***" in log
    assert door.token not in log
