"""What a technician hands in when the work is done, read from what a phone sent: nothing of it is trusted.

Whether the content of a photo is a picture is asked of the host; here it is read, measured and counted.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

MEGABYTE = 1024 * 1024
LONGEST_TEXT = 10_000
LONGEST_NAME = 120
TOKEN = re.compile(r"[A-Za-z0-9-]{16,64}")
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class Reason(Enum):
    """Why a report is not taken."""

    FORM = "form"  # not what our screen sends
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"  # no base64
    EMPTY = "empty"  # nothing was written down
    CONTRADICTION = "contradiction"  # nobody was there, and yet it is solved or signed


class ReportProblem(ValueError):
    """The report is not taken; `what` names the part that is wrong."""

    def __init__(self, reason: Reason, what: str = ""):
        super().__init__(f"{reason.value} {what}".strip())
        self.reason = reason
        self.what = what


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken: number of photos, bytes of a photo and of the signature."""

    photos: int = 10
    photo_bytes: int = 10 * MEGABYTE
    signature_bytes: int = MEGABYTE


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """What was done and seen. `is_absent`: the customer was not there."""

    summary: str = ""
    note: str = ""
    photos: tuple[Picture, ...] = ()
    signature: bytes = b""
    signed_by: str = ""
    is_absent: bool = False
    is_closing: bool = False


def is_token(token: object) -> bool:
    """Say whether this can be the mark by which a repeated press is known."""
    return isinstance(token, str) and TOKEN.fullmatch(token) is not None


def read(values: object, limits: Limits = Limits()) -> Report:  # frozen
    """Read the report.

    :raises ReportProblem: for the first thing that is wrong with it
    """
    if not isinstance(values, Mapping):
        raise ReportProblem(Reason.FORM)
    photos = values.get("photos") or []
    if not isinstance(photos, list):
        raise ReportProblem(Reason.FORM, "photos")
    if len(photos) > limits.photos:
        raise ReportProblem(Reason.TOO_MANY, str(limits.photos))
    report = Report(
        summary=_text(values, "summary", LONGEST_TEXT),
        note=_text(values, "note", LONGEST_TEXT),
        photos=tuple(_photo(photo, limits) for photo in photos),
        signature=decode(values.get("signature") or "", limits.signature_bytes, "signature"),
        signed_by=_text(values, "signed_by", LONGEST_NAME),
        is_absent=_flag(values, "is_absent"),
        is_closing=_flag(values, "close"),
    )
    if report.is_absent and (report.is_closing or report.signature):
        raise ReportProblem(Reason.CONTRADICTION)
    if report.signature and not report.signed_by:
        raise ReportProblem(Reason.FORM, "signed_by")
    if report.is_closing and not report.summary:
        raise ReportProblem(Reason.EMPTY)
    return report


def decode(text: object, limit: int, what: str) -> bytes:
    """Return the bytes of strict base64, a `data:` address of a browser included.

    :raises ReportProblem: where it is something else, or more than `limit` bytes
    """
    if not isinstance(text, str):
        raise ReportProblem(Reason.FORM, what)
    data = text.partition(";base64,")[2] if text.startswith("data:") else text
    if len(data) * 3 // 4 > limit + 2:
        raise ReportProblem(Reason.TOO_LARGE, what)
    if len(data) % 4 or not BASE64.fullmatch(data) or (text and not data):
        raise ReportProblem(Reason.UNREADABLE, what)
    content = codecs.decode(data.encode(), "base64")
    if len(content) > limit:
        raise ReportProblem(Reason.TOO_LARGE, what)
    return content


def _photo(photo: object, limits: Limits) -> Picture:
    if not isinstance(photo, Mapping):
        raise ReportProblem(Reason.FORM, "photos")
    name = _text(photo, "name", 255).replace("\\", "/").rpartition("/")[2] or "photo"
    content = decode(photo.get("data"), limits.photo_bytes, name)
    if not content:
        raise ReportProblem(Reason.UNREADABLE, name)
    return Picture(name, content)


def _text(values: Mapping[str, object], name: str, longest: int) -> str:
    text = values.get(name)
    if text is None or text is False:
        return ""
    if not isinstance(text, str):
        raise ReportProblem(Reason.FORM, name)
    if len(text) > longest:
        raise ReportProblem(Reason.TOO_LONG, name)
    return text.replace("\x00", "").strip()


def _flag(values: Mapping[str, object], name: str) -> bool:
    flag = values.get(name, False)
    if not isinstance(flag, bool):
        raise ReportProblem(Reason.FORM, name)
    return flag
