"""What a command tells its user: one line a step with its seconds, and failures that name their remedy."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_started = time.monotonic()
_line_open = False


class Fail(Exception):
    """A step could not be done. `remedy` says what the user can do; `detail` is what the failing program said."""

    def __init__(self, what: str, remedy: str = "", detail: str = "") -> None:
        super().__init__(what)
        self.what, self.remedy, self.detail = what, remedy, detail

    def __str__(self) -> str:
        lines = [f"psa: FAILED: {self.what}"]
        lines += [f"  | {line}" for line in self.detail.strip().splitlines()]
        if self.remedy:
            lines.append(f"  remedy: {self.remedy}")
        return "\n".join(lines)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def close_line() -> None:
    """End a step's unfinished line before something else writes to the terminal."""
    global _line_open
    if _line_open:
        _write("\n")
        _line_open = False


def say(text: str) -> None:
    """One line of information."""
    close_line()
    _write(f"[psa {time.monotonic() - _started:5.0f} s] {text}\n")


@contextmanager
def step(text: str) -> Iterator[None]:
    """One line for one step: its text when it starts, its seconds when it is done."""
    global _line_open
    close_line()
    begun = time.monotonic()
    _write(f"[psa {begun - _started:5.0f} s] {text} ...")
    _line_open = True
    try:
        yield
    except BaseException:
        close_line()
        raise
    seconds = time.monotonic() - begun
    _write(
        f" {seconds:.1f} s\n"
        if _line_open
        else f"[psa {time.monotonic() - _started:5.0f} s] {text}: {seconds:.1f} s\n"
    )
    _line_open = False
