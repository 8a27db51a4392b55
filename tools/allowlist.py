"""Short lists of what a test run may contain although it should not, each entry with its reason.

A file of such entries is lines `PATTERN`, a regular expression, each below at least one comment line saying why.
"""

import re
from pathlib import Path

from tools.progress import Fail


class Allowlist:
    """The entries of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.patterns: list[re.Pattern[str]] = []
        reason = ""
        for number, line in enumerate(path.read_text().splitlines(), 1):
            text = line.strip()
            if text.startswith("#"):
                reason += text.strip("# ")
            elif not text:
                reason = ""
            elif not reason:
                raise Fail(f"{path}:{number} gives no reason", "write one as a comment line above the entry")
            else:
                self.patterns.append(re.compile(text))

    def allows(self, text: str) -> bool:
        """Whether an entry matches somewhere in the text."""
        return any(pattern.search(text) for pattern in self.patterns)
