"""`./psa bench`: run the modules of bench/ and write their figures down. Runs inside the environment."""

import argparse
import importlib
import json
import os
import platform
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from bench.harness import Context, Figure
from tools import children, databases, postgres_programs
from tools.locks import held_or_fail
from tools.places import ROOT
from tools.postgres import MAIN
from tools.progress import Fail, close_line, guarded, say

RESULTS = ROOT / "bench" / "results.md"


def _modules() -> dict[str, str]:
    """Bench name -> module name."""
    return {
        path.stem.removeprefix("bench_"): f"bench.{path.stem}"
        for path in sorted(ROOT.glob("bench/bench_*.py"))
    }


def _run(name: str, module: str) -> list[Figure]:
    say(f"bench {name}")
    found = importlib.import_module(module).run(Context())
    figures = [found] if isinstance(found, Figure) else list(found)
    for figure in figures:
        say(f"    {_line(figure)}")
    return figures


def _line(figure: Figure) -> str:
    verdict = "holds" if figure.holds else "MISSED"
    return f"{figure.name}: {figure.value:.3g} {figure.unit} ({figure.detail}) {verdict}"


def _machine() -> str:
    cpu = next(
        (line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")),
        platform.machine(),
    )
    server = postgres_programs.major(postgres_programs.folder())
    return f"{os.cpu_count()} x {cpu}, Python {platform.python_version()}, PostgreSQL {server} (fsync on)"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def _commit() -> str:
    return children.git("rev-parse", "--short", "HEAD").strip() or "unknown"


def _write_results(figures: Sequence[Figure]) -> None:
    rows = [
        f"| {figure.name} | {figure.value:.3g} {figure.unit} | {'yes' if figure.holds else '**no**'} | {figure.detail} |"
        for figure in figures
    ]
    day = datetime.now(timezone.utc).date().isoformat()
    text = [
        "# Benchmarks",
        "",
        "Written by `./psa bench`. A figure in x is a ratio of two sides that took turns in one run on the same machine,",
        "median of 5 rounds; `bench/harness.py` says how.",
        "",
        f"Taken {day} at commit {_commit()} on {_machine()}.",
        "",
        "| figure | value | bound held | bound and what was measured |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
    ]
    new = RESULTS.with_suffix(".new")
    new.write_text("\n".join(text))
    new.replace(RESULTS)


def _measure(chosen: dict[str, str]) -> tuple[list[Figure], bool]:
    """All figures, and whether every bench came to its end."""
    figures: list[Figure] = []
    complete = True
    for name, module in chosen.items():
        try:
            figures += _run(name, module)
        except Exception:  # noqa: BLE001 - one broken bench must not hide the figures of the others
            complete = False
            close_line()
            say(f"bench {name} broke:\n{traceback.format_exc()}")
    return figures, complete


def main() -> int:
    """Run the benches the command line names, all without a name."""
    parser = argparse.ArgumentParser(prog="./psa bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(_modules()) or 'none yet'}")
    parser.add_argument("--json", action="store_true", help="one object a line: name, value, bound, holds")
    asked = parser.parse_args()
    unknown = [name for name in asked.name if name not in _modules()]
    if unknown:
        raise Fail(f"there is no bench {', '.join(unknown)}", f"there are {', '.join(_modules())}")
    busy = Fail("another bench is at work in this checkout; two would disturb each other", "wait for it")
    with held_or_fail(MAIN.home / "bench.lock", busy):
        MAIN.start()
        os.environ.update(MAIN.environment())
        databases.drop_abandoned(MAIN)
        chosen = {name: module for name, module in _modules().items() if not asked.name or name in asked.name}
        figures, complete = _measure(chosen)
    if asked.json:
        for figure in figures:
            row = {"name": figure.name, "value": figure.value, "bound": figure.bound, "holds": figure.holds}
            print(json.dumps(row))
    if complete and not asked.name and figures:
        _write_results(figures)
        say(f"written to {RESULTS.relative_to(ROOT)}")
    return 0 if complete and all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(guarded(main))
