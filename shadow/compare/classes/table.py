"""What a person would call a difference between two JSON values: a table, of which the first row that fits counts.

The classes come from how the same endpoint, written again in another language, really differs: what Node, Java,
Python and PHP print for the same number, date, null or list. Where two rows could fit, the more specific comes first.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from shadow.compare.classes import encodings, generated, numbers, shapes, spellings, texts, times, urls, words
from shadow.compare.documents.values import OddNumber, is_number, json_type

__all__ = ["CLASSES", "Class", "Classified", "classify"]

Explained = str | Callable[[Any, Any], str]

SCALARS = "null boolean number huge odd string"
PRESENT = f"{SCALARS} list object"

LONG = 1_000_000
ANY_LENGTH = 2**63


class Class(NamedTuple):
    """A row: what two values must be to be called by its name."""

    name: str
    one: str
    """The JSON types that one side's value may have, `any` for all. `huge` are numbers too large to compute with,
    `odd` those that are none."""
    other: str
    """Those of the other side's, whichever side that is."""
    holds: Callable[[Any, Any], bool]
    """Takes the values in the order of ``one`` and ``other`` (legacy's first where both would do), numbers as
    Decimals. Must not raise, and must take linear time."""
    explained: Explained = ""
    """What a person reads after the two values: words, or what makes them of legacy's and the candidate's value; ""
    where the values speak for themselves."""
    longest: int = 100_000
    """Characters; texts that are longer are not looked at."""


class Classified(NamedTuple):
    """What a difference is called."""

    name: str
    explained: str
    """What a person reads after the two values, "" for nothing."""


def classify(legacy: Any, candidate: Any) -> Classified:
    """The class of two values that differ; either may be `ABSENT`. Never raises, in linear time."""
    kind, one = _readable(legacy)
    other_kind, other = _readable(candidate)
    length = max(len(value) if isinstance(value, str) else 0 for value in (legacy, candidate))
    for class_, turned in _rows(kind, other_kind):
        if length <= class_.longest and (class_.holds(other, one) if turned else class_.holds(one, other)):
            explained = class_.explained
            return Classified(class_.name, explained if isinstance(explained, str) else explained(one, other))
    return Classified("value", "")


def _readable(value: Any) -> tuple[str, Any]:
    """What the table calls a value's type, and the value as its predicates take it."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, OddNumber) or (isinstance(value, Decimal) and not value.is_finite()):
        return "odd", value
    if is_number(value):
        number = numbers.plain(value)
        return ("huge", value) if number is None else ("number", number)
    return json_type(value), value


@cache
def _rows(legacy: str, candidate: str) -> tuple[tuple[Class, bool], ...]:
    """The rows for two types, in their order, and whether each takes the candidate's value first."""
    rows = []
    for class_ in CLASSES:
        if _takes(class_.one, legacy) and _takes(class_.other, candidate):
            rows.append((class_, False))
        elif _takes(class_.one, candidate) and _takes(class_.other, legacy):
            rows.append((class_, True))
    return tuple(rows)


def _takes(types: str, kind: str) -> bool:
    return types == "any" or kind in types.split()


def _other_type(one: Any, other: Any) -> bool:
    return json_type(one) != json_type(other)


# fmt: off
CLASSES: tuple[Class, ...] = (
    # Nothing, and what stands for it.
    Class("null-vs-absent", "null", "absent", shapes.always),
    Class("empty-vs-absent", "string list object", "absent", shapes.is_empty),
    Class("empty-vs-null", "string list object", "null", shapes.is_empty),
    Class("empty-list-vs-object", "list", "object", shapes.both_empty),
    Class("default-vs-absent", "boolean number", "absent", shapes.is_default, "a default is left out"),
    Class("default-vs-null", "boolean number", "null", shapes.is_default, "a default for nothing"),

    # One value as another type.
    Class("number-as-string", "number", "string", spellings.number_as_string),
    Class("bool-as-string", "boolean", "string", spellings.bool_as_string),
    Class("null-as-string", "null absent", "string", spellings.null_as_string),
    Class("bool-as-number", "boolean", "number", operator.eq),
    Class("json-as-string", "list object", "string", spellings.as_json, "JSON inside a string", LONG),
    Class("list-as-string", "list", "string", spellings.joined, "the items joined"),
    Class("wrapped", "list", f"{SCALARS} object", shapes.alone_in_list, "a list of just that"),
    Class("wrapped", "object", f"{SCALARS} list", shapes.alone_in_object, "an object of just that"),
    Class("object-as-string", "list object", "string", spellings.printed_object, "printed, not encoded"),

    # Numbers.
    Class("number-special", "odd", "any", shapes.always, longest=ANY_LENGTH),
    Class("number-special", "number huge", "null", numbers.overflows, "beyond a double"),
    Class("number-precision", "number", "number", numbers.same_double, "the same as doubles"),
    Class("number-precision", "number", "number", numbers.same_single, "the same as 32-bit floats"),
    Class("epoch-unit", "number", "number", numbers.epoch_unit, numbers.in_another_unit),
    Class("sign", "number", "number", numbers.negated, "the sign changed"),
    Class("scale", "number", "number", numbers.scaled, numbers.times),
    Class("rounding", "number", "number", numbers.rounded, "rounded"),
    Class("last-digit", "number", "number", numbers.last_digit, "one apart in the last digit"),

    # Times.
    Class("date-only", "string", "string", times.another_day_part, "only one has a time of day"),
    Class("date-format", "number", "string", times.as_number, "the same time"),
    Class("date-format", "list", "string", times.as_list, "the same time"),
    Class("date-format", "string", "string", times.same_time, "the same time"),
    Class("time-zone", "string", "string", times.another_zone, "the same time in another zone"),
    Class("zone-missing", "string", "string", times.zone_left_out, "only one says in which zone"),
    Class("zone-changed", "string", "string", times.another_clock, "the same clock in another zone"),
    Class("date-precision", "string", "string", times.cut_seconds, "the same time, less exact on one side"),
    Class("time-shift", "string", "string", times.shifted, times.apart),
    Class("timestamp", "string", "string", times.another_time, "another time"),
    Class("timestamp-format", "string", "string", times.another_format_and_time, "another time in another format"),

    # Texts: the same number, id or word …
    Class("numeric-text", "string", "string", spellings.same_number, "the same number"),
    Class("json-as-string", "string", "string", spellings.quoted, "quoted as in JSON, twice"),
    Class("id-format", "string", "string", generated.id_spelling, "the same id"),
    Class("case", "string", "string", texts.case, "only the case differs", LONG),
    Class("enum", "string", "string", words.another_convention, "the same word in another convention"),
    Class("enum", "string", "string", words.with_type_name, "with and without its type's name"),
    Class("enum", "number", "string", words.number_for_name, "a number for a name"),
    # … the same text …
    Class("line-ends", "string", "string", texts.line_ends, "only line ends differ", ANY_LENGTH),
    Class("whitespace", "string", "string", texts.space_at_the_ends, "only white space at an end differs", LONG),
    Class("whitespace", "string", "string", texts.space, "only white space differs", LONG),
    Class("invisible-character", "string", "string", texts.invisible, texts.invisible_characters),
    Class("unicode-normalisation", "string", "string", texts.normalisation, "another Unicode form of it"),
    Class("unicode-compatibility", "string", "string", texts.compatibility, "the same but for Unicode variants"),
    # … escaped, or in the wrong charset …
    Class("unicode-escape", "string", "string", encodings.unicode_escape, "escaped on one side"),
    Class("json-escape", "string", "string", encodings.json_escape, "escaped as in JSON, twice"),
    Class("html-escape", "string", "string", encodings.html_escape, "HTML-escaped on one side"),
    Class("percent-encoding", "string", "string", encodings.percent_encoding, "percent-encoded on one side"),
    Class("percent-encoding", "string", "string", encodings.plus_for_space, "+ for a space"),
    Class("mojibake", "string", "string", encodings.mojibake, "UTF-8 read as Latin-1"),
    Class("replacement", "string", "string", encodings.replacement, "characters lost to a narrower charset"),
    Class("accents", "string", "string", texts.accents, "only accents differ"),
    Class("base64", "string", "string", encodings.other_base64, "another base64 alphabet or padding"),
    Class("base64", "string", "string", encodings.as_base64, "base64 of the same"),
    # … a URL, a part of it, or another one of its kind.
    Class("url-host", "string", "string", urls.another_host, "only the host differs"),
    Class("url-scheme", "string", "string", urls.another_scheme, "only the scheme differs"),
    Class("url-trailing-slash", "string", "string", urls.trailing_slash, "only a slash at the end differs"),
    Class("url-query-order", "string", "string", urls.query_order, "the parameters in another order"),
    Class("url-relative", "string", "string", urls.relative, "absolute on one side"),
    Class("generated-id", "string", "string", generated.another_id, "both look generated"),
    Class("text-cut", "string", "string", texts.cut, texts.cut_after, ANY_LENGTH),

    Class("type", PRESENT, PRESENT, _other_type, longest=ANY_LENGTH),
    Class("value", "any", "any", shapes.always, longest=ANY_LENGTH),
)
# fmt: on
"""Classes that only the surroundings tell (list-order, key-renamed, …) come with the leaf."""
