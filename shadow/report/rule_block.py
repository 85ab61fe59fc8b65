"""The `[[compare.rule]]` that makes one group of differences the same, where comparing otherwise is the better answer.

A rule is offered for the classes of the table below, and only if it really takes the differences of the kept examples
away: each is compared again under the rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from shadow.compare import Rules, compare
from shadow.compare.dates import instant_of
from shadow.compare.difference import Difference
from shadow.compare.documents.alignment import identity
from shadow.compare.documents.values import is_number
from shadow.compare.rules import body_rule
from shadow.config.jsonpath import check_jsonpath
from shadow.config.route_settings import glob_of
from shadow.config.settings import CompareRule
from shadow.config.toml_text import toml_block, toml_value
from shadow.exchange import Response
from shadow.report.accept_block import printable
from shadow.verdict.model import JudgedDifference

__all__ = ["WAYS", "RuleBlock", "rule_block"]

_LONGEST = 500
"""Characters of a route or a path that somebody might paste."""
_MOST_PAIRS = 5
"""Differences that a rule is tried on."""
_LARGEST = 20_000
"""Characters of the values that it is tried on, all together."""
_JSON = [("content-type", "application/json")]

Way = dict[str, object]
"""The keys of one `[[compare.rule]]` that say how to compare."""


_ODD = re.compile(r"NaN|-?Infinity|[-+]?\d[\d.]*(?:[eE][-+]?\d+)?")
"""Numbers that JSON, or a double, has no number for; a difference shows them as texts."""


class Pair(NamedTuple):
    """Both values of a difference, as JSON's; ``there`` says whether each is."""

    legacy: Any
    candidate: Any
    there: tuple[bool, bool] = (True, True)


class RuleBlock(msgspec.Struct, frozen=True):
    """A piece of shadow.toml, ready to copy."""

    text: str
    meaning: str
    """What will count as the same, as a sentence."""
    caution: str
    """What it does to the evidence that is there, as a sentence."""


_AFRESH = "Another comparison rule starts this route's evidence afresh; accepting a difference does not."
_KEPT = "It holds for all routes and judges the evidence that is there again at once."


def rule_block(judged: JudgedDifference, route: str) -> RuleBlock | None:
    """None where no rule helps, or none that can be written down. Never raises."""
    evidence = judged.evidence
    if judged.status == "notice" or len(route) > _LONGEST or len(evidence.path) > _LONGEST:
        return None
    if evidence.where == "header":
        return _ignored(evidence.path)
    if evidence.where != "body" or evidence.class_ not in WAYS or not _writable(evidence.path):
        return None
    found = [
        difference
        for example in evidence.examples
        for difference in example.differences
        if difference.fingerprint == evidence.fingerprint
    ]
    chosen = _chosen(evidence.class_, tuple(map(_spelled, found[:_MOST_PAIRS])))
    if chosen is None:
        return None
    ways, meaning = chosen
    # In routes and paths there may be lone surrogates, which TOML has not.
    blocks = (toml_block("compare.rule", {"routes": [glob_of(route)], "path": evidence.path, **way}) for way in ways)
    return RuleBlock(printable("\n".join(blocks)), meaning, _AFRESH)


def _ignored(name: str) -> RuleBlock | None:
    if name == "set-cookie" or not name.isascii():
        return None  # That would be all cookies.
    text = f"[compare]\nignore_headers = {toml_value([name])} # or add it to the list that is there\n"
    return RuleBlock(printable(text), f"The header {name} may differ.", _KEPT)


def _writable(path: str) -> bool:
    """Whether the path is one to follow: not cut, not redacted."""
    try:
        path.encode()
        return "…" not in path and "[redacted " not in path and bool(check_jsonpath(path))
    except ValueError:
        return False


# -- which way ---------------------------------------------------------------------------------------------------------


def _spelled(difference: Difference) -> bytes:
    there = (difference.kind != "added", difference.kind != "missing")
    try:
        return msgspec.json.encode((difference.legacy, difference.candidate, there))
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
        return b""


@lru_cache(maxsize=4096)  # The report is written again every few seconds, mostly with the same examples.
def _chosen(class_: str, spelled: tuple[bytes, ...]) -> tuple[list[Way], str] | None:
    """The first way of the class that makes all pairs the same."""
    if not spelled or not all(spelled) or sum(map(len, spelled)) > _LARGEST:
        return None
    pairs = [Pair(one, other, tuple(there)) for one, other, there in map(msgspec.json.decode, spelled)]
    for choose in WAYS[class_]:
        chosen = choose(pairs)
        if chosen is not None and all(_helps(chosen[0], pair, odd=class_ == "number-special") for pair in pairs):
            return chosen
    return None


def _helps(ways: Sequence[Way], pair: Pair, *, odd: bool) -> bool:
    """``odd``: texts that read as numbers are some that JSON has no number for."""
    legacy, candidate = (
        Response(200, _JSON, b'{"a": %b}' % _written(value, odd=odd) if there else b"{}")
        for value, there in zip(pair[:2], pair.there, strict=True)
    )
    rules = Rules(body=tuple(body_rule(CompareRule.model_validate({"path": "$.a", **way})) for way in ways))
    return _differ(legacy, candidate, Rules()) and not _differ(legacy, candidate, rules)


def _written(value: Any, *, odd: bool) -> bytes:
    if odd and isinstance(value, str) and _ODD.fullmatch(value):
        return value.encode()
    return msgspec.json.encode(value)


def _differ(legacy: Response, candidate: Response, rules: Rules) -> bool:
    return any(difference.severity == "difference" for difference in compare(legacy, candidate, rules))


Choice = Callable[[Sequence[Pair]], tuple[list[Way], str] | None]


def _always(meaning: str, **way: object) -> Choice:
    return lambda _: ([{name.rstrip("_"): value for name, value in way.items()}], meaning)


_NAMING = re.compile(r"^_?(?:id|uuid|guid|key|code|sku|slug)$|(?:Id|ID|_id|Key|_key|Uuid|UUID|_uuid)$")
"""Members that name an item by what they are called: that its score tells it apart today may be chance."""


def _keyed(pairs: Sequence[Pair]) -> tuple[list[Way], str] | None:
    names = {identity(one, other) for one, other, _ in pairs if isinstance(one, list) and isinstance(other, list)}
    name = names.pop() if len(names) == 1 else None
    if name is None or not _NAMING.search(name):
        return None
    return [{"key": name}], f"The list's items are told by `{name}`, and may come in any order."


def _near(pairs: Sequence[Pair]) -> tuple[list[Way], str] | None:
    """A tolerance of one digit, and never less than doubles lose in computing."""
    if not all(is_number(value) or isinstance(value, float) for pair in pairs for value in pair[:2]):
        return None
    numbers = [(Decimal(repr(one)), Decimal(repr(other))) for one, other, _ in pairs]
    apart = max(max(abs(a - b), max(abs(a), abs(b)) * Decimal("1e-12")) for a, b in numbers)
    tolerance = float(Context(prec=1, rounding=ROUND_CEILING).plus(apart))
    return [{"tolerance": tolerance}], f"Numbers that are at most {tolerance:g} apart are the same."


_STEPS = tuple(map(Decimal, ("0.001", "0.01", "0.1", "1", "2", "5", "10", "30", "60", "300", "900", "3600")))
"""Seconds."""


def _soon(pairs: Sequence[Pair]) -> tuple[list[Way], str] | None:
    """Instants with a tolerance; further apart than an hour they are two times, whatever made them."""
    times = [(instant_of(one), instant_of(other)) for one, other, _ in pairs]
    apart = [abs(a.seconds - b.seconds) for a, b in times if a is not None and b is not None]
    step = next((step for step in _STEPS if len(apart) == len(times) and step >= max(apart)), None)
    if step is None:
        return None
    seconds = int(step) if step >= 1 else float(step)
    meaning = f"Times that are at most {seconds} s apart are the same, however they are written."
    return [{"as": "datetime"}, {"tolerance": seconds}], meaning


_NUMBER = _always("A number and a text that spells it are the same.", as_="number")
_TRUTH = _always(
    "true, 1 and texts such as `true` and `yes` are the same, and so are false, 0 and `no`.", as_="boolean"
)
_DOUBLE = _always("Numbers that are one IEEE 754 double, as in JavaScript, are the same.", as_="double")
_TIME = _always("The same instant is the same, however it is written.", as_="datetime")
_NULL = _always("A member that is null counts as one that isn't there.", null_is_missing=True)
_CASE = _always("Upper and lower case are the same.", case=False)
_TRIM = _always("White space at the ends of the text doesn't matter.", trim=True)
_ORDER = _always("The order of the list doesn't matter.", unordered=True)
_NFC = _always("Texts are compared in the Unicode normal form NFC.", unicode="NFC")
_NFKC = _always("Texts are compared in the Unicode normal form NFKC.", unicode="NFKC")

WAYS: dict[str, tuple[Choice, ...]] = {
    "null-vs-absent": (_NULL,),
    "number-as-string": (_NUMBER,),
    "numeric-text": (_NUMBER,),
    "bool-as-string": (_TRUTH,),
    "bool-as-number": (_TRUTH,),
    "number-special": (_DOUBLE,),
    "number-precision": (_DOUBLE, _near),
    "rounding": (_near,),
    "last-digit": (_near,),
    "epoch-unit": (_TIME,),
    "date-format": (_TIME,),
    "time-zone": (_TIME,),
    "date-precision": (_soon,),
    "timestamp": (_soon,),
    "timestamp-format": (_soon,),
    "case": (_CASE,),
    "whitespace": (_TRIM,),
    "unicode-normalisation": (_NFC,),
    "unicode-compatibility": (_NFKC,),
    "list-order": (_keyed, _ORDER),
}
"""Class → the ways that may make its differences the same; the first that does is offered."""
