"""Which files a customer may hand in with a ticket.

The answer depends on the name and on what the content really is: a page that calls itself `report.pdf` is refused
like one that calls itself `report.html`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

MEGABYTE = 1024 * 1024

_OFFICE = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp"})
_OLD_OFFICE = frozenset({"doc", "xls", "ppt", "msg"})
_TEXT = frozenset({"txt", "log", "csv", "eml", "ini", "conf", "cfg", "json", "yaml", "yml", "md"})
_ZIP_TYPES = frozenset({"application/zip", "application/x-zip-compressed"})
_OLD_OFFICE_TYPES = frozenset({
    "application/x-ole-storage", "application/cdfv2", "application/vnd.ms-office", "application/msword",
    "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook",
})  # fmt: skip
_PICTURES = {
    "png": frozenset({"image/png"}),
    "jpg": frozenset({"image/jpeg"}),
    "jpeg": frozenset({"image/jpeg"}),
    "gif": frozenset({"image/gif"}),
    "webp": frozenset({"image/webp"}),
    "bmp": frozenset({"image/bmp", "image/x-ms-bmp"}),
    "heic": frozenset({"image/heic", "image/heif", "application/octet-stream"}),
}
# A text is handed out as text/plain by its name, so that even a page inside it stays dead.
_TEXT_TYPES = frozenset({
    "application/json", "application/octet-stream", "message/rfc822", "inode/x-empty",
})  # fmt: skip


class Refusal(Enum):
    """Why a file is not taken."""

    TOO_MANY = "too_many"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE = "type"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed: bytes for one file, number of files in one go."""

    max_bytes: int = 20 * MEGABYTE
    max_files: int = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came: its name, its size in bytes and the media type found in its *content*."""

    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Refused:
    """One file that is not taken, and why."""

    upload: Upload
    reason: Refusal


def extension_of(name: str) -> str:
    """Return the last extension in lower case, without its dot; empty where there is none."""
    base = name.replace("\\", "/").rpartition("/")[2]
    stem, _dot, extension = base.rpartition(".")
    return extension.lower() if stem else ""


def allowed_extensions() -> tuple[str, ...]:
    """Return the extensions a customer may send, sorted, for the form and its help text."""
    return tuple(sorted({"pdf", "zip", *_PICTURES, *_OFFICE, *_OLD_OFFICE, *_TEXT}))


def check(uploads: Sequence[Upload], limits: Limits) -> tuple[Refused, ...]:
    """Return what must be refused; empty means that all of it may be kept.

    The number of files is judged for the whole: from the first one too many on, each file is refused.
    """
    refused = []
    for position, upload in enumerate(uploads):
        reason = Refusal.TOO_MANY if position >= limits.max_files else _reason_against(upload, limits)
        if reason:
            refused.append(Refused(upload, reason))
    return tuple(refused)


def _reason_against(upload: Upload, limits: Limits) -> Refusal | None:
    if upload.size <= 0:
        return Refusal.EMPTY
    if upload.size > limits.max_bytes:
        return Refusal.TOO_LARGE
    extension = extension_of(upload.name)
    if extension not in allowed_extensions():
        return Refusal.TYPE
    if not _content_fits(extension, upload.media_type.split(";")[0].strip().lower()):
        return Refusal.CONTENT
    return None


def _content_fits(extension: str, media_type: str) -> bool:
    """Say whether a file of that extension may hold that content."""
    if extension in _PICTURES:
        return media_type in _PICTURES[extension]
    if extension == "pdf":
        return media_type == "application/pdf"
    if extension == "zip":
        return media_type in _ZIP_TYPES
    if extension in _OFFICE:
        return media_type in _ZIP_TYPES or "opendocument" in media_type or "openxmlformats" in media_type
    if extension in _OLD_OFFICE:
        return media_type in _OLD_OFFICE_TYPES
    return media_type.startswith("text/") or media_type in _TEXT_TYPES
