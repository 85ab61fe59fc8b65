"""What kinds of requests were compared, for people and for report.json."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple

from shadow.evidence.coverage import SHAPE, CoverageEvidence, FeatureKind, SeenFeature
from shadow.evidence.unseen import LEAST
from shadow.report.visible import clip
from shadow.report.wording import count, percent
from shadow.verdict.wording import plural

__all__ = ["CoverageRow", "coverage_json", "coverage_rows", "coverage_sentence"]

_MOST_ROWS, _MOST_VALUES = 40, 12
"""Rows that a person reads, and values in one; report.json has them all."""
_LONGEST = 300

_TITLES: dict[FeatureKind, str] = {
    "parameter": "path parameter",
    "query": "query",
    "status": "status",
    "request-body": "request body",
    "response-body": "response body",
    "request-value": "request body",
    "response-value": "response body",
}
"""In the order in which a person reads them."""


def coverage_sentence(coverage: CoverageEvidence) -> str:
    """How many shapes there were, and what is probably still unseen."""
    about = "about " if SHAPE in coverage.overflowed else ""
    had = f"{about}{plural(coverage.shapes, 'shape')} in {plural(coverage.requests, 'distinct request')}"
    alone = f"{plural(coverage.once, 'shape') if coverage.once else 'no shape'} seen only once"
    if coverage.unseen is None:
        return f"{had}, {alone}; fewer than {LEAST} requests can't tell how many shapes are still unseen."
    least = percent(1 / coverage.requests)
    share = f"about {percent(coverage.unseen)}" if coverage.once else f"probably less than {least}"
    return f"{had}, {alone}: {share} of further distinct requests will have a shape not yet compared."


class CoverageRow(NamedTuple):
    title: str
    name: str
    """Of a parameter, or the path of a field; "" for none."""
    values: str
    """The shapes or words with how often each was seen."""


def coverage_rows(coverage: CoverageEvidence, most: int = _MOST_ROWS) -> list[CoverageRow]:
    """A row for each parameter, query key and field, and for statuses and bodies; as many as a person reads, and
    ``most`` of them where there is no room for more."""
    by_kind = {kind: list(seen) for kind, seen in groupby(coverage.seen, key=lambda one: one.feature.kind)}
    rows = [
        CoverageRow(_TITLES[kind], clip(name, _LONGEST), _values(list(seen)))
        for kind in _TITLES
        for name, seen in groupby(by_kind.get(kind, ()), key=lambda one: one.feature.name)
    ]
    most = min(most, _MOST_ROWS)
    more = [f"{plural(len(rows) - most, 'further row')} in report.json"] if len(rows) > most else []
    more += (
        [f"there were more than are kept of: {', '.join(sorted(coverage.overflowed))}"] if coverage.overflowed else []
    )
    return [*rows[:most], *(CoverageRow("and more", "", sentence) for sentence in more)]


def coverage_json(coverage: CoverageEvidence) -> dict[str, Any]:
    """The `coverage` of a route in report.json."""
    seen = {kind: _by_name(coverage, kind) for kind in _TITLES}
    query = seen["query"]
    without = query.pop("", {}).get("none", 0)
    return {
        "requests": coverage.requests,
        "shapes": coverage.shapes,
        "seen_once": coverage.once,
        "unseen": coverage.unseen,
        "parameters": seen["parameter"],
        "query": query,
        "without_query": without,
        "status": seen["status"].get("", {}),
        "status_classes": _classes(seen["status"].get("", {})),
        "request_bodies": seen["request-body"].get("", {}),
        "response_bodies": seen["response-body"].get("", {}),
        "request_values": seen["request-value"],
        "response_values": seen["response-value"],
        "overflowed": sorted(coverage.overflowed),
    }


def _values(seen: list[SeenFeature]) -> str:
    told = zip(_in_words([one.feature.value for one in seen]), seen, strict=True)
    shown = ", ".join(f"{words or '…'} ×{count(one.count)}" for words, one in islice(told, _MOST_VALUES))
    more = f", and {count(len(seen) - _MOST_VALUES)} more" if len(seen) > _MOST_VALUES else ""
    return clip(shown, _LONGEST) + more


def _in_words(values: Sequence[str]) -> list[str]:
    """Bodies without the digests of their structures; where that makes two the same, they are numbered."""
    words = [_body_in_words(value) for value in values]
    alike, numbers = Counter(words), Counter[str]()
    told = []
    for one in words:
        numbers[one] += 1
        told.append(f"{one} (shape {numbers[one]})" if alike[one] > 1 else one)
    return told


_BODY = re.compile(r"(?P<kind>\w+: )?(?P<what>.+) \([0-9a-f]{12}\)")
_OBJECT = re.compile(r"object of (\d+)")


def _body_in_words(value: str) -> str:
    """What `Structure.summary` says, for people; any other value as it is."""
    found = _BODY.fullmatch(value)
    if found is None:
        return value
    what = found["what"]
    if members := _OBJECT.fullmatch(what):
        number = int(members[1])
        told = f"an object with {plural(number, 'member')}" if number else "an empty object"
    else:
        told = what if what == "null" else f"{'an' if what.startswith('empty') else 'a'} {what}"
    return f"{found['kind'] or ''}{told}"


def _by_name(coverage: CoverageEvidence, kind: FeatureKind) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in coverage.seen:
        if one.feature.kind == kind:
            found.setdefault(one.feature.name, {})[one.feature.value] = one.count
    return found


def _classes(statuses: dict[str, int]) -> dict[str, int]:
    classes: dict[str, int] = {}
    for status, number in statuses.items():
        name = f"{status[0]}xx"
        classes[name] = classes.get(name, 0) + number
    return dict(sorted(classes.items()))
