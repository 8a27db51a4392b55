"""`./psa` itself: killed half-way, offline, beside another suite, after a pull, and never sending mail."""

import errno
import os
import pwd
import re
import shutil
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from checkout import DATA, OFFLINE, Checkout

from tools import lint, machine, odoo_source, places, postgres_programs, progress, python_env, rings
from tools.places import cache
from tools.postgres import TEST, Cluster
from tools.progress import Fail
from tools.server import Server, answers, free_port

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


def word(checkout, number):
    ((found,),) = checkout.rows(
        f"psa_{number}", "SELECT value FROM ir_config_parameter WHERE key = 'toy.word'"
    )
    return found


def test_a_second_suite_runs_and_is_upgraded_beside_it_on_data_of_its_own(checkout, suite, port):
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

    checkout.write_toy("beside")
    second = checkout.start("run", PSA_PORT=str(other))
    second.wait_for(READY)
    assert "changed since the last start: toy\n" in second.said
    assert (word(checkout, port), word(checkout, other)) == ("first", "beside")
    assert answers(port)
    # the terminal's Ctrl-C is one request to end, not two: Odoo would drop what it is doing at the second
    assert second.press_ctrl_c() == 0
    log = (checkout.folder / ".psa" / "log" / f"suite-{other}.log").read_text()
    assert "Initiating shutdown" in log
    assert "Forced shutdown" not in log


@pytest.fixture(scope="module")
def backup(checkout, suite, port):
    """A backup taken by command from the running suite."""
    file = checkout.folder / "first.psa"
    done = checkout.psa("backup", str(file), PSA_PORT=str(port))
    assert done.returncode == 0, done.stderr
    return file


def test_a_running_suite_is_backed_up_but_not_replaced(checkout, suite, port, backup):
    assert backup.stat().st_mode & 0o077 == 0
    refused = checkout.psa("restore", str(backup), "--force", PSA_PORT=str(port))
    assert refused.returncode == 1
    assert f"at work on port {port}" in refused.stderr
    assert "remedy: ./psa stop" in refused.stderr
    assert answers(port)


def test_no_mail_server_can_be_switched_on_in_a_demo(checkout, suite, port):
    made = (
        "INSERT INTO ir_mail_server (name, smtp_host, active, smtp_authentication, smtp_encryption, sequence)"
    )
    name = f"psa_{port}"
    checkout.rows(name, f"{made} VALUES ('real', 'mail.example.com', true, 'login', 'none', 1)")
    checkout.rows(name, "UPDATE ir_mail_server SET active = true")
    assert checkout.rows(name, "SELECT DISTINCT active FROM ir_mail_server") == [["f"]]


def test_a_pull_upgrades_exactly_what_changed_and_a_broken_one_changes_nothing(checkout, suite, port, backup):
    untouched = "SELECT value, write_date FROM ir_config_parameter WHERE key = 'quiet.word'"
    name = f"psa_{port}"
    before = checkout.rows(name, untouched)
    assert checkout.psa("stop", PSA_PORT=str(port)).returncode == 0
    checkout.write_toy("second")
    changed = checkout.start("run", PSA_PORT=str(port))
    changed.wait_for(READY)
    assert "changed since the last start: toy\n" in changed.said
    assert word(checkout, port) == "second"
    assert checkout.rows(name, untouched) == before
    checkout.psa("stop", PSA_PORT=str(port))

    checkout.write_toy("third", data=DATA.replace('model="ir.config_parameter"', 'model="no.such.model"'))
    broken = checkout.psa("run", PSA_PORT=str(port))
    assert broken.returncode == 1
    assert "Odoo could not upgrade toy" in broken.stderr
    assert word(checkout, port) == "second"
    checkout.write_toy("second")


def attachments_missing(checkout, port):
    files = checkout.folder / ".psa" / "main" / "data" / "filestore" / f"psa_{port}"
    stored = checkout.rows(
        f"psa_{port}", "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"
    )
    assert stored
    return [name for (name,) in stored if not (files / name).is_file()]


def test_a_restore_by_command_waits_for_nobody_and_loses_nothing(checkout, suite, port, backup):
    """The suite is stopped; a shell that is open on the database keeps it from being replaced or upgraded."""
    here = {"PSA_PORT": str(port)}
    asked = checkout.psa("restore", str(backup), **here)
    assert asked.returncode == 1
    assert "--force replaces it" in asked.stderr
    with checkout.shell(port) as shell:
        for command in (("restore", str(backup), "--force"), ("run",)):
            checkout.write_toy("while a shell is open")
            refused = checkout.psa(*command, **here)
            assert refused.returncode == 1
            assert f"a ./psa shell, backup, upgrade or restore is at work on psa_{port}" in refused.stderr
        shell.communicate(
            "env['ir.config_parameter'].set_param('toy.word', 'kept'); env.cr.commit()\n", timeout=120
        )
    assert word(checkout, port) == "kept"
    assert not attachments_missing(checkout, port)

    done = checkout.psa("restore", str(backup), "--force", **here)
    assert done.returncode == 0, done.stderr
    assert word(checkout, port) == "first"
    assert not attachments_missing(checkout, port)
    names = checkout.rows("postgres", f"SELECT datname FROM pg_database WHERE datname LIKE 'psa\\_{port}%'")
    assert names == [[f"psa_{port}"]]


def test_an_unchanged_checkout_upgrades_nothing(checkout, suite, port, backup):
    checkout.write_toy("first")
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


@pytest.mark.parametrize("given", ["abc", "70000", "0", "-1"])
def test_a_port_that_is_none_is_named(monkeypatch, given):
    monkeypatch.setenv("PSA_PORT", given)
    with pytest.raises(Fail, match=f"PSA_PORT={given} is no port"):
        places.port()


def test_a_full_disk_is_told_with_its_remedy_and_a_bug_is_not_hidden(capsys):
    def full():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/some/file")

    assert progress.guarded(full) == 1
    told = capsys.readouterr().err
    assert "psa: FAILED: No space left on device: /some/file" in told
    assert "remedy: make room" in told
    with pytest.raises(FileNotFoundError):
        progress.guarded(lambda: os.stat("/no/such/file"))


def test_without_git_an_odoo_is_known_by_its_age(tmp_path, monkeypatch):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert odoo_source.identity(tmp_path) == str(int((tmp_path / "odoo" / "release.py").stat().st_mtime))


def test_a_checkout_of_another_user_is_known_by_its_commit(tmp_path, monkeypatch):
    git = ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "one"]):
        subprocess.run([*git, *command], check=True)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert re.fullmatch("[0-9a-f]{40}", odoo_source.identity(tmp_path))


def test_a_machine_that_lost_its_postgresql_gets_another_environment(tmp_path, monkeypatch):
    with_server = python_env._key(tmp_path)
    monkeypatch.setattr(postgres_programs, "on_machine", lambda: None)
    assert python_env._key(tmp_path) != with_server


def test_a_cluster_outside_of_the_checkout_is_where_nobody_tidies_up(tmp_path, monkeypatch):
    monkeypatch.setattr(Cluster, "_server_user", pwd.getpwuid(os.getuid()))
    monkeypatch.setattr(Cluster, "_server_reaches", lambda _self, _path: False)
    data = Cluster("main", state=tmp_path).data
    assert not data.is_relative_to(tmp_path)
    assert not any(parent.stat().st_mode & 0o002 for parent in data.parents if parent.exists())


def test_words_after_an_option_are_not_taken_for_paths():
    chosen, options = rings._plan(["tests/repo", "-k", "bench", "--durations", "5", "-x"])
    assert options == ["-k", "bench", "--durations", "5", "-x"]
    assert [ring.name for ring in chosen] == ["repo"]


def test_a_whole_run_starts_the_databases_before_it_asks_them(monkeypatch):
    """On a fresh clone no server is up yet."""
    done = []
    monkeypatch.setattr(rings, "_need_cluster", lambda: done.append("cluster"))
    monkeypatch.setattr(rings.templates, "suite", lambda _cluster: done.append("template"))
    monkeypatch.setattr(rings, "_run", lambda *_arguments: 0)
    with ThreadPoolExecutor(max_workers=1) as beside:
        rings._start_beside(beside, rings._rings(), [])
    assert done == ["cluster", "template"]


def test_whole_folders_are_shared_out_and_nothing_is_lost_or_run_twice(tmp_path):
    folders = []
    for name, number in (("small", 2), ("big", 5), ("middle", 3)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "test_it.py").write_text("def test_x(): pass\n" * number)
        folders.append(str(tmp_path / name))
    small, big, middle = folders
    assert rings._shares(folders) == [[big], [middle, small]]
    assert rings._shares([big]) == [[big]]
    assert rings._shares([small, f"{big}/test_it.py"]) == [[small, f"{big}/test_it.py"]]


def test_lint_looks_again_where_the_checker_is_another(tmp_path, monkeypatch):
    for name in (".pylintrc", "requirements-dev.txt"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(lint, "ROOT", tmp_path)
    before = lint._fingerprints()
    (tmp_path / "requirements-dev.txt").write_text("pylint==another")
    assert all(lint._fingerprints()[name] != known for name, known in before.items())


def test_packages_start_no_service_and_a_rule_of_the_machine_stays(tmp_path, monkeypatch):
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(machine, "POLICY", policy)
    with machine._no_new_services():
        assert subprocess.run([policy], check=False).returncode == 101
    assert not policy.exists()
    policy.write_text("own")
    with machine._no_new_services():
        assert policy.read_text() == "own"
    assert policy.read_text() == "own"


def test_a_server_stays_in_the_environment_it_was_started_in():
    """Another command may link another one meanwhile, and a server with workers starts itself again."""
    programs = Server(TEST, "nothing").command()[:2]
    assert not [program for program in programs if program.startswith(str(places.VENV))]
    assert all(os.access(program, os.X_OK) for program in programs)
