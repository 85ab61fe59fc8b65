"""What a header's value means, so that two spellings of one meaning are the same: a table by name."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

from shadow.compare.base_urls import BaseUrls
from shadow.compare.dates import parse_date
from shadow.exchange import Side

__all__ = ["Reading", "reading_of"]

Read = Callable[[str, Side, BaseUrls], Hashable]


class Reading(NamedTuple):
    """How a header is read, and the class of its differences."""

    read: Read
    class_: str = "header"


def reading_of(name: str) -> Reading:
    """How the header of that name (lower case) is read."""
    return _READINGS.get(name, _PLAIN)


def _text(value: str, side: Side, urls: BaseUrls) -> Hashable:
    return urls.neutral(side, value)


def _tokens(value: str, side: Side, urls: BaseUrls) -> Hashable:  # noqa: ARG001 - one signature for all
    """A list whose order and case mean nothing (RFC 9110 §5.6.1)."""
    return frozenset(token.strip().lower() for token in value.split(",") if token.strip())


def _vary(value: str, side: Side, urls: BaseUrls) -> Hashable:  # noqa: ARG001
    """`Accept-Encoding` comes and goes with compression, which is the gateway's."""
    return frozenset(token.strip().lower() for token in value.split(",") if token.strip()) - {"accept-encoding"}


def _directives(value: str, side: Side, urls: BaseUrls) -> Hashable:  # noqa: ARG001
    """RFC 9111 §5.2: directives in any order, `name=value`, values quoted or not."""
    directives = set()
    for directive in value.split(","):
        name, _, argument = directive.partition("=")
        if name.strip():
            directives.add((name.strip().lower(), argument.strip().strip('"')))
    return frozenset(directives)


def _reference(value: str, side: Side, urls: BaseUrls) -> Hashable:
    return urls.relative(side, value)


def _date(value: str, side: Side, urls: BaseUrls) -> Hashable:  # noqa: ARG001
    written = parse_date(value)
    return written.instant if written else value


_PLAIN = Reading(_text)
_CORS = Reading(_tokens, "cors")

_READINGS: dict[str, Reading] = {
    "vary": Reading(_vary),
    "allow": Reading(_tokens),
    "accept-ranges": Reading(_tokens),
    "content-language": Reading(_tokens),
    "cache-control": Reading(_directives, "caching"),
    "surrogate-control": Reading(_directives, "caching"),
    "pragma": Reading(_tokens, "caching"),
    "etag": Reading(_text, "caching"),
    "last-modified": Reading(_date, "caching"),
    "expires": Reading(_date, "caching"),
    "location": Reading(_reference, "location"),
    "content-location": Reading(_reference, "location"),
    "access-control-allow-origin": Reading(_text, "cors"),
    "access-control-allow-credentials": Reading(_tokens, "cors"),
    "access-control-allow-methods": _CORS,
    "access-control-allow-headers": _CORS,
    "access-control-expose-headers": _CORS,
    "access-control-max-age": Reading(_text, "cors"),
    "www-authenticate": Reading(_text, "authentication"),
}
