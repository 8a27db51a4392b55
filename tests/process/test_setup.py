"""`./psa` itself: killed half-way, offline, beside another suite, after a pull, and never sending mail."""

import os
import shutil
import time
import urllib.request

import pytest
from checkout import DATA, OFFLINE, Checkout

from tools import odoo_source
from tools.places import cache
from tools.progress import Fail
from tools.server import answers, free_port

READY = "the suite is ready"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    made = Checkout(tmp_path_factory.mktemp("suite"))
    yield made
    made.remove()


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def suite(checkout, port):
    """A running suite of the toy world. The first attempt was killed while it made the database."""
    killed = checkout.start("run", PSA_PORT=str(port))
    killed.wait_for("demo database")
    killed.kill()
    again = checkout.start("run", PSA_PORT=str(port))
    again.wait_for(READY)
    return again


def processes_of(checkout):
    """Command lines that name the checkout, PostgreSQL's apart."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as line:
                command = line.read().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(checkout.folder) in command and "postgres" not in command:
            found.append(command)
    return found


def test_a_killed_run_leaves_no_half_database_and_no_process(checkout, suite, port):
    names = [
        row[0]
        for row in checkout.rows("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'psa_%'")
    ]
    assert names == [f"psa_{port}"]
    assert checkout.rows(f"psa_{port}", "SELECT state FROM ir_module_module WHERE name = 'toy'") == [
        ["installed"]
    ]
    assert len([line for line in processes_of(checkout) if f"psa_{port}" in line]) == 1


def test_the_suite_answers_and_says_who_may_sign_in(suite, port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=60) as page:
        assert page.status == 200
    assert "admin" in suite.said


def test_the_same_port_twice_is_refused_with_the_remedy(checkout, suite, port):
    done = checkout.psa("run", PSA_PORT=str(port))
    assert done.returncode == 1
    assert "remedy: ./psa stop" in done.stderr


def test_a_second_suite_runs_beside_it_on_data_of_its_own(checkout, suite, port):
    other = free_port()
    second = checkout.start("run", PSA_PORT=str(other))
    second.wait_for(READY)
    assert answers(port)
    assert answers(other)
    checkout.psa("stop", PSA_PORT=str(other))
    assert second.process.wait(30) == 0
    assert answers(port)
    assert not answers(other)
    secrets = [
        checkout.rows(f"psa_{number}", "SELECT value FROM ir_config_parameter WHERE key = 'database.secret'")
        for number in (port, other)
    ]
    assert secrets[0] != secrets[1]


def test_no_mail_server_can_be_switched_on_in_a_demo(checkout, suite, port):
    made = (
        "INSERT INTO ir_mail_server (name, smtp_host, active, smtp_authentication, smtp_encryption, sequence)"
    )
    name = f"psa_{port}"
    checkout.rows(name, f"{made} VALUES ('real', 'mail.example.com', true, 'login', 'none', 1)")
    checkout.rows(name, "UPDATE ir_mail_server SET active = true")
    assert checkout.rows(name, "SELECT DISTINCT active FROM ir_mail_server") == [["f"]]


def test_a_pull_upgrades_exactly_what_changed_and_a_broken_one_changes_nothing(checkout, suite, port):
    def word():
        return checkout.rows(f"psa_{port}", "SELECT value FROM ir_config_parameter WHERE key = 'toy.word'")

    assert checkout.psa("stop", PSA_PORT=str(port)).returncode == 0
    checkout.write_toy("second")
    changed = checkout.start("run", PSA_PORT=str(port))
    changed.wait_for(READY)
    assert "changed since the last start: toy\n" in changed.said
    assert word() == [["second"]]
    checkout.psa("stop", PSA_PORT=str(port))

    checkout.write_toy("third", data=DATA.replace('model="ir.config_parameter"', 'model="no.such.model"'))
    broken = checkout.psa("run", PSA_PORT=str(port))
    assert broken.returncode == 1
    assert "Odoo could not upgrade toy" in broken.stderr
    assert word() == [["second"]]

    checkout.write_toy("second")
    unchanged = checkout.start("run", PSA_PORT=str(port))
    unchanged.wait_for(READY)
    assert "changed since" not in unchanged.said
    checkout.psa("stop", PSA_PORT=str(port))


@pytest.fixture
def empty_cache(tmp_path):
    """A checkout whose cache holds only what came over the network: nothing is installed from it yet."""
    made = Checkout(tmp_path / "checkout")
    made.cache = tmp_path / "cache"
    for name in ("wheels", "uv"):
        if (cache() / name).is_dir():
            shutil.copytree(cache() / name, made.cache / name, symlinks=True, copy_function=os.link)
    yield made
    made.remove()


def test_a_killed_set_up_is_completed_by_the_next_one_without_a_network(empty_cache):
    known_odoo = {**OFFLINE, "ODOO_PATH": str(odoo_source.find())}
    for pause in (0.2, 2.0):
        killed = empty_cache.start("setup", **known_odoo)
        killed.wait_for("Python libraries")
        time.sleep(pause)
        killed.kill()
    done = empty_cache.psa("setup", **known_odoo)
    assert done.returncode == 0, done.stderr
    again = empty_cache.psa("setup", **known_odoo)
    assert again.returncode == 0
    assert "Python libraries" not in again.stderr


def test_a_tree_is_unpacked_whole_or_not_at_all(tmp_path):
    target = tmp_path / "odoo"

    def half(new):
        new.mkdir()
        (new / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        odoo_source.build_whole(target, half)
    assert not target.exists()
    odoo_source.build_whole(target, lambda new: new.mkdir())
    assert list(target.iterdir()) == []


def test_an_odoo_of_another_series_is_refused_by_name(tmp_path, monkeypatch):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0)")
    monkeypatch.setenv("ODOO_PATH", str(tmp_path))
    with pytest.raises(Fail, match=r"not an Odoo 19\.0 tree \(it is 18\.0\)"):
        odoo_source.find()
