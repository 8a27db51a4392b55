"""A pytest plugin that keeps account: every collected test must run, and Odoo must log nothing serious.

Loaded by ./psa test with `-p tools.pytest_ledger`. It fails the run on a test that was skipped or did not run and is
not on tools/skip_allowlist.txt, and on a log record of WARNING or worse that is not on tools/log_allowlist.txt.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tools.allowlist import Allowlist
from tools.odoo_log import ALLOWED as ALLOWED_LOG

ALLOWED_SKIPS = Path(__file__).with_name("skip_allowlist.txt")


class _Listener(logging.Handler):
    """Remembers serious records together with the test that was running."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.entries: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        test = os.environ.get("PYTEST_CURRENT_TEST", "outside tests").split(" (")[0]
        self.entries.append((f"{record.levelname} {record.name}: {record.getMessage()}", test))


class Ledger:
    """What was collected, what became of it, and what was logged meanwhile."""

    def __init__(self, only_collect: bool) -> None:
        self.only_collect = only_collect
        self.collected: set[str] = set()
        self.ran: set[str] = set()
        self.skipped: dict[str, str] = {}
        self.problems: list[str] = []
        self.listener = _Listener()
        logging.getLogger().addHandler(self.listener)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what is to be run."""
        self.collected = {item.nodeid for item in session.items}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what became of a test: a skip in any phase counts, an expected failure is a run."""
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.skipped[report.nodeid] = reason
        elif report.when == "call" or report.failed or hasattr(report, "wasxfail"):
            self.ran.add(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Iterator[None]:
        """Close the account; a run that passed but does not balance fails."""
        if not self.only_collect:
            ended_early = (
                exitstatus > pytest.ExitCode.TESTS_FAILED or session.shouldfail or session.shouldstop
            )
            self.problems = [*([] if ended_early else self._not_run()), *self._logged()]
            if self.problems and exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield

    def _not_run(self) -> list[str]:
        allowed = Allowlist(ALLOWED_SKIPS)
        stories = dict.fromkeys(self.collected - self.ran, "was collected but did not run")
        stories |= {test: f"was skipped: {reason}" for test, reason in self.skipped.items()}
        return [
            f"{test} {story}"
            for test, story in sorted(stories.items())
            if not allowed.allows(f"{test}: {story}")
        ]

    def _logged(self) -> list[str]:
        allowed = Allowlist(ALLOWED_LOG)
        found: dict[str, list[str]] = {}
        for entry, test in self.listener.entries:
            if not allowed.allows(entry):
                found.setdefault(entry, []).append(test)
        return [f"{_shortened(entry)}\n    logged in {_few(tests)}" for entry, tests in found.items()]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what does not balance."""
        if self.problems:
            terminalreporter.section("not allowed in a test run", sep="=", red=True)
            for problem in self.problems:
                terminalreporter.write_line(problem)
            terminalreporter.write_line(
                f"{len(self.problems)} problems. Where the cause cannot be removed (an expected error: mute_logger), "
                "enter it with its reason in tools/skip_allowlist.txt or tools/log_allowlist.txt."
            )


def _few(tests: Sequence[str]) -> str:
    names = list(dict.fromkeys(tests))
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _shortened(entry: str, lines: int = 6) -> str:
    kept = entry.splitlines()[:lines]
    return "\n    ".join(line[:300] for line in kept)


def pytest_configure(config: pytest.Config) -> None:
    """Open the account."""
    config.pluginmanager.register(Ledger(bool(config.option.collectonly)), "psa-ledger")
