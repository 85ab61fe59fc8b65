"""Proves, for random documents and with a definition of its own, that the comparison forgets and invents nothing.

The definition (`independent`) shares no code with the engine. Held against it: whether two documents differ at all;
that each reported place differs, as it is said; that the reported differences are the whole truth, because applied to
legacy's document they give the candidate's; that DeepDiff, which compares in another way, finds the same; that the
sides can be swapped; that rules only take differences away; that no bytes and headers raise. ``SHADOW_EXAMPLES`` in
the environment sets the number of examples per property.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonpath_rfc9535
from deepdiff import DeepDiff
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from shadow import Difference, Response, compare
from shadow.compare.rules import Rules, rules_for
from shadow.config import Settings
from tests.compare.independent import (
    ABSENT,
    Members,
    at,
    equal,
    lists,
    permuted,
    plain,
    read,
    same_items,
    shows,
    steps,
    type_of,
)
from tests.compare.strategies import (
    CODINGS,
    Object,
    Style,
    documents,
    moved_repetitions,
    repeating,
    styles,
    twins,
    written,
)

EXAMPLES = int(os.environ.get("SHADOW_EXAMPLES", "250"))
JSON = ("Content-Type", "application/json")
PATIENT = Rules(budget=60.0)

Steps = tuple[str | int, ...]
Pair = tuple[Any, Any]


def answer(body: bytes, *headers: tuple[str, str]) -> Response:
    return Response(200, [JSON, *headers], body)


def found(legacy: bytes, candidate: bytes, rules: Rules = PATIENT) -> list[Difference]:
    """The differences that count; notices don't."""
    return [d for d in compare(answer(legacy), answer(candidate), rules) if d.severity == "difference"]


def texts(pair: Pair) -> tuple[bytes, bytes]:
    return written(pair[0]), written(pair[1])


def meanings(one: bytes, other: bytes) -> Pair:
    return read(one.decode()), read(other.decode())


# -- is there a difference? --------------------------------------------------------------------------------------------


@given(twins(), styles, styles)
@settings(max_examples=2 * EXAMPLES)
def test_there_is_a_difference_exactly_where_the_documents_are_not_equal(pair: Pair, one: Style, other: Style) -> None:
    legacy, candidate = written(pair[0], one), written(pair[1], other)
    assert (found(legacy, candidate) == []) is equal(*meanings(legacy, candidate))


@given(twins())
@settings(max_examples=EXAMPLES)
def test_a_response_that_says_nothing_of_its_type_is_compared_as_json_all_the_same(pair: Pair) -> None:
    legacy, candidate = (written([each]) for each in pair)
    bare = [d for d in compare(Response(200, [], legacy), Response(200, [], candidate)) if d.severity == "difference"]
    assert bare == found(legacy, candidate)


@given(documents, styles, styles, st.sampled_from([*CODINGS]), st.sampled_from([*CODINGS]), st.booleans())
@settings(max_examples=EXAMPLES)
def test_one_document_in_two_spellings_and_codings_has_no_difference(
    document: Any, one: Style, other: Style, coding: str, recoding: str, marked: bool
) -> None:
    mark = b"\xef\xbb\xbf" if marked else b""
    legacy, candidate = mark + written(document, one), mark + written(document, other)
    differences = compare(
        answer(CODINGS[coding](legacy), ("Content-Encoding", coding)),
        answer(CODINGS[recoding](candidate), ("Content-Encoding", recoding)),
    )
    assert [d for d in differences if d.severity == "difference"] == []


@given(twins(), st.sampled_from([*CODINGS]), st.sampled_from([*CODINGS]))
@settings(max_examples=EXAMPLES)
def test_content_codings_never_change_what_is_found(pair: Pair, coding: str, recoding: str) -> None:
    legacy, candidate = texts(pair)
    coded = compare(
        answer(CODINGS[coding](legacy), ("Content-Encoding", coding)),
        answer(CODINGS[recoding](candidate), ("Content-Encoding", recoding)),
        PATIENT,
    )
    assert coded == compare(answer(legacy), answer(candidate), PATIENT)


# -- is each reported difference one? ----------------------------------------------------------------------------------


@given(twins())
@settings(max_examples=EXAMPLES)
def test_every_reported_place_differs_as_it_is_said(pair: Pair) -> None:
    legacy, candidate = texts(pair)
    a, b = meanings(legacy, candidate)
    for difference in compare(answer(legacy), answer(candidate), PATIENT):
        assert difference.where == "body"
        if difference.severity == "difference":
            assert is_true(difference, a, b), difference
        elif difference.class_ == "number-lexical":
            assert any(equal(one, other) for one, other in places(a, b, steps(difference.path))), difference
        else:
            assert difference.class_ == "key-order", difference


def is_true(said: Difference, a: Any, b: Any) -> bool:
    """Whether what a difference says holds for some place in the two documents that it can mean."""
    location = steps(said.path)
    if said.kind == "missing":
        # An item of a list may be gone though the candidate has another one at its index now.
        gone = [one for one, other in places(a, b, location) if other is ABSENT or is_moved(a, b, location)]
        return any(shows(value, said.legacy) for value in gone) and said.candidate is None
    if said.kind == "added":
        new = [other for one, other in places(a, b, location) if one is ABSENT or is_moved(a, b, location)]
        return any(shows(value, said.candidate) for value in new) and said.legacy is None
    for one, other in places(a, b, location):
        if ABSENT in (one, other) or equal(one, other):
            continue
        if not (shows(one, said.legacy) and shows(other, said.candidate)):
            continue
        if said.kind == "reordered":
            return isinstance(one, list) and isinstance(other, list)
        return said.kind == ("value-changed" if type_of(one) == type_of(other) else "type-changed")
    return False


def places(a: Any, b: Any, location: Steps, *, moved: bool = False) -> Iterator[Pair]:
    """Pairs of values that a location can mean: legacy's own and the candidate's at the same names and indexes, or,
    because items may have moved, at any index of the candidate's list."""
    if not location:
        yield a, b
        return
    key, rest = location[0], location[1:]
    if isinstance(key, int) and isinstance(a, list) and isinstance(b, list):
        one = at(a, (key,))
        for other in [at(b, (key,)), *b]:
            yield from places(one, other, rest)
        if one is not ABSENT and not rest:
            yield one, ABSENT
        if not rest and key < len(b):
            yield ABSENT, b[key]
    else:
        one, other = at(a, (key,)), at(b, (key,))
        if (one, other) != (ABSENT, ABSENT):
            yield from places(one, other, rest)


def is_moved(a: Any, b: Any, location: Steps) -> bool:
    """Whether the place is an item of two lists that differ in length or membership."""
    if not location or not isinstance(location[-1], int):
        return False
    return any(
        isinstance(one, list) and isinstance(other, list) and (len(one) != len(other) or not same_items(one, other))
        for one, other in places(a, b, location[:-1])
    )


@given(twins())
@settings(max_examples=EXAMPLES)
def test_every_path_is_an_rfc_9535_path_to_the_value_that_is_shown(pair: Pair) -> None:
    legacy, candidate = texts(pair)
    a, b = meanings(legacy, candidate)
    for difference in found(legacy, candidate):
        document, shown = (b, difference.candidate) if difference.kind == "added" else (a, difference.legacy)
        if any(len(one) != len(other) or not same_items(one, other) for _, one, other in lists(a, b)):
            assume(difference.kind != "added")
        (node,) = jsonpath_rfc9535.find(difference.path, plain(document))
        assert tuple(node.location) == steps(difference.path)
        assert shows(at(document, steps(difference.path)), shown)


# -- is that all? ------------------------------------------------------------------------------------------------------


@given(twins())
@settings(max_examples=2 * EXAMPLES)
def test_the_differences_applied_to_legacys_document_give_the_candidates(pair: Pair) -> None:
    legacy, candidate = texts(pair)
    a, b = meanings(legacy, candidate)
    assert agrees(patched(a, found(legacy, candidate)), b)


class Shown:
    """A value as a difference shows it."""

    def __init__(self, value: Any) -> None:
        self.value = value


class AnyOrder(list[Any]):
    """A list that is said to be in another order on the other side."""


class _Change:
    """What is said about one place and what is in it; items are added at the candidate's indexes."""

    def __init__(self) -> None:
        self.said: list[Difference] = []
        self.added: list[tuple[str | int, Any]] = []
        self.inner: dict[str | int, _Change] = {}


def patched(document: Any, differences: list[Difference]) -> Any:
    root = _Change()
    for difference in differences:
        place = root
        *way, last = steps(difference.path) or (None,)
        for key in way:
            place = place.inner.setdefault(key, _Change())
        if difference.kind == "added":
            place.added.append((last, Shown(difference.candidate)))
        elif last is None:
            place.said.append(difference)
        else:
            place.inner.setdefault(last, _Change()).said.append(difference)
    return _patched(document, root)


_GONE = object()


def _patched(value: Any, change: _Change) -> Any:
    kinds = {difference.kind for difference in change.said}
    if kinds and kinds != {"reordered"}:
        # Nothing may be said twice, nor of what is in a value that is gone or another.
        assert len(change.said) == 1
        assert not change.inner
        return _GONE if kinds == {"missing"} else Shown(change.said[0].candidate)
    if isinstance(value, Members):
        members = {name: values[-1] for name, values in value.values().items()}
        assert not set(change.inner) - set(members)
        kept = {n: _patched(v, change.inner[n]) if n in change.inner else v for n, v in members.items()}
        added = dict(change.added)
        assert len(added) == len(change.added)
        assert not set(added) & set(members)
        return {n: v for n, v in {**kept, **added}.items() if v is not _GONE}
    if isinstance(value, list):
        assert all(isinstance(i, int) and i < len(value) for i in change.inner)
        items = [_patched(v, change.inner[i]) if i in change.inner else v for i, v in enumerate(value)]
        items = [item for item in items if item is not _GONE]
        for index, item in sorted(change.added, key=lambda pair: pair[0]):
            assert "reordered" in kinds or index <= len(items)
            items.insert(index, item)
        return AnyOrder(items) if kinds else items
    assert not change.inner
    assert not change.added
    return value


def agrees(patched: Any, value: Any) -> bool:
    """Whether a patched document is the other one."""
    if isinstance(patched, Shown):
        return shows(value, patched.value)
    if isinstance(patched, dict | Members):
        if not isinstance(value, Members):
            return False
        members, others = patched if isinstance(patched, dict) else dict(patched), dict(value)
        return members.keys() == others.keys() and all(agrees(members[n], others[n]) for n in members)
    if isinstance(patched, list):
        if not isinstance(value, list) or len(patched) != len(value):
            return False
        return (
            _agree_somehow(list(patched), value) if isinstance(patched, AnyOrder) else all(map(agrees, patched, value))
        )
    return equal(patched, value)


def _agree_somehow(patched: list[Any], values: list[Any]) -> bool:
    if not values:
        return True
    return any(
        agrees(item, values[0]) and _agree_somehow(patched[:i] + patched[i + 1 :], values[1:])
        for i, item in enumerate(patched)
    )


# -- does another tool find the same? ----------------------------------------------------------------------------------

_KINDS = {
    "dictionary_item_removed": "missing",
    "iterable_item_removed": "missing",
    "dictionary_item_added": "added",
    "iterable_item_added": "added",
    "type_changes": "type-changed",
    "values_changed": "value-changed",
}


@given(twins())
@settings(max_examples=EXAMPLES)
def test_deepdiff_on_the_whole_documents_finds_the_same(pair: Pair) -> None:
    legacy, candidate = texts(pair)
    a, b = meanings(legacy, candidate)
    tree = DeepDiff(
        plain(a),
        plain(b),
        view="tree",
        zip_ordered_iterables=True,
        ignore_private_variables=False,
        threshold_to_diff_deeper=0,
    )
    assert set(tree) <= set(_KINDS)
    theirs = {
        (tuple(level.path(output_format="list")), kind)
        for report, kind in _KINDS.items()
        for level in tree.get(report, ())
    }
    ours = {(steps(d.path), d.kind) for d in found(legacy, candidate)}
    told = retold(ours)
    # A list about which we say it in a shorter way must be one that has moved, and DeepDiff must see something in it.
    for location in told:
        one, other = at(a, location), at(b, location)
        assert len(one) != len(other) or permuted(one, other) or not same_items(one, other)
        assert any(place[: len(location)] == location for place, _ in theirs)
    assert {each for each in theirs if outermost(each[0], told) is None} == {
        each for each in ours if outermost(each[0], told) is None
    }


def retold(said: set[tuple[Steps, str]]) -> set[Steps]:
    """The outermost lists of which is said that they are in another order, or that items were put in or taken out."""
    found = {place for place, kind in said if kind == "reordered"}
    found |= {
        place[:-1] for place, kind in said if kind in ("missing", "added") and place and isinstance(place[-1], int)
    }
    return {place for place in found if all(place[:n] not in found for n in range(len(place)))}


def outermost(place: Steps, of: set[Steps]) -> Steps | None:
    """The one of the places that the place is in or is."""
    return next((each for each in of if place[: len(each)] == each), None)


# -- are the sides equals? ---------------------------------------------------------------------------------------------

_SWAPPED = {"missing": "added", "added": "missing"}


@given(twins())
@settings(max_examples=EXAMPLES)
def test_swapping_the_sides_swaps_missing_and_added_and_nothing_else(pair: Pair) -> None:
    legacy, candidate = texts(pair)
    there, back = found(legacy, candidate), found(candidate, legacy)
    told = retold({(steps(d.path), d.kind) for d in there})
    assert told == retold({(steps(d.path), d.kind) for d in back})
    one = Counter(
        (d.path, d.kind, repr(d.legacy), repr(d.candidate)) for d in there if outermost(steps(d.path), told) is None
    )
    other = Counter(
        (d.path, _SWAPPED.get(d.kind, d.kind), repr(d.candidate), repr(d.legacy))
        for d in back
        if outermost(steps(d.path), told) is None
    )
    assert one == other
    # In lists whose items have moved, indexes count from another side; what was put in and taken out is swapped still.
    inside = Counter((d.kind, repr(d.legacy), repr(d.candidate)) for d in there) - Counter()
    outside = Counter((_SWAPPED.get(d.kind, d.kind), repr(d.candidate), repr(d.legacy)) for d in back)
    assert inside == outside


# -- do rules only take away? ------------------------------------------------------------------------------------------

PATHS = ("$", "$.*", "$[*]", "$..*", "$.a", "$.b", "$.items", "$.items[*]", "$..a", "$..items", "$..id", "$['a','b']")
BY_POSITION = ("$[0]", "$..[1]", "$.items[0]", "$[-1]", "$[0:2]", "$[?@.id]", "$..[?@ == 1]")
GROUPING: tuple[dict[str, Any], ...] = ({"unordered": True}, {"key": "id"}, {"key": "a"})
MILD: tuple[dict[str, Any], ...] = (
    *({"tolerance": 0}, {"tolerance": 0.5}, {"tolerance": 1e300}, {"as": "datetime"}, {"as": "number"}),
    *({"null_is_missing": True}, {"case": False}, {"trim": True}),
)


def rule_sets(paths: tuple[str, ...], treatments: tuple[dict[str, Any], ...]) -> st.SearchStrategy[Rules]:
    rules = st.builds(
        lambda path, treatment: {"path": path, **treatment}, st.sampled_from(paths), st.sampled_from(treatments)
    )
    return st.lists(rules, min_size=1, max_size=3).map(compiled)


def compiled(rules: list[dict[str, Any]]) -> Rules:
    sides = {"legacy": {"url": "https://h.example/kong"}, "candidate": {"url": "https://h.example"}}
    settings = Settings.model_validate({**sides, "compare": {"rule": rules}})
    return dataclasses.replace(rules_for(settings, "GET /x"), budget=60.0)


@given(twins(changes=1), styles, rule_sets(PATHS + BY_POSITION, MILD + GROUPING))
@settings(max_examples=EXAMPLES)
def test_no_rule_finds_a_difference_in_equal_documents(pair: Pair, style: Style, rules: Rules) -> None:
    legacy, candidate = written(pair[0]), written(pair[1], style)
    if not equal(*meanings(legacy, candidate)):
        candidate = written(pair[0], style)
    assert found(legacy, candidate, rules) == []


@given(twins(), rule_sets(("$.nobody", "$.nobody[*]", "$.a.nobody", "$.items[*].nobody", "$..nobody"), MILD + GROUPING))
@settings(max_examples=EXAMPLES)
def test_a_rule_for_what_is_nowhere_changes_nothing(pair: Pair, rules: Rules) -> None:
    legacy, candidate = texts(pair)
    assert found(legacy, candidate, rules) == found(legacy, candidate)


@given(twins(), rule_sets(("$",), tuple(each for each in MILD if "null_is_missing" not in each)))
@example(
    ([None, None, None, True, False, 0], [None, None, True, None, True, False]), compiled([{"path": "$", "trim": True}])
)
@settings(max_examples=EXAMPLES)
def test_a_rule_about_texts_and_numbers_changes_nothing_where_there_is_a_list_or_an_object(
    pair: Pair, rules: Rules
) -> None:
    assume(all(isinstance(document, list | Object) for document in pair))
    legacy, candidate = texts(pair)
    assert found(legacy, candidate, rules) == found(legacy, candidate)


@given(twins(), rule_sets(PATHS + BY_POSITION, MILD + GROUPING))
@settings(max_examples=EXAMPLES)
def test_rules_say_something_only_of_lists_and_values_that_differ_without_them(pair: Pair, rules: Rules) -> None:
    """What is said under rules lies at, in, or around something that is said without them; within a list whose items
    are paired in another way than by index, the list itself is all that can be asked for."""
    legacy, candidate = texts(pair)
    a, b = meanings(legacy, candidate)
    without = [steps(d.path) for d in found(legacy, candidate)]
    for difference in found(legacy, candidate, rules):
        place = next(
            (
                location
                for location, one, other in lists(a, b)
                if not equal(one, other) and _holds(location, difference)
            ),
            steps(difference.path),
        )
        assert any(place[: len(each)] == each or each[: len(place)] == place for each in without), difference


def _holds(location: Steps, difference: Difference) -> bool:
    return len(location) < len(steps(difference.path)) and steps(difference.path)[: len(location)] == location


@given(twins(), rule_sets(PATHS, MILD))
@settings(max_examples=EXAMPLES)
def test_rules_by_name_that_regroup_nothing_never_add_a_fingerprint(pair: Pair, rules: Rules) -> None:
    """Where a rule makes the items of a list the same in another order, one difference takes several ones' place."""
    legacy, candidate = texts(pair)
    assert len({d.fingerprint for d in found(legacy, candidate, rules)}) <= len(
        {d.fingerprint for d in found(legacy, candidate)}
    )


@given(twins(), rule_sets(PATHS, MILD))
@settings(max_examples=EXAMPLES)
def test_what_is_said_under_mild_rules_is_also_said_without_where_no_list_has_moved(pair: Pair, rules: Rules) -> None:
    legacy, candidate = texts(pair)
    without, under = found(legacy, candidate), found(legacy, candidate, rules)
    moved = retold({(steps(d.path), d.kind) for d in [*without, *under]})
    assert {d.fingerprint for d in under if outermost(steps(d.path), moved) is None} <= {d.fingerprint for d in without}
    assert {d.path for d in under if outermost(steps(d.path), moved) is None} <= {d.path for d in without}


# -- does anything raise? ----------------------------------------------------------------------------------------------

_HEADER_NAMES = st.sampled_from(
    [
        *("Content-Type", "content-type", "Content-Encoding", "Set-Cookie", "ETag", "Expires", "Date", "Vary", "Link"),
        *("Location", "Cache-Control", "WWW-Authenticate", "Access-Control-Allow-Origin", "X-Kong-Proxy-Latency", ""),
    ]
) | st.text(max_size=6)
_HEADER_VALUES = st.sampled_from(
    [
        *(
            "application/json",
            "application/json; charset=utf-16",
            "text/plain; charset=\0",
            "text/html;charset=latin-1",
        ),
        *(
            "application/problem+json",
            "image/png",
            "; ;=;",
            "multipart/form-data; boundary=x",
            "text/plain;charset=idna",
        ),
        *("gzip", "br", "zstd", "deflate", "gzip, br, zstd", "compress", "identity,,", "GZIP", "aws-chunked"),
        *("a=b; Path=/; Expires=Thu, 32 Jan 2024 99:99:99 GMT; Max-Age=-x", "=", "Fri, 01 Jan 0000 00:00:00 GMT", "*"),
        *("W/", 'W/"x"', "max-age=99999999999999999999, private", "https://[::1", "https://h.example/kong/x", "\x85"),
    ]
) | st.text(st.characters(max_codepoint=255), max_size=10)
_BODIES = (
    st.binary(max_size=40)
    | documents.map(written)
    | st.tuples(documents.map(written), st.sampled_from([*CODINGS.values()])).map(lambda p: p[1](p[0]))
    | st.tuples(documents.map(written), st.integers(0, 40), st.binary(max_size=3)).map(
        lambda p: p[0][: p[1]] + p[2] + p[0][p[1] :]
    )
    | st.text('[]{}",:0123456789.eE+-nulltrefasNI\\ud8 ', max_size=30).map(str.encode)
)
_RESPONSES = st.builds(
    Response,
    st.sampled_from([200, 200, 200, 201, 204, 304, 404, 500, 502]) | st.integers(-1, 10**6),
    st.lists(st.tuples(_HEADER_NAMES, _HEADER_VALUES), max_size=5),
    _BODIES,
)


@given(_RESPONSES, _RESPONSES, st.just(PATIENT) | rule_sets(PATHS + BY_POSITION, MILD + GROUPING))
@settings(max_examples=EXAMPLES)
def test_whatever_both_sides_send_there_is_an_answer_that_can_be_written_down(
    legacy: Response, candidate: Response, rules: Rules
) -> None:
    differences = compare(legacy, candidate, rules)
    for difference in differences:
        assert difference.where in ("status", "header", "body")
        assert difference.severity in ("difference", "notice")
        json.dumps([difference.legacy, difference.candidate], allow_nan=False).encode()
        f"{difference.path}{difference.pattern}{difference.summary}".encode()
        assert int(difference.fingerprint, 16) >= 0
    if legacy.status != candidate.status:
        assert differences
    assert bool(differences) is bool(compare(candidate, legacy, rules))


@given(_RESPONSES, st.just(None) | rule_sets(PATHS + BY_POSITION, MILD + GROUPING))
@settings(max_examples=EXAMPLES)
def test_a_response_is_the_same_as_itself_under_any_rules(response: Response, rules: Rules | None) -> None:
    copy = Response(response.status, list(response.headers), bytes(bytearray(response.body)))
    assert compare(response, response, rules) == []
    assert compare(response, copy, rules) == []


@given(_RESPONSES, _BODIES)
@settings(max_examples=EXAMPLES)
def test_other_bytes_under_the_same_headers_are_the_same_only_as_one_json_document_or_decoded(
    response: Response, body: bytes
) -> None:
    """Nothing but JSON and content codings lets two unlike bodies of the same headers be the same."""
    assume(response.status not in (204, 304) and body != response.body)
    headers = [
        (name, value) for name, value in response.headers if name.lower() not in ("content-encoding", "content-type")
    ]
    differences = compare(Response(200, headers, response.body), Response(200, headers, body))
    if all(d.severity == "notice" for d in differences):
        assert equal(*meanings(response.body.removeprefix(b"\xef\xbb\xbf"), body.removeprefix(b"\xef\xbb\xbf")))


@given(twins(repeating) | moved_repetitions, styles, styles)
@settings(max_examples=2 * EXAMPLES)
def test_what_an_object_has_twice_must_be_so_on_both_sides_and_in_the_same_place(
    pair: Pair, one: Style, other: Style
) -> None:
    """RFC 8259 §4: what a repeated member means depends on who reads it, so no repetition may be lost or moved."""
    legacy, candidate = written(pair[0], one), written(pair[1], other)
    assert (found(legacy, candidate) == []) is equal(*meanings(legacy, candidate))
