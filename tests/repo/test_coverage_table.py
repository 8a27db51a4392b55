"""docs/coverage.md names, for each of the 106 demands, the test that shows it; the named tests must exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+\.\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "coverage.md").read_text())
NAMED = sorted({(number, test) for number, _what, shown in ROWS for test in re.findall(r"`([^`]+)`", shown)})


def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_demand_has_exactly_one_row():
    numbers = [number for number, _what, _shown in ROWS]
    assert len(numbers) == len(set(numbers)) == 106


def test_every_row_names_a_test_or_says_not_yet():
    for number, _what, shown in ROWS:
        assert shown == "not yet" or re.search(r"`[^`]+\.py::test_\w+`", shown), number


@pytest.mark.parametrize(("number", "test"), NAMED, ids=lambda value: value)
def test_named_test_exists(number, test):
    path, _, name = test.partition("::")
    assert (ROOT / path).is_file(), f"row {number}: {path}"
    assert name in functions_in(ROOT / path), f"row {number}: {name} is not in {path}"
