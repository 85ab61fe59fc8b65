"""The structure of a document: names and JSON types, never values; and the few values that may be enumerations' words.

Bounded in depth and in the values that are looked at, so that a hostile document costs no more than a large one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple

from shadow.compare.documents.values import SCALARS, Repeating
from shadow.compare.ids import is_id
from shadow.evidence.coverage import NO_ENUMERATION
from shadow.pipeline.words import is_plain_name, is_word, tells_of_words

__all__ = ["Structure", "structure_of"]

_MOST = 5_000
"""Values of a document that are looked at."""
_DEEPEST = 30
_WIDEST = 200
"""Members of an object; one with more is a map, whatever its names look like."""
_MOST_FIELDS = 100
"""Fields of one document whose values are told."""
_LONGEST = 100
"""Characters of a name that is spelled out."""
_CUT = "…"
"""Stands for what is beyond a limit."""

_OBJECTS = (dict, Repeating)
_FLAGS = {bool, type(None)}
"""An object of nothing else may say something of each of several people: `{"ada": true, "bob": false}`."""
_SILENT = {kind for kind, name in SCALARS.items() if name == "number"}
"""Types whose values are never told."""
_CONSTANTS = {True: "true", False: "false", None: "null"}


class Structure(NamedTuple):
    text: str
    """Canonical: equal for documents of equal structure, in whatever order members and items come. It has the names of
    members in it, so it is not to be shown."""
    summary: str
    """For people: `object of 5`, `list of objects`."""
    fields: dict[str, set[str]]
    """The path of a field (`$.items[*].state`) → its values here that may be an enumeration's; among them
    `NO_ENUMERATION` where there is a text that is no word."""


def structure_of(document: Any) -> Structure:
    """The structure of a parsed document. Pure, never raises.

    A list is the set of its items' structures, and so is a map: an object whose names are ids, or whose members are all
    objects with the same names.
    """
    walk = _Walk()
    text = walk.shape(document, "$", "", 0)
    return Structure(text, _summary(document), walk.fields)


class _Walk:
    """``place`` is the path of what is looked at, or "" below a name that is not to be written down."""

    def __init__(self) -> None:
        self.fields: dict[str, set[str]] = {}
        self._left = _MOST

    def shape(self, value: Any, place: str, name: str, depth: int) -> str:
        """``name`` is that of the member that the value, or the list that it is in, stands under."""
        kind = type(value)
        scalar = SCALARS.get(kind)
        if scalar is not None:
            if place and (kind is str or kind in _FLAGS):
                self._note(value, place, name)
            return scalar
        if depth >= _DEEPEST or self._left <= 0:
            return _CUT
        self._left -= len(value)
        return self._object(value, place, depth) if kind in _OBJECTS else self._list(value, place, name, depth)

    def _object(self, members: Mapping[str, Any], place: str, depth: int) -> str:
        if not members:
            return "{}"
        if len(members) > _WIDEST or _is_map(members):
            together = {
                self.shape(value, place and f"{place}.*", "", depth + 1)
                for value in islice(members.values(), max(0, self._left) + _WIDEST)
            }
            return f"{{*:{_either(together)}}}"
        plan = _plan(tuple(members), tuple(map(type, members.values())))
        if place:
            for name, step in plan.telling:
                self._note(members[name], f"{place}{step}", name)
        shapes = [
            self.shape(members[name], place and step and f"{place}{step}", name, depth + 1) for name, step in plan.inner
        ]
        ids = {self.shape(members[name], place and f"{place}.*", "", depth + 1) for name in plan.ids}
        text = plan.text % tuple(shapes)
        return f"{{{text}*:{_either(ids)}}}" if ids else f"{{{text}}}"

    def _list(self, items: list[Any], place: str, name: str, depth: int) -> str:
        inner = place and f"{place}[*]"
        looked_at = items[: max(0, self._left) + _WIDEST]
        kinds = {*map(type, looked_at)}
        if kinds <= _SILENT or (kinds == {str} and not tells_of_words(name)):
            return f"[{_either({SCALARS[kind] for kind in kinds})}]"
        return f"[{_either({self.shape(item, inner, name, depth + 1) for item in looked_at})}]"

    def _note(self, value: Any, place: str, name: str) -> None:
        """Remember a text, a boolean or null."""
        if type(value) is str:
            if not tells_of_words(name):
                return
            word = value if is_word(value) else NO_ENUMERATION
        else:
            word = _CONSTANTS[value]
        values = self.fields.get(place)
        if values is not None:
            values.add(word)
        elif len(self.fields) < _MOST_FIELDS:
            self.fields[place] = {word}


class _Plan(NamedTuple):
    """What is known of all objects whose members have these names, in this order, and these types."""

    text: str
    """The structure of the members whose names are no ids, with a hole for each list or object."""
    inner: tuple[tuple[str, str], ...]
    """Name and step of the path of those for the holes."""
    telling: tuple[tuple[str, str], ...]
    """Name and step of the path of those whose values may be an enumeration's."""
    ids: tuple[str, ...]
    """Names that are ids."""


@lru_cache(maxsize=1024)  # The items of a list are mostly alike, and so are the answers of a route.
def _plan(names: tuple[str, ...], kinds: tuple[type, ...]) -> _Plan:
    hides = not {*kinds} - _FLAGS
    members = sorted(
        (spelled, name, kind) for name, kind in zip(names, kinds, strict=True) if (spelled := _spelled(name))
    )
    return _Plan(
        "".join(f"{name.replace('%', '%%')}:{SCALARS.get(kind, '%s')}," for name, _, kind in members),
        tuple((name, _step(name, hides=False)) for _, name, kind in members if kind not in SCALARS),
        tuple(
            (name, step)
            for _, name, kind in members
            if (kind in _FLAGS or (kind is str and tells_of_words(name))) and (step := _step(name, hides=hides))
        ),
        tuple(name for name in names if not _spelled(name)),
    )


def _either(shapes: set[str]) -> str:
    return "|".join(sorted(shapes))


def _step(name: str, *, hides: bool) -> str:
    """The step of a path to a member; "" where its name is not to be written down."""
    if hides:
        return ".*"
    return f".{name}" if is_plain_name(name) else ""


def _is_map(members: Mapping[str, Any]) -> bool:
    """Whether all members are objects with the same names, and there are several."""
    values = iter(members.values())
    first = next(values)
    if type(first) not in _OBJECTS or len(members) < 2:
        return False
    names = first.keys()
    return all(type(value) in _OBJECTS and value.keys() == names for value in values)


@lru_cache(maxsize=4096)
def _spelled(name: str) -> str:
    """A member's name as no other is spelled; "" for an id, which is one of many that mean the same thing."""
    if is_id(name):
        return ""
    if len(name) > _LONGEST:
        return f"#{blake2b(name.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
    return name if is_plain_name(name) else json.dumps(name)


def _summary(document: Any) -> str:
    kind = type(document)
    if kind in _OBJECTS:
        return "map" if document and _is_map(document) else f"object of {len(document)}"
    if kind is list:
        kinds = {SCALARS.get(type(item), "object" if type(item) in _OBJECTS else "list") for item in document[:_MOST]}
        named = " and ".join(f"{one}s" if one != "null" else one for one in sorted(kinds))
        return f"list of {named}" if named else "empty list"
    return SCALARS.get(kind, "document")
