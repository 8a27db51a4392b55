"""The rules of docs/architecture.md that a machine can check."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDONS = ROOT / "addons"
# All that logic may import. A list of what is allowed: nobody can name every module that reads a disk, a clock or a wire.
PURE = {
    "__future__", "abc", "bisect", "calendar", "codecs", "collections", "collections.abc", "copy", "dataclasses",
    "datetime", "decimal", "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "hmac", "html", "ipaddress", "itertools",
    "json", "math", "numbers", "operator", "re", "statistics", "string", "textwrap", "types", "typing", "unicodedata",
    "urllib.parse", "zlib", "zoneinfo", "dateutil", "dateutil.relativedelta", "dateutil.rrule", "lxml", "lxml.etree",
}  # fmt: skip
# Called on anything, these ask for the present moment; `open` and its like reach out of the process.
CLOCKS = {"now", "utcnow", "today"}
REACHING_OUT = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"}
MAX_FILE, MAX_FUNCTION = 400, 50
BINDING_DEPENDS = {
    "psa_crm": {"crm", "contacts", "product", "mail"},
    "psa_helpdesk": {
        "psa_crm", "helpdesk_mgmt", "helpdesk_mgmt_project", "helpdesk_mgmt_merge", "helpdesk_mgmt_rating",
        "project", "resource", "calendar", "sms",
    },
    "psa_helpdesk_skills": {"psa_helpdesk", "hr_skills"},
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
tool_files = sorted([*ROOT.glob("tools/**/*.py"), *ROOT.glob("bench/*.py")])
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
    return foreign_in(ast.parse(path.read_text()), addon, len(inner))


def foreign_in(tree: ast.AST, addon: str, depth: int) -> set[str]:
    foreign = set()
    for node in ast.walk(tree):
        for name in imported_names(node, depth):
            parts = name.split(".")
            if name in PURE:
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


def impure_calls(tree: ast.AST) -> set[str]:
    """Calls that read a clock or reach out of the process."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                found.add(node.func.attr)
            elif isinstance(node.func, ast.Name) and node.func.id in REACHING_OUT:
                found.add(node.func.id)
    return found


def names_of(addon: str) -> re.Pattern[str]:
    """How a file would name something of an addon: its modules, external ids, and the models it brings."""
    models = {
        found
        for path in (ADDONS / addon).rglob("*.py")
        for found in re.findall(r"""^    _name = ["']([\w.]+)["']""", path.read_text(), re.MULTILINE)
    }
    words = [
        re.escape(f"{addon}."),
        re.escape(f"{addon}/"),
        *(rf"{re.escape(model)}(?![\w.])" for model in models),
    ]
    return re.compile(rf"""(?<![\w.])(?:odoo\.addons\.)?({"|".join(sorted(words))})""")


@pytest.mark.parametrize(
    ("addon", "other"), [("psa_helpdesk", "psa_contracts"), ("psa_contracts", "psa_helpdesk")]
)
def test_helpdesk_and_contracts_do_not_know_each_other(addon, other):
    named = names_of(other)
    for path in sorted((ADDONS / addon).rglob("*")):
        parts = set(path.relative_to(ADDONS).parts)
        if path.suffix in {".py", ".xml", ".csv", ".js"} and not {"tests", "readme"} & parts:
            assert not named.search(path.read_text()), label(path)


@pytest.mark.parametrize(
    "text", ["self.env['psa.contract']", '<field ref="psa_contracts.x"/>', "from odoo.addons.psa_contracts.logic import x"]
)  # fmt: skip
def test_knowing_another_addon_is_noticed(text):
    assert names_of("psa_contracts").search(text)
    assert not names_of("psa_helpdesk").search(text)


@pytest.mark.parametrize("path", [*sources, *tool_files], ids=label)
def test_files_and_functions_stay_small(path):
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < MAX_FUNCTION, node.name


@pytest.mark.parametrize("path", logic_files, ids=label)
def test_logic_is_free_of_odoo_and_of_clocks(path):
    assert not foreign_imports(path)
    assert not impure_calls(ast.parse(path.read_text())), "the present moment and what is read are arguments"


@pytest.mark.parametrize(
    "line",
    [
        "import shutil", "import os.path", "from tempfile import mkdtemp", "import uuid", "import secrets", "import asyncio",
        "import importlib", "import odoo", "from odoo import fields", "from urllib import request", "import requests",
        "from datetime import datetime as d; d.now()", "import datetime; datetime.date.today()", "x = open('f')",
        "from ... import models", "from odoo.addons.psa_contracts.models import x", "from odoo.addons.psa_helpdesk.logic import x",
    ],
)  # fmt: skip
def test_what_is_not_pure_is_noticed(line):
    # as if it stood in a file of psa_contracts' logic, which psa_helpdesk's does not lie below
    tree = ast.parse(line)
    assert foreign_in(tree, "psa_contracts", depth=2) or impure_calls(tree)


@pytest.mark.parametrize("path", logic_files, ids=label)
def test_every_logic_module_has_its_table_test(path):
    """Some test imports it, or its package, and asserts something."""
    addon, *inner = path.relative_to(ADDONS).with_suffix("").parts
    if path.name == "__init__.py":
        return
    module = f"odoo.addons.{addon}.{'.'.join(inner)}"
    imported = set()
    for test in (ROOT / "tests" / "logic" / addon).rglob("*.py"):
        for node in ast.walk(ast.parse(test.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    package, _, name = module.rpartition(".")
    through_package = (
        package in imported and not package.endswith(".logic") and name in exported_by(path.parent)
    )
    assert module in imported or through_package, f"no test in tests/logic/{addon} imports {module}"


def exported_by(package: Path) -> set[str]:
    """Modules that a package hands on to those who import it."""
    tree = ast.parse((package / "__init__.py").read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    return {alias.name for node in found for alias in node.names} | {node.module or "" for node in found}


@pytest.mark.parametrize("package", sorted(ADDONS.glob("*/tests")), ids=lambda path: path.parent.name)
def test_every_test_of_an_addon_runs_in_the_hosts_own_runner_too(package):
    """pytest finds each file by its name; the host runs what the package imports."""
    files = {path.stem for path in package.glob("test_*.py")}
    assert files <= exported_by(package), f"not imported: {sorted(files - exported_by(package))}"


@pytest.mark.parametrize("path", sorted(ADDONS.glob("*/security/*.xml")), ids=lambda path: path.name)
def test_no_rule_compares_with_a_literal_zero(path):
    """`= 0` on a relation is never true in the database, and true for "none" when one record is checked."""
    found = re.findall(r"'=',\s*0\b|\belse 0\b", path.read_text())
    assert not found, f"{path}: compare with `in` and a list, empty where nothing is meant"
