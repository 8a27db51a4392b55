"""What the machine itself must have: installed when we are root on Debian or Ubuntu, named exactly when we are not."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import children
from tools.places import LOGS
from tools.progress import Fail, step

# program -> Debian package, of what is not Python's and only tests, pictures and the demo use
BROWSER = {"chromium": "chromium"}
MONITORING = {"prometheus": "prometheus", "prometheus-alertmanager": "prometheus-alertmanager"}
MAIL = {"/usr/sbin/dovecot": "dovecot-imapd"}
POLICY = Path("/usr/sbin/policy-rc.d")
APT = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120")


def is_root() -> bool:
    """Whether this command may install packages and must not run PostgreSQL under its own name."""
    return os.geteuid() == 0


def has_apt() -> bool:
    """Whether this is a Debian-like machine."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def _exists(program: str) -> bool:
    return Path(program).exists() if program.startswith("/") else shutil.which(program) is not None


def require(programs: dict[str, str], purpose: str) -> None:
    """See to it that each program is there. `programs`: name on PATH (or absolute path) -> Debian package."""
    missing = sorted({package for program, package in programs.items() if not _exists(program)})
    if missing:
        install(missing, purpose)


def install(packages: Iterable[str], purpose: str) -> None:
    """Install Debian packages as root; otherwise say which command would."""
    names = " ".join(packages)
    command = f"apt-get install --no-install-recommends {names}"
    if not (is_root() and has_apt()):
        raise Fail(f"{purpose} needs {names}", f"{command}   (as root; the names are those of Debian)")
    with step(f"{purpose}: {command}"):
        log, env = LOGS / "apt.log", {"DEBIAN_FRONTEND": "noninteractive"}
        remedy = f"is this machine online? try: apt-get update && {command}"
        install = [*APT, "install", "--no-install-recommends", *names.split()]
        children.run([*APT, "update"], log=log, env=env, what="apt-get update failed", remedy=remedy)
        with _no_new_services():
            children.run(install, log=log, env=env, what=f"{command} failed", remedy=remedy)


@contextmanager
def _no_new_services() -> Iterator[None]:
    """Debian asks this file whether a package may start its service; a rule the machine has of its own stays."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
