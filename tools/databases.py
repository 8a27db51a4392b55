"""Databases with their filestores: made under another name and renamed when whole, copied, and dropped."""

import itertools
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import children, odoo_config
from tools.locks import held_or_fail, share
from tools.places import PYTHON, VENV
from tools.postgres import Cluster
from tools.progress import Fail

# Databases that live as long as one command carry its process id, so that what a killed command left can be found.
PASSING = re.compile(r"^[a-z]+_p(\d+)(_\w+)?$")
_numbers = itertools.count(1)


def quoted(name: str) -> str:
    """A database name as SQL identifier; only names this project makes are accepted."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise Fail(f"{name!r} is no name for a database: lower-case letters, digits and _ only")
    return f'"{name}"'


def names(cluster: Cluster) -> list[str]:
    """All databases but PostgreSQL's own, those used last first."""
    query = (
        "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1') "
        "ORDER BY shobj_description(oid, 'pg_database') DESC NULLS LAST, datname"
    )
    return [row[0] for row in cluster.sql("postgres", query)]


def exists(cluster: Cluster, name: str) -> bool:
    """Whether the database is there."""
    return name in names(cluster)


def filestore(cluster: Cluster, name: str) -> Path:
    """Folder of the attachments of a database."""
    return cluster.odoo_data / "filestore" / name


def lock(cluster: Cluster, name: str) -> Path:
    """Held alone while another database takes the place of this one, and shared by those who work in it meanwhile."""
    return cluster.home / f"{name}.lock"


@contextmanager
def to_itself(cluster: Cluster, name: str) -> Iterator[None]:
    """The database alone: what a shell or a backup does in it would be lost with the database that is replaced."""
    busy = Fail(
        f"a ./psa shell, backup, upgrade or restore is at work on {name}",
        "end it or wait for it, then try again",
    )
    with held_or_fail(lock(cluster, name), busy):
        yield


def in_company(cluster: Cluster, name: str) -> int:
    """Join those who work in the database, until this process and what it becomes have ended."""
    busy = Fail(f"{name} is being upgraded or restored", "wait until that is done, then try again")
    return share(lock(cluster, name), busy)


def drop(cluster: Cluster, name: str) -> None:
    """Remove a database, whoever is connected to it, and its filestore."""
    if exists(cluster, name):
        cluster.command(f"ALTER DATABASE {quoted(name)} WITH IS_TEMPLATE false")
        cluster.command(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
    shutil.rmtree(filestore(cluster, name), ignore_errors=True)


def make(cluster: Cluster, name: str, how: str) -> None:
    """A new database under a name that no whole one has."""
    statement = f"CREATE DATABASE {quoted(name)} {how}"
    try:
        cluster.command(statement)
    except Fail:
        if not exists(cluster, name):
            raise
        # A killed command had asked for it as well: the server went on with it, and nobody saw it before it was there.
        drop(cluster, name)
        cluster.command(statement)


def copy(cluster: Cluster, source: str, name: str) -> None:
    """A copy in a fraction of a second: PostgreSQL copies files, the filestore's are linked (Odoo never rewrites them)."""
    try:
        make(cluster, name, f"TEMPLATE {quoted(source)}")
    except Fail:
        _refuse_if_used(cluster, source)
        raise
    target = filestore(cluster, name)
    shutil.rmtree(target, ignore_errors=True)
    if filestore(cluster, source).is_dir():
        shutil.copytree(filestore(cluster, source), target, copy_function=os.link)


def rename(cluster: Cluster, old: str, new: str) -> None:
    """Give a database a name nobody has; its filestore first, since only the database tells whether it is there."""
    if exists(cluster, new):
        raise Fail(f"database {new} exists")
    if filestore(cluster, old).is_dir():
        shutil.rmtree(filestore(cluster, new), ignore_errors=True)
        filestore(cluster, old).rename(filestore(cluster, new))
    cluster.command(_renaming(old, new))


# One database in the place of another. PostgreSQL changes both names in one transaction, and which of them is in the
# catalogue then says which files belong where: killed at any moment, `finish_replace` finds the way to the end.


def coming(name: str) -> str:
    """Under which name is made what shall take the place of a database."""
    return f"{name}_new"


def _old(name: str) -> str:
    return f"{name}_old"


def replace(cluster: Cluster, name: str) -> None:
    """Put what is `coming` in the place of a database: whole, or not at all where somebody uses either."""
    new = coming(name)
    if not exists(cluster, name):
        rename(cluster, new, name)
        return
    for each in (name, new):  # an absent folder would be taken for one that has been moved
        filestore(cluster, each).mkdir(parents=True, exist_ok=True)
    try:
        cluster.sql("postgres", f"{_renaming(name, _old(name))}; {_renaming(new, name)};")
    except Fail:
        _refuse_if_used(cluster, name, new)
        raise
    _finish(cluster, name)


def finish_replace(cluster: Cluster, name: str) -> None:
    """Bring to its end what a killed command began: the new database where it is in place, else the one there was."""
    if exists(cluster, name):
        if exists(cluster, _old(name)):
            _finish(cluster, name)
        _take_home(filestore(cluster, _old(name)), filestore(cluster, name))
    elif exists(cluster, _old(name)):
        rename(cluster, _old(name), name)
    drop(cluster, coming(name))


def _finish(cluster: Cluster, name: str) -> None:
    """Both names are changed: let the files follow, then drop what was before, its files first."""
    files, old_files, new_files = (filestore(cluster, each) for each in (name, _old(name), coming(name)))
    if new_files.is_dir():
        if files.is_dir():
            shutil.rmtree(old_files, ignore_errors=True)
            files.rename(old_files)
        new_files.rename(files)
    shutil.rmtree(old_files, ignore_errors=True)
    drop(cluster, _old(name))


def _take_home(stray: Path, files: Path) -> None:
    """Files set aside for a database that is still there go back to it. A name is a content, so none is in the way."""
    if stray.is_dir():
        shutil.copytree(stray, files, copy_function=_link_missing, dirs_exist_ok=True)
        shutil.rmtree(stray)


def _link_missing(source: str, target: str) -> None:
    if not os.path.exists(target):
        os.link(source, target)


def _renaming(old: str, new: str) -> str:
    return f"ALTER DATABASE {quoted(old)} RENAME TO {quoted(new)}"


def _refuse_if_used(cluster: Cluster, *used: str) -> None:
    """Raise with the names of those who are connected."""
    listed = ", ".join(f"'{each}'" for each in used if quoted(each))
    found = cluster.sql(
        "postgres",
        "SELECT datname, coalesce(nullif(application_name, ''), 'a program'), pid FROM pg_stat_activity "  # noqa: S608
        f"WHERE datname IN ({listed}) AND backend_type = 'client backend' ORDER BY 1, 3",
    )
    if found:
        who = ", ".join(f"{program} (server process {pid})" for _database, program, pid in found)
        raise Fail(
            f"database {found[0][0]} is in use by {who}", "end what is connected to it, then try again"
        )


def drop_abandoned(cluster: Cluster) -> None:
    """Drop the passing databases of commands that are no longer alive."""
    for name in names(cluster):
        found = PASSING.match(name)
        if found and not Path("/proc", found[1]).exists():
            drop(cluster, name)


@contextmanager
def passing(cluster: Cluster, template: str, purpose: str) -> Iterator[str]:
    """A copy of a template for the time of one `with`."""
    name = f"{purpose}_p{os.getpid()}_{next(_numbers)}"
    drop(cluster, name)  # of a killed command that had the same process id
    copy(cluster, template, name)
    try:
        yield name
    finally:
        drop(cluster, name)


def modules(cluster: Cluster, name: str) -> dict[str, str]:
    """Installed modules of a database with their versions."""
    query = "SELECT name, latest_version FROM ir_module_module WHERE state = 'installed' ORDER BY name"
    return {row[0]: row[1] for row in cluster.sql(name, query)}


def change_modules(
    cluster: Cluster, name: str, *, log: Path, install: Iterable[str] = (), upgrade: Iterable[str] = ()
) -> None:
    """Install and upgrade modules with Odoo's own command, and check that it did."""
    install, upgrade = list(install), list(upgrade)
    config = odoo_config.write(cluster.home / f"{name}.conf", cluster, name, {"http_enable": False})
    command: list[str | Path] = [
        PYTHON,
        VENV / "bin" / "odoo",
        "--config",
        config,
        "--stop-after-init",
        "--no-http",
    ]
    command += ["--init", ",".join(install)] if install else []
    command += ["--update", ",".join(upgrade)] if upgrade else []
    try:
        # what is built here counts only once it is renamed, and that commit makes all before it durable too
        env = {**cluster.environment(), "PGOPTIONS": "-c synchronous_commit=off"}
        what = f"Odoo could not {'install' if install else 'upgrade'} {', '.join(install or upgrade)}"
        children.run(command, log=log, env=env, what=what)
    finally:
        config.unlink(missing_ok=True)
    absent = sorted(set(install) - set(modules(cluster, name)))
    if absent:  # Odoo only warns about a module it cannot install
        raise Fail(f"Odoo did not install {', '.join(absent)}", f"see {log}", children.tail(log))
