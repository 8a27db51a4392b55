"""Reading Odoo's log for what should not be there: any WARNING or worse that is not on the short list."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools.allowlist import Allowlist

# 2026-03-01 10:00:00,123 4711 WARNING database odoo.logger: message
ENTRY = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>[^\s:]+): ?(?P<text>.*)"
)
SERIOUS = {"WARNING", "ERROR", "CRITICAL"}
ALLOWED = Path(__file__).with_name("log_allowlist.txt")


def serious(log: Path) -> Iterator[str]:
    """Each serious entry as `LEVEL logger: message`, with the lines that follow it folded in."""
    current: list[str] = []
    for line in log.read_text(errors="replace").splitlines() if log.exists() else ():
        found = ENTRY.match(line)
        if found:
            yield from _folded(current)
            current = (
                [f"{found['level']} {found['logger']}: {found['text']}"] if found["level"] in SERIOUS else []
            )
        elif current:
            current.append(line)
    yield from _folded(current)


def _folded(lines: list[str]) -> Iterator[str]:
    if lines:
        yield "\n".join(lines).strip()


def unexpected(log: Path) -> list[str]:
    """The serious entries that are not on the short list."""
    allowed = Allowlist(ALLOWED)
    return [entry for entry in serious(log) if not allowed.allows(entry)]
