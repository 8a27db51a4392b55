"""From the bytes of a request to well-formed JSON: what the door checks, without asking what the message means."""

import codecs
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_NUMBER = 400

TOO_LARGE = 413
NOT_WELL_FORMED = 400
NO_MESSAGE = 422

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Charsets a sender may name. Anything else that Python knows (rot13, zip, idna ...) is no text encoding.
_CHARSETS = {
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "iso8859-1",
    "iso8859-15",
    "cp1252",
    "ascii",
}
_WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
# A string that is never closed runs to the end, so that the search never starts again inside it.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_NOT_BRACKET = re.compile(r"[^\[\]{}]+")


class BodyRefused(Exception):
    """The body is not taken; `status` is the HTTP status that says why, the text is a short reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Text:
    """A body as text, with what had to be repaired on the way."""

    text: str
    warnings: tuple[str, ...] = ()


def inflate(raw: bytes, encoding: str, limit: int = MAX_BYTES) -> bytes:
    """The body without its `Content-Encoding`, at most `limit` bytes of it: a bomb is refused while it opens.

    Raises BodyRefused 413 beyond the limit, 400 for an encoding we do not know or a damaged stream.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        data = raw
    elif encoding in _WINDOW:
        data = _decompress(raw, _WINDOW[encoding], limit)
    else:
        raise BodyRefused(NOT_WELL_FORMED, f"content encoding {encoding[:40]!r} is not known")
    if len(data) > limit:
        raise BodyRefused(TOO_LARGE, f"body is larger than {limit} bytes")
    return data


def _decompress(raw: bytes, window: int, limit: int) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        data = stream.decompress(raw, limit + 1)
    except zlib.error as error:
        raise BodyRefused(NOT_WELL_FORMED, "compressed body is damaged") from error
    if len(data) <= limit and not stream.eof:
        raise BodyRefused(NOT_WELL_FORMED, "compressed body is cut off")
    return data


def decode(data: bytes, charset: str = "") -> Text:
    """The bytes as text: a byte order mark wins over the named charset, what cannot be read is marked, never lost.

    NUL and lone surrogates, which a database refuses, become the replacement character.
    """
    warnings = []
    name, data = _charset_of(data, charset)
    if name is None:
        name = "utf-8" if _is_utf8(data) else "iso8859-1"
        warnings.append(f"unknown charset {charset[:40]!r}, read as {name}")
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        text = data.decode(name if name != "ascii" else "utf-8", errors="replace")
        warnings.append("encoding repaired")
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
        warnings.append("NUL bytes replaced")
    return Text(text, tuple(warnings))


def _charset_of(data: bytes, charset: str) -> tuple[str | None, bytes]:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, data[len(mark) :]
    if not charset.strip():
        return "utf-8", data
    try:
        name = codecs.lookup(charset.strip().strip('"')).name
    except (LookupError, ValueError):
        return None, data
    return (name if name in _CHARSETS else None), data


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Document:
    """A well-formed JSON body: its root is an object or a list."""

    root: dict[str, Any] | list[Any]
    warnings: tuple[str, ...] = ()


def read_json(text: str, max_depth: int = MAX_DEPTH) -> Document:
    """The JSON document in `text`.

    Duplicate keys: the last value counts, with a warning. NaN, Infinity, numbers beyond a double or longer than
    400 digits and nesting beyond `max_depth` are refused, before the parser would run out of stack.
    Raises BodyRefused 400 for what is not JSON, 422 for a root that holds no message (text, number, null).
    """
    _check_depth(text, max_depth)
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) < len(items):
            seen: set[str] = set()
            repeated.extend(key for key, _value in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return result

    try:
        root = json.loads(
            text,
            strict=False,  # raw line breaks inside a text are common and harmless
            object_pairs_hook=pairs,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except BodyRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise BodyRefused(NOT_WELL_FORMED, "body is not valid JSON") from error
    if not isinstance(root, (dict, list)):
        raise BodyRefused(NO_MESSAGE, "an object or a list of objects is expected")
    warnings = tuple(
        f"key {key[:60]!r} appears twice, the last value counts" for key in dict.fromkeys(repeated)
    )
    return Document(root, warnings[:5])


def _check_depth(text: str, max_depth: int) -> None:
    if text.count("[") + text.count("{") <= max_depth:
        return
    brackets = _NOT_BRACKET.sub("", _STRING.sub("", text))
    for _level in range(max_depth):
        inner = brackets.replace("[]", "").replace("{}", "")
        if len(inner) == len(brackets):
            break
        brackets = inner
    if brackets:
        raise BodyRefused(NOT_WELL_FORMED, f"body is not balanced or nested deeper than {max_depth} levels")


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER:
        raise BodyRefused(NOT_WELL_FORMED, "a number is too long")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise BodyRefused(NOT_WELL_FORMED, "a number is out of range")
    return value


def _constant(name: str) -> float:
    raise BodyRefused(NOT_WELL_FORMED, f"{name} is not JSON")
