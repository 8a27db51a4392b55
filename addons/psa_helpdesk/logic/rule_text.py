"""Texts of notices with values of the ticket in double braces: {{number}}, {{customer}}.

A value that is missing becomes a dash; a name that nobody knows stays as it was written and is reported when the rule is
saved. Values are put in as plain text: whoever shows the result as HTML escapes it as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

PLACE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
MISSING = "-"


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its places filled, in one pass: a value that looks like a place is not filled again."""
    return PLACE.sub(
        lambda place: (
            (values[place.group(1)] or MISSING).strip() or MISSING
            if place.group(1) in values
            else place.group(0)
        ),
        text or "",
    )


def find_unknown(text: str, known: Collection[str]) -> list[str]:
    """The names in braces that are not known, in order."""
    return [name for name in PLACE.findall(text or "") if name not in known]
