"""A PostgreSQL cluster of this checkout: on a Unix socket only, no system service, no root needed.

Two of them: "main" is durable (demo databases, benchmarks), "test" trades durability for speed (fsync off).
PostgreSQL refuses to run as uid 0: started by root it runs as `postgres`, or `nobody` where there is no such user.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

from tools import children, machine, postgres_programs
from tools.locks import held
from tools.places import STATE
from tools.progress import Fail, step

OWNER = "odoo"
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_locks_per_transaction": "256",
    "jit": "off",
    "log_min_messages": "warning",
    "log_line_prefix": "'%m %p %d '",
}
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
    "work_mem": "32MB",
}
# Where root keeps what PostgreSQL's user must reach and the checkout does not let it. Only root can write here, and
# nothing tidies it up as /var/tmp is, file by file, once a demo database has not been used for a month.
OUTSIDE = Path("/var/lib/psa")
PROGRAMS = OUTSIDE / "postgresql"


def _make_outside(folder: Path) -> None:
    for each in (OUTSIDE, folder):
        each.mkdir(exist_ok=True)
        each.chmod(0o755)


class Cluster:
    """One cluster: `Cluster("main")` or `Cluster("test", durable=False)`. Its folder also holds Odoo's data."""

    def __init__(self, name: str, durable: bool = True, state: Path = STATE) -> None:
        self.name = name
        self.durable = durable
        self.home = state / name
        self.odoo_data = self.home / "data"
        self.logs = self.home / "log"

    # Where it lives

    @cached_property
    def _server_user(self) -> pwd.struct_passwd | None:
        """Whom the server runs as when we are root."""
        if not machine.is_root():
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return pwd.getpwnam("postgres" if "postgres" in names else "nobody")

    @cached_property
    def _tag(self) -> str:
        return hashlib.sha256(str(self.home).encode()).hexdigest()[:10]

    @cached_property
    def data(self) -> Path:
        """Data folder: in the checkout, or in `OUTSIDE` where the server's user cannot reach it (under /root)."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self._server_user and not self._server_reaches(self.home):
            return OUTSIDE / f"{self._tag}-{self.name}"
        return self.home / "pg"

    @cached_property
    def socket(self) -> Path:
        """Socket folder. Its path may have 107 bytes at most, so it is not in the checkout."""
        return Path(tempfile.gettempdir()) / f"psa-{os.geteuid()}-{self._tag}"

    @cached_property
    def _programs(self) -> Path:
        found = postgres_programs.folder()
        if not self._server_user or self._server_reaches(found / "postgres"):
            return found
        # a wheel's server under /root, for the server's user
        copy = PROGRAMS / hashlib.sha256(str(found).encode()).hexdigest()[:10]
        if not copy.exists():
            _make_outside(PROGRAMS)
            new = copy.with_name(f"{copy.name}.{os.getpid()}")
            postgres_programs.copy_tree(found, new)
            new.rename(copy)
        return postgres_programs.in_copy(found, copy)

    def _as_server(self) -> dict[str, Any]:
        """Arguments of `subprocess.run` that make a program run as the server's user."""
        user = self._server_user
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}

    def _server_reaches(self, path: Path) -> bool:
        return subprocess.run(["test", "-x", path], check=False, **self._as_server()).returncode == 0

    def _serve(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a server program. pg_ctl's children keep its output open, so that goes to a file, not to a pipe."""
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [self._programs / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"},
                cwd="/",
                check=False,
                **self._as_server(),
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())

    # Its life

    def running(self) -> bool:
        """Whether its server is up."""
        return (self.data / "PG_VERSION").exists() and self._serve(
            "pg_ctl", "-D", self.data, "status"
        ).returncode == 0

    def start(self) -> "Cluster":
        """See to it that its server is up; made first where there is none."""
        with held(self.home / "cluster.lock", f"the {self.name} database cluster"):
            self._own_folder(self.socket)
            if not (self.data / "PG_VERSION").exists():
                with step(f"PostgreSQL: new cluster in {self.data}"):
                    self._create()
            self._check_version()
            if not self.running():
                with step(f"PostgreSQL: starting the {self.name} cluster"):
                    self._start()
        return self

    def stop(self) -> None:
        """Stop its server, if it is up."""
        if self.running():
            self._serve("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        user = self._server_user
        expected = {os.geteuid(), user.pw_uid if user else os.geteuid()}
        if folder.stat().st_uid not in expected:
            raise Fail(f"{folder} belongs to another user", f"remove {folder}")
        folder.chmod(0o700)
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)

    def _create(self) -> None:
        """initdb in a folder of another name, renamed when it is whole."""
        new = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        if self.data.is_relative_to(OUTSIDE):
            _make_outside(OUTSIDE)
        self._own_folder(new)
        options = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        done = self._serve("initdb", "-D", new, *options, *([] if self.durable else ["--no-sync"]))
        if done.returncode:
            raise Fail("initdb failed", detail=done.stdout)
        settings = {
            **SETTINGS,
            "unix_socket_directories": f"'{self.socket}'",
            **({} if self.durable else FAST_SETTINGS),
        }
        with (new / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{key} = {value}\n" for key, value in settings.items())
        new.rename(self.data)

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        have = postgres_programs.major(self._programs)
        if made_by != have:
            raise Fail(
                f"{self.data} was made by PostgreSQL {made_by}, this machine has {have}",
                f"set PG_BIN to the programs of {made_by}, or ./psa backup there, ./psa clean --all, ./psa restore",
            )

    def _start(self) -> None:
        log = self.data / "server.log"
        done = self._serve("pg_ctl", "-D", self.data, "-l", log, "-w", "-t", "60", "start")
        if done.returncode:
            raise Fail("PostgreSQL did not start", detail=f"{done.stdout}\n{children.tail(log, 10)}")

    # Talking to it

    def environment(self) -> dict[str, str]:
        """What libpq, Odoo and pytest-odoo need to find it; its programs come first on PATH."""
        path = f"{self._programs}{os.pathsep}{os.environ.get('PATH', '/usr/bin:/bin')}"
        return {"PGHOST": str(self.socket), "PGUSER": OWNER, "PGPORT": "5432", "PATH": path}

    def client(self, program: str, *arguments: str | Path, stdin: str = "") -> str:
        """Run a client program against it and return what it printed."""
        command = [postgres_programs.client(program), *arguments]
        return children.output(command, what=f"{program} failed", env=self.environment(), stdin=stdin)

    def sql(self, database: str, statements: str) -> list[list[str]]:
        """Run SQL, all of it or none, and return the rows as text."""
        options = ["-qAtX", "-1", "-v", "ON_ERROR_STOP=1", "-F", "\t", "-d", database, "-f", "-"]
        printed = self.client("psql", *options, stdin=statements)
        return [line.split("\t") for line in printed.splitlines()]

    def command(self, statement: str) -> None:
        """Run one statement that may not be in a transaction (create, drop, rename a database)."""
        self.client("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", statement)


MAIN = Cluster("main")
TEST = Cluster("test", durable=False)
