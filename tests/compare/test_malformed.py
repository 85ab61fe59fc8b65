"""Proves that the comparison survives whatever a body holds, and is right about it.

A corpus at and beyond the edge of JSON (`corpus/texts.py`), each text against itself and against others, as JSON, as
text and with no type at all; a document cut at every byte and changed in every byte; RFC 8785's and RFC 7396's own
examples; and pairs of documents whose differences were written down by hand. What is expected of two texts comes from
`independent`, never from the engine. ``SHADOW_PAIRS=all`` in the environment takes every pair of the corpus.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from shadow import Difference, Response, compare
from shadow.compare.rules import Rules
from tests.compare.corpus.texts import TEXTS
from tests.compare.independent import Members, equal, read, read_strictly

JSON, TEXT, NONE = "application/json", "text/plain", ""
PATIENT = Rules(budget=60.0)
DEEPEST = 200
BOM = "\ufeff"


def response(body: bytes, type_: str = JSON) -> Response:
    return Response(200, [("Content-Type", type_)] if type_ else [], body)


def body_differences(one: bytes, other: bytes, type_: str = JSON, other_type: str | None = None) -> list[Difference]:
    """The open differences of the bodies alone."""
    found = compare(response(one, type_), response(other, type_ if other_type is None else other_type), PATIENT)
    for difference in found:
        json.dumps([difference.legacy, difference.candidate], allow_nan=False).encode()
        f"{difference.path}{difference.pattern}{difference.summary}".encode()
    return [d for d in found if d.where == "body" and d.severity == "difference"]


# -- what is expected of two texts -------------------------------------------------------------------------------------


class Reading(NamedTuple):
    """A text as JSON, read with patience: with a byte order mark, NaN and infinities."""

    value: Any
    marked: bool
    container: bool


def reading(body: bytes) -> Reading | None:
    """None for what is no JSON, or nested more deeply than is compared."""
    try:
        text = body.decode()
        value = read(text.removeprefix(BOM))
    except (ValueError, RecursionError):
        return None
    return None if _deeper(value, DEEPEST) else Reading(value, text.startswith(BOM), isinstance(value, list | Members))


def _deeper(value: Any, room: int) -> bool:
    if not isinstance(value, list | Members):
        return False
    inner = [member for _, member in value] if isinstance(value, Members) else value
    return room == 0 or any(_deeper(each, room - 1) for each in inner)


READINGS = {name: reading(text) for name, text in TEXTS.items()}


def same(one: str, other: str, *, typed: tuple[bool, bool]) -> bool:
    """Whether two texts of the corpus say the same; ``typed``: which of them say that they are JSON."""
    if TEXTS[one] == TEXTS[other]:
        return True
    left, right = READINGS[one], READINGS[other]
    if left is None or right is None:
        return False
    # A bare number or string that doesn't claim to be JSON is just a text.
    if not (left.container or typed[0]) or not (right.container or typed[1]):
        return False
    return left.marked == right.marked and equal(left.value, right.value)


# -- the corpus --------------------------------------------------------------------------------------------------------


def test_the_corpus_is_what_its_names_say() -> None:
    assert len(TEXTS) == len(set(TEXTS.values())) >= 250
    for name, text in TEXTS.items():
        try:
            read_strictly(text)
        except (ValueError, RecursionError):
            assert name[0] in "ni", name
        else:
            assert name[0] in "yi", name


@pytest.mark.parametrize("type_", [JSON, TEXT, NONE, "application/problem+json; charset=utf-8", "image/png"])
def test_every_text_is_the_same_as_itself(type_: str) -> None:
    for text in TEXTS.values():
        assert compare(response(text, type_), response(bytes(bytearray(text)), type_)) == []


def pairs(every: int) -> Iterator[tuple[str, str]]:
    """Every n-th pair of the corpus, either way round, and eight times as many of texts of one kind (`n_number_…`)."""
    every = 1 if os.environ.get("SHADOW_PAIRS") == "all" else every
    for number, (one, other) in enumerate(combinations(TEXTS, 2)):
        alike = one.split("_")[1] == other.split("_")[1]
        if number % (max(1, every // 8) if alike else every) == 0:
            yield (one, other) if number % 2 else (other, one)


@pytest.mark.parametrize(
    ("type_", "other_type", "every"),
    [
        (JSON, JSON, 13),
        (TEXT, TEXT, 61),
        (NONE, NONE, 61),
        (JSON, NONE, 61),
        (TEXT, JSON, 61),
        ("image/png", TEXT, 311),
    ],
)
def test_two_texts_are_the_same_exactly_where_they_say_the_same(type_: str, other_type: str, every: int) -> None:
    wrong = [
        (one, other)
        for one, other in pairs(every)
        if (body_differences(TEXTS[one], TEXTS[other], type_, other_type) == [])
        is not same(one, other, typed=(type_ == JSON, other_type == JSON))
    ]
    assert wrong == []


def test_broken_json_against_anything_else_is_told_as_broken() -> None:
    broken = [name for name in TEXTS if name.startswith("n_")]
    for name in broken:
        for other in (b"[]", b'{"a":1}', b"null"):
            found = body_differences(TEXTS[name], other)
            assert [d.kind for d in found] in (["malformed"], ["truncated"]), name


DEEP = [name for name in TEXTS if "deep_10000" in name or "deep_500" in name]


@pytest.mark.parametrize("name", DEEP)
def test_what_is_too_deep_is_truncated_or_malformed_and_never_the_same_as_another(name: str) -> None:
    text = TEXTS[name]
    middle = len(text) // 2
    for other in (
        text.replace(b"null", b"true").replace(b"[]", b"[0]"),
        text[:middle] + b" 7 " + text[middle:],
        text[:-1],
        text[1:],
        text + text[-1:],
    ):
        if other != text:
            for one, two in ((text, other), (other, text)):
                assert {d.kind for d in body_differences(one, two)} in ({"truncated"}, {"malformed"})


@pytest.mark.parametrize("name", DEEP)
def test_what_is_too_deep_and_only_spaced_otherwise_is_nothing_worse_than_truncated(name: str) -> None:
    spaced = TEXTS[name].replace(b"[", b"[ ").replace(b":", b" :")
    kinds = {d.kind for d in body_differences(TEXTS[name], spaced)}
    assert kinds <= ({"truncated", "malformed"} if name.startswith("n_") else {"truncated"})
    assert kinds or name.startswith("i_")


# -- one document, cut and changed -------------------------------------------------------------------------------------

DOCUMENT = (
    '{"id": 9007199254740993, "n": -1.50e+3, "ok": true, "none": null, "name": "é\\u00e9\\ud83d\\ude00 \\"x\\"", '
    '"list": [1, 1.0, [], {}, "1"], "o": {"a": {"b": [false]}}, "id2": 0}'
).encode()
REPLACEMENTS = b"\x00\t\n \"',-.019:=AEN[\\]_aeu{}\x7f\x80\xc3\xff"


def expected_same(one: bytes, other: bytes) -> bool:
    left, right = reading(one), reading(other)
    if left is None or right is None:
        return one == other
    return left.marked == right.marked and equal(left.value, right.value)


@pytest.mark.parametrize("type_", [JSON, NONE])
def test_a_document_cut_at_any_byte_is_another(type_: str) -> None:
    for end in range(len(DOCUMENT)):
        cut = DOCUMENT[:end]
        assert body_differences(DOCUMENT, cut, type_)
        assert body_differences(cut, DOCUMENT, type_)
        assert body_differences(cut, DOCUMENT[: end + 1], type_)


def test_a_document_without_its_beginning_is_another() -> None:
    for start in range(1, len(DOCUMENT) + 1):
        assert body_differences(DOCUMENT, DOCUMENT[start:])


def test_a_document_with_one_byte_changed_is_judged_by_what_it_says() -> None:
    for position, was in enumerate(DOCUMENT):
        for replacement in REPLACEMENTS:
            if replacement != was:
                changed = DOCUMENT[:position] + bytes([replacement]) + DOCUMENT[position + 1 :]
                assert (body_differences(DOCUMENT, changed) == []) is expected_same(DOCUMENT, changed), changed


def test_a_document_with_one_byte_more_or_less_is_judged_by_what_it_says() -> None:
    for position in range(len(DOCUMENT)):
        shorter = DOCUMENT[:position] + DOCUMENT[position + 1 :]
        assert (body_differences(DOCUMENT, shorter) == []) is expected_same(DOCUMENT, shorter), shorter
        for more in b' ",0[}\\':
            longer = DOCUMENT[:position] + bytes([more]) + DOCUMENT[position:]
            assert (body_differences(longer, DOCUMENT) == []) is expected_same(longer, DOCUMENT), longer


# -- RFC 8785, JSON Canonicalization Scheme ----------------------------------------------------------------------------

CANONICAL = {
    "section 3.2.4": (
        (
            r'{"numbers":[1E30,4.50,2e-3,0.000000000000000000000000001],'
            r'"string":"\u20ac$\u000F\u000aA'
            r"'"
            r'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'
        ),
        (
            r'{"literals":[null,true,false],"numbers":[1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'
            "'"
            r'B\"\\\\\"/"}'
        ),
    ),
    "section 3.2.3, sorting": (
        (
            r'{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",'
            r'"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}'
        ),
        (
            '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",'
            '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
        ),
    ),
    "arrays": ('[56,{"d":true,"10":null,"1":[ ]}]', '[56,{"1":[],"10":null,"d":true}]'),
    "french": (
        (
            '{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST",'
            '"sin":"ignore locale"}'
        ),
        (
            '{"peach":"This sorting order","p\\u00e9ch\\u00e9":"is wrong according to French",'
            '"p\\u00eache":"but canonicalization MUST","sin":"ignore locale"}'
        ),
    ),
    "structures": (
        '{"1":{"f":{"f":"hi","F":5},"\\n":56.0},"10":{},"":"empty","a":{},"111":[{"e":"yes","E":"no"}],"A":{}}',
        '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}',
    ),
    "unicode stays as it is": ('{"Unnormalized Unicode":"A\\u030a"}', '{"Unnormalized Unicode":"A\u030a"}'),
    "values": (
        "[ 5e-324, 1.7976931348623157E+308, 9007199254740992.0, 1E+21, 0.0000010, 4.50, -0 ]",
        "[5e-324,1.7976931348623157e+308,9007199254740992,1e+21,0.000001,4.5,0]",
    ),
}


@pytest.mark.parametrize(("text", "canonical"), CANONICAL.values(), ids=CANONICAL)
def test_a_document_says_the_same_as_its_canonical_form(text: str, canonical: str) -> None:
    assert body_differences(text.encode(), canonical.encode()) == []
    assert body_differences(canonical.encode(), text.encode()) == []


def test_what_canonicalising_rounds_to_a_double_is_a_difference_of_precision() -> None:
    """RFC 8785 §3.2.2.3 writes 333333333.33333329 as 333333333.3333333; a client that reads decimals sees another."""
    (found,) = body_differences(b'{"numbers":[333333333.33333329,4.50]}', b'{"numbers":[333333333.3333333,4.5]}')
    assert (found.path, found.class_) == ("$.numbers[0]", "number-precision")


APPENDIX_B = (
    *("0", "5e-324", "-5e-324", "1.7976931348623157e+308", "-1.7976931348623157e+308", "9007199254740992"),
    *("-9007199254740992", "295147905179352830000", "9.999999999999997e+22", "1e+23", "1.0000000000000001e+23"),
    *("999999999999999700000", "999999999999999900000", "1e+21", "9.999999999999997e-7", "0.000001"),
    *("333333333.3333332", "333333333.33333325", "333333333.3333333", "333333333.3333334", "333333333.33333343"),
    *("-0.0000033333333333333333", "1424953923781206.2"),
)


def test_no_two_numbers_of_rfc_8785s_appendix_b_are_the_same() -> None:
    for one, other in combinations(APPENDIX_B, 2):
        assert body_differences(f"[{one}]".encode(), f"[{other}]".encode()), (one, other)


# -- RFC 7396, JSON Merge Patch: what a patch has changed --------------------------------------------------------------

MERGED = [
    ('{"a":"b"}', '{"a":"c"}', {("$.a", "value-changed")}),
    ('{"a":"b"}', '{"a":"b","b":"c"}', {("$.b", "added")}),
    ('{"a":"b"}', "{}", {("$.a", "missing")}),
    ('{"a":"b","b":"c"}', '{"b":"c"}', {("$.a", "missing")}),
    ('{"a":["b"]}', '{"a":"c"}', {("$.a", "type-changed")}),
    ('{"a":"c"}', '{"a":["b"]}', {("$.a", "type-changed")}),
    ('{"a":{"b":"c"}}', '{"a":{"b":"d"}}', {("$.a.b", "value-changed")}),
    ('{"a":[{"b":"c"}]}', '{"a":[1]}', {("$.a[0]", "type-changed")}),
    ('["a","b"]', '["c","d"]', {("$[0]", "value-changed"), ("$[1]", "value-changed")}),
    ('{"a":"b"}', '["c"]', {("$", "type-changed")}),
    ('{"a":"foo"}', "null", {("$", "type-changed")}),
    ('{"a":"foo"}', '"bar"', {("$", "type-changed")}),
    ('{"e":null}', '{"e":null,"a":1}', {("$.a", "added")}),
    ("[1,2]", '{"a":"b"}', {("$", "type-changed")}),
    ("{}", '{"a":{"bb":{}}}', {("$.a", "added")}),
    (
        (
            '{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},"tags":["example","sample"],'
            '"content":"This will be unchanged"}'
        ),
        (
            '{"title":"Hello!","author":{"givenName":"John"},"tags":["example"],"content":"This will be unchanged",'
            '"phoneNumber":"+01-123-456-7890"}'
        ),
        {
            ("$.title", "value-changed"),
            ("$.author.familyName", "missing"),
            ("$.tags[1]", "missing"),
            ("$.phoneNumber", "added"),
        },
    ),
]


@pytest.mark.parametrize(("before", "after", "expected"), MERGED)
def test_what_a_merge_patch_changes_is_what_is_found(before: str, after: str, expected: set[tuple[str, str]]) -> None:
    assert located(before, after) == expected
    assert located(after, before) == swapped(expected)


def located(before: str, after: str) -> set[tuple[str, str]]:
    return {(d.path, d.kind) for d in body_differences(before.encode(), after.encode())}


def swapped(expected: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(path, {"missing": "added", "added": "missing"}.get(kind, kind)) for path, kind in expected}


# -- what a patch has changed, written down by hand --------------------------------------------------------------------

ROWS = '[{"id":1,"v":"x"},{"id":2,"v":"y"},{"id":3,"v":"z"}]'
PATCHED: list[tuple[str, str, *tuple[set[str], ...]]] = [
    ("{}", "{}", set()),
    ("[]", "[]", set()),
    ('{"foo":1}', '{"foo":1,"bar":2}', {"+$.bar"}),
    ('{"foo":1,"bar":2}', '{"bar":2,"foo":1}', set()),
    ('{"foo":1}', '{"foo":2}', {"~$.foo"}),
    ('{"foo":1}', '{"foo":"1"}', {"!$.foo"}),
    ('{"foo":1}', '{"foo":null}', {"!$.foo"}),
    ('{"foo":null}', '{"foo":null,"bar":null}', {"+$.bar"}),
    ('{"foo":null}', "{}", {"-$.foo"}),
    ('{"foo":1}', '{"bar":1}', {"-$.foo", "+$.bar"}),
    ('{"foo":{"a":1}}', '{"foo":{"a":1,"b":{"c":[]}}}', {"+$.foo.b"}),
    ('{"foo":{"a":1,"b":2}}', '{"foo":{"b":2}}', {"-$.foo.a"}),
    ('{"foo":{}}', '{"foo":[]}', {"!$.foo"}),
    ('{"foo":{"a":1}}', '{"foo":1}', {"!$.foo"}),
    ('{"a":{"b":{"c":{"d":1}}}}', '{"a":{"b":{"c":{"d":2}}}}', {"~$.a.b.c.d"}),
    ('{"a":1,"b":2,"c":3}', '{"a":3,"b":1,"c":2}', {"~$.a", "~$.b", "~$.c"}),
    ('{"":1}', '{"":2}', {"~$['']"}),
    ('{" ":1}', '{" ":2}', {"~$[' ']"}),
    ('{"a/b":1,"m~n":8}', '{"a/b":2,"m~n":9}', {"~$['a/b']", "~$['m~n']"}),
    ('{"a.b":1,"a":{"b":1}}', '{"a.b":2,"a":{"b":1}}', {"~$['a.b']"}),
    ('{"a.b":1,"a":{"b":1}}', '{"a.b":1,"a":{"b":2}}', {"~$.a.b"}),
    ('{"k\\"l":1}', '{"k\\"l":2}', {"~$['k\"l']"}),
    ('{"k\'l":1}', '{"k\'l":2}', {"~$['k\\'l']"}),
    ('{"i\\\\j":1}', '{"i\\\\j":2}', {"~$['i\\\\j']"}),
    ('{"a\\nb":1}', '{"a\\nb":2}', {"~$['a\\nb']"}),
    ('{"1":1}', '{"1":2}', {"~$['1']"}),
    ('{"é":1}', '{"é":2}', {"~$['é']"}),
    ('{"$ref":"#/a"}', '{"$ref":"#/b"}', {"~$['$ref']"}),
    ('{"__typename":"A"}', '{"__typename":"B"}', {"~$.__typename"}),
    ('{"length":1,"constructor":2}', '{"length":1,"constructor":3}', {"~$.constructor"}),
    ("[1]", "[1,2]", {"+$[1]"}),
    ("[1,2]", "[1]", {"-$[1]"}),
    ("[]", "[[]]", {"+$[0]"}),
    ("[null]", "[]", {"-$[0]"}),
    ("[1,2,3]", "[1,9,3]", {"~$[1]"}),
    ("[1,2,3]", "[3,2,1]", {"*$"}),
    ("[1,1,2]", "[1,2,1]", {"*$"}),
    ("[1,1,2]", "[1,2,2]", {"~$[1]"}),
    ("[[1,2],[3]]", "[[1,2],[4]]", {"~$[1][0]"}),
    ("[[1,2],[3]]", "[[2,1],[3]]", {"*$[0]"}),
    ("[[],[[]],[[[]]]]", "[[],[[]],[[[1]]]]", {"+$[2][0][0][0]"}),
    ('[{"a":1},{"a":2}]', '[{"a":1},{"a":3}]', {"~$[1].a"}),
    ('[{"a":1},{"a":2}]', '[{"a":2},{"a":1}]', {"*$"}),
    ('{"l":["a","b"],"m":["c"]}', '{"l":["b","a"],"m":["d"]}', {"*$.l", "~$.m[0]"}),
    ('{"l":["a"]}', '{"l":["a","b"],"m":1}', {"+$.l[1]", "+$.m"}),
    ('{"l":[]}', '{"l":{}}', {"!$.l"}),
    (ROWS, ROWS.replace('"y"', '"Y"'), {"~$[1].v"}),
    (ROWS, ROWS.replace('"y"', "null"), {"!$[1].v"}),
    (ROWS, ROWS.replace(',"v":"z"', ""), {"-$[2].v"}),
    (ROWS, ROWS[:-1] + ',{"id":4}]', {"+$[3]"}),
    # An item put in or taken out anywhere but at the end may be told as such, or index by index.
    ("[1,2,3,4]", "[0,1,2,3,4]", {"+$[0]"}, {"~$[0]", "~$[1]", "~$[2]", "~$[3]", "+$[4]"}),
    ("[1,2,3,4]", "[2,3,4]", {"-$[0]"}, {"~$[0]", "~$[1]", "~$[2]", "-$[3]"}),
    ("[1,2,3,4]", "[1,3,4]", {"-$[1]"}, {"~$[1]", "~$[2]", "-$[3]"}),
    ("[0,0,0]", "[0,0]", {"-$[2]"}),
    ("[0,0]", "[0,0,0,0]", {"+$[2]", "+$[3]"}),
    (
        ROWS,
        '[{"id":2,"v":"y"},{"id":3,"v":"z"}]',
        {"-$[0]"},
        {"~$[0].id", "~$[0].v", "~$[1].id", "~$[1].v", "-$[2]"},
    ),
    ("true", "true", set()),
    ("true", "false", {"~$"}),
    ('"a"', '"b"', {"~$"}),
    ("1", "1.0", set()),
    ("0", "false", {"!$"}),
    ("null", "false", {"!$"}),
    ('{"n":1e2}', '{"n":100}', set()),
    ('{"n":0.1}', '{"n":0.10000000000000001}', {"~$.n"}),
    ('{"t":"\\u0041"}', '{"t":"A"}', set()),
]
_SIGNS = {"+": "added", "-": "missing", "~": "value-changed", "!": "type-changed", "*": "reordered"}


@pytest.mark.parametrize(("before", "after", "alternatives"), [(b, a, several) for b, a, *several in PATCHED])
def test_what_somebody_sees_who_looks_at_both_is_what_is_found(
    before: str, after: str, alternatives: list[set[str]]
) -> None:
    """`+` added, `-` missing, `~` another value, `!` another type, `*` reordered."""
    expected = [{(each[1:], _SIGNS[each[0]]) for each in several} for several in alternatives]
    assert located(before, after) in expected
    assert located(after, before) in [swapped(each) for each in expected]
