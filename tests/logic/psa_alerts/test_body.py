"""psa_alerts/logic/body.py: what the door takes and refuses (hostile inputs N01 to N11)."""

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_alerts.logic.body import (
    MAX_BYTES,
    MAX_DEPTH,
    BodyRefused,
    decode,
    inflate,
    read_json,
)

REFUSED = {
    "N01 an error page of a proxy": ("<html><body>502 Bad Gateway</body></html>", 400),
    "N01 nothing at all": ("", 400),
    "N02 cut in the middle": ('{"alerts": [{"status": "fir', 400),
    "N04 a text": ('"down"', 422),
    "N04 a number": ("42", 422),
    "N04 null": ("null", 422),
    "N05 NaN": ('{"value": NaN}', 400),
    "N05 Infinity": ('{"value": -Infinity}', 400),
    "N05 beyond a double": ('{"value": 1e999}', 400),
    "N05 a number of 5,000 digits": ('{"value": ' + "9" * 5000 + "}", 400),
    "N06 ten thousand levels": ("[" * 10_000 + "]" * 10_000, 400),
    "N06 ten thousand levels of objects": ('{"a":' * 10_000 + "1" + "}" * 10_000, 400),
    "N06 only opening": ("[" * 200_000, 400),
    "a closing too many": ('{"a": 1}}', 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_status_and_a_short_reason(name):
    text, status = REFUSED[name]
    with pytest.raises(BodyRefused) as refusal:
        read_json(text)
    assert refusal.value.status == status
    assert 0 < len(refusal.value.reason) < 120


def test_n03_duplicate_keys_take_the_last_value_and_say_so():
    document = read_json('{"severity": "low", "severity": "critical"}')
    assert document.root == {"severity": "critical"}
    assert document.warnings == ("key 'severity' appears twice, the last value counts",)


def test_n04_a_list_is_a_message_whatever_its_elements():
    assert read_json('[{"title": "x"}, 3, null]').root == [{"title": "x"}, 3, None]


def test_nesting_up_to_the_limit_is_read():
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert isinstance(read_json(text).root, list)


def test_brackets_inside_texts_are_no_nesting():
    text = json.dumps({"text": "[{" * 5000 + '"' + "\\"})
    assert read_json(text).root == json.loads(text)


def test_many_escaped_quotes_do_not_slow_the_door_down():
    with pytest.raises(BodyRefused):
        read_json("{[" * 40 + '"' + '\\"' * 500_000)


def test_raw_line_breaks_inside_a_text_are_harmless():
    assert read_json('{"text": "one\ntwo"}').root == {"text": "one\ntwo"}


def test_n07_a_body_above_the_cap_is_refused_as_too_large():
    with pytest.raises(BodyRefused) as refusal:
        inflate(b"x" * (MAX_BYTES + 1), "")
    assert refusal.value.status == 413


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP ", "deflate"])
def test_n08_compressed_bodies_are_opened(encoding):
    packed = zlib.compress(b'{"a": 1}') if encoding == "deflate" else gzip.compress(b'{"a": 1}')
    assert inflate(packed, encoding) == b'{"a": 1}'


def test_n08_a_bomb_is_refused_while_it_opens():
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    with pytest.raises(BodyRefused) as refusal:
        inflate(bomb, "gzip")
    assert refusal.value.status == 413


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"not gzip", "gzip"),
        (gzip.compress(b'{"a": 1}' * 200)[:-9], "gzip"),
        (b"{}", "br"),
        (b"{}", "gzip, gzip"),
    ],
    ids=["damaged", "cut off", "unknown", "stacked"],
)
def test_n08_what_cannot_be_opened_is_not_well_formed(raw, encoding):
    with pytest.raises(BodyRefused) as refusal:
        inflate(raw, encoding)
    assert refusal.value.status == 400


SAID = "Müller Metallbau"
READABLE = {
    "N09 UTF-8 with BOM": (b"\xef\xbb\xbf" + SAID.encode(), "", ()),
    "N09 UTF-16LE with BOM": (b"\xff\xfe" + SAID.encode("utf-16-le"), "utf-8", ()),
    "N09 UTF-16BE with BOM": (b"\xfe\xff" + SAID.encode("utf-16-be"), "", ()),
    "UTF-8 named": (SAID.encode(), "UTF-8", ()),
    "N11 Latin-1 named": (SAID.encode("latin-1"), "iso-8859-1", ()),
    "N11 Latin-1 named in quotes": (SAID.encode("latin-1"), '"latin1"', ()),
    "N11 unknown charset, UTF-8 bytes": (
        SAID.encode(), "klingon", ("unknown charset 'klingon', read as utf-8",)
    ),
    "N11 unknown charset, Latin-1 bytes": (
        SAID.encode("latin-1"), "klingon", ("unknown charset 'klingon', read as iso8859-1",)
    ),
    "a codec that is no charset": (SAID.encode(), "rot13", ("unknown charset 'rot13', read as utf-8",)),
}  # fmt: skip


@pytest.mark.parametrize("name", READABLE)
def test_every_encoding_gives_the_same_text(name):
    data, charset, warnings = READABLE[name]
    text = decode(data, charset)
    assert (text.text, text.warnings) == (SAID, warnings)


def test_n10_latin_1_bytes_declared_as_utf_8_are_repaired_and_flagged():
    text = decode(SAID.encode("latin-1"), "utf-8")
    assert text.text == "M\ufffdller Metallbau"
    assert text.warnings == ("encoding repaired",)


def test_n12_nul_bytes_are_replaced_and_flagged():
    text = decode(b'{"host": "a\x00b"}')
    assert "\x00" not in text.text
    assert text.warnings == ("NUL bytes replaced",)


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-16", "ascii", "x", "cp1252"]))
def test_any_bytes_become_a_text_without_nul(data, charset):
    assert "\x00" not in decode(data, charset).text


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        assert isinstance(read_json(text).root, (dict, list))
    except BodyRefused as refusal:
        assert refusal.status in (400, 422)


trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=5), trees, max_size=4))
def test_every_json_object_is_read_as_it_was_written(root):
    assert read_json(json.dumps(root)).root == root
