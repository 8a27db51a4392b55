"""`./psa run`, `stop`, `shell`: the demo suite of a port, in the foreground until Ctrl-C."""

import os
import signal
import sys
import time
import urllib.request
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType

from tools import databases, demo_database, locks, odoo_config, postgres_programs, python_env
from tools.locks import held_or_fail
from tools.mail_sink import MailSink
from tools.places import PYTHON, STATE, VENV, port
from tools.postgres import MAIN, TEST
from tools.progress import Fail, say, step
from tools.server import STOP_SECONDS, Server, answers

CRON_THREADS = 2


def _lock(number: int) -> Path:
    return STATE / f"suite-{number}.lock"


def held(number: int, otherwise: str) -> AbstractContextManager[None]:
    """The port for oneself, or a failure that names who is at work on it."""
    holder = locks.holder(_lock(number))
    busy = Fail(f"a suite of this checkout is at work on port {number} (process {holder})", otherwise)
    return held_or_fail(_lock(number), busy)


def is_running(number: int) -> bool:
    """Whether a suite of this checkout is at work on the port."""
    return locks.is_held(_lock(number))


def run(_arguments: list[str]) -> int:
    """Start the suite on this port: made at the first time, upgraded after a pull."""
    number = port()
    STATE.mkdir(exist_ok=True)
    with held(number, f"./psa stop, or a second suite beside it: PSA_PORT={number + 1} ./psa run"):
        if answers(number):
            raise Fail(f"port {number} is in use by another program", f"PSA_PORT={number + 1} ./psa run")
        python_env.prepare()
        MAIN.start()
        name = demo_database.name_of(number)
        demo_database.ensure(MAIN, name)
        demo_database.silence(MAIN, name)
        demo_database.set_parameters(MAIN, name, {"web.base.url": f"http://127.0.0.1:{number}"})
        with MailSink(STATE / "mail" / str(number)) as sink:
            return _serve(name, number, sink)


def options(sink: MailSink) -> dict[str, object]:
    """How a demo server differs from another one."""
    return {
        "smtp_server": "127.0.0.1",
        "smtp_port": sink.port,
        "log_level": os.environ.get("PSA_LOG") or "info",
        "limit_time_real": 600,
    }


def _serve(name: str, number: int, sink: MailSink) -> int:
    log = STATE / "log" / f"suite-{number}.log"
    server = Server(MAIN, name, port=number, cron_threads=CRON_THREADS, options=options(sink), log=log)
    signal.signal(signal.SIGTERM, _end)
    try:
        with step("Odoo server"):
            server.start()
        with step("first page"):
            urllib.request.urlopen(f"{server.url}/web/login", timeout=120).close()  # noqa: S310 - builds the assets
        _welcome(server, sink)
        return server.wait()
    except KeyboardInterrupt:
        say("stopping")
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        server.stop()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _welcome(server: Server, sink: MailSink) -> None:
    rows = [("login = password", "person", "role"), *demo_database.logins()]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    say(f"the suite is ready: {server.url}")
    for login, person, role in rows:
        print(f"    {login:<{widths[0]}}  {person:<{widths[1]}}  {role}".rstrip())
    print(f"    mail is kept in {sink.folder} and sent to nobody; log: {server.log}")
    print("    Ctrl-C or ./psa stop ends it", flush=True)


def stop(_arguments: list[str]) -> int:
    """End the suites of this checkout, or the one of PSA_PORT, and with the last one the database clusters."""
    numbers = sorted(int(path.stem.split("-")[1]) for path in STATE.glob("suite-*.lock"))
    if os.environ.get("PSA_PORT"):
        numbers = [number for number in numbers if number == port()]
    for number in numbers:
        if is_running(number):
            with step(f"stopping the suite on port {number}"):
                _stop_one(number)
    if not os.environ.get("PSA_PORT") and (postgres_programs.on_machine() or postgres_programs.embedded()):
        for cluster in (MAIN, TEST):
            if cluster.running():
                with step(f"stopping the {cluster.name} database cluster"):
                    cluster.stop()
    return 0


def _stop_one(number: int) -> None:
    holder = int(locks.holder(_lock(number)))
    os.kill(holder, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS + 5
    while is_running(number):
        if time.monotonic() > until:
            raise Fail(f"process {holder} does not end", f"kill -9 {holder}")
        time.sleep(0.1)


def shell(arguments: list[str]) -> int:
    """Odoo's interactive shell on the demo database of this port."""
    python_env.prepare()
    MAIN.start()
    name = demo_database.name_of(port())
    if not databases.exists(MAIN, name):
        raise Fail(f"there is no demo database for port {port()} yet", "./psa run")
    config = odoo_config.write(MAIN.home / f"shell-{name}.conf", MAIN, name, {"log_level": "warn"})
    databases.in_company(MAIN, name)
    sys.stdout.flush()
    command = [
        str(PYTHON),
        str(VENV / "bin" / "odoo"),
        "shell",
        "--config",
        str(config),
        "--no-http",
        *arguments,
    ]
    os.execve(str(PYTHON), command, {**os.environ, **MAIN.environment()})
    return 1
