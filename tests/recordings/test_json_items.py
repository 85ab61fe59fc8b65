from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.recordings import json_items as module
from shadow.recordings.error import EntryError
from shadow.recordings.json_items import JsonItems, ScanError, decode
from shadow.recordings.source import CHUNK, Source

VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('ab"\\{[', max_size=3), inner),
)


class Short(io.RawIOBase):
    """A file that gives a few bytes at a time, so that every token is cut somewhere."""

    def __init__(self, data: bytes, size: int) -> None:
        self.file, self.size = io.BytesIO(data), size

    def read(self, size: int = -1) -> bytes:
        return self.file.read(self.size)


def items(data: bytes, size: int = CHUNK) -> list[bytes]:
    return [item for _, item in JsonItems(Source(Short(data, size)), ("log", "entries"))]


@given(
    st.lists(VALUE, max_size=4),
    st.dictionaries(st.text(max_size=3), VALUE, max_size=3),
    st.dictionaries(st.text(max_size=3), VALUE, max_size=3),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.integers(1, 9),
)
def test_the_items_are_those_of_the_document(entries, before, after, indent, plain, size):
    """Wherever the document is cut into chunks, whatever stands before and behind."""
    document = {**before, "log": {**before, "entries": entries, **after}, **after}
    document["log"]["entries"] = entries
    data = json.dumps(document, indent=indent, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    if isinstance(document["log"], dict):
        found = list(JsonItems(Source(Short(data, size)), ("log", "entries")))
        assert [decode(item) for _, item in found] == entries
        assert all(data[position:].startswith(item) for position, item in found)


def test_a_wrong_item_costs_no_other_one():
    found = items(b'{"log":{"entries":[{"a":01},{"b":"\xff"},nonsense,{"c":1}]}}')
    assert found == [b'{"a":01}', b'{"b":"\xff"}', b"nonsense", b'{"c":1}']


@pytest.mark.parametrize(
    ("data", "problem", "position"),
    [
        (b'{"log":{"entries":[{"a":1},{"b"', "it breaks off", 31),
        (b'{"log":{"entries":[1', "it breaks off", 20),
        (b'{"log":{"entries":[{} {}]}}', "it is no JSON from here on", 22),
        (b'{"log":{"entries":[{},]}}', "it is no JSON from here on", 22),
        (b'{"log":{"entries"[]}}', "it is no JSON from here on", 17),
        (b'{"log":{entries:[]}}', "it is no JSON from here on", 8),
        (b'{"log":{"entries":[]}', "it breaks off", 21),
    ],
)
def test_where_it_can_not_be_read_on(data, problem, position):
    with pytest.raises(ScanError, match=problem) as caught:
        items(data)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "data", [b"{}", b'{"log":[]}', b'{"log":{"entries":{}}}', b'{"entries":[1]}', b'{"x":{"log":{"entries":[1]}}}']
)
def test_there_is_no_such_array(data):
    scanned = JsonItems(Source(io.BytesIO(data)), ("log", "entries"))
    assert list(scanned) == []
    assert not scanned.found


def test_an_item_that_is_too_large(monkeypatch):
    monkeypatch.setattr(module, "ENTRY_LIMIT", 2 * CHUNK)
    large = b'{"a":"' + b"x" * 500_000 + b'"}'
    with pytest.raises(ScanError, match="larger than 256 MiB"):
        items(b'{"log":{"entries":[' + large + b"]}}")
    # What is passed over may be of any size.
    assert items(b'{"log":{"pages":[' + b"[[1]," * 200_000 + b"1" + b"]" * 200_000 + b'],"entries":[7]}}') == [b"7"]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (rb'"\udc80\u00e4"', "\udc80\u00e4"),
        (b'"\xff"', "\udcff"),
        (b'"a\tb\nc"', "a\tb\nc"),
    ],
)
def test_texts_that_are_no_unicode_are_decoded(data, value):
    assert decode(data) == value


@pytest.mark.parametrize("data", [b"", b"{", b"nonsense", b"[" * 100_000 + b"]" * 100_000, b"1" * 5000 + b"x"])
def test_what_is_no_json_is_said_to_be_none(data):
    with pytest.raises(EntryError, match="it is no JSON"):
        decode(data)
