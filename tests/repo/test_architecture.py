"""The rules of docs/architecture.md that a machine can check."""

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDONS = ROOT / "addons"
PURE = set(sys.stdlib_module_names) | {"dateutil", "lxml"}
IMPURE_STDLIB = {"socket", "subprocess", "urllib", "http", "os", "pathlib", "time", "random", "sqlite3"}
MAX_FILE, MAX_FUNCTION = 400, 50
BINDING_DEPENDS = {
    "psa_crm": {"crm", "contacts", "product", "mail"},
    "psa_helpdesk": {
        "psa_crm", "helpdesk_mgmt", "helpdesk_mgmt_project", "helpdesk_mgmt_merge", "helpdesk_mgmt_rating",
        "project", "resource", "calendar", "sms",
    },
    "psa_alerts": {"psa_helpdesk"},
    "psa_contracts": {"psa_crm", "account", "project"},
    "psa_timesheet_billing": {"psa_helpdesk", "psa_contracts", "hr_timesheet", "hr_expense"},
    "psa_portal": {"psa_timesheet_billing", "portal"},
}  # fmt: skip

manifests = {
    path.parent.name: ast.literal_eval(path.read_text())
    for path in sorted(ADDONS.glob("psa_*/__manifest__.py"))
}
sources = [
    p for p in sorted(ADDONS.rglob("*.py")) if not {"tests", "migrations"} & set(p.relative_to(ADDONS).parts)
]
logic_files = sorted(ADDONS.glob("psa_*/logic/**/*.py"))


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def ours_below(name: str) -> set[str]:
    """Our addons that `name` may use: itself and all it depends on."""
    seen = {name}
    for dep in manifests.get(name, {}).get("depends", ()):
        if dep in manifests and dep not in seen:
            seen |= ours_below(dep)
    return seen


def imported_names(node: ast.AST, depth: int) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    if isinstance(node, ast.ImportFrom) and node.level >= depth:
        return ["." * node.level]  # leaves logic/
    return []


def foreign_imports(path: Path) -> set[str]:
    """The imports of a logic module that are neither pure nor another `logic/` it may use."""
    addon, *inner = path.relative_to(ADDONS).parts
    foreign = set()
    for node in ast.walk(ast.parse(path.read_text())):
        for name in imported_names(node, len(inner)):
            parts = name.split(".")
            if parts[0] in PURE - IMPURE_STDLIB or name == "urllib.parse":
                continue
            ours = (
                parts[:2] == ["odoo", "addons"] and parts[3:4] == ["logic"] and parts[2] in ours_below(addon)
            )
            if not ours:
                foreign.add(name)
    return foreign


@pytest.mark.parametrize("name", manifests)
def test_manifest_says_what_the_architecture_says(name):
    manifest = manifests[name]
    assert manifest["license"] == "AGPL-3"
    assert manifest["version"].startswith("19.0.")
    assert manifest.get("application", False) is (name == "psa_crm")
    if name in BINDING_DEPENDS:
        assert set(manifest["depends"]) == BINDING_DEPENDS[name]


def test_dependencies_have_no_cycle():
    graph = {
        name: [dep for dep in manifest["depends"] if dep in manifests] for name, manifest in manifests.items()
    }
    assert set(TopologicalSorter(graph).static_order()) == set(manifests)


def test_helpdesk_and_contracts_do_not_know_each_other():
    for path in sources:
        addon = path.relative_to(ADDONS).parts[0]
        other = {"psa_helpdesk": "psa_contracts", "psa_contracts": "psa_helpdesk"}.get(addon)
        if other:
            assert f"odoo.addons.{other}" not in path.read_text(), label(path)


@pytest.mark.parametrize("path", sources, ids=label)
def test_files_and_functions_stay_small(path):
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < MAX_FUNCTION, node.name


@pytest.mark.parametrize("path", logic_files, ids=label)
def test_logic_is_free_of_odoo_and_of_clocks(path):
    assert not foreign_imports(path)
    text = path.read_text()
    for clock in ("datetime.now(", "utcnow(", "date.today(", "time.time("):
        assert clock not in text, f"{clock}: the present moment is an argument"


@pytest.mark.parametrize("path", logic_files, ids=label)
def test_every_logic_module_has_its_table_test(path):
    relative = path.relative_to(ADDONS)
    if path.name == "__init__.py":
        return
    addon = relative.parts[0]
    stem = path.stem
    found = list((ROOT / "tests" / "logic" / addon).rglob("test_*.py"))
    assert any(stem in test.read_text() for test in found), f"no test in tests/logic/{addon} names {stem}"


@pytest.mark.parametrize("path", sorted(ADDONS.glob("*/security/*.xml")), ids=lambda path: path.name)
def test_no_rule_compares_with_a_literal_zero(path):
    """`= 0` on a relation is never true in the database, and true for "none" when one record is checked."""
    found = re.findall(r"'=',\s*0\b|\belse 0\b", path.read_text())
    assert not found, f"{path}: compare with `in` and a list, empty where nothing is meant"
