"""What several process tests look at is made once: a database with work in it, and one with the demo world."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import story as story_module
from harness import database, running

from tools import addons, databases
from tools.places import LOGS
from tools.postgres import TEST


@dataclass(frozen=True)
class World:
    """A database with the demo world, and the log of its installation."""

    name: str
    log: Path


@pytest.fixture(scope="session")
def story():
    """A database in which the main job was done. Nobody is connected; who changes something takes a copy."""
    with database() as name:
        with running(name) as server:
            told = story_module.play(server)
        yield told


@pytest.fixture(scope="session")
def demo_world():
    """All our addons and the demo world; as `story`, to be copied."""
    log = LOGS / "process" / f"install-{addons.DEMO}.log"
    log.unlink(missing_ok=True)
    with database() as name:
        databases.change_modules(TEST, name, install=[addons.DEMO], log=log)
        yield World(name, log)
