"""What a header's value means, so that two spellings of one meaning are the same: one function for each `read`.

Which header is read how stands in profiles.toml.
"""

from __future__ import annotations

from collections.abc import Callable

from shadow.compare.dates import Instant, http_date
from shadow.compare.headers.challenges import challenges
from shadow.compare.headers.grammar import OWS, extended, lower, named, pair, parameters, split
from shadow.compare.headers.links import links
from shadow.compare.headers.meaning import Meaning, Reference, Seconds
from shadow.compare.headers.policies import content_policy, permissions

__all__ = ["READS", "Read"]

Read = Callable[[str, Instant | None], Meaning]
"""A value (several of one name joined by commas) and the response's Date → its meaning. Never raises."""

_MOST_DIGITS = 15
_FIELD_NAMES = {"no-cache", "private"}
"""Cache directives whose value is a list of header names (RFC 9111 §5.2.2)."""
_EXPIRED = "expired"


def _untimed(read: Callable[[str], Meaning]) -> Read:
    return lambda value, _: read(value)


def _text(value: str) -> Meaning:
    return value


def _tokens(value: str) -> Meaning:
    return frozenset(split(lower(value)))


def _names(value: str) -> Meaning:
    return frozenset(split(value))


def _list(value: str) -> Meaning:
    return tuple(split(value))


def _directives(value: str) -> Meaning:
    pairs = [pair(part) for part in split(value)]
    fields = [(name, _tokens(said)) for name, said in pairs if name in _FIELD_NAMES and said]
    return frozenset(fields) | named(p for p in pairs if p[0] not in _FIELD_NAMES or not p[1])


def _settings(value: str) -> Meaning:
    return named(pair(part) for part in split(value, ";"))


def _parameters(value: str) -> Meaning:
    head, pairs = parameters(value)
    return lower(head), named(pairs)


def _media_types(value: str) -> Meaning:
    return frozenset(_parameters(part) for part in split(value))


def _reference(value: str) -> Meaning:
    return Reference(value)


def _date(value: str) -> Meaning:
    return http_date(value) or value


def _range(value: str) -> Meaning:
    unit, _, rest = value.partition(" ")
    return lower(unit), rest.strip(OWS)


def _refresh(value: str) -> Meaning:
    """`5; url=https://…`, with `,` for `;`, quotes around the URL, or the URL alone."""
    mark = next((c for c in value if c in ",;"), ";")
    seconds, _, rest = value.partition(mark)
    rest = rest.strip(OWS)
    name, equals, url = rest.partition("=")
    place = url.strip(OWS) if equals and lower(name.strip(OWS)) == "url" else rest
    if place[:1] in ("'", '"'):
        place = place[1:].partition(place[0])[0]
    return seconds.strip(OWS), Reference(place)


def _disposition(value: str) -> Meaning:
    """The type and its parameters; the file's name is that of `filename*` where it can be read (RFC 6266 §4.3)."""
    type_, pairs = parameters(value)
    said = dict(reversed(pairs))
    name = extended(said["filename*"]) if "filename*" in said else None
    if name is None:
        return lower(type_), named(pairs)
    # A fallback of another name is for clients that don't know `filename*`, so it counts.
    fallback = said.get("filename", name)
    others = [p for p in pairs if p[0] not in ("filename", "filename*")]
    return lower(type_), named(
        [*others, ("filename", name), *([("filename, else", fallback)] if fallback != name else [])]
    )


def _lifetime(value: str, date: Instant | None) -> Meaning:
    """How long after Date it is; what is no date, or is past, has expired (RFC 9111 §5.3)."""
    end = http_date(value)
    if end is None:
        return _EXPIRED
    left = int(end.seconds - (date.seconds if date else 0))
    return Seconds(left, exact=False) if left > 0 else _EXPIRED


def _delay(value: str, date: Instant | None) -> Meaning:
    if value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS:
        return Seconds(int(value), exact=True)
    end = http_date(value)
    if end is None or date is None:
        return end or value
    return Seconds(max(0, int(end.seconds - date.seconds)), exact=False)


READS: dict[str, Read] = {
    "text": _untimed(_text),
    "tokens": _untimed(_tokens),
    "names": _untimed(_names),
    "list": _untimed(_list),
    "directives": _untimed(_directives),
    "settings": _untimed(_settings),
    "parameters": _untimed(_parameters),
    "media-types": _untimed(_media_types),
    "reference": _untimed(_reference),
    "date": _untimed(_date),
    "lifetime": _lifetime,
    "delay": _delay,
    "range": _untimed(_range),
    "refresh": _untimed(_refresh),
    "links": _untimed(links),
    "challenges": _untimed(challenges),
    "disposition": _untimed(_disposition),
    "content-policy": _untimed(content_policy),
    "permissions": _untimed(permissions),
}
