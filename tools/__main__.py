"""The commands of `./psa`."""

import sys
from collections.abc import Callable
from importlib import import_module

from tools.progress import guarded

# name -> (what the user reads, module, function). Modules are loaded when called, so that `help` needs nothing.
COMMANDS = {
    "setup": ("fetch and install everything, so that later commands need no network", "setup", "setup"),
    "run": ("the demo suite on http://127.0.0.1:8069 (PSA_PORT for a second one beside it)", "suite", "run"),
    "test": (
        "all test rings, or what pytest arguments name: ./psa test addons/psa_crm -k site",
        "rings",
        "test",
    ),
    "lint": ("ruff, pylint-odoo, OCA's checks and mypy", "lint", "lint"),
    "demo": ("play the main job against the running suite", "handover", "demo"),
    "bench": (
        "the figures of bench/, side by side with the host: ./psa bench [NAME] [--json]",
        "handover",
        "bench",
    ),
    "shots": (
        "take the screenshots of docs/img from the running suite: ./psa shots [NAME] [--into DIR]",
        "handover",
        "shots",
    ),
    "i18n": ("write the .pot files anew and merge them into de.po and fr.po", "handover", "i18n"),
    "shell": ("Odoo's Python shell on the demo database", "suite", "shell"),
    "stop": ("end the suites and database clusters of this checkout", "suite", "stop"),
    "backup": ("database and attachments into one file: ./psa backup FILE", "backup", "backup"),
    "restore": ("bring such a file back: ./psa restore FILE [--force]", "backup", "restore"),
    "clean": ("remove test data; --all the demo databases too, --cache what was fetched", "setup", "clean"),
    "help": ("this list", "", ""),
}


def usage() -> str:
    """The list of commands."""
    lines = [f"  {name:<8} {text}" for name, (text, _module, _function) in COMMANDS.items()]
    return "\n".join(["usage: ./psa COMMAND", *lines, "more: docs/operating.md"])


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    name, *rest = arguments or ["help"]
    if name in {"help", "--help", "-h"}:
        print(usage())
        return 0
    if name not in COMMANDS:
        print(f"psa: there is no command {name!r}\n{usage()}", file=sys.stderr)
        return 2
    _text, module, function = COMMANDS[name]
    command: Callable[[list[str]], int] = getattr(import_module(f"tools.{module}"), function)
    return guarded(lambda: command(rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
