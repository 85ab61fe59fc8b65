"""What two JSON texts being the same means, said a second time and without a line of the engine's code.

`read` is the standard library's parser, told to keep every digit and every repeated member; `equal` is RFC 8259 with
numbers compared by value and nothing converted. All that `test_equality` and `test_malformed` hold against the engine
is derived from these two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = [
    "ABSENT",
    "Members",
    "Odd",
    "at",
    "equal",
    "lists",
    "permuted",
    "plain",
    "read",
    "read_strictly",
    "same_items",
    "shows",
    "steps",
    "type_of",
]

ABSENT = object()
"""Nothing is there."""

Steps = tuple[str | int, ...]


class Members(tuple[tuple[str, Any], ...]):
    """An object: its members as they were written, repeated ones too."""

    __slots__ = ()

    def values(self) -> dict[str, list[Any]]:
        """All values of each name, in order."""
        values: dict[str, list[Any]] = {}
        for name, value in self:
            values.setdefault(name, []).append(value)
        return values


class Odd(str):
    """A number that has no value to be compared by: NaN, an infinity, an exponent out of all bounds."""

    __slots__ = ()


def read(text: str) -> Any:
    """The text as `None`, `bool`, `str`, `Decimal`, `Odd`, `list` and `Members`. Raises ValueError, RecursionError."""
    return json.loads(text, parse_int=_number, parse_float=_number, parse_constant=Odd, object_pairs_hook=Members)


def read_strictly(body: bytes) -> Any:
    """The same, of UTF-8 without a byte order mark, and without NaN and infinities, which JSON doesn't have."""
    return json.loads(
        body.decode(), parse_int=_number, parse_float=_number, parse_constant=_refuse, object_pairs_hook=Members
    )


def _number(literal: str) -> Decimal | Odd:
    try:
        return Decimal(literal)
    except InvalidOperation:
        return Odd(literal)


def _refuse(literal: str) -> Any:
    raise ValueError(literal)


def equal(a: Any, b: Any) -> bool:
    """Types as they are, numbers by value, members in any order (repeated ones in theirs), items in theirs."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Members):
        one, other = a.values(), b.values()
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(equal, a, b))
    return bool(a == b)


def same_items(a: list[Any], b: list[Any]) -> bool:
    """Whether two lists have the same items, each as often, in whatever order."""
    rest = list(b)
    for item in a:
        for index, other in enumerate(rest):
            if equal(item, other):
                del rest[index]
                break
        else:
            return False
    return not rest


def permuted(a: list[Any], b: list[Any]) -> bool:
    """The same items in another order."""
    return same_items(a, b) and not equal(a, b)


def type_of(value: Any) -> str:
    """The JSON type."""
    names = {type(None): "null", bool: "boolean", Decimal: "number", Odd: "number", str: "string", list: "list"}
    return names.get(type(value), "object")


def plain(value: Any) -> Any:
    """The value as Python's dicts and lists; of repeated members the last."""
    if isinstance(value, Members):
        return {name: plain(member) for name, member in value}
    return [plain(item) for item in value] if isinstance(value, list) else value


# -- places ------------------------------------------------------------------------------------------------------------

_STEP = re.compile(r"\.([A-Za-z_][A-Za-z_0-9]*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]", re.DOTALL)


def steps(path: str) -> Steps:
    """The names and indexes of a singular RFC 9535 path."""
    assert path.startswith("$")
    found: list[str | int] = []
    end = 1
    while end < len(path):
        step = _STEP.match(path, end)
        assert step, f"not a singular path: {path}"
        name, index, quoted = step.groups()
        if name is not None:
            found.append(name)
        elif index is not None:
            found.append(int(index))
        else:
            found.append(_unquoted(quoted))
        end = step.end()
    return tuple(found)


def _unquoted(text: str) -> str:
    """The name that stands between single quotes (RFC 9535 §2.3.1.1: JSON's escapes, and one for the quote itself)."""
    as_json = re.sub(r"\\.|\"", lambda e: {"\\'": "'", '"': '\\"'}.get(e[0], e[0]), text, flags=re.DOTALL)
    return str(json.loads(f'"{as_json}"', strict=False))


def at(value: Any, location: Steps) -> Any:
    """What is at the place, or ABSENT; of repeated members the last counts."""
    for key in location:
        if isinstance(key, int):
            if not isinstance(value, list) or key >= len(value):
                return ABSENT
            value = value[key]
        else:
            found = value.values().get(key) if isinstance(value, Members) else None
            if found is None:
                return ABSENT
            value = found[-1]
    return value


def lists(a: Any, b: Any, location: Steps = ()) -> Iterator[tuple[Steps, list[Any], list[Any]]]:
    """All places where both have a list, with both lists."""
    if isinstance(a, list) and isinstance(b, list):
        yield location, a, b
        for index, (one, other) in enumerate(zip(a, b, strict=False)):
            yield from lists(one, other, (*location, index))
    elif isinstance(a, Members) and isinstance(b, Members):
        one, other = a.values(), b.values()
        for name in one.keys() & other.keys():
            yield from lists(one[name][-1], other[name][-1], (*location, name))


def shows(value: Any, shown: Any) -> bool:
    """Whether a difference that shows ``shown`` shows this (short) value; what is absent is shown as null."""
    if value is ABSENT:
        return shown is None
    if isinstance(value, list | Members) and isinstance(shown, str):
        kind = "list" if isinstance(value, list) else "object"
        return _size(value) > _WHOLE and shown.startswith(
            f"{kind} of {len(dict(value) if kind == 'object' else value)} "
        )
    if isinstance(value, Members):
        members = dict(value)
        return (
            isinstance(shown, dict)
            and members.keys() == shown.keys()
            and all(shows(members[name], shown[name]) for name in members)
        )
    if isinstance(value, list):
        return isinstance(shown, list) and len(value) == len(shown) and all(map(shows, value, shown))
    if isinstance(value, Odd):
        return bool(shown == value)
    if isinstance(value, Decimal):
        return _shows_number(value, shown)
    if isinstance(value, str):
        # What no encoding can carry is shown by its escape.
        value = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in value)
    return type(shown) is type(value) and bool(shown == value)


_WHOLE = 20
"""Values up to which a list or object is surely shown with all that is in it."""


def _size(value: Any) -> int:
    inner = [member for _, member in value] if isinstance(value, Members) else value if isinstance(value, list) else []
    return 1 + sum(map(_size, inner))


def _shows_number(value: Decimal, shown: Any) -> bool:
    """A double shows only what it prints; a string shows any digits."""
    if type(shown) not in (int, float, str):
        return False
    try:
        return Decimal(repr(shown) if isinstance(shown, float) else shown) == value
    except InvalidOperation:
        return False
