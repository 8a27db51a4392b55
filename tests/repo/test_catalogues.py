"""The catalogues of the addons are whole: every text is there in German and French, with all it has to contain.

That the templates hold what Odoo finds in the addons is checked where there is an Odoo: tests/scenarios/test_languages.py.
"""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
ADDONS = ROOT / "addons"
LANGUAGES = ("de", "fr")
# psa_demo is data of one company, not texts of a product.
NAMES = sorted(
    path.parent.name for path in ADDONS.glob("psa_*/__manifest__.py") if path.parent.name != "psa_demo"
)
CATALOGUES = [(name, language) for name in NAMES for language in LANGUAGES]
PARTS = {
    "named values": re.compile(r"%\(\w+\)[sd]|\{\w*\}"),
    "values": re.compile(r"(?<!%)%[sd](?!\w)"),
    "marks": re.compile(r"</?[a-zA-Z][^>]*>"),
}
# Attributes whose value is read to people, so that it is translated with the text.
SPOKEN = re.compile(r'(title|aria-label|placeholder|alt)="[^"]*"')


def template(name):
    return polib.pofile(str(ADDONS / name / "i18n" / f"{name}.pot"))


def translation(name, language):
    return polib.pofile(str(ADDONS / name / "i18n" / f"{language}.po"))


@pytest.mark.parametrize(("name", "language"), CATALOGUES)
def test_every_text_is_translated(name, language):
    wanted = {entry.msgid for entry in template(name)}
    done = {entry.msgid: entry for entry in translation(name, language)}
    assert set(done) == wanted, "run ./psa i18n"
    assert not [text for text, entry in done.items() if not entry.msgstr.strip() or "fuzzy" in entry.flags]


@pytest.mark.parametrize(("name", "language"), CATALOGUES)
def test_a_translation_keeps_values_and_marks(name, language):
    """A value that is missing, or one too many, would break the sentence when it is shown."""
    for entry in translation(name, language):
        for what, part in PARTS.items():
            said, told = (
                Counter(part.findall(SPOKEN.sub(r"\1", text))) for text in (entry.msgid, entry.msgstr)
            )
            assert said == told, (what, entry.msgid)
        for end in (str.lstrip, str.rstrip):
            assert (end(entry.msgid) == entry.msgid) == (end(entry.msgstr) == entry.msgstr), entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_text_has_one_translation(language):
    """The same words on two screens are the same thing, in every language."""
    found = {}
    for name in NAMES:
        for entry in translation(name, language):
            found.setdefault(entry.msgid, set()).add(entry.msgstr)
    assert not {text: words for text, words in found.items() if len(words) > 1}


# Words

GLOSSARY = ROOT / "docs" / "glossary.md"
# Where a word to avoid is the right one: names of the host's own things, and other meanings of the word.
ALLOWED = {
    "account": ("account class", "account manager", "income account", "analytic account", "account move"),
    "agreement": ("changed by agreement",),
    "board": ("dispatch board",),
    "category": ("helpdesk ticket category",),
    # the recurring charge of a contract; what may reach an invoice is a billing item
    "charge": ("charge",),
    # filters are taken away, alerts are resolved
    "clear": ("clear filter",),
    "log": ("log time", "stop and log", "the log says"),
    "resource": ("resource working time", "resource time off detail"),
    "status": ("status",),
    "workflow": ("workflow rule",),
}


def avoided_words():
    """The last column of the glossary, without what it says in brackets about exceptions."""
    rows = [line.strip("|").split("|") for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    cells = [re.sub(r"\(.*?\)", "", row[-1]) for row in rows if len(row) == 3 and row[0].strip() != "Word"]
    return sorted({word.strip() for cell in cells for word in cell.split(",")} - {""})


def texts_of_screens():
    """Lower case, without values and marks."""
    texts = {entry.msgid for name in NAMES for entry in template(name)}
    return {re.sub(r"%\(\w+\)s|<[^>]*>", "", text).lower() for text in texts}


@pytest.mark.parametrize("word", avoided_words())
def test_screens_use_the_words_of_the_glossary(word):
    said = re.compile(rf"\b{re.escape(word.lower())}s?\b")
    right = re.compile("|".join(rf"\b{phrase}(s|es)?\b" for phrase in ALLOWED.get(word, ("(?!)",))))
    found = sorted(text for text in texts_of_screens() if said.search(right.sub("", text)))
    assert not found, f"the glossary says not {word!r}"


@pytest.mark.parametrize(("word", "phrase"), [(word, one) for word, some in ALLOWED.items() for one in some])
def test_an_allowed_phrase_is_still_said(word, phrase):
    assert any(phrase in text for text in texts_of_screens()), (word, phrase)
