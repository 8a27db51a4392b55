"""Where things lie: the checkout, its state, and the cache that checkouts share."""

import os
from pathlib import Path

from tools.progress import Fail

ROOT = Path(__file__).resolve().parents[1]
ADDONS = ROOT / "addons"
STATE = ROOT / ".psa"
LOGS = STATE / "log"
VENV = STATE / "venv"
PYTHON = VENV / "bin" / "python"
DEFAULT_PORT = 8069


def cache() -> Path:
    """Everything that came over the network, kept so that the next set-up needs none."""
    own = os.environ.get("PSA_CACHE")
    if own:
        return Path(os.environ.get("PSA_CWD", ROOT), own).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "psa"


def port() -> int:
    """The web port of the suite a command is about: `PSA_PORT`, else 8069."""
    given = os.environ.get("PSA_PORT") or str(DEFAULT_PORT)
    if not (given.isdecimal() and 0 < int(given) < 2**16):
        raise Fail(f"PSA_PORT={given} is no port", "give a number from 1024 to 65535")
    return int(given)


def given_path(text: str) -> Path:
    """A path as the user typed it, relative to where they typed it."""
    return Path(os.environ.get("PSA_CWD", ROOT), text).resolve()
