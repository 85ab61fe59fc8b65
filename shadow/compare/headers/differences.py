"""Compares the headers of a pair, as the profile says (`profiles`) and by what they mean (`readings`)."""

from __future__ import annotations

from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind, Severity
from shadow.compare.documents.values import ABSENT
from shadow.compare.headers.content_types import content_type_differences
from shadow.compare.headers.cookie_differences import cookie_differences
from shadow.compare.headers.lines import Lines
from shadow.compare.headers.meaning import Meaning, same_meaning
from shadow.compare.headers.profiles import Profile, Reading, Treat, profile
from shadow.compare.headers.readings import READS
from shadow.compare.rules import Rules
from shadow.compare.wording import sentence
from shadow.exchange import Response

__all__ = ["header_differences"]

LONGEST = 64 * 1024
"""Characters of a value that is read for its meaning; servers and proxies refuse longer ones, which are text here."""


def header_differences(legacy: Response, candidate: Response, rules: Rules) -> list[Difference]:
    """All differences and notices of the headers, by name. Never raises; takes time in proportion to their size."""
    if rules.profile == "none" or legacy.headers == candidate.headers:
        return []
    chosen = profile(rules.profile)
    one, other = Lines(legacy, chosen.aliases), Lines(candidate, chosen.aliases)
    if one.same(other):
        return []
    names = sorted(one.names() | other.names())
    return [difference for name in names for difference in _differences(name, one, other, chosen, rules)]


def _differences(name: str, one: Lines, other: Lines, chosen: Profile, rules: Rules) -> list[Difference]:
    left, right = one.one(name), other.one(name)
    treat = chosen.weak_etags if name == "etag" and _weak(left, right) else chosen.treat(name)
    if treat is Treat.DROP or one.all(name) == other.all(name):
        return []
    if treat is Treat.LIST:
        return [] if None not in (left, right) else [_difference(name, left, right, "gateway", "notice")]
    reading = chosen.reading(name)
    if reading.read == "cookies":
        return cookie_differences(one, other, rules, chosen)
    if reading.read == "media-type":
        return content_type_differences(one, other, chosen.content_type)
    if _same(_meaning(left, one, reading), _meaning(right, other, reading), rules):
        return []
    severity: Severity = "notice" if treat is Treat.NOTICE else "difference"
    return [_difference(name, left, right, reading.class_, severity)]


def _weak(left: str | None, right: str | None) -> bool:
    return all(value is None or value.startswith("W/") for value in (left, right))


def _meaning(value: str | None, lines: Lines, reading: Reading) -> Meaning:
    """What the value means; None for no header, and for a set that says nothing but what doesn't count."""
    if value is None or len(value) > LONGEST:
        return value
    meaning = READS[reading.read](value, lines.date)
    if reading.without and isinstance(meaning, frozenset):
        return meaning - reading.without or None
    return meaning


def _same(one: Meaning, other: Meaning, rules: Rules) -> bool:
    if one is None or other is None:
        return one is other
    return same_meaning(one, other, rules.urls)


def _difference(name: str, left: str | None, right: str | None, class_: str, severity: Severity) -> Difference:
    one, other = ABSENT if left is None else left, ABSENT if right is None else right
    kind: Kind = "header-missing" if right is None else "header-added" if left is None else "header-changed"
    said = sentence(kind, one, other).removeprefix("string ")
    return described("header", name, kind, class_, one, other, severity=severity, summary=f"header {name}: {said}")
