"""Each addon installs alone with its dependencies, and quietly; so do all at once, and the demo world on them.

The host's modules of all addons are there each time: that an addon names nothing else than what its own manifest brings
is tests/repo/test_closure.py.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness import database, rows

from tools import addons, databases, odoo_log, templates
from tools.places import LOGS
from tools.postgres import TEST
from tools.progress import Fail

AT_ONCE = 2
EVERYTHING = "all addons at once"


def outcome(name: str, log: Path) -> tuple[set[str], list[str], str]:
    """What an installation left: our modules that came, unexpected log entries, error."""
    found = set(databases.modules(TEST, name)) & set(addons.ours())
    half = rows(name, "SELECT name, state FROM ir_module_module WHERE state LIKE 'to %'")
    return found, odoo_log.unexpected(log), f"left half done: {half}" if half else ""


def install(addon: str) -> tuple[set[str], list[str], str]:
    """Install in a copy of the host's template."""
    log = LOGS / "process" / f"install-{addon}.log"
    log.unlink(missing_ok=True)
    with database("host") as name:
        try:
            databases.change_modules(TEST, name, install=[addon], log=log)
        except Fail as problem:
            return set(), odoo_log.unexpected(log), str(problem)
        return outcome(name, log)


@pytest.fixture(scope="module")
def installed(demo_world):
    """All installations, two at a time. All at once is how the template was made, and the demo world is made once."""
    cases = addons.suite()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(cases, pool.map(install, cases), strict=True))
    with database() as everything:
        found[EVERYTHING] = outcome(everything, templates.install_log(TEST, templates.suite(TEST)))
    found[addons.DEMO] = outcome(demo_world.name, demo_world.log)
    return found


@pytest.mark.parametrize("addon", addons.ours())
def test_an_addon_installs_with_its_dependencies_only(installed, addon):
    found, _entries, error = installed[addon]
    assert not error
    needed = set(addons.with_dependencies(addon))
    glue = {name for name in found - needed if addons.manifest(addons.ADDONS / name).get("auto_install")}
    assert found - glue == needed


def test_all_addons_install_together(installed):
    found, _entries, error = installed[EVERYTHING]
    assert not error
    assert found == set(addons.suite())


@pytest.mark.parametrize("what", [*addons.ours(), EVERYTHING])
def test_an_installation_logs_no_warning(installed, what):
    _found, entries, _error = installed[what]
    assert entries == []
