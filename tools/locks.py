"""One command at a time where two would fight: a file lock the kernel drops when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.progress import Fail, say


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except PermissionError as error:
        raise Fail(
            f"{path} belongs to another user",
            "use the user who set this checkout up, or a checkout (and PSA_CACHE) of your own",
        ) from error


def holder(path: Path) -> str:
    """Process id written by the command that holds, or last held, the lock."""
    try:
        return path.read_text().strip() or "unknown"
    except OSError:
        return "unknown"


@contextmanager
def held(path: Path, purpose: str) -> Iterator[None]:
    """Wait for the lock, saying so, and hold it."""
    handle = _open(path)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if holder(path) != str(os.getpid()):  # not another thread of ours
                say(f"waiting for process {holder(path)}, which is at work on {purpose}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def held_or_fail(path: Path, busy: Fail) -> Iterator[None]:
    """Hold the lock, or raise `busy` at once when somebody else does."""
    handle = _open(path)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def share(path: Path, busy: Fail) -> int:
    """Hold the lock together with others, until this process has ended, and after an `exec` what it became."""
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise busy from None
    os.set_inheritable(handle, True)
    return handle


def is_held(path: Path) -> bool:
    """Whether a living command holds the lock."""
    if not path.exists():
        return False
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
