"""`./psa lint`: all checkers at once, each quiet when it is content."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools import addons, python_env
from tools.places import ADDONS, ROOT, STATE, VENV
from tools.progress import Fail, say

HOME = STATE / "lint"
LOGIC_TREE = HOME / "tree"
CLEAN = HOME / "pylint.json"
# Not asked for: the order of attributes, the spelling of the XML header, numbers as eval (Odoo converts them),
# and what only matters to the OCA's own services.
OCA_OFF = (
    "xml-tag-position",
    "xml-header-wrong",
    "xml-field-numeric-without-eval",
    "prefer-readme-rst",
    "weblate-component-too-long",
)


@dataclass(frozen=True)
class Check:
    """One checker: its command line, run in the checkout."""

    name: str
    command: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What a checker said."""

    check: Check
    passed: bool
    output: str
    seconds: float


def lint(arguments: list[str]) -> int:
    """Check everything that is checked by a program; --fix lets ruff correct what it can."""
    if set(arguments) - {"--fix"}:
        raise Fail(f"lint does not know {' '.join(arguments)}", "./psa lint [--fix]")
    python_env.prepare("dev")
    HOME.mkdir(parents=True, exist_ok=True)
    if "--fix" in arguments:
        for command in ("check --fix -q", "format -q"):
            subprocess.run([VENV / "bin" / "ruff", *command.split(), "."], cwd=ROOT, check=False)
    now = _fingerprints()  # before the checkers run: what is edited meanwhile has been looked at by none
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(_run, _checks(_changed_since_clean(now))))
    for verdict in verdicts:
        say(f"{verdict.check.name}: {'clean' if verdict.passed else 'FAILED'} in {verdict.seconds:.1f} s")
        if not verdict.passed:
            print(verdict.output.replace(f"{LOGIC_TREE.relative_to(ROOT)}/odoo/", ""), flush=True)
    failed = [verdict.check.name for verdict in verdicts if not verdict.passed]
    if "pylint-odoo" not in failed:
        CLEAN.write_text(json.dumps(now))
    if failed:
        raise Fail(f"not clean: {', '.join(failed)}", "./psa lint --fix corrects layout and simple findings")
    return 0


def _checks(changed: Sequence[str]) -> list[Check]:
    """The checkers, the slowest first. pylint looks at the addons that changed since it last found all clean."""
    program = VENV / "bin"
    oca: list[str | Path] = [program / "oca-checks-odoo-module", f"--disable={','.join(OCA_OFF)}"]
    checks = [
        Check("mypy (tools)", [program / "mypy", "--cache-dir", HOME / "mypy", "tools", "bench/harness.py"]),
        Check("ruff", [program / "ruff", "check", "--output-format", "concise", "."]),
        Check("ruff format", [program / "ruff", "format", "--check", "."]),
    ]
    if addons.ours():
        checks.append(Check("OCA checks", [*oca, *(ADDONS / name for name in addons.ours())]))
    if _link_logic():
        command: list[str | Path] = [
            program / "mypy",
            "--cache-dir",
            HOME / "mypy-logic",
            LOGIC_TREE / "odoo",
        ]
        checks.insert(0, Check("mypy (logic)", command, {"MYPYPATH": str(LOGIC_TREE)}))
    if changed:
        paths = [f"addons/{name}" for name in changed]
        checks.insert(
            0, Check("pylint-odoo", [program / "pylint", *paths], {"PYLINTHOME": str(HOME / "pylint")})
        )
    return checks


def _run(check: Check) -> Verdict:
    begun = time.monotonic()
    done = subprocess.run(
        [str(part) for part in check.command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **check.env},
        check=False,
    )
    return Verdict(check, done.returncode == 0, done.stdout + done.stderr, time.monotonic() - begun)


def _link_logic() -> bool:
    """A tree in which mypy finds the logic packages by the names they are imported by, and no model beside them."""
    shutil.rmtree(LOGIC_TREE, ignore_errors=True)
    found = [name for name in addons.ours() if (ADDONS / name / "logic").is_dir()]
    for name in found:
        link = LOGIC_TREE / "odoo" / "addons" / name / "logic"
        link.parent.mkdir(parents=True)
        link.symlink_to(ADDONS / name / "logic")
    return bool(found)


def _fingerprints() -> dict[str, str]:
    """What pylint's verdict on each addon depends on: its content, the rules, and the version of the checker."""
    rules = hashlib.sha256()
    for name in (".pylintrc", "requirements-dev.txt"):
        rules.update((ROOT / name).read_bytes())
    return {name: addons.fingerprint(name) + rules.hexdigest()[:8] for name in addons.ours()}


def _changed_since_clean(now: Mapping[str, str]) -> list[str]:
    try:
        known = json.loads(CLEAN.read_text())
    except (OSError, ValueError):
        known = {}
    return sorted(name for name, content in now.items() if known.get(name) != content)
