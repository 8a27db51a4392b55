"""The bench harness: how a figure is measured against the host, in one run on the same machine.

Write `bench/bench_<name>.py` with one function:

    from bench.harness import Context, Figure, interleaved

    def run(ctx: Context) -> Figure:               # or a list of figures
        with ctx.env() as ours, ctx.env(template="host") as host:
            seconds = interleaved({
                "ours": lambda: create_ours(ours),
                "host": lambda: create_hosts(host),
            })
        ratio = seconds["host"] / seconds["ours"]
        return Figure.at_least("alert_to_ticket", ratio, 0.60, detail=f"host {seconds['host']:.3f} s ...")

`ctx.env()` gives an Odoo environment (superuser) on a throw-away copy of the template with our addons, or with
`template="host"` of the one with Odoo's and the OCA's modules only. Commits in it are real, and PostgreSQL makes them
durable (fsync on). `ctx.database()` gives such a copy by name, for several users of the same data:

    with ctx.database() as name:
        with ctx.env(name) as env:
            ...                                    # make the data
            env.cr.commit()
        with ctx.server(name, workers=2) as server:
            ...                                    # requests to server.url

`./psa bench` runs all modules and writes bench/results.md, `./psa bench NAME` one of them, `--json` prints one object a
line with name, value, bound and holds. The exit code is 1 when a figure misses its bound.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tools import databases, odoo_config, templates
from tools.places import LOGS
from tools.postgres import MAIN, Cluster
from tools.progress import say
from tools.server import Server

if TYPE_CHECKING:
    from odoo.api import Environment

ROUNDS = 5
# What is timed. It may return the seconds itself, where only a part of it is to count.
Side = Callable[[], "float | None"]


def _bound(sign: str, bound: float, detail: str) -> str:
    return "; ".join(part for part in (f"{sign} {bound:g}", detail) if part)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure and the bound it has to keep. `detail` says what stands behind it, in one line."""

    name: str
    value: float
    bound: float
    holds: bool
    unit: str = "x"
    detail: str = ""

    @classmethod
    def at_least(cls, name: str, value: float, bound: float, *, unit: str = "x", detail: str = "") -> Figure:
        """A figure that must not be below its bound."""
        return cls(name, value, bound, value >= bound, unit, _bound(">=", bound, detail))

    @classmethod
    def at_most(cls, name: str, value: float, bound: float, *, unit: str = "x", detail: str = "") -> Figure:
        """A figure that must not be above its bound."""
        return cls(name, value, bound, value <= bound, unit, _bound("<=", bound, detail))


def interleaved(sides: Mapping[str, Side], rounds: int = ROUNDS, warm_up: int = 1) -> dict[str, float]:
    """Median seconds of each side over `rounds` rounds; in each round every side runs once, one after the other.

    Taking turns spreads what else the machine does over all sides. Warm-up rounds (caches, plans, first imports) do
    not count. The order turns round in every second round, so that no side always comes after the same other one.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(-warm_up, rounds):
        names = list(sides) if number % 2 == 0 else list(sides)[::-1]
        for name in names:
            taken = _timed(sides[name])
            if number >= 0:
                seconds[name].append(taken)
    return {name: statistics.median(values) for name, values in seconds.items()}


def _timed(side: Side) -> float:
    gc.collect()
    begun = time.perf_counter()
    own = side()
    return time.perf_counter() - begun if own is None else own


@cache
def _configure_odoo(cluster: Cluster) -> None:
    """Let the Odoo of this process know our addons and the cluster; once, before its first registry."""
    from odoo.tools import config

    options = {"logfile": LOGS / "bench.log", "log_level": "warn", "max_cron_threads": 0}
    path = odoo_config.write(cluster.home / "bench.conf", cluster, "bench", options)
    config.parse_config(["--config", str(path)], setup_logging=True)
    path.unlink()


class Context:
    """What a bench module gets: throw-away databases, environments and servers on the durable cluster."""

    def __init__(self) -> None:
        self.cluster = MAIN

    @contextmanager
    def database(self, template: str = "suite") -> Iterator[str]:
        """A copy of the template ("suite" with our addons, "host" without), dropped at the end."""
        source = {"suite": templates.suite, "host": templates.host}[template](self.cluster)
        with databases.passing(self.cluster, source, "bench") as name:
            yield name

    @contextmanager
    def env(self, database: str | None = None, template: str = "suite") -> Iterator[Environment]:
        """An Odoo environment on the database, or on a fresh copy of the template. What is not committed is lost."""
        if database is None:
            with self.database(template) as name, self._environment(name) as env:
                yield env
        else:
            with self._environment(database) as env:
                yield env

    @contextmanager
    def _environment(self, name: str) -> Iterator[Environment]:
        from odoo import sql_db
        from odoo.api import SUPERUSER_ID, Environment
        from odoo.modules.registry import Registry
        from odoo.tools import config

        _configure_odoo(self.cluster)
        config["db_name"] = [name]
        try:
            with Registry(name).cursor() as cr:
                yield Environment(cr, SUPERUSER_ID, {})
                cr.rollback()
        finally:
            Registry.delete(name)
            sql_db.close_db(name)

    @contextmanager
    def server(
        self,
        database: str,
        *,
        workers: int = 2,
        cron_threads: int = 0,
        options: Mapping[str, object] | None = None,
    ) -> Iterator[Server]:
        """A running Odoo server on the database, in its production form with worker processes."""
        quiet = {"log_level": "warn", **(options or {})}
        server = Server(self.cluster, database, workers=workers, cron_threads=cron_threads, options=quiet)
        try:
            yield server.start()
        finally:
            server.stop()

    def say(self, text: str) -> None:
        """One line of progress, on standard error."""
        say(text)
