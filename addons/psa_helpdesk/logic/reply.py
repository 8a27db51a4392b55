"""What kind of reply a message of the customer is, where a closed ticket is concerned (rule D10.18)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Headers that only machines set, whatever they say
_ROBOT_HEADERS = frozenset({
    "x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply-from", "x-failed-recipients", "x-mail-autoreply",
})  # fmt: skip
_ROBOT_PRECEDENCES = frozenset({"auto_reply", "auto-reply", "bulk", "junk"})

# English, German, French, Spanish, Italian, Dutch
_THANKS = frozenset({
    "thanks", "thank", "thx", "danke", "dank", "dankeschön", "merci", "gracias", "grazie", "bedankt",
})  # fmt: skip
_HARMLESS = _THANKS | frozenset({
    "you", "so", "very", "much", "a", "lot", "many", "all", "for", "the", "your", "this", "that", "it", "its", "is",
    "quick", "fast", "great", "good", "perfect", "super", "help", "support", "work", "works", "working", "now", "again",
    "fine", "fixed", "solved", "ok", "okay", "hi", "hello", "dear", "team", "everybody", "everyone", "to", "and",
    "vielen", "besten", "herzlichen", "schön", "sehr", "euch", "ihnen", "dir", "für", "die", "das", "den", "eure", "ihre",
    "schnelle", "rasche", "hilfe", "unterstützung", "es", "geht", "läuft", "funktioniert", "wieder", "jetzt", "nun",
    "alles", "gut", "prima", "klasse", "hallo", "liebes", "und", "beaucoup", "pour", "votre", "aide", "bien", "tout",
    "muchas", "por", "su", "ayuda", "todo", "mille", "molte", "hartelijk", "voor", "je", "uw", "hulp",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_SIGNATURE = re.compile(
    r"^(--\s*|_{5,}|-{5,}.*|"
    r"((kind|best|warm|many|with)\s+)*(regards|wishes|greetings)\b.{0,3}|cheers[,.!]?|yours( truly| sincerely)?[,.]?|"
    r"(viele|liebe|beste|schöne|freundliche|mit freundlichen|mit besten|herzliche)\s+gr(ü|ue)(ß|ss)en?.{0,3}|mfg|lg|vg|"
    r"cordialement.?|saludos.?|cordiali saluti.?|met vriendelijke groet(en)?.?|"
    r"(on|am|le|el|il|op)\b.*(wrote|schrieb|écrit|escribió|scritto|schreef)\b.*:|"
    r"(from|von|de|da|van|sent|gesendet):.*)$",
    re.IGNORECASE,
)
LONGEST_THANKS = 20  # words


def is_auto_reply(headers: Mapping[str, str]) -> bool:
    """Say whether a machine sent a mail with these headers: out of office, a receipt, a report of delivery."""
    said = {name.lower(): str(value).strip().lower() for name, value in headers.items()}
    return (
        bool(_ROBOT_HEADERS & said.keys())
        or said.get("auto-submitted", "no").split(";")[0].strip() != "no"
        or said.get("precedence", "") in _ROBOT_PRECEDENCES
        or said.get("return-path", "") == "<>"
        or said.get("content-type", "").startswith("multipart/report")
    )


def is_thanks(text: str, names: Iterable[str] = ()) -> bool:
    """Say whether a plain text says thanks and nothing else.

    What is quoted and what follows a greeting is not read. One word that is not harmless makes it more than thanks.

    :param names: of the people who write to each other, as they may stand in the text
    """
    lines = list(_own_lines(text))
    if any("?" in line for line in lines):
        return False
    words = [word.lower() for line in lines for word in _WORD.findall(line)]
    known = _HARMLESS | {word.lower() for name in names for word in _WORD.findall(name)}
    return (
        0 < len(words) <= LONGEST_THANKS
        and not _THANKS.isdisjoint(words)
        and all(word in known for word in words)
    )


def _own_lines(text: str) -> Iterable[str]:
    for line in text.replace("\r", "").split("\n"):
        plain = line.strip().strip("*")
        if _SIGNATURE.match(plain):
            return
        if not plain.startswith(">"):
            yield plain
