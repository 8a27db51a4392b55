"""Lets plain pytest import `odoo.addons.<addon>.logic` without Odoo, which also proves at run time that it is pure."""

import sys
from pathlib import Path
from types import ModuleType

ADDONS = Path(__file__).parents[2] / "addons"


def _namespace(name: str, *paths: Path) -> None:
    module = ModuleType(name)
    module.__path__ = [str(path) for path in paths]
    sys.modules.setdefault(name, module)


_namespace("odoo")
_namespace("odoo.addons", ADDONS)
for addon in ADDONS.glob("psa_*"):
    _namespace(f"odoo.addons.{addon.name}", addon)


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: a property test; `-m 'not slow'` leaves the tables, under 2 s")


def pytest_collection_modifyitems(items):
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("slow")
