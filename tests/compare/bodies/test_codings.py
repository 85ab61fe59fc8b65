"""Content codings come off; what can't be decoded is a difference, never an exception."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from functools import partial

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.compare.bodies.codings import LIMIT, UndecodableError, decoded_body
from shadow.exchange import Response


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZip": gzip.compress,
    "deflate": zlib.compress,
    "br": partial(brotli.compress, quality=1),
    "zstd": zstandard.compress,
    "identity": bytes,
}
PACKERS = [*CODINGS.items(), ("deflate", raw_deflate)]


@pytest.mark.parametrize(("coding", "pack"), PACKERS)
@given(body=st.binary(max_size=5000))
@settings(max_examples=30, deadline=None)
def test_every_coding_comes_off(coding: str, pack: object, body: bytes) -> None:
    assert callable(pack)
    assert decoded_body(Response(200, [("Content-Encoding", coding)], pack(body))) == body


def test_several_codings_come_off_in_turn() -> None:
    packed = brotli.compress(gzip.compress(b"x"))
    assert decoded_body(Response(200, [("Content-Encoding", "gzip"), ("Content-Encoding", "br")], packed)) == b"x"


def test_several_gzip_members_and_zstd_frames_are_one_body() -> None:
    assert (
        decoded_body(Response(200, [("Content-Encoding", "gzip")], gzip.compress(b"a") + gzip.compress(b"b"))) == b"ab"
    )
    frames = zstandard.compress(b"a") + zstandard.compress(b"b")
    assert decoded_body(Response(200, [("Content-Encoding", "zstd")], frames)) == b"ab"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_is_empty_in_every_coding(coding: str) -> None:
    assert decoded_body(Response(200, [("Content-Encoding", coding)], b"")) == b""


@pytest.mark.parametrize(("coding", "pack"), [item for item in PACKERS if item[0] != "identity"])
@pytest.mark.parametrize("damage", [lambda b: b[:-5], lambda b: b"\xff" + b, lambda b: b'{"a": 1}'])
def test_a_damaged_body_is_malformed(coding: str, pack: object, damage: object) -> None:
    assert callable(pack)
    assert callable(damage)
    whole = bytes(range(256)) * 8
    broken = Response(200, [("Content-Encoding", coding)], damage(pack(whole)))
    found = [d for d in compare(Response(200, [], whole), broken) if d.where == "body"]
    assert [d.kind for d in found] == ["malformed"]


def test_an_unknown_coding_is_malformed_unless_both_sides_send_the_same() -> None:
    packed = Response(200, [("Content-Encoding", "dcb")], b"abc")
    assert compare(packed, packed) == []
    assert [d.kind for d in compare(Response(200, [], b"abc"), packed)] == ["malformed"]


@pytest.mark.parametrize(("coding", "pack"), [item for item in PACKERS if item[0] not in ("identity", "GZip")])
def test_a_small_body_that_unpacks_without_end_is_stopped(coding: str, pack: object) -> None:
    assert callable(pack)
    bomb = Response(200, [("Content-Encoding", coding)], pack(bytes(LIMIT + 1)))
    with pytest.raises(UndecodableError) as raised:
        decoded_body(bomb)
    assert raised.value.too_large
    assert [d.kind for d in compare(Response(200, [], b"x"), bomb)] == ["truncated"]


def test_little_brotli_that_unpacks_to_a_lot_takes_little_memory() -> None:
    """In a process of its own, because a process knows its largest size only."""
    script = """if True:
        import resource, sys, brotli
        from shadow.compare.bodies.codings import LIMIT, UndecodableError, decoded_body
        from shadow.exchange import Response
        packer = brotli.Compressor(quality=2, lgwin=24)
        zeros = bytes(2**20)
        body = b"".join(packer.process(zeros) for _ in range(500)) + packer.finish()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            decoded_body(Response(200, [("Content-Encoding", "br")], body))
        except UndecodableError as error:
            unit = 1 if sys.platform == "darwin" else 1024
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit
            sys.exit(not (error.too_large and grown < 8 * LIMIT))
        sys.exit("nothing was raised")
    """
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_two_codings_of_one_body_are_the_same() -> None:
    legacy = Response(200, [("Content-Type", "text/plain"), ("Content-Encoding", "gzip")], gzip.compress(b"hello"))
    candidate = Response(200, [("Content-Type", "text/plain"), ("Content-Encoding", "br")], brotli.compress(b"hello"))
    assert compare(legacy, candidate) == []
