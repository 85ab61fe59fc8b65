"""Every way to compare that a rule may ask for: which values it fits, and whether it is stricter than no rule."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec

from shadow.compare.dates import Instant, instant_of
from shadow.compare.documents.values import OddNumber, is_number, number_in
from shadow.compare.treatment import Treatment, Truth

__all__ = ["WAYS", "Way", "way_of"]

_ITEMS = 1_000
"""Items of a list that are asked for the member of a key."""
_TRUTH = Treatment(as_="boolean")

Fits = Callable[[Any, Treatment, Treatment], bool | None]
"""(value, the rule's own treatment, that of all rules for the place) → whether the way fits the value; None: that can't
be told by it."""


class Way(msgspec.Struct, frozen=True):
    """One way to compare."""

    asked: Callable[[Treatment], bool]
    """Whether a treatment asks for it."""
    needs: str
    """The values that it fits, in words."""
    types: frozenset[str]
    """The JSON types (`values.json_type`) among which there are such values."""
    fits: Fits
    of_members: bool = False
    """It is about whether a member is there at all, so an object that may have the member is all it needs."""
    stricter: bool = False
    """It may make differences; all others only take some away."""


def way_of(treatment: Treatment) -> Way | None:
    """The way that a rule's treatment asks for; None where it asks for nothing (`trim = false`, say)."""
    return next((way for way in WAYS if way.asked(treatment)), None)


def _list(value: Any, *_: Treatment) -> bool:
    return isinstance(value, list)


def _keyed(value: Any, own: Treatment, _: Treatment) -> bool | None:
    if value == []:
        return None
    return isinstance(value, list) and any(isinstance(item, dict) and own.key in item for item in islice(value, _ITEMS))


def _measurable(value: Any, _: Treatment, together: Treatment) -> bool:
    normal = together.normalise(value)
    return is_number(normal) or isinstance(normal, Instant)


def _dated(value: Any, *_: Treatment) -> bool:
    return instant_of(value) is not None


def _numeric(value: Any, *_: Treatment) -> bool:
    return is_number(value) or (isinstance(value, str) and number_in(value) is not None)


def _true_or_false(value: Any, *_: Treatment) -> bool:
    return isinstance(_TRUTH.normalise(value), Truth)


def _number(value: Any, *_: Treatment) -> bool:
    return is_number(value) or isinstance(value, OddNumber)


def _text(value: Any, *_: Treatment) -> bool:
    return isinstance(value, str)


def _object(value: Any, *_: Treatment) -> bool:
    return isinstance(value, dict)


def _nowhere(*_: Any) -> bool:
    return False


_LIST, _OBJECT, _STRING, _NUMBER = (frozenset({name}) for name in ("list", "object", "string", "number"))

WAYS = (
    Way(lambda t: t.unordered, "lists", _LIST, _list),
    Way(lambda t: t.key is not None, "lists of objects with that member", _LIST, _keyed),
    Way(lambda t: t.tolerance is not None, "numbers", _NUMBER, _measurable),
    Way(lambda t: t.as_ == "datetime", "texts that spell a date, or epoch numbers", _STRING | _NUMBER, _dated),
    Way(lambda t: t.as_ == "number", "numbers, or texts that spell one", _STRING | _NUMBER, _numeric),
    Way(
        lambda t: t.as_ == "boolean",
        "booleans, 0 and 1, or texts that spell one",
        _STRING | _NUMBER,
        _true_or_false,
    ),
    Way(lambda t: t.as_ == "double", "numbers", _NUMBER, _number),
    Way(lambda t: t.as_ == "lexical", "numbers", _NUMBER, _number, stricter=True),
    Way(lambda t: t.null_is_missing, "members of objects", frozenset(), _nowhere, of_members=True),
    Way(lambda t: t.fold_case, "texts", _STRING, _text),
    Way(lambda t: t.trim, "texts", _STRING, _text),
    Way(lambda t: t.unicode is not None, "texts", _STRING, _text),
    Way(lambda t: t.ordered, "objects", _OBJECT, _object, stricter=True),
)
"""A block of shadow.toml asks for exactly one of them; what several blocks say of one place adds up."""
