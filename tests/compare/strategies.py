"""Random JSON documents, what may become of one in a rewrite, and the many texts of one document.

A document is held as it will be written: numbers by their spelling, objects with repeated members if need be. What
its text means is never decided here but by `independent.read`.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import brotli
import zstandard
from hypothesis import strategies as st

__all__ = [
    "CODINGS",
    "Number",
    "Object",
    "Style",
    "documents",
    "moved_repetitions",
    "repeating",
    "styles",
    "twins",
    "written",
]


class Number(NamedTuple):
    literal: str


class Object(NamedTuple):
    members: tuple[tuple[str, Any], ...]


# -- documents ---------------------------------------------------------------------------------------------------------

LITERALS = (
    *("0", "-0", "1", "1.0", "-1", "2", "10", "1.10", "1.1", "11e-1", "0.1", "1e2", "100", "1E+2", "1e-7", "2.50"),
    *("9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993.0", "18446744073709551616"),
    *("0.1000000000000000055511151231257827", "123456789012345678901234567890", "1e400", "1.7976931348623157e308"),
    *("1704067200", "1704067200000"),
)
NAMES = (
    *("a", "b", "c", "id", "items", "__typename", "__a", "user_id", "userId", "1", "10", "", "a.b", "'", '"', "\\"),
    *("é", "e\u0301", "$", "[0]", "None", "null", "a b", "\n", "😀"),
)
TEXTS = (
    *("", "a", "A", " a", "a ", "1", "1.0", "true", "null", "NONE", "int:1", "list:", "é", "e\u0301", "\u2028", "\0"),
    *("line\nline", '"', "\\u0041", "/", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "😀", "\ud800", "\udc00"),
)

texts = st.sampled_from(TEXTS) | st.text(max_size=4)
numbers = st.sampled_from(LITERALS).map(Number) | st.integers(-(10**20), 10**20).map(lambda n: Number(str(n)))
scalars = st.sampled_from([None, True, False]) | numbers | texts
names = st.sampled_from(NAMES)


@st.composite
def _rows(draw: st.DrawFn) -> list[Any]:
    """A list as APIs return them: objects of one shape, mostly told apart by a member."""
    ids = draw(st.lists(st.integers(1, 9), max_size=5, unique=draw(st.integers(0, 4)) > 0))
    others = [("a", scalars), ("items", st.lists(scalars, max_size=2))][: draw(st.integers(0, 2))]
    key = draw(st.sampled_from(["id", "b", "userId"]))
    return [Object(((key, Number(str(i))), *((name, draw(value)) for name, value in others))) for i in ids]


def _documents() -> st.SearchStrategy[Any]:
    def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        members = st.lists(st.tuples(names, inner), max_size=5, unique_by=lambda pair: pair[0])
        return st.lists(inner, max_size=6) | members.map(lambda pairs: Object(tuple(pairs)))

    tree = st.recursive(scalars, containers, max_leaves=14)
    return tree | tree | _rows() | _rows().map(lambda rows: Object((("items", rows),)))


def _repeating() -> st.SearchStrategy[Any]:
    few = st.sampled_from([Number("1"), Number("2"), Number("1.0"), None])

    def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        members = st.lists(st.tuples(st.sampled_from(["a", "a", "b"]), inner), max_size=4)
        return st.lists(inner, max_size=3) | members.map(lambda pairs: Object(tuple(pairs)))

    return st.recursive(few, containers, max_leaves=10)


@st.composite
def _moved(draw: st.DrawFn) -> tuple[Any, Any]:
    """A few small objects, some with repeated members, and the same in other places."""
    value = st.sampled_from([Number("1"), Number("2")])
    small = st.lists(value, min_size=1, max_size=2).map(lambda values: Object(tuple(("a", v) for v in values)))
    some = draw(st.lists(small, min_size=2, max_size=3))
    others = draw(st.permutations(some))
    if draw(st.booleans()):
        return some, others
    one, other = (Object(tuple(zip("bcd", each, strict=False))) for each in (some, others))
    return one, other


documents = _documents()
"""No object has a member twice."""
repeating = _repeating()
"""Many have."""
moved_repetitions = _moved()
"""Pairs in which repeated members may have moved from one object to another."""


# -- what becomes of a document ----------------------------------------------------------------------------------------


@st.composite
def twins(draw: st.DrawFn, source: st.SearchStrategy[Any] = documents, *, changes: int = 3) -> tuple[Any, Any]:
    """Two documents: strangers, or one and the same after up to ``changes`` small changes."""
    one = draw(source)
    if draw(st.integers(0, 9)) == 0:
        return one, draw(source)
    other = one
    for _ in range(draw(st.integers(0, changes))):
        other = _changed_somewhere(draw, other)
    return one, other


def _changed_somewhere(draw: st.DrawFn, value: Any) -> Any:
    inner = _inner(value)
    if inner and draw(st.integers(0, 3)):
        which = draw(st.integers(0, len(inner) - 1))
        inner[which] = _changed_somewhere(draw, inner[which])
        return _with_inner(value, inner)
    return draw(st.sampled_from(_changes(value)))(draw, value)


def _inner(value: Any) -> list[Any]:
    if isinstance(value, Object):
        return [member for _, member in value.members]
    return list(value) if isinstance(value, list) else []


def _with_inner(value: Any, inner: list[Any]) -> Any:
    if isinstance(value, Object):
        return Object(tuple((name, new) for (name, _), new in zip(value.members, inner, strict=True)))
    return inner


Change = Callable[[st.DrawFn, Any], Any]


def _changes(value: Any) -> list[Change]:
    if isinstance(value, Object):
        full: list[Change] = [_drop_member, _rename_member, _retype, _add_member, _swap_members]
        return full if value.members else [_add_member, _retype]
    if isinstance(value, list):
        return [_drop_item, _insert_item, _swap_items, _repeat_item, _retype] if value else [_insert_item, _retype]
    if isinstance(value, Number):
        return [_respell, _other_digit, _retype, _another]
    return [_another, _retype]


def _another(draw: st.DrawFn, value: Any) -> Any:
    return draw(scalars)


def _retype(draw: st.DrawFn, value: Any) -> Any:
    """The same to somebody who doesn't mind types."""
    if isinstance(value, bool):
        return draw(st.sampled_from([Number("1" if value else "0"), "true" if value else "false", None]))
    if isinstance(value, Number):
        return draw(st.sampled_from([True, value.literal, Number("0"), [value]]))
    if isinstance(value, str):
        return draw(st.sampled_from([None, Number("1"), [value], {"true": True, "false": False}.get(value, "")]))
    if value is None:
        return draw(st.sampled_from(["", Number("0"), False, [], Object(())]))
    return draw(st.sampled_from([None, [], Object(()), "", [value]]))


def _respell(draw: st.DrawFn, value: Number) -> Number:
    return Number(draw(st.sampled_from(spellings(value.literal))))


def spellings(literal: str) -> list[str]:
    """The same number as other languages print it."""
    sign, digits, exponent = Decimal(literal).as_tuple()
    assert isinstance(exponent, int)
    minus, whole = "-" if sign else "", "".join(map(str, digits))
    point = exponent + len(whole) - 1
    found = [f"{minus}{whole}e{exponent}", f"{minus}{whole[0]}.{whole[1:] or 0}e{point:+}"]
    found += [f"{minus}{whole}0E{exponent - 1}"] if whole != "0" else []
    if abs(exponent) < 40:
        fixed = format(Decimal(literal), "f")
        found += [fixed, f"{fixed}0" if "." in fixed else f"{fixed}.0"]
    return found


def _other_digit(draw: st.DrawFn, value: Number) -> Number:
    """The last digit of a number changes, however far behind the point or 2**53 it is."""
    mantissa, e, exponent = value.literal.partition("e")
    mantissa, big, rest = mantissa.partition("E")
    bumped = mantissa[:-1] + str((int(mantissa[-1]) + 1) % 10)
    return Number(bumped + big + rest + e + exponent)


def _drop_member(draw: st.DrawFn, value: Object) -> Object:
    which = draw(st.integers(0, len(value.members) - 1))
    return Object(value.members[:which] + value.members[which + 1 :])


def _add_member(draw: st.DrawFn, value: Object) -> Object:
    name, taken = draw(names), {name for name, _ in value.members}
    return value if name in taken else Object((*value.members, (name, draw(scalars))))


def _rename_member(draw: st.DrawFn, value: Object) -> Object:
    which, name = draw(st.integers(0, len(value.members) - 1)), draw(names)
    if name in {name for name, _ in value.members}:
        return value
    member = value.members[which][1]
    return Object((*value.members[:which], (name, member), *value.members[which + 1 :]))


def _swap_members(draw: st.DrawFn, value: Object) -> Object:
    """Means nothing, unless the two are one member twice."""
    return Object(tuple(_swap_items(draw, list(value.members))))


def _drop_item(draw: st.DrawFn, value: list[Any]) -> list[Any]:
    which = draw(st.integers(0, len(value) - 1))
    return value[:which] + value[which + 1 :]


def _insert_item(draw: st.DrawFn, value: list[Any]) -> list[Any]:
    which = draw(st.integers(0, len(value)))
    return [*value[:which], draw(scalars), *value[which:]]


def _repeat_item(draw: st.DrawFn, value: list[Any]) -> list[Any]:
    which, where = draw(st.integers(0, len(value) - 1)), draw(st.integers(0, len(value)))
    return [*value[:where], value[which], *value[where:]]


def _swap_items(draw: st.DrawFn, value: list[Any]) -> list[Any]:
    i, j = draw(st.integers(0, len(value) - 1)), draw(st.integers(0, len(value) - 1))
    swapped = list(value)
    swapped[i], swapped[j] = swapped[j], swapped[i]
    return swapped


# -- texts -------------------------------------------------------------------------------------------------------------


class Style(NamedTuple):
    """How a document is written; all styles of one document mean the same."""

    gap: str = ""
    escapes: str = "raw"
    order: str = "as is"


styles = st.builds(
    Style,
    st.sampled_from(["", " ", "\n\t \r"]),
    st.sampled_from(["raw", "ascii", "all", "slash"]),
    st.sampled_from(["as is", "sorted", "backwards"]),
)


PLAINLY = Style()


def written(value: Any, style: Style = PLAINLY) -> bytes:
    """The document as a JSON text in UTF-8."""
    return f"{style.gap}{_text(value, style)}{style.gap}".encode()


def _text(value: Any, style: Style) -> str:
    gap = style.gap
    if isinstance(value, Number):
        return value.literal
    if isinstance(value, Object):
        members = list(value.members)
        if style.order != "as is":
            # Stable also backwards: what a repeated member has first stays first.
            members.sort(key=lambda m: [c if style.order == "sorted" else -c for c in map(ord, m[0])])
        return (
            f"{{{gap}" + ",".join(f"{gap}{_quoted(n, style)}{gap}:{_text(m, style)}" for n, m in members) + f"{gap}}}"
        )
    if isinstance(value, list):
        return f"[{gap}" + f"{gap},{gap}".join(_text(item, style) for item in value) + f"{gap}]"
    if isinstance(value, str):
        return _quoted(value, style)
    return json.dumps(value)


def _quoted(text: str, style: Style) -> str:
    if style.escapes == "all":
        units = text.encode("utf-16-be", "surrogatepass")
        return '"' + "".join(f"\\u{units[i]:02X}{units[i + 1]:02x}" for i in range(0, len(units), 2)) + '"'
    # What no encoding can carry has to be escaped in any style.
    raw = style.escapes != "ascii" and not any("\ud800" <= c <= "\udfff" for c in text)
    quoted = json.dumps(text, ensure_ascii=not raw)
    return quoted.replace("/", "\\/") if style.escapes == "slash" else quoted


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "x-gzip": lambda body: gzip.compress(body, 1, mtime=0),
    "deflate": zlib.compress,
    "Deflate": lambda body: zlib.compress(body, wbits=-15),
    "br": brotli.compress,
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
    "gzip, br": lambda body: brotli.compress(gzip.compress(body, mtime=0)),
}
"""Content-Encoding → what a server does to the body; deflate in both of its forms (the second is the raw one)."""
