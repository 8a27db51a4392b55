"""Fetch a Debian package of another suite without touching this machine's own package lists, pins or packages.

The archive's address is the one this machine already uses: none is written here. apt works on a private state folder,
so neither root nor a change of /etc is needed.
"""

import os
import shutil
import subprocess
from pathlib import Path

from tools import children
from tools.places import LOGS
from tools.progress import Fail

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SUITES = ("unstable", "testing")


def own_candidate(package: str) -> bool:
    """Whether the machine's own suites carry the package (Ubuntu universe, a newer Debian)."""
    policy = subprocess.run(
        ["apt-cache", "policy", package], capture_output=True, text=True, check=False
    ).stdout
    return any(
        line.strip().startswith("Candidate: ") and "(none)" not in line for line in policy.splitlines()
    )


def _archives() -> list[str]:
    """The Debian archives (not the security ones) this machine is set up for, in its own spelling."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(COMPONENT)|$(LABEL)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found = set()
    for line in targets.splitlines():
        address, component, label = line.split("|")
        # the label is known once the machine has read its own indexes; before that, the usual path has to do
        is_debian = label == "Debian" or (not label and address.rstrip("/").endswith("/debian"))
        if component == "main" and is_debian:
            found.add(address)
    return sorted(found)


def _private_options(state: Path) -> list[str]:
    """Options that make apt keep everything below `state`."""
    options = {
        "Dir::Etc::SourceList": state / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        "APT::Update::Post-Invoke-Success::": "",
        "Acquire::Retries": "2",
    }
    return [part for key, value in options.items() for part in ("-o", f"{key}={value}")]


def _download(packages: list[str], target: Path, options: list[str]) -> None:
    children.run(
        ["apt-get", "-q", *options, "download", *packages],
        log=LOGS / "apt.log",
        cwd=target,
        what=f"apt-get could not download {packages[0]}",
    )


def fetch(packages: list[str], target: Path) -> None:
    """Put the .deb files of `packages` into the folder `target`; the first one decides which suite serves."""
    target.mkdir(parents=True, exist_ok=True)
    if own_candidate(packages[0]):
        _download(packages, target, [])
        return
    archives = _archives()
    if not archives or not KEYRING.exists():
        raise Fail(f"this machine has no Debian archive to take {packages[0]} from")
    problems = []
    for suite in SUITES:
        try:
            _fetch_from(suite, archives, packages, target)
        except Fail as problem:
            problems.append(f"{suite}: {problem.detail.splitlines()[-1] if problem.detail else problem.what}")
        else:
            return
    raise Fail(f"no Debian suite gave {packages[0]}", detail="\n".join(problems))


def _fetch_from(suite: str, archives: list[str], packages: list[str], target: Path) -> None:
    state = target.parent / f"{target.name}.apt-{os.getpid()}"
    (state / "lists" / "partial").mkdir(parents=True)
    (state / "cache" / "archives" / "partial").mkdir(parents=True)
    try:
        lines = [f"deb [signed-by={KEYRING}] {address} {suite} main\n" for address in archives]
        (state / "sources.list").write_text("".join(lines))
        options = _private_options(state)
        children.run(
            ["apt-get", "-q", *options, "update"],
            log=LOGS / "apt.log",
            what=f"the index of {suite} could not be read",
        )
        _download(packages, target, options)
    finally:
        shutil.rmtree(state, ignore_errors=True)
