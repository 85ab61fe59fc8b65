"""The comparison as a whole: what `compare` promises for any two responses."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.compare.rules import Rules
from shadow.exchange import Response

JSON = [("Content-Type", "application/json")]


def answer(body: Any, status: int = 200, headers: list[tuple[str, str]] | None = None) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, JSON if headers is None else headers, raw)


def opens(legacy: Response, candidate: Response, rules: Rules | None = None) -> list[tuple[str, str, str]]:
    found = compare(legacy, candidate, rules)
    return [(d.path, d.kind, d.class_) for d in found if d.severity == "difference"]


# -- an independent definition of equal documents ----------------------------------------------------------------------

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(10**15, 10**30)
names = st.text(max_size=4) | st.sampled_from(["__typename", "id", "a.b", "'", "None", "1", ""])
scalars = st.none() | st.booleans() | numbers | st.text(max_size=6) | st.sampled_from(["NONE", "int:1", "list:"])
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


def plainly_equal(a: Any, b: Any) -> bool:
    """RFC 8259's values: types as they are, numbers by value, members in any order, items in theirs."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(plainly_equal(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(plainly_equal(x, y) for x, y in zip(a, b, strict=True))
    numeric = [isinstance(v, int | float) and not isinstance(v, bool) for v in (a, b)]
    if all(numeric):
        return Decimal(json.dumps(a)) == Decimal(json.dumps(b))
    return type(a) is type(b) and bool(a == b)


@st.composite
def related(draw: st.DrawFn) -> tuple[Any, Any]:
    """Two documents, often nearly the same."""
    one = draw(documents)
    if draw(st.booleans()):
        return one, draw(documents)
    return one, draw(_changed(one))


def _changed(value: Any) -> st.SearchStrategy[Any]:
    if isinstance(value, list) and value:
        return st.permutations(value) | st.just(value[:-1]) | st.just([*value, value[0]])
    if isinstance(value, dict) and value:
        name = next(iter(value))
        return _changed(value[name]).map(lambda new: {**value, name: new})
    if isinstance(value, int):
        return st.sampled_from([value, float(value) if abs(value) < 2**53 else value + 1, bool(value), str(value)])
    return scalars


@given(related())
@settings(max_examples=400, deadline=None)
def test_two_documents_have_no_difference_exactly_when_they_are_equal(pair: tuple[Any, Any]) -> None:
    one, other = pair
    assert (opens(answer(one), answer(other)) == []) is plainly_equal(one, other)


@given(related())
@settings(max_examples=200, deadline=None)
def test_swapping_the_sides_never_changes_whether_they_differ_or_where(pair: tuple[Any, Any]) -> None:
    one, other = answer(pair[0]), answer(pair[1])
    # Not the path: of items that moved it names legacy's index.
    there, back = ({d.pattern for d in compare(a, b)} for a, b in ((one, other), (other, one)))
    assert there == back


@given(documents)
@settings(max_examples=200, deadline=None)
def test_spacing_and_the_order_of_members_never_matter(document: Any) -> None:
    spaced = json.dumps(_reversed(document), indent=3).encode()
    assert opens(answer(document), answer(spaced)) == []


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


header_names = st.sampled_from(
    ["Content-Type", "content-encoding", "Set-Cookie", "ETag", "Expires", "Date", "Vary", "Location", "Cache-Control"]
) | st.text(max_size=8)
header_values = (
    st.sampled_from(["application/json", "gzip, br", "zstd", "deflate", "text/html; charset=x\0y", "a=b; Path=/"])
    | st.sampled_from(["application/json;charset=hex", "Thu, 32 Jan 2024 99:00:00 GMT", "text/plain;charset=idna"])
    | st.text(max_size=12)
)
json_like = st.text('[]{}",:0123456789.eE+-nulltrefasNI\\ud8 ', max_size=40).map(str.encode)
responses = st.builds(
    Response,
    st.integers(0, 700) | st.just(200),
    st.lists(st.tuples(header_names, header_values), max_size=5),
    st.binary(max_size=60) | json_like,
)


@given(responses, responses)
@settings(max_examples=600, deadline=None)
def test_no_bytes_and_no_headers_raise(legacy: Response, candidate: Response) -> None:
    for difference in compare(legacy, candidate, Rules(legacy_url="https://h/kong", candidate_url="https://h")):
        json.dumps([difference.legacy, difference.candidate], allow_nan=False).encode()
        difference.summary.encode()
        assert len(difference.fingerprint) == 12


@given(responses)
@settings(max_examples=300, deadline=None)
def test_a_response_is_the_same_as_itself(response: Response) -> None:
    assert compare(response, response) == []


@given(responses, responses)
@settings(max_examples=200, deadline=None)
def test_comparing_twice_gives_the_same(legacy: Response, candidate: Response) -> None:
    assert compare(legacy, candidate) == compare(legacy, candidate)


# -- what the parts give together --------------------------------------------------------------------------------------


def test_the_status_comes_first_then_headers_then_the_body() -> None:
    found = compare(
        answer({"a": 1}), answer({"a": 2}, status=201, headers=[*JSON, ("X-Extra", "1"), ("Content-Language", "de")])
    )
    assert [d.where for d in found] == ["status", "header", "header", "body"]


def test_a_success_against_an_error_gives_one_difference_for_the_whole_body() -> None:
    found = compare(answer({"id": 1, "name": "x"}), answer({"error": "no", "code": 7}, status=404))
    assert [(d.path, d.class_) for d in found] == [("status", "not-found"), ("$", "error-shape")]


def test_a_success_against_an_error_with_equal_bodies_differs_in_the_status_only() -> None:
    assert opens(answer({}), answer(b" {} ", status=500)) == [("status", "status-changed", "server-error")]


def test_two_successes_of_different_status_are_compared_member_by_member() -> None:
    assert opens(answer({"id": 1}), answer({"id": 2}, status=201)) == [
        ("status", "status-changed", "success-code"),
        ("$.id", "value-changed", "value"),
    ]


@pytest.mark.parametrize(
    "program",
    [
        "from shadow import compare",
        "import shadow.compare\nfrom shadow import compare",
        "from shadow.compare import compare",
        "from shadow import compare\nimport shadow.compare\nfrom shadow import compare",
        "import shadow\ncompare = shadow.compare",
    ],
)
def test_compare_can_be_called_whichever_way_it_was_imported(program: str) -> None:
    check = (
        "\nfrom shadow import Response"
        "\nprint([d.class_ for d in compare(Response(200, [], b'[1]'), Response(200, [], b'[true]'))])"
    )
    done = subprocess.run([sys.executable, "-c", program + check], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("['bool-as-number']\n", "")


def test_deepdiff_is_not_imported_before_there_is_a_difference() -> None:
    program = (
        "import sys\nfrom shadow import Response, compare"
        "\ncompare(Response(200, [], b'[1]'), Response(200, [], b'[ 1 ]'))\nprint('deepdiff' in sys.modules)"
        "\ncompare(Response(200, [], b'[1]'), Response(200, [], b'[2]'))\nprint('deepdiff' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\nTrue\n"
