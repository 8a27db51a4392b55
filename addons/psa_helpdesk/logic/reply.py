"""What kind of reply a message of the customer is, where a closed ticket is concerned (rule D10.18)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

Sender = Literal["person", "machine", "auto_reply"]

# Headers that only programs set that answer by themselves, whatever they say
_ROBOT_HEADERS = frozenset({
    "x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply-from", "x-failed-recipients", "x-mail-autoreply",
})  # fmt: skip

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


def read_sender(headers: Mapping[str, str]) -> Sender:
    """Say who sent a mail with these headers.

    :return: "auto_reply" for out of office, receipts and reports of delivery, behind which is no word of anybody;
        "machine" for what a program sent, which may be a person's word all the same: a desk of the customer's own
    """
    said = {name.lower(): str(value).strip().lower() for name, value in headers.items()}
    submitted = said.get("auto-submitted", "no").split(";")[0].strip()
    precedence = said.get("precedence", "").replace("-", "_")
    if (
        bool(_ROBOT_HEADERS & said.keys())
        or submitted in ("auto_replied", "auto-replied", "auto-notified")
        or precedence == "auto_reply"
        or said.get("return-path", "") == "<>"
        or said.get("content-type", "").startswith("multipart/report")
    ):
        return "auto_reply"
    return "machine" if submitted != "no" or precedence in ("bulk", "junk") else "person"


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
