"""Whatever is in a file: entries that can be sent, or words about what is wrong, and never anything else."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.recordings import Recorded, RecordingError
from shadow.recordings.error import EntryError
from shadow.recordings.har_entry import entry_of as har_entry
from shadow.recordings.newman import entry_of as newman_entry
from tests.recordings.samples import assert_sendable, chrome, execution, har, newman, one_of_each

FILES = one_of_each()
BEGINNINGS = [
    b"",
    b"\xef\xbb\xbf",
    b"\x1f\x8b\x08\0",
    b"x\x9c",
    b'{"log":{"entries":[',
    b'{"url":',
    b"12:4:",
    b"1 a 2\n",
    b'{"run":{"executions":[',
    b"GET http://h/",
]

SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["GET", "http://h/", "base64", "a\r\n", ":authority", "Host", "Content-Length", "gzip", "200"]),
)
ANYTHING = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "value", "key", "text", "size", "data"]) | st.text(max_size=3), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=200))
def test_arbitrary_bytes(entries, beginning, data):
    with suppress(RecordingError):
        entries(beginning + data)


@st.composite
def changed(draw, document):
    """The document with members left out, or of another kind, at any depth."""
    if not draw(st.integers(0, 9)):
        return draw(ANYTHING)
    if isinstance(document, dict):
        return {name: draw(changed(value)) for name, value in document.items() if draw(st.integers(0, 9))}
    if isinstance(document, list):
        return [draw(changed(value)) for value in document if draw(st.integers(0, 9))]
    return document


@given(changed(chrome()))
def test_har_entries_with_anything_anywhere(entry):
    assert_sendable(har_entry(entry, "entry 1"))


@given(changed(execution()))
def test_newman_executions_with_anything_anywhere(entry):
    with suppress(EntryError):
        assert_sendable(newman_entry(entry, "entry 1"))


@given(changed(json.loads(har(chrome()))) | changed(json.loads(newman(execution()))))
def test_documents_with_anything_anywhere(entries, document):
    with suppress(RecordingError):
        entries(json.dumps(document).encode())


@st.composite
def damaged(draw, data):
    """The bytes with some cut off, turned over, written twice, or left out."""
    for _ in range(draw(st.integers(1, 3))):
        at, until = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        match draw(st.sampled_from(["cut", "flip", "twice", "leave out", "put"])):
            case "cut":
                data = data[:at]
            case "flip":
                data = (
                    data[:at] + bytes(byte ^ draw(st.integers(1, 255)) for byte in data[at : at + 1]) + data[at + 1 :]
                )
            case "twice":
                data = data[:until] + data[at:until][:500] + data[until:]
            case "leave out":
                data = data[:at] + data[min(until, at + draw(st.integers(1, 40))) :]
            case "put":
                data = data[:at] + draw(st.binary(max_size=8)) + data[at:]
    return data


@pytest.mark.parametrize("form", FILES)
@given(data=st.data())
def test_damaged_files(entries, form, data):
    with suppress(RecordingError):
        entries(data.draw(damaged(FILES[form])))


@given(data=st.data())
def test_damaged_gzip(entries, data):
    packed = gzip.compress(FILES["HAR"]) + gzip.compress(b" " * 10)
    with suppress(RecordingError):
        entries(data.draw(damaged(packed)))


@pytest.mark.parametrize("form", FILES)
def test_cut_off_anywhere(recording, form):
    """What came before the cut is there, as it is in the whole file."""
    whole = list(recording(FILES[form]).entries())
    for length in range(0, len(FILES[form]), 23):
        made = recording(FILES[form][:length])
        try:
            found = [entry for entry in made.entries() if isinstance(entry, Recorded)]
        except RecordingError:
            continue
        if form not in {"list of URLs", "GoReplay"}:  # the beginning of a URL is one; a response may be cut off
            assert found == [entry for entry in whole if isinstance(entry, Recorded)][: len(found)]
