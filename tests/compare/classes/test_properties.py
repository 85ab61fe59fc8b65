"""What holds of `classify` for all values: total, symmetric, and true to what pairs were made for."""

from __future__ import annotations

import base64
import html
import json
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shadow.compare.classes.table import CLASSES, classify
from shadow.compare.description import described
from shadow.compare.documents.values import ABSENT, OddNumber

NAMES = {class_.name for class_ in CLASSES}
Pair = tuple[Any, Any]

texts = st.text(st.characters(), max_size=40)
odd_texts = st.sampled_from(
    [
        "&#" + "9" * 5000 + ";",
        "a" + "\u0301\u0323" * 20_000,
        "\ud800",
        "\\ud800",
        "%",
        "%ff",
        "+",
        '"',
        "\\",
        "[" * 5000,
        "{'" * 5000,
        "x" * 2_000_000,
        "=" * 20,
        "1e9999",
        "http://[",
        "//",
    ]
)
shaped_texts = (
    st.from_regex(r"\A\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?\Z")
    | st.from_regex(r"\A[a-z]{1,5}://[^ ]{0,10}\Z")
    | st.from_regex(r"\A[A-Za-z0-9+/_-]{8,30}={0,2}\Z")
    | st.from_regex(r"\A[A-Za-z]{1,6}([_. -][A-Za-z0-9]{1,6}){0,3}\Z")
    | st.from_regex(r"\A(\\u[0-9a-f]{4}|%[0-9A-F]{2}|&[a-z]{2,4};|[?éÃ©\ufffd ]){1,6}\Z")
)
odd_numbers = st.sampled_from(
    [
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        Decimal("0E-500"),
        Decimal("-1E+9999999999"),
        Decimal("NaN"),
        Decimal("7" * 5000 + ".5"),
        Decimal("0." + "7" * 5000),
        OddNumber("NaN"),
        OddNumber("1e99999999999999999999"),
        float("inf"),
        float("nan"),
        0.1,
    ]
)
# Made late: Python refuses to print so long an integer, and hypothesis prints its strategies.
huge_integers = st.sampled_from([400, 5000, 100_000]).flatmap(
    lambda n: st.sampled_from([1, -1]).map(lambda s: s * 10**n)
)
scalars = (
    st.none()
    | st.just(ABSENT)
    | st.booleans()
    | st.integers()
    | st.integers(0, 10**19)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | odd_numbers
    | huge_integers
    | texts
    | odd_texts
    | shaped_texts
)
inner = st.none() | st.booleans() | st.integers() | texts | odd_numbers.filter(lambda n: not isinstance(n, float))
values = scalars | st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=2)


@given(values, values)
@settings(max_examples=400, deadline=None)
def test_every_pair_of_values_has_a_class_and_can_be_told(one: Any, other: Any) -> None:
    class_ = classify(one, other)
    assert class_.name in NAMES
    if one is not ABSENT or other is not ABSENT:
        told = described("body", "$", "value-changed", class_.name, one, other, explained=class_.explained)
        assert told.summary.endswith(f"({class_.explained})") or not class_.explained
        json.dumps(told.summary, ensure_ascii=False).encode()


@given(values, values)
@settings(max_examples=400, deadline=None)
def test_the_class_does_not_depend_on_which_side_is_which(one: Any, other: Any) -> None:
    assert classify(one, other).name == classify(other, one).name


# -- pairs that were made to belong to a class ------------------------------------------------------------------------

numbers = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4).filter(lambda n: n != 0)
letters = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=20)
words = st.lists(st.sampled_from(["order", "in", "progress", "user", "done", "list"]), min_size=2, max_size=4)
prose = st.lists(letters, min_size=1, max_size=6).map(" ".join)
foreign = st.lists(st.sampled_from(["Müller", "café", "Ærø", "señor", "naïve"]), min_size=1, max_size=4).map(" ".join)
moments = st.datetimes().filter(lambda moment: moment.year >= 1000)
structures = st.lists(st.integers() | texts, max_size=4) | st.dictionaries(texts, st.integers() | texts, max_size=4)


def _made(of: st.SearchStrategy[Any], other: Callable[[Any], Any]) -> st.SearchStrategy[Pair]:
    return of.map(lambda value: (value, other(value)))


def _garbled(text: str) -> str:
    return text.encode().decode("latin-1")


MADE: dict[str, st.SearchStrategy[Pair]] = {
    "null-vs-absent": st.just((None, ABSENT)),
    "empty-vs-absent": st.sampled_from([(v, ABSENT) for v in ("", [], {})]),
    "empty-vs-null": st.sampled_from([(v, None) for v in ("", [], {})]),
    "empty-list-vs-object": st.just(([], {})),
    "default-vs-absent": st.sampled_from([(v, ABSENT) for v in (False, 0, Decimal("0.0"))]),
    "default-vs-null": st.sampled_from([(v, None) for v in (False, 0, Decimal("0.0"))]),
    "number-as-string": _made(st.integers(-(10**300), 10**300) | numbers, str),
    "bool-as-string": _made(st.booleans(), str),
    "bool-as-number": _made(st.booleans(), int),
    "json-as-string": _made(structures, json.dumps),
    "list-as-string": _made(st.lists(letters, min_size=2, max_size=9), ",".join),
    "wrapped": _made(
        texts | st.integers() | structures.filter(lambda s: s and isinstance(s, dict)), lambda value: [value]
    ),
    "number-special": st.tuples(st.sampled_from([OddNumber("NaN"), OddNumber("-Infinity")]), scalars),
    "number-precision": _made(st.integers(2**60, 2**62).map(lambda n: n * 1024), lambda n: n + 1),
    "epoch-unit": _made(st.integers(10**9, 2 * 10**9), lambda n: n * 1000 + n % 1000),
    "sign": _made(numbers, lambda n: -n),
    "scale": st.tuples(numbers.filter(lambda n: abs(n) < 10**8), st.integers(1, 4)).map(
        lambda p: (p[0], p[0].scaleb(p[1]))
    ),
    "rounding": _made(numbers.map(lambda n: n.quantize(Decimal("1.00")) + Decimal("0.0013")), lambda n: round(n, 2)),
    "last-digit": _made(
        numbers.map(lambda n: abs(n).quantize(Decimal("1.00")) + Decimal("10.0012")), lambda n: n + Decimal("0.0001")
    ),
    "date-only": _made(moments, lambda m: f"{m.isoformat()}Z").map(lambda p: (p[0].date().isoformat(), p[1])),
    "date-format": _made(moments, lambda m: f"{m.isoformat()}+00:00").map(lambda p: (f"{p[0].isoformat()}Z", p[1])),
    "zone-missing": _made(moments.map(lambda m: m.isoformat()), lambda text: f"{text}Z"),
    "zone-changed": _made(moments.map(lambda m: m.isoformat()), lambda text: f"{text}+02:00").map(
        lambda pair: (f"{pair[0]}Z", pair[1])
    ),
    "case": _made(letters, str.swapcase),
    "enum": _made(words, "-".join).map(lambda pair: ("_".join(pair[0]).upper(), pair[1])),
    "line-ends": _made(st.lists(letters, min_size=2).map("\n".join), lambda text: text.replace("\n", "\r\n")),
    "whitespace": _made(prose, lambda text: f" {text}\t"),
    "invisible-character": _made(prose, lambda text: f"\ufeff{text}"),
    "unicode-normalisation": _made(foreign, lambda text: unicodedata.normalize("NFD", text)).filter(
        lambda pair: pair[0] != pair[1]
    ),
    "unicode-escape": _made(foreign, lambda text: json.dumps(text)[1:-1]),
    "html-escape": _made(prose, lambda text: f"<b>{text}</b>").map(lambda pair: (pair[1], html.escape(pair[1]))),
    "percent-encoding": _made(st.lists(letters, min_size=2).map(" ".join), quote),
    "mojibake": _made(foreign, _garbled),
    "replacement": _made(foreign, lambda text: text.encode("ascii", "replace").decode()),
    "base64": _made(st.binary(min_size=6, max_size=40), lambda octets: base64.b64encode(octets).decode()).map(
        lambda pair: (pair[0].hex(), pair[1])
    ),
    "url-host": _made(letters, lambda path: f"https://b.example/{path}").map(
        lambda pair: (f"https://a.example/{pair[0]}", pair[1])
    ),
    "generated-id": st.tuples(st.uuids(), st.uuids()).map(lambda pair: (str(pair[0]), str(pair[1]))),
    "text-cut": _made(st.text("abc xyz", min_size=40, max_size=60).map(lambda t: f"a{t}z"), lambda t: t[:20] + "…"),
    "type": st.tuples(letters.map(lambda word: f"x{word}"), st.lists(st.integers(), min_size=2) | st.booleans()),
    "value": st.tuples(st.integers(2, 99), st.just(ABSENT)),
}


@pytest.mark.parametrize("name", MADE)
def test_each_class_takes_what_was_made_to_belong_to_it(name: str) -> None:
    @given(MADE[name])
    @settings(max_examples=150, deadline=None)
    def holds(pair: Pair) -> None:
        assume(pair[0] != pair[1] or type(pair[0]) is not type(pair[1]))
        assert classify(*pair).name == name

    holds()
