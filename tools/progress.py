"""What a command tells its user: one line a step with its seconds, and failures that name their remedy."""

import errno
import sys
import time
from collections.abc import Callable, Iterator
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


# Troubles of the machine rather than of this program, with what helps.
_REMEDIES = {
    errno.ENOSPC: "make room on that disk, then run the command again: what it had half made is begun anew",
    errno.EDQUOT: "make room in your share of that disk, then run the command again",
    errno.EACCES: "use the user who set this checkout up, or a checkout (and PSA_CACHE) of your own",
    errno.EPERM: "use the user who set this checkout up, or a checkout (and PSA_CACHE) of your own",
    errno.EROFS: "use a checkout and a cache (PSA_CACHE) that can be written to",
}


def guarded(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; a failure is told on stderr, with its remedy."""
    try:
        return command()
    except Fail as failure:
        problem: Fail = failure
    except OSError as trouble:
        if trouble.errno not in _REMEDIES:
            raise
        where = f": {trouble.filename}" if trouble.filename else ""
        problem = Fail(f"{trouble.strerror}{where}", _REMEDIES[trouble.errno])
    except KeyboardInterrupt:
        close_line()
        _write("psa: interrupted\n")
        return 130
    close_line()
    _write(f"{problem}\n")
    return 1


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
