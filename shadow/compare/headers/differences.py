"""Compares the headers of a pair, as the profile says (`header_profiles`) and by what they mean (`header_readings`)."""

from __future__ import annotations

from shadow.compare.bodies.media_types import MediaType, media_type
from shadow.compare.dates import parse_date
from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind, Severity
from shadow.compare.documents.values import ABSENT
from shadow.compare.headers.cookies import cookie_differences
from shadow.compare.headers.profiles import ALIASES, PROFILES, Profile, Treat
from shadow.compare.headers.readings import reading_of
from shadow.compare.rules import Rules
from shadow.compare.wording import sentence
from shadow.exchange import Headers, Response, Side, header

__all__ = ["header_differences"]

_CLOCKS_APART = 2
"""Seconds that two answers to the same request may lie apart in dates counted from now."""


def header_differences(legacy: Response, candidate: Response, rules: Rules) -> list[Difference]:
    """All differences and notices of the headers, by name. Never raises."""
    profile = PROFILES[rules.profile]
    if profile.default is Treat.DROP:
        return []
    one, other = _combined(legacy.headers), _combined(candidate.headers)
    differences: list[Difference] = []
    for name in sorted(one.keys() | other.keys()):
        treat = profile.treat(name)
        left, right = one.get(name), other.get(name)
        if treat is Treat.DROP or (treat is Treat.LIST and None not in (left, right)):
            continue
        if treat is Treat.LIST:
            differences.append(_difference(name, left, right, "gateway", "notice"))
        elif name == "set-cookie":
            differences += cookie_differences(legacy.headers, candidate.headers, rules.urls, profile)
        elif name == "content-type":
            differences += _content_type(legacy, candidate)
        elif not _same(name, left, right, legacy, candidate, rules):
            severity: Severity = "notice" if _weak_only(name, left, right, profile) else "difference"
            differences.append(_difference(name, left, right, reading_of(name).class_, severity))
    return differences


def _combined(headers: Headers) -> dict[str, str]:
    """Lower-case name → value; several of one name are one list (RFC 9110 §5.3)."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        lower = name.strip().lower()
        values.setdefault(ALIASES.get(lower, lower), []).append(value.strip(" \t"))
    return {name: ", ".join(several) for name, several in values.items()}


def _same(name: str, left: str | None, right: str | None, legacy: Response, candidate: Response, rules: Rules) -> bool:
    if left is None or right is None:
        # A list that says nothing but what is noise may as well be missing.
        said = reading_of(name).read(left or right or "", Side.LEGACY, rules.urls)
        return name == "vary" and said == frozenset()
    if left == right:
        return True
    if name == "expires":
        return _same_lifetime(left, right, legacy.headers, candidate.headers)
    read = reading_of(name).read
    return read(left, Side.LEGACY, rules.urls) == read(right, Side.CANDIDATE, rules.urls)


def _same_lifetime(left: str, right: str, legacy: Headers, candidate: Headers) -> bool:
    """Expires is compared by how long after Date it is; what is no date, or is past, has expired (RFC 9111 §5.3)."""
    one, other = _lifetime(left, legacy), _lifetime(right, candidate)
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _CLOCKS_APART


def _lifetime(expires: str, headers: Headers) -> int | None:
    """Seconds; None where it has already expired."""
    end, now = parse_date(expires), parse_date(header(headers, "date").strip())
    if end is None:
        return None
    if now is None:
        return int(end.instant.seconds)
    left = int(end.instant.seconds - now.instant.seconds)
    return left if left > 0 else None


def _weak_only(name: str, left: str | None, right: str | None, profile: Profile) -> bool:
    """Whether this is about weak ETags only, where the profile doesn't compare them."""
    if name != "etag" or profile.weak_etags:
        return False
    return all(value is None or value.startswith("W/") for value in (left, right))


def _difference(
    name: str, left: str | None, right: str | None, class_: str, severity: Severity = "difference"
) -> Difference:
    one, other = ABSENT if left is None else left, ABSENT if right is None else right
    kind: Kind = "header-missing" if right is None else "header-added" if left is None else "header-changed"
    said = sentence(kind, one, other).removeprefix("string ")
    return described("header", name, kind, class_, one, other, severity=severity, summary=f"header {name}: {said}")


# -- Content-Type -----------------------------------------------------------------------------------------------------


def _content_type(legacy: Response, candidate: Response) -> list[Difference]:
    left, right = header(legacy.headers, "content-type"), header(candidate.headers, "content-type")
    one, other = media_type(legacy), media_type(candidate)
    if not one.name or not other.name:
        if one.name == other.name:
            return []
        # Nobody reads the type of a body that can't be there (API Gateway adds one all the same), and that only one
        # side has a body is what the status says already.
        empty = legacy.status in (204, 304) or candidate.status in (204, 304)
        severity: Severity = "notice" if empty else "difference"
        return [_difference("content-type", left or None, right or None, "media-type", severity)]
    if one.name != other.name:
        summary = f"content type {one.name} became {other.name}"
        return [described("header", "content-type", "content-type-changed", "media-type", left, right, summary=summary)]
    differences = []
    if _charset(one) != _charset(other):
        # RFC 8259 §11: JSON is UTF-8, and the parameter has no meaning.
        severity = "notice" if one.is_json else "difference"
        differences.append(_difference("content-type", left, right, "charset", severity))
    if _others(one) != _others(other):
        differences.append(_difference("content-type", left, right, "media-type"))
    return differences


def _charset(type_: MediaType) -> str:
    return type_.charset or dict(type_.parameters).get("charset", "")


def _others(type_: MediaType) -> set[tuple[str, str]]:
    """Parameters besides the charset; a multipart boundary is chosen at random."""
    return {(name, value) for name, value in type_.parameters if name not in ("charset", "boundary")}
