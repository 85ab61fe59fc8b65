from __future__ import annotations

import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.recordings import source as module
from shadow.recordings.source import CHUNK, Source

DATA = bytes(range(256)) * 1000


def read_all(source: Source) -> bytes:
    return b"".join(iter(source.chunk, b""))


class Failing(io.RawIOBase):
    """Gives some bytes, then an error, as a disk or a network file system does."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int = -1) -> bytes:
        if not self.data:
            raise OSError(5, "Input/output error")
        data, self.data = self.data, b""
        return data


class Trickling(io.RawIOBase):
    """Gives a byte at a time, as a pipe may."""

    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self.file.read(1)


@pytest.mark.parametrize(
    ("packed", "packing"),
    [
        (DATA, ""),
        (gzip.compress(DATA), "gzip"),
        (gzip.compress(DATA[:1000]) + gzip.compress(b"") + gzip.compress(DATA[1000:]), "gzip"),
        (gzip.compress(DATA) + b"\0" * 700, "gzip"),
        (gzip.compress(DATA[:9]) + b"\0" * 3 + gzip.compress(DATA[9:]), "gzip"),
        (zlib.compress(DATA, 9), "zlib"),
    ],
)
@pytest.mark.parametrize("file", [io.BytesIO, Trickling])
def test_it_is_unpacked(file, packed, packing):
    source = Source(file(packed))
    assert source.packing == packing
    assert source.peek(10) == DATA[:10]
    assert source.position == 0
    assert read_all(source) == DATA
    assert source.position == len(DATA)
    assert source.bytes_read == len(packed)
    assert source.damage == ""


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        (io.BytesIO(gzip.compress(DATA)[:-20]), "its gzip data breaks off"),
        (io.BytesIO(zlib.compress(DATA)[:-2]), "its zlib data breaks off"),
        (io.BytesIO(gzip.compress(DATA) + b"rest"), "something else follows its gzip data"),
        (io.BytesIO(gzip.compress(DATA)[:-8] + b"\0" * 8), "its gzip data is damaged"),
        (Failing(DATA), "it can't be read on (Input/output error)"),
    ],
)
def test_damage_ends_it_after_what_was_right(file, damage):
    source = Source(file)
    assert DATA.startswith(read_all(source))
    assert source.position > 100_000
    assert source.damage == source.ending == damage
    assert source.chunk() == source.read(5) == b""


def test_bytes_of_a_bomb_come_in_small_pieces():
    source = Source(io.BytesIO(gzip.compress(bytes(50_000_000))))
    assert max(len(piece) for piece in iter(source.chunk, b"")) <= CHUNK


@given(st.lists(st.sampled_from([b"a", b"bc", b"--", b"-", b"-=", b"--=", b"x" * 9])).map(b"".join), st.integers(1, 5))
def test_pieces_are_what_split_gives(data, size):
    class Short(io.RawIOBase):
        file = io.BytesIO(data)

        def read(self, _: int = -1) -> bytes:
            return self.file.read(size)

    pieces = list(Source(Short()).pieces(b"--="))
    wanted = data.split(b"--=")
    assert [piece.data for piece in pieces] == (wanted if wanted[-1] else wanted[:-1])
    assert all(data[piece.position :].startswith(piece.data) for piece in pieces)
    assert [piece.last for piece in pieces] == [False] * (len(wanted) - 1) + [True] * bool(wanted[-1])


@pytest.mark.parametrize("end", [b"", b"\n", b"\nshort"])
def test_too_large_a_piece_costs_no_other_one(monkeypatch, end):
    monkeypatch.setattr(module, "ENTRY_LIMIT", 2 * CHUNK)
    pieces = list(Source(io.BytesIO(b"first\n" + b"x" * 500_000 + end)).pieces(b"\n"))
    assert [(piece.position, piece.data) for piece in pieces[:2]] == [(0, b"first"), (6, None)]
    assert [(piece.position, piece.data) for piece in pieces[2:]] == [(500_007, b"short")][: len(end) // 2]


def test_skipping_says_whether_there_was_so_much():
    source = Source(io.BytesIO(DATA))
    assert source.skip(200_000)
    assert source.read(3) == DATA[200_000:200_003]
    assert not source.skip(200_000)
