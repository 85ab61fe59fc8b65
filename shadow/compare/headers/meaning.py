"""What header values are read into, and when two such meanings are the same."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from shadow.compare.base_urls import BaseUrls
from shadow.exchange import Side

__all__ = ["CLOCKS_APART", "Meaning", "Reference", "Seconds", "near", "same_meaning"]

CLOCKS_APART = 2
"""Seconds that a time counted from a response's Date may be off: the Date is often written in another second."""

Meaning = Hashable
"""Nested tuples (order counts) and frozensets (it doesn't) of texts, `Reference`s and `Seconds`."""


class Reference(msgspec.Struct, frozen=True):
    """A URL reference (RFC 3986 §4.1)."""

    uri: str


class Seconds(msgspec.Struct, frozen=True):
    """A stretch of time; inexact where it was counted from the response's Date."""

    count: int
    exact: bool


def same_meaning(legacy: Meaning, candidate: Meaning, urls: BaseUrls) -> bool:
    """Whether the two are equal, once each side's own base URL is taken out of what only that side says."""
    if legacy == candidate:
        return True
    if isinstance(legacy, Seconds) and isinstance(candidate, Seconds):
        return near(legacy, candidate)
    if not urls.known:
        return False
    if isinstance(legacy, frozenset) and isinstance(candidate, frozenset):
        # One side's base URL may be the other's with a path behind it: what both say alike is not to be touched.
        legacy, candidate = legacy - candidate, candidate - legacy
    return _freed(legacy, Side.LEGACY, urls) == _freed(candidate, Side.CANDIDATE, urls)


def near(one: Seconds, other: Seconds) -> bool:
    """Whether the two are the same time; exactly so where neither was counted from a Date."""
    return abs(one.count - other.count) <= (0 if one.exact and other.exact else CLOCKS_APART)


def _freed(meaning: Meaning, side: Side, urls: BaseUrls) -> Meaning:
    match meaning:
        case str():
            return urls.neutral(side, meaning)
        case Reference():
            return Reference(urls.relative(side, meaning.uri))
        case tuple():
            return tuple(_freed(part, side, urls) for part in meaning)
        case frozenset():
            return frozenset(_freed(part, side, urls) for part in meaning)
        case _:
            return meaning
