"""Child processes that end with the command that started them, and whose output is kept."""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.places import ROOT
from tools.progress import Fail

PR_SET_PDEATHSIG = 1
TAIL_LINES = 25


def end_with_parent() -> None:
    """For `preexec_fn`: Linux sends this process SIGTERM when the one that started it is gone, even by SIGKILL."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    except (AttributeError, OSError):  # not Linux: the child then ends with its terminal only
        return


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log file, empty when there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    what: str,
    remedy: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> None:
    """Run a command to its end with its output in `log`; raise `Fail` with the log's tail when it does not succeed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as output:
        code = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            preexec_fn=end_with_parent,
            check=False,
        ).returncode
    if code:
        raise Fail(f"{what} (exit {code})", remedy or f"the whole log is {log}", tail(log))


def git(*arguments: str | Path) -> str:
    """What git answers, nothing where it fails or where there is no git: it is never needed to run the suite."""
    if not shutil.which("git"):
        return ""
    command = ["git", *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False).stdout


def output(
    command: Sequence[str | Path], *, what: str, env: Mapping[str, str] | None = None, stdin: str = ""
) -> str:
    """Standard output of a short command; raise `Fail` with what it said when it does not succeed."""
    done = subprocess.run(
        [str(part) for part in command],
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise Fail(f"{what} (exit {done.returncode})", detail=done.stderr or done.stdout)
    return done.stdout
