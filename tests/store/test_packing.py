"""Whatever a body or a header holds, it comes out as it went in."""

from __future__ import annotations

import zlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.difference import Difference
from shadow.compare.reach import Reach
from shadow.errors import StoreError
from shadow.evidence.observation import Epoch, Example, Observation
from shadow.exchange import Exchange, Pair, Request, Response, Side, TransportFailure
from shadow.store.packing import compress, pack, unpack

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | text
    | st.decimals(allow_nan=False, allow_infinity=False)
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3))
headers = st.lists(st.tuples(text, st.text(st.characters(max_codepoint=255), max_size=9)), max_size=3)
responses = st.builds(Response, st.integers(100, 599), headers, st.binary(max_size=50)) | st.builds(
    TransportFailure, st.sampled_from(["timeout", "connection"]), text
)


def observation(legacy, candidate, *, differs: tuple[object, object] = (None, None)) -> Observation:
    def exchange(side, response):
        return Exchange(side, Request("PUT", "/a?b=%20", [("A", "ÿ")], b"\x00\xff"), response, 1.5, 0.25)

    pair = Pair(exchange(Side.LEGACY, legacy), exchange(Side.CANDIDATE, candidate), answering=Side.CANDIDATE)
    difference = Difference(
        where="body",
        path="$",
        pattern="$",
        kind="value-changed",
        class_="value",
        severity="difference",
        legacy=differs[0],
        candidate=differs[1],
        summary="differs",
        fingerprint="aaaaaaaaaaaa",
    )
    return Observation(
        epoch=Epoch("GET /a", "http://l", "http://c", "", "1", "rules"),
        at=2.5,
        outcome="compared",
        distinct=bytes(range(16)),
        reach=(Reach("a1", "fits"), Reach("b2", "unfit", "string")),
        example=Example(pair, (difference,)),
    )


@given(responses, responses, values, values)
def test_a_pair_and_its_differences_come_back_exactly(legacy, candidate, one, other):
    packed = observation(legacy, candidate, differs=(one, other))
    back = unpack(compress(pack(packed)))
    assert back == packed
    assert back.example is not None
    types = [type(value) for d in back.example.differences for value in (d.legacy, d.candidate)]
    assert types == [type(one), type(other)]


def test_numbers_beyond_64_bits_and_exact_decimals_keep_every_digit():
    packed = observation(
        Response(200, []), Response(200, []), differs=([10**400, -(2**63) - 1], {"a": Decimal("1.10")})
    )
    (difference,) = unpack(compress(pack(packed))).example.differences
    assert difference.legacy == [10**400, -(2**63) - 1]
    assert str(difference.candidate["a"]) == "1.10"


def test_half_a_surrogate_pair_becomes_its_escape():
    packed = observation(Response(200, []), Response(200, []), differs=("\ud83d", {"\udc00": 2**64}))
    (difference,) = unpack(compress(pack(packed))).example.differences
    assert (difference.legacy, difference.candidate) == ("\\ud83d", {"\\udc00": 2**64})


@pytest.mark.parametrize("content", [b"", b"not compressed", zlib.compress(b""), zlib.compress(b"\x93\x01\x02\x03")])
def test_what_is_no_pair_is_a_clear_error(content):
    with pytest.raises(StoreError, match="a pair that can't be read"):
        unpack(content)
