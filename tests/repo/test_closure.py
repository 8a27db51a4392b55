"""An addon uses only what its manifest brings: models, external ids, templates, Python and browser modules.

A test that installs an addon beside the modules of all others cannot notice a dependency that is declared nowhere.
Here every name the addon writes down must belong to a module below it.
"""

import ast
import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from tools import addons, odoo_source
from tools.places import ADDONS, VENV

ALWAYS = {"base", "web"}  # in every database there is
# Calls whose text arguments are external ids.
ASKS_FOR_ID = {"ref", "has_group", "has_groups", "_for_xml_id", "render", "_render", "_render_qweb_html"}
RELATIONS = {"Many2one", "One2many", "Many2many"}
MODEL_NAME = re.compile(r"""^\s+_name\s*=\s*["']([\w.]+)["']""", re.MULTILINE)
MEMBER = re.compile(r"^ +(?:async )?(?:def (\w+)\(|(\w+)(?:: [^=\n]+)? = fields\.)", re.MULTILINE)
EXTERNAL_ID = re.compile(r"^!?([a-z][a-z0-9_]*)\.[\w.-]+$")
REF_CALL = re.compile(r"""\bref\(\s*["']([\w.-]+)["']""")
PERCENT = re.compile(r"%\(([\w.-]+)\)d")
JS_IMPORT = re.compile(r"""from\s+["']@(\w+)/""")
# What of an XML element holds external ids, apart from `ref(...)` and `%(...)d`, which are looked for everywhere.
ID_ATTRIBUTES = {"id", "ref", "inherit_id", "parent", "action", "groups", "t-call", "t-inherit", "t-call-assets", "t-name"}  # fmt: skip


@cache
def places() -> tuple[Path, ...]:
    tree = odoo_source.find()
    oca = VENV.glob("lib/python3*/site-packages/odoo/addons")
    return ADDONS, tree / "odoo" / "addons", tree / "addons", *oca


@cache
def folder(module: str) -> Path:
    found = [place / module for place in places() if (place / module / "__manifest__.py").is_file()]
    assert found, f"there is no module {module}"
    return found[0]


@cache
def below(module: str) -> frozenset[str]:
    """The module, all its manifest brings, and what is in every database."""
    found = {module, *ALWAYS}
    depends = addons.manifest(folder(module)).get("depends", ["base"])
    assert isinstance(depends, list)
    for dependency in depends:
        found |= below(dependency) if dependency not in ALWAYS else set()
    return frozenset(found)


@cache
def named_in(module: str) -> tuple[frozenset[str], frozenset[str]]:
    """The models a module brings (one it only extends is another's), and the fields and methods of all its models."""
    models, members = set(), {"id", "create_date", "create_uid", "write_date", "write_uid", "display_name"}
    for path in folder(module).rglob("*.py"):
        if "tests" not in path.parts:
            text = path.read_text()
            models |= set(MODEL_NAME.findall(text))
            members |= {name for pair in MEMBER.findall(text) for name in pair}
    return frozenset(models), frozenset(members)


def models_below(addon: str) -> set[str]:
    return {model for module in below(addon) for model in named_in(module)[0]}


def members_below(addon: str) -> set[str]:
    return {name for module in below(addon) for name in named_in(module)[1]}


def sources(addon: str, *kinds: str) -> Iterator[Path]:
    for kind in kinds:
        for path in sorted((ADDONS / addon).rglob(f"*.{kind}")):
            if "tests" not in path.relative_to(ADDONS).parts:
                yield path


def texts(node: ast.AST | None) -> list[str]:
    """The text constants right below a node, or the node's own."""
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def python_models(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and getattr(node.value, "attr", getattr(node.value, "id", "")) == "env"
        ):
            yield from texts(node.slice)
        elif isinstance(node, ast.Call) and called(node) in RELATIONS:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "comodel_name"]
            for argument in [*named, *node.args[:1]]:
                yield from (text for text in texts(argument) if "." in text)
        elif isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] in (
            ["_inherit"],
            ["_inherits"],
        ):
            yield from (
                texts(ast.List(node.value.keys)) if isinstance(node.value, ast.Dict) else texts(node.value)
            )


def python_ids(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if called(node) in ASKS_FOR_ID:
                for argument in node.args:
                    for text in texts(argument):
                        yield from text.split(",")
            for keyword in node.keywords:
                if keyword.arg == "groups":
                    for text in texts(keyword.value):
                        yield from text.split(",")


def python_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == "odoo.addons":
            yield from (alias.name for alias in node.names)
        for name in names:
            if name.startswith("odoo.addons."):
                yield name.split(".")[2]


def xml_models(root: etree._Element) -> Iterator[str]:
    for element in root.iter("record", "function", "delete"):
        yield element.get("model", "")
    for element in root.iter("field"):
        if element.get("name") in {"model", "res_model"} and element.getparent().tag == "record":
            yield (element.text or "").strip()


def view_members(root: etree._Element) -> Iterator[str]:
    """Fields and buttons of views, and of the records the data writes."""
    for arch in root.iter("field"):
        if arch.get("name") == "arch":
            yield from (element.get("name", "") for element in arch.iter("field"))
            buttons = (element for element in arch.iter("button") if element.get("type") == "object")
            yield from (element.get("name", "") for element in buttons)
    for record in root.iter("record"):
        yield from (element.get("name", "") for element in record.findall("field"))


def xml_ids(path: Path, root: etree._Element) -> Iterator[str]:
    text = path.read_text()
    yield from REF_CALL.findall(text)
    yield from PERCENT.findall(text)
    in_browser = "static" in path.parts
    for element in root.iter(etree.Element):
        for name in ID_ATTRIBUTES & set(element.attrib):
            # inside views `id` is the page's, and in the browser's templates only their own names are external ids
            is_id = name != "id" or element.tag in {"record", "template", "menuitem", "delete"}
            if is_id and (not in_browser or name in {"t-call", "t-inherit"}):
                yield from (part.strip() for part in element.get(name, "").split(","))


def csv_ids(path: Path) -> Iterator[str]:
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            for column, value in row.items():
                if column == "id" or column.endswith((":id", "/id")):
                    yield from value.split(",")


def data_files(addon: str) -> Iterator[tuple[Path, etree._Element]]:
    for path in sources(addon, "xml"):
        yield path, etree.parse(path).getroot()


def foreign(addon: str, ids: Iterator[str]) -> set[str]:
    """Of these external ids those of modules that may be missing where the addon is."""
    found = set()
    for external_id in ids:
        match = EXTERNAL_ID.match(external_id)
        if match and match[1] not in below(addon):
            found.add(external_id)
    return found


@pytest.mark.parametrize("addon", addons.ours())
def test_python_names_nothing_that_may_be_missing(addon):
    models = models_below(addon)
    for path in sources(addon, "py"):
        tree = ast.parse(path.read_text())
        assert set(python_models(tree)) <= models, path
        assert not foreign(addon, python_ids(tree)), path
        assert set(python_modules(tree)) <= below(addon), path


@pytest.mark.parametrize("addon", addons.ours())
def test_data_and_views_name_nothing_that_may_be_missing(addon):
    models = models_below(addon)
    members = members_below(addon)
    for path, root in data_files(addon):
        if "static" not in path.parts:
            assert set(xml_models(root)) - {""} <= models, path
            assert set(view_members(root)) - {""} <= members, path
        assert not foreign(addon, xml_ids(path, root)), path
    for path in sources(addon, "csv"):
        if "security" in path.parts or "data" in path.parts:
            assert path.stem in models, path
            assert not foreign(addon, csv_ids(path)), path


@pytest.mark.parametrize("addon", addons.ours())
def test_browser_code_imports_nothing_that_may_be_missing(addon):
    for path in sources(addon, "js"):
        assert set(JS_IMPORT.findall(path.read_text())) - {"odoo"} <= below(addon), path
    assets = addons.manifest(ADDONS / addon).get("assets", {})
    assert isinstance(assets, dict)
    for bundle, files in assets.items():
        assert bundle.split(".")[0] in below(addon), bundle
        for file in files:
            for part in file if isinstance(file, tuple) else (file,):
                module = part.split("/")[0]
                assert module in below(addon) or "/" not in part, part


def test_a_dependency_that_is_not_declared_is_noticed():
    """The checks above see what they are for: names of modules that psa_crm does not depend on."""
    code = ast.parse(
        "from odoo.addons.sms import x\n"
        "class A:\n    _inherit = 'account.move'\n    t = fields.Many2one('helpdesk.ticket', groups='hr.group_user')\n"
        "    def f(self): self.env.ref('sms.y'); self.env['psa.contract'].search([])\n"
    )
    assert set(python_models(code)) == {"account.move", "helpdesk.ticket", "psa.contract"}
    assert not set(python_models(code)) & models_below("psa_crm")
    assert foreign("psa_crm", python_ids(code)) == {"hr.group_user", "sms.y"}
    assert set(python_modules(code)) - below("psa_crm") == {"sms"}
