"""The process harness: databases and Odoo servers of a test's own, with real commits and real deaths.

    with database() as name, running(name, workers=2) as server:
        desk = client(server, "admin")                      # JSON-2 as that user
        ticket = desk.call("helpdesk.ticket", "create", vals_list=[{...}])
        server.kill()                                       # SIGKILL for it and all its workers
        server.start()
        assert rows(name, "SELECT count(*) FROM helpdesk_ticket") == [["1"]]

Databases are copies of a template on the test cluster and are dropped at the end. A server that logged a WARNING or
worse that is not on tools/log_allowlist.txt fails its test, unless the test says which pattern it provokes. Run with
`./psa test tests/process`, which starts the cluster and makes the tools importable.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from passlib.hash import pbkdf2_sha512

from tools import children, databases, odoo_config, odoo_log, templates
from tools.json2 import Json2
from tools.places import LOGS, PYTHON, VENV
from tools.postgres import TEST
from tools.server import Server

KEY_INDEX_CHARACTERS = 8  # Odoo finds a key by its first characters and compares its hash


@contextmanager
def database(template: str = "suite") -> Iterator[str]:
    """A copy of a database: "suite" has all our addons, "host" Odoo's and the OCA's modules only."""
    known = {"suite": templates.suite, "host": templates.host}
    source = known[template](TEST) if template in known else template
    with databases.passing(TEST, source, "proc") as name:
        yield name


@contextmanager
def running(
    name: str,
    *,
    workers: int = 0,
    cron_threads: int = 0,
    options: Mapping[str, object] | None = None,
    provokes: Sequence[str] = (),
) -> Iterator[Server]:
    """A started server on the database. `provokes`: patterns of log entries this test causes on purpose."""
    log = LOGS / "process" / f"{name}.log"
    log.unlink(missing_ok=True)
    server = Server(TEST, name, workers=workers, cron_threads=cron_threads, options=options, log=log)
    try:
        yield server.start()
    finally:
        server.stop()
    check_log(server, provokes)


def check_log(server: Server, provokes: Sequence[str] = ()) -> None:
    """Fail on what the server logged at WARNING or worse and nobody expected."""
    entries = odoo_log.unexpected(server.log)
    left = [entry for entry in entries if not any(re.search(pattern, entry) for pattern in provokes)]
    assert not left, "the server logged:\n" + "\n".join(left)


def rows(name: str, query: str) -> list[list[str]]:
    """Rows of a query, each value as text."""
    return TEST.sql(name, query)


def shell(name: str, code: str) -> Any:
    """Run code in Odoo's shell, for what no client may call, and return what it printed last, read as JSON."""
    config = odoo_config.write(TEST.home / f"shell-{name}.conf", TEST, name, {"log_level": "warn"})
    command = [PYTHON, VENV / "bin" / "odoo", "shell", "--config", config, "--no-http"]
    try:
        printed = children.output(command, what="Odoo's shell failed", env=TEST.environment(), stdin=code)
    finally:
        config.unlink()
    return json.loads(printed.splitlines()[-1])


def key_for(name: str, login: str) -> str:
    """A new JSON-2 key of a user, good for a day and for every scope."""
    key = secrets.token_hex(20)
    users = rows(name, f"SELECT id FROM res_users WHERE login = '{login}'")
    assert users, f"{name} has no user {login}"
    values = f"'test', {users[0][0]}, NULL, now() AT TIME ZONE 'UTC' + interval '1 day'"
    rows(
        name,
        "INSERT INTO res_users_apikeys (name, user_id, scope, expiration_date, key, index) "
        f"VALUES ({values}, '{pbkdf2_sha512.using(rounds=6000).hash(key)}', '{key[:KEY_INDEX_CHARACTERS]}')",
    )
    return key


def client(server: Server, login: str = "admin") -> Json2:
    """JSON-2 as the user."""
    return Json2(server.url, key_for(server.database, login))
