"""What the texts for people point at is there: each link, each path, each file and each command of `./psa`."""

import re
from pathlib import Path

import pytest

from tools.__main__ import COMMANDS

ROOT = Path(__file__).parents[2]
TEXTS = sorted(
    {ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("docker/**/*.md"), *ROOT.glob("addons/*/readme/*.md")}
)  # fmt: skip
LINK = re.compile(r"\]\(([^)\s]+)\)")
TICKED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"^[\w.*-]+(/[\w.*-]+)*/?$")
FILE_KINDS = {".py", ".md", ".txt", ".toml", ".csv", ".xml", ".yml"}
# Named although no checkout holds them: what commands write.
WRITTEN = {"bench/results.md"}
TOPS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {".psa", ".git"}


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def named_paths(text: str) -> set[str]:
    """Back-ticked words that are paths of the checkout: below a folder of it or of `addons`, or a file by its kind."""
    found = set()
    for ticked in TICKED.findall(text):
        word = ticked.split("::")[0]
        first = word.split("/")[0]
        is_path = "/" in word and (first in TOPS or (ROOT / "addons" / first).is_dir())
        is_file = "/" not in word and Path(word).suffix in FILE_KINDS
        if PATH.match(word) and (is_path or is_file):
            found.add(word.rstrip("/"))
    return found - WRITTEN


def is_there(word: str) -> bool:
    if "/" in word:
        return any(any(place.glob(word)) for place in (ROOT, ROOT / "addons"))
    return any(not {".psa", ".git"} & set(p.relative_to(ROOT).parts) for p in ROOT.rglob(word))


@pytest.mark.parametrize("path", TEXTS, ids=label)
def test_links_lead_somewhere(path):
    for target in LINK.findall(path.read_text()):
        if not re.match(r"[a-z]+:|#", target):
            assert (path.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("path", TEXTS, ids=label)
def test_named_paths_are_there(path):
    missing = sorted(word for word in named_paths(path.read_text()) if not is_there(word))
    assert not missing


@pytest.mark.parametrize("path", TEXTS, ids=label)
def test_named_commands_are_there(path):
    for command in re.findall(r"\./psa ([a-z]\w*)", path.read_text()):
        assert command in COMMANDS, command


def test_each_decision_has_its_number_once():
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_a_path_that_is_not_there_is_noticed():
    assert named_paths("`addons/psa_crm/tests/test_nothing.py`, `/my/ticket`, `psa.asset`") == {
        "addons/psa_crm/tests/test_nothing.py"
    }
    assert not is_there("addons/psa_crm/tests/test_nothing.py")
    assert not is_there("psa_crm/logic/nothing.py")
