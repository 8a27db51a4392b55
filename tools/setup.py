"""`./psa setup` and `./psa clean`: fetch everything, remove what was made."""

import shutil
from contextlib import suppress

from tools import databases, machine, postgres, postgres_programs, python_env, suite, templates
from tools.places import STATE, cache
from tools.postgres import MAIN, TEST
from tools.progress import Fail, say, step


def setup(_arguments: list[str]) -> int:
    """Odoo, the libraries to run, test and lint, a database cluster, and the programs that tests and the demo start."""
    python_env.prepare("dev")
    MAIN.start()
    said = [f"set up; what was fetched is kept in {cache()}"]
    try:
        machine.require(
            {**machine.BROWSER, **machine.MONITORING, **machine.MAIL},
            "what else ./psa test, shots and demo start",
        )
    except Fail as problem:
        if machine.is_root() and machine.has_apt():
            raise
        said.append(f"{problem.what}: {problem.remedy}")  # the user has to; ./psa run needs none of it
    for line in said:
        say(line)
    return 0


def clean(arguments: list[str]) -> int:
    """Remove test databases and logs; with --all everything of this checkout, with --cache what was fetched too."""
    unknown = set(arguments) - {"--all", "--cache"}
    if unknown:
        raise Fail(f"clean does not know {' '.join(sorted(unknown))}", "./psa clean [--all] [--cache]")
    everything = "--all" in arguments
    has_server = bool(postgres_programs.on_machine() or postgres_programs.embedded())
    if has_server and everything:
        suite.stop([])
        _remove_clusters()
    elif has_server:
        _remove_passing()
    with step(f"removing {STATE}" if everything else "removing logs and reports"):
        for path in [STATE] if everything else [STATE / "log", STATE / "coverage", STATE / "lint"]:
            shutil.rmtree(path, ignore_errors=True)
    if "--cache" in arguments:
        with step(f"removing {cache()}"):
            shutil.rmtree(cache(), ignore_errors=True)
            shutil.rmtree(postgres.PROGRAMS, ignore_errors=True)
    return 0


def _remove_clusters() -> None:
    for cluster in (MAIN, TEST):
        shutil.rmtree(cluster.data, ignore_errors=True)
        shutil.rmtree(cluster.socket, ignore_errors=True)
    with suppress(OSError):  # others are there, or it never was
        postgres.OUTSIDE.rmdir()


def _remove_passing() -> None:
    with step("removing the test cluster"):
        TEST.stop()
        for path in (TEST.data, TEST.socket, TEST.home):
            shutil.rmtree(path, ignore_errors=True)
    if MAIN.running():
        with step("removing templates of the main cluster"):
            for name in databases.names(MAIN):
                if name.startswith(templates.KINDS):
                    databases.drop(MAIN, name)
            databases.drop_abandoned(MAIN)
