"""An Odoo server of its own: started, waited for, stopped or killed. Used by ./psa run, the process tests and the benches."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tools import children, odoo_config
from tools.places import ADDONS, ROOT, VENV
from tools.postgres import Cluster
from tools.progress import Fail

START_SECONDS = 120
STOP_SECONDS = 30
# A browser keeps connections open and each holds a thread: at Odoo's own limit of 31, five browsers wait for ever.
THREADS = {"ODOO_MAX_HTTP_THREADS": "200"}

# Odoo's own, and the addon whose door must answer "come again" even where the database is missing.
HOST_WIDE = "base,rpc,web"
SERVER_WIDE = f"{HOST_WIDE},psa_alerts"


def server_wide() -> str:
    """What this checkout's servers load before any database: a checkout without the addon has no door."""
    return SERVER_WIDE if (ADDONS / "psa_alerts").is_dir() else HOST_WIDE


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether anything listens on a local port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """One Odoo server on one database.

    `workers=0` is one process with threads that also serves the web socket; more is Odoo's production form, with
    `cron_threads` processes for scheduled actions and one for web sockets on a port of its own.
    """

    def __init__(
        self,
        cluster: Cluster,
        database: str,
        *,
        port: int | None = None,
        workers: int = 0,
        cron_threads: int = 1,
        options: Mapping[str, object] | None = None,
        log: Path | None = None,
    ) -> None:
        self.cluster = cluster
        self.database = database
        self.port = port or free_port()
        self.log = log or cluster.logs / f"server-{database}.log"
        self.config = cluster.home / f"server-{database}-{self.port}.conf"
        self.workers = workers
        self.web_socket_port = (
            free_port()
        )  # with workers; a server of threads takes web sockets on its one port
        self.options = {
            "server_wide_modules": server_wide(),
            "http_port": self.port,
            "gevent_port": self.web_socket_port,
            "workers": workers,
            "max_cron_threads": cron_threads,
            **(options or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Base address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """The command line that runs this server."""
        programs = VENV.resolve() / "bin"  # another command may link another environment while this one runs
        return [str(programs / "python"), str(programs / "odoo"), "--config", str(self.config)]

    def start(self, ready_path: str = "/web/health") -> "Server":
        """Start it and wait until `ready_path` is answered.

        The server and its workers are a process group, which `kill` can end at one stroke. The terminal's Ctrl-C
        reaches only who started it: Odoo takes a second signal for an order to drop what it is doing.
        """
        if answers(self.port):
            raise Fail(
                f"port {self.port} is in use by another program", f"PSA_PORT={self.port + 1} ./psa ..."
            )
        odoo_config.write(self.config, self.cluster, self.database, self.options)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**THREADS, **os.environ, **self.cluster.environment()},
                cwd=ROOT,
                start_new_session=True,
                preexec_fn=children.end_with_parent,
            )
        self._wait(lambda: self._is_ready(ready_path), START_SECONDS, "did not answer")
        return self

    def _is_ready(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=60) as answer:  # noqa: S310 - our own address
                return answer.status == 200 and (not self.workers or answers(self.web_socket_port))
        except (urllib.error.URLError, OSError):
            return False

    def _wait(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        until = time.monotonic() + seconds
        while not done():
            if not self.alive():
                raise Fail("Odoo's server ended", f"the whole log is {self.log}", self.tail())
            if time.monotonic() > until:
                self.kill()
                raise Fail(
                    f"Odoo's server {what} within {seconds} s", f"the whole log is {self.log}", self.tail()
                )
            time.sleep(0.1)

    def alive(self) -> bool:
        """Whether its first process still runs."""
        return self.process is not None and self.process.poll() is None

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        return self.process.wait() if self.process else 0

    def stop(self) -> None:
        """Ask it to end, as an operator would, and make sure that it has."""
        if self.process is None:
            return
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise Fail(f"Odoo's server did not end within {STOP_SECONDS} s", detail=self.tail()) from None
        self.config.unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL for the server and all its workers at once: what a power cut looks like to the database."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        until = time.monotonic() + STOP_SECONDS
        while answers(self.port) and time.monotonic() < until:  # the kernel takes a moment to end the workers
            time.sleep(0.05)
        self.config.unlink(missing_ok=True)

    def tail(self, lines: int = 30) -> str:
        """The end of its log."""
        return children.tail(self.log, lines)
