"""Form bodies are objects of their fields."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.exchange import Response

FORM = "application/x-www-form-urlencoded"


def paths(legacy: bytes, candidate: bytes, type_: str = FORM, other: str = FORM) -> list[str]:
    one, two = [[("Content-Type", name)] if name else [] for name in (type_, other)]
    found = compare(Response(200, one, legacy), Response(200, two, candidate))
    return [d.path for d in found if d.where == "body"]


fields = st.dictionaries(
    st.text(min_size=1, max_size=4), st.lists(st.text(max_size=4), min_size=1, max_size=3), max_size=4
)


def pairs(form: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in form.items() for value in values]


@given(fields)
@settings(max_examples=150, deadline=None)
def test_order_and_spelling_never_matter(form: dict[str, list[str]]) -> None:
    plain = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs(form))
    turned = dict(reversed(form.items()))
    other = "&".join(f"{quote(name, safe='')}={quote(value, safe='!()*')}" for name, value in pairs(turned))
    assert paths(plain.encode(), other.encode()) == []


@given(fields.filter(bool), st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_value_is_a_difference(form: dict[str, list[str]], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(form)))
    changed = {**form, name: [form[name][0] + "!", *form[name][1:]]}
    one, other = ("&".join(f"{quote(n)}={quote(v)}" for n, v in pairs(f)).encode() for f in (form, changed))
    assert len(paths(one, other)) == 1


@given(st.binary(max_size=4), st.binary(max_size=4))
@settings(max_examples=200, deadline=None)
def test_bytes_that_are_no_text_stay_different(one: bytes, other: bytes) -> None:
    assert bool(paths(b"a=" + quote(one).encode(), b"a=" + quote(other).encode())) is (one != other)


@pytest.mark.parametrize(
    ("legacy", "candidate", "expected"),
    [
        (b"a", b"a=", []),
        (b"a=1&&b=2&", b"b=2&a=1", []),
        (b"a=x+y", b"a=x%20y", []),
        ("a=é".encode(), b"a=%C3%A9", []),
        (b"a=1&a=2", b"a=2&a=1", ["$.a"]),
        (b"a=1&a=2", b"a=1", ["$.a"]),
        (b"a=&b=1", b"b=1", ["$.a"]),
        (b"user[name]=1", b"user[name]=2", ["$['user[name]']"]),
        (b"a=%ff", b"a=%fe", ["$.a"]),
        (b"a=1;b=2", b"a=1&b=2", ["$.a", "$.b"]),
    ],
)
def test_examples(legacy: bytes, candidate: bytes, expected: list[str]) -> None:
    assert paths(legacy, candidate) == expected


def test_a_side_that_says_nothing_may_be_a_form_too() -> None:
    assert paths(b"a=1&b=2", b"b=2&a=3", FORM, "") == ["$.a"]


def test_more_fields_than_are_read_are_truncated() -> None:
    found = compare(
        Response(200, [("Content-Type", FORM)], b"a&" * 200_001),
        Response(200, [("Content-Type", FORM)], b"b&" * 200_001),
    )
    assert [d.kind for d in found] == ["truncated"]
