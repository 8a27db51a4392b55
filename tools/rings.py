"""`./psa test`: the rings of tests, from the quickest to the slowest.

repo       the checkout itself                      plain pytest
logic      addons/*/logic                           plain pytest, no database, no Odoo
odoo       addons/*/tests and tests/scenarios       pytest-odoo on a throw-away copy of the template with our addons
process    servers of their own, real commits       plain pytest that starts Odoo
"""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from tools import addons, children, databases, machine, odoo_config, odoo_log, python_env, templates
from tools.places import LOGS, PYTHON, ROOT, STATE, given_path
from tools.postgres import TEST
from tools.progress import Fail, say, step
from tools.server import free_port

NO_TESTS = 5
SLOWEST = ("--durations=12", "--durations-min=5")  # what takes the process ring its minutes
# pytest's options whose value is the next word
WITH_VALUE = {"-k", "-m", "-p", "-o", "-c", "-W", "-r", "--deselect", "--ignore", "--durations", "--maxfail", "--tb"}  # fmt: skip
COVER = "--cover"
COVERAGE = STATE / "coverage"
BESIDE_LOG = LOGS / "ring-process.log"
SHARE_LOG = LOGS / "ring-odoo-beside.log"
PYTEST = (
    "-m",
    "pytest",
    "--import-mode=append",
    "-p",
    "tools.pytest_ledger",
    "-p",
    "no:cacheprovider",
    "-rs",
    "-q",
)


@dataclass
class Ring:
    """One ring: where its tests lie, and what was asked for of them."""

    name: str
    folders: tuple[str, ...]
    with_odoo: bool = False
    measured: bool = False
    targets: list[str] = field(default_factory=list)

    def holds(self, target: Path) -> bool:
        """Whether a path (of a test, or above all tests of the ring) belongs here."""
        own = [ROOT / folder for folder in self.folders]
        return any(target.is_relative_to(folder) or folder.is_relative_to(target) for folder in own)


def _rings() -> list[Ring]:
    return [
        Ring("repo", ("tests/repo",)),
        Ring("logic", ("tests/logic",), measured=True),
        Ring("odoo", ("addons", "tests/scenarios"), with_odoo=True, measured=True),
        Ring("process", ("tests/process",)),
    ]


def _whole(ring: Ring) -> list[str]:
    """All of a ring. The demo world is not in the test database; its installation is a process test."""
    folders = [ROOT / folder for folder in ring.folders]
    if ring.with_odoo:
        folders = [
            *(folder / "tests" for name in addons.suite() for folder in [ROOT / "addons" / name]),
            folders[1],
        ]
    return [str(folder) for folder in folders if any(folder.rglob("test_*.py"))]


def _plan(arguments: Sequence[str]) -> tuple[list[Ring], list[str]]:
    """Which rings run on which targets, and the options for pytest."""
    rings, options, targets = _rings(), [], []
    before = ""
    for argument in arguments:
        path = given_path(argument.split("::")[0])
        if not argument.startswith("-") and before not in WITH_VALUE and path.exists():
            targets.append((path, argument.partition("::")[2]))
        else:
            options.append(argument)
        before = argument
    for ring in rings:
        if not targets:
            ring.targets = _whole(ring)
        for path, test in targets:
            if ring.holds(path):
                is_above = any((ROOT / folder).is_relative_to(path) for folder in ring.folders)
                ring.targets += _whole(ring) if is_above else [f"{path}::{test}" if test else str(path)]
    chosen = [ring for ring in rings if ring.targets]
    if not chosen:
        raise Fail(
            f"no ring holds {' '.join(arguments)}", f"the rings are {', '.join(ring.name for ring in rings)}"
        )
    return chosen, options


def test(arguments: list[str]) -> int:
    """Run all rings, or what the arguments name; they are pytest's, and paths choose the ring.

    With `--cover` the lines that were run are counted, which takes a third more time.
    """
    measure = COVER in arguments
    arguments = [argument for argument in arguments if argument != COVER]
    rings, options = _plan(arguments)
    _need_programs(rings, whole=not arguments)
    python_env.prepare("dev")
    if measure:
        _forget_coverage()
    failed: list[str] = []
    ran = 0
    with ThreadPoolExecutor(max_workers=1) as beside:
        waiting = _start_beside(beside, rings, options) if not arguments else {}
        for ring in rings:
            begun = time.monotonic()
            code = (
                _wait_for(waiting[ring.name])
                if ring.name in waiting
                else _run(ring, options, measure and ring.measured)
            )
            ran += code != NO_TESTS
            if code != 0 and (code != NO_TESTS or not arguments):
                failed.append(ring.name)
            say(f"ring {ring.name}: {_verdict(code)} in {time.monotonic() - begun:.1f} s")
    if measure:
        _print_coverage()
    if failed or not ran:
        raise Fail(f"{'the rings ' + ', '.join(failed) + ' failed' if failed else 'no test was collected'}")
    say(f"all tests passed: {', '.join(ring.name for ring in rings)}")
    return 0


def _start_beside(
    executor: ThreadPoolExecutor, rings: Sequence[Ring], options: Sequence[str]
) -> dict[str, Future[int]]:
    """Start the process ring beside the others: it waits for servers most of the time, they for nothing.

    What it prints is kept until its turn. The thread lives as long as its child, which would end with it.
    """
    process = next(ring for ring in rings if ring.name == "process")
    _need_cluster()
    templates.suite(TEST)  # both use it: made once, before they start
    BESIDE_LOG.parent.mkdir(parents=True, exist_ok=True)
    return {process.name: executor.submit(_run, process, options, False, BESIDE_LOG)}


def _wait_for(running: Future[int]) -> int:
    code = running.result()
    _print_log(BESIDE_LOG)
    return code


def _print_log(log: Path) -> None:
    print(log.read_text(errors="replace"), end="", flush=True)


def _need_programs(rings: Sequence[Ring], whole: bool) -> None:
    """Ask for what the machine lacks before the first ring, not after the third."""
    needed = machine.BROWSER if any(ring.with_odoo for ring in rings) else {}
    machine.require({**needed, **({**machine.MONITORING, **machine.MAIL} if whole else {})}, "./psa test")


def _verdict(code: int) -> str:
    return {0: "passed", NO_TESTS: "holds no such test"}.get(code, f"FAILED (pytest exit {code})")


def _run(ring: Ring, options: Sequence[str], measure: bool, log: Path | None = None) -> int:
    if ring.with_odoo:
        return _run_with_odoo(ring, options, measure)
    environment = {}
    if ring.name == "process":
        _need_cluster()
        environment = TEST.environment()
        options = [*SLOWEST, *options]
    return _pytest(["-p", "no:odoo", *options, *ring.targets], environment, measure, log)


def _need_cluster() -> None:
    TEST.start()
    databases.drop_abandoned(TEST)


def _run_with_odoo(ring: Ring, options: Sequence[str], measure: bool) -> int:
    """pytest-odoo on copies of the template: one for what was named, two side by side for whole folders."""
    _need_cluster()
    template = templates.suite(TEST)
    _check_install_logs(template)
    mine, *beside = _shares(ring.targets)
    with ThreadPoolExecutor(max_workers=1) as executor:
        waiting = [
            executor.submit(_run_share, template, share, options, measure, SHARE_LOG) for share in beside
        ]
        codes = [_run_share(template, mine, options, measure)]
        for running in waiting:
            codes.append(running.result())
            _print_log(SHARE_LOG)
    return max(codes)


def _shares(targets: Sequence[str]) -> list[list[str]]:
    """Folders of tests in two shares with about as many tests; single files and tests stay together."""
    if len(targets) < 2 or not all(Path(target).is_dir() for target in targets):
        return [list(targets)]
    shares: list[list[str]] = [[], []]
    weights = [0, 0]
    for target in sorted(targets, key=_count_tests, reverse=True):
        lighter = weights.index(min(weights))
        shares[lighter].append(target)
        weights[lighter] += _count_tests(target)
    return shares


def _count_tests(folder: str) -> int:
    return sum(file.read_text().count("def test_") for file in Path(folder).rglob("test_*.py"))


def _run_share(
    template: str, targets: Sequence[str], options: Sequence[str], measure: bool, log: Path | None = None
) -> int:
    """Run tests in a database of their own, with a web server, without which every HttpCase would be skipped."""
    with databases.passing(TEST, template, "test") as name:
        ports = {"http_port": free_port(), "gevent_port": free_port()}
        config = odoo_config.write(TEST.home / f"{name}.conf", TEST, name, {"max_cron_threads": 0, **ports})
        odoo = ["--odoo-config", str(config), "--odoo-http", "--odoo-log-level", "warn"]
        odoo += ["--odoo-extra", f"screenshots={LOGS / 'screenshots'}"]
        try:
            return _pytest([*odoo, *options, *targets], TEST.environment(), measure, log)
        finally:
            config.unlink(missing_ok=True)


def _check_install_logs(template: str) -> None:
    """What Odoo warned about while it installed the modules is kept with the template and checked every time."""
    found = [
        entry
        for name in (templates.host(TEST), template)
        for entry in odoo_log.unexpected(templates.install_log(TEST, name))
    ]
    if found:
        raise Fail(
            "Odoo logged warnings while it installed the modules",
            "remove the cause, or enter it with its reason in tools/log_allowlist.txt",
            "\n".join(found),
        )


def _pytest(
    arguments: Sequence[str], environment: Mapping[str, str], measure: bool, log: Path | None = None
) -> int:
    """Run pytest with its output on this terminal, or in `log`. -P: the checkout's own folders must not shadow `odoo`."""
    coverage = ["-m", "coverage", "run", "--parallel-mode"] if measure else []
    command = [str(PYTHON), "-P", *coverage, *PYTEST, *arguments]
    env = {**os.environ, **environment, "PYTHONPATH": str(ROOT), "COVERAGE_FILE": str(COVERAGE / "data")}
    with log.open("wb") if log else nullcontext() as output:
        return subprocess.run(
            command,
            env=env,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
            preexec_fn=children.end_with_parent,
            check=False,
        ).returncode


# Coverage


def _forget_coverage() -> None:
    COVERAGE.mkdir(parents=True, exist_ok=True)
    for old in COVERAGE.glob("data*"):
        old.unlink()


def _print_coverage() -> None:
    """What the rings ran of each addon's lines. Servers of the process ring are not counted."""
    command = [str(PYTHON), "-m", "coverage"]
    env = {"COVERAGE_FILE": str(COVERAGE / "data")}
    with step("coverage"):
        children.run(
            [*command, "combine", "-q"], log=LOGS / "coverage.log", env=env, what="coverage combine failed"
        )
        whole = children.output(
            [*command, "report", "--show-missing"], env=env, what="coverage report failed"
        )
        figures = json.loads(
            children.output([*command, "json", "-q", "-o", "-"], env=env, what="coverage json failed")
        )
    (COVERAGE / "report.txt").write_text(whole)
    for addon, ran, lines in _by_addon(figures["files"]):
        print(f"    {addon:<24} {ran / lines:6.1%} of {lines} lines")
    print(f"    line by line: {COVERAGE / 'report.txt'}", flush=True)


def _by_addon(files: Mapping[str, dict[str, dict[str, int]]]) -> list[tuple[str, int, int]]:
    """Addon, lines run and lines there are, the sum of all at the end."""
    sums: dict[str, tuple[int, int]] = {}
    for path, entry in sorted(files.items()):
        for name in (Path(path).parts[1], "~ all addons"):
            ran, lines = sums.get(name, (0, 0))
            found = entry["summary"]
            sums[name] = (ran + found["covered_lines"], lines + found["num_statements"])
    return [(name.strip("~ "), ran, lines) for name, (ran, lines) in sorted(sums.items()) if lines]
