"""One database takes the place of another with its files: whole or not at all, whoever is connected, whenever killed."""

import os
import shutil
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tools import databases, postgres_programs
from tools.postgres import TEST, Cluster
from tools.progress import Fail


def content(name):
    """What a database says it is, and what its files say."""
    if not databases.exists(TEST, name):
        return None
    ((word,),) = TEST.sql(name, "SELECT word FROM what")
    return word, sorted(
        path.read_text() for path in databases.filestore(TEST, name).rglob("*") if path.is_file()
    )


def make(name, word):
    TEST.command(f"CREATE DATABASE {name} TEMPLATE template0")
    TEST.sql(name, f"CREATE TABLE what AS SELECT '{word}' AS word")
    file = databases.filestore(TEST, name) / "ab" / f"ab{word}"
    file.parent.mkdir(parents=True)
    file.write_text(word)


OLD, NEW = ("old", ["old"]), ("new", ["new"])


@pytest.fixture
def name():
    """A database with a file, and the one that shall take its place."""
    base = f"swap_p{os.getpid()}"
    for each in (base, f"{base}_new", f"{base}_old"):
        databases.drop(TEST, each)
    make(base, "old")
    make(f"{base}_new", "new")
    yield base
    for each in (base, f"{base}_new", f"{base}_old"):
        databases.drop(TEST, each)


def nothing_left(name):
    others = [other for other in databases.names(TEST) if other.startswith(name) and other != name]
    folders = [path.name for path in databases.filestore(TEST, name).parent.glob(f"{name}_*")]
    return not others and not folders


def test_the_new_one_takes_the_place(name):
    databases.replace(TEST, name)
    assert content(name) == NEW
    assert nothing_left(name)


def test_a_connected_session_is_named_and_nothing_has_changed(name):
    session = subprocess.Popen(
        [postgres_programs.client("psql"), "-qAtX", "-d", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **TEST.environment()},
    )
    try:
        session.stdin.write("SELECT 1;\n")
        session.stdin.flush()
        assert session.stdout.readline() == "1\n"
        with pytest.raises(Fail, match=f"database {name} is in use by psql"):
            databases.replace(TEST, name)
        assert (content(name), content(f"{name}_new")) == (OLD, NEW)
    finally:
        session.stdin.close()
        session.wait(10)
    databases.finish_replace(TEST, name)
    assert content(name) == OLD
    assert nothing_left(name)


def test_a_copy_of_a_database_in_use_names_who_uses_it(name):
    with subprocess.Popen(
        [postgres_programs.client("psql"), "-qAtX", "-d", name, "-c", "SELECT pg_sleep(20)"],
        env={**os.environ, **TEST.environment()},
    ) as session:
        try:
            while not TEST.sql("postgres", f"SELECT 1 FROM pg_stat_activity WHERE datname = '{name}'"):
                pass
            with pytest.raises(Fail, match="is in use by psql"):
                databases.copy(TEST, name, f"{name}_copy")
        finally:
            session.terminate()


class Killed(BaseException):
    """Ends a command between two of its steps, as SIGKILL does: nothing catches it."""


@contextmanager
def killed_after(calls):
    """Let that many of the calls that change something happen; yields a list that is filled where it was killed."""
    killed = []

    def counted(call):
        def instead(*arguments, **options):
            nonlocal calls
            calls -= 1
            if calls < 0:
                killed.append(call)
                raise Killed
            return call(*arguments, **options)

        return instead

    with pytest.MonkeyPatch.context() as patch:
        for owner, method in ((Cluster, "sql"), (Cluster, "command"), (Path, "rename"), (shutil, "rmtree")):
            patch.setattr(owner, method, counted(getattr(owner, method)))
        yield killed


@pytest.mark.parametrize("calls", range(14))
def test_killed_at_any_moment_database_and_files_are_of_one_piece(name, calls):
    with killed_after(calls) as killed, suppress(Killed):
        databases.replace(TEST, name)
    databases.finish_replace(TEST, name)
    assert content(name) in ([OLD, NEW] if killed else [NEW])
    assert nothing_left(name)
    if calls == 0:
        assert content(name) == OLD
    if calls == 13:
        assert not killed, "there are more moments than this test tries"


def test_what_the_server_goes_on_to_make_for_a_killed_command_is_in_nobodys_way(name, monkeypatch):
    """It appears between the look whether it is there and the making of the next one."""
    looks = iter([False])
    there = databases.exists
    monkeypatch.setattr(databases, "exists", lambda *given: next(looks, None) is None and there(*given))
    databases.drop(TEST, f"{name}_new")
    databases.copy(TEST, name, f"{name}_new")
    assert content(f"{name}_new") == OLD


def test_files_that_a_failed_swap_once_set_aside_come_home(name):
    files = databases.filestore(TEST, name)
    files.rename(files.with_name(f"{name}_old"))
    (files / "cd").mkdir(parents=True)
    (files / "cd" / "cdnew").write_text("written since")
    databases.finish_replace(TEST, name)
    assert content(name) == ("old", ["old", "written since"])
    assert nothing_left(name)


def test_a_database_is_put_under_a_free_name_only(name):
    with pytest.raises(Fail, match="exists"):
        databases.rename(TEST, f"{name}_new", name)
    assert (content(name), content(f"{name}_new")) == (OLD, NEW)


@pytest.mark.parametrize("first", ["shared", "alone"])
def test_who_works_in_a_database_and_who_replaces_it_exclude_each_other(tmp_path, first):
    cluster = Cluster("locks", state=tmp_path)
    if first == "shared":
        handles = [databases.in_company(cluster, "x") for _someone in range(2)]
        with pytest.raises(Fail, match="at work on x"), databases.to_itself(cluster, "x"):
            pass
        for handle in handles:
            os.close(handle)
    with databases.to_itself(cluster, "x"):
        with pytest.raises(Fail, match="being upgraded or restored"):
            databases.in_company(cluster, "x")
