"""Each addon installs alone with its dependencies, and quietly; so does the demo world on all of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import database, rows

from tools import addons, databases, odoo_log
from tools.places import LOGS
from tools.postgres import TEST
from tools.progress import Fail

AT_ONCE = 2
EVERYTHING = "all addons at once"


def install(what: str) -> tuple[set[str], list[str], str]:
    """Install in a copy of the host's template: our modules that came, unexpected log entries, error."""
    wanted = addons.suite() if what == EVERYTHING else [what]
    log = LOGS / "process" / f"install-{what.replace(' ', '-')}.log"
    log.unlink(missing_ok=True)
    with database("host") as name:
        try:
            databases.change_modules(TEST, name, install=wanted, log=log)
        except Fail as problem:
            return set(), odoo_log.unexpected(log), str(problem)
        found = set(databases.modules(TEST, name)) & set(addons.ours())
        half = rows(name, "SELECT name, state FROM ir_module_module WHERE state LIKE 'to %'")
    return found, odoo_log.unexpected(log), f"left half done: {half}" if half else ""


@pytest.fixture(scope="module")
def installed():
    """All installations, two at a time: they are most of this ring's seconds."""
    cases = [*addons.ours(), EVERYTHING]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(cases, pool.map(install, cases), strict=True))


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
