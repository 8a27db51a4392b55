"""Databases with their filestores: made under another name and renamed when whole, copied, and dropped."""

import itertools
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import children, odoo_config
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


def drop(cluster: Cluster, name: str) -> None:
    """Remove a database, whoever is connected to it, and its filestore."""
    if exists(cluster, name):
        cluster.command(f"ALTER DATABASE {quoted(name)} WITH IS_TEMPLATE false")
        cluster.command(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
    shutil.rmtree(filestore(cluster, name), ignore_errors=True)


def copy(cluster: Cluster, source: str, name: str) -> None:
    """A copy in a fraction of a second: PostgreSQL copies files, the filestore's are linked (Odoo never rewrites them)."""
    cluster.command(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(source)}")
    target = filestore(cluster, name)
    shutil.rmtree(target, ignore_errors=True)
    if filestore(cluster, source).is_dir():
        shutil.copytree(filestore(cluster, source), target, copy_function=os.link)


def rename(cluster: Cluster, old: str, new: str) -> None:
    """Give a database another name; its filestore first, since only the database tells whether it is there."""
    if filestore(cluster, old).is_dir():
        shutil.rmtree(filestore(cluster, new), ignore_errors=True)
        filestore(cluster, old).rename(filestore(cluster, new))
    cluster.command(f"ALTER DATABASE {quoted(old)} RENAME TO {quoted(new)}")


def replace(cluster: Cluster, name: str, new: str) -> None:
    """Put database `new` in the place of `name`. Killed in between, `finish_replace` brings the old one back."""
    if exists(cluster, name):
        rename(cluster, name, f"{name}_old")
    rename(cluster, new, name)
    drop(cluster, f"{name}_old")


def finish_replace(cluster: Cluster, name: str) -> None:
    """After a command killed while it replaced: keep the new database where it is in place, else the old one."""
    if exists(cluster, f"{name}_old"):
        if exists(cluster, name):
            drop(cluster, f"{name}_old")
        else:
            rename(cluster, f"{name}_old", name)


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
