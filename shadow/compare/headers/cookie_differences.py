"""Compares the cookies that both responses set, cookie by cookie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from urllib.parse import urlsplit

from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind
from shadow.compare.documents.locations import is_id
from shadow.compare.documents.values import ABSENT
from shadow.compare.headers.cookies import Cookie, cookies
from shadow.compare.headers.lines import Lines
from shadow.compare.headers.meaning import Seconds, near
from shadow.compare.headers.profiles import Profile
from shadow.compare.rules import Rules
from shadow.exchange import Side

__all__ = ["cookie_differences"]

_EMPTY, _REFUSED = "an empty value", "refused by browsers"
_TOLD = {"path", "domain", "samesite", "secure", "httponly", "partitioned", "priority", _EMPTY, _REFUSED}
"""What is shown. Any other attribute may be the rest of a value that has a semicolon in it."""


def cookie_differences(legacy: Lines, candidate: Lines, rules: Rules, profile: Profile) -> list[Difference]:
    """One difference for each cookie that is set on one side only, or with other attributes.

    A cookie's value is a secret or changes anyway, so it never appears here; that a cookie is deleted does.
    """
    one = cookies(legacy, Side.LEGACY, rules.urls, _host(rules.legacy_url))
    other = cookies(candidate, Side.CANDIDATE, rules.urls, _host(rules.candidate_url))
    differences = []
    for name, left, right in _paired(one, other):
        changes = _changes(left, right)
        if changes and not profile.drops_cookie(name):
            differences.append(_difference(name, left, right, changes))
    return differences


def _paired(one: Iterable[Cookie], other: Iterable[Cookie]) -> Iterator[tuple[str, Cookie | None, Cookie | None]]:
    """Names, in order, with the cookies that are to be compared; None for none.

    Cookies of one identity are one, and the last counts, as it does for a browser. Those of one name that are left
    over have moved to another path or domain.
    """
    left, right = ({cookie.identity: cookie for cookie in cookies} for cookies in (one, other))
    alike = left.keys() & right.keys()
    found = [(key[0], left[key], right[key]) for key in alike]
    moved: dict[str, tuple[list[Cookie], list[Cookie]]] = {}
    for side, cookies_ in enumerate((left, right)):
        for key, cookie in cookies_.items():
            if key not in alike:
                moved.setdefault(cookie.name, ([], []))[side].append(cookie)
    rest = ((name, *pair) for name, (ones, others) in moved.items() for pair in zip_longest(ones, others))
    yield from sorted([*found, *rest], key=_place)


def _place(found: tuple[str, Cookie | None, Cookie | None]) -> tuple[str, list[tuple[str, str, str]]]:
    name, *both = found
    return name, sorted(cookie.identity for cookie in both if cookie)


def _changes(left: Cookie | None, right: Cookie | None) -> dict[str, str]:
    """What became of a cookie, each in words that tell no value, by what changed; empty where nothing did."""
    if left is None or right is None:
        return {"": "is not set" if right is None else "is set, and not by legacy"}
    one, other = _said(left), _said(right)
    changed = {}
    if not _same_lifetime(left, right):
        changed["lifetime"] = f"lifetime {_lifetime(left)} became {_lifetime(right)}"
    for label in sorted(one.keys() | other.keys()):
        if one.get(label) != other.get(label):
            changed[_named(label)] = f"{_named(label)} {_told(label, one)} became {_told(label, other)}"
    return changed


def _said(cookie: Cookie) -> dict[str, str]:
    """Everything but the lifetime, by what it is called."""
    said = dict(cookie.attributes)
    if cookie.empty:
        said[_EMPTY] = ""
    if cookie.refused:
        said[_REFUSED] = cookie.refused
    return said


def _told(label: str, said: dict[str, str]) -> str:
    value = said.get(label)
    if value is None:
        return "absent"
    if not value:
        return "present"
    return "…" if label not in _TOLD else f"({value})" if label == _REFUSED else repr(value)


def _named(label: str) -> str:
    return label if label in _TOLD else "an unknown attribute"


def _same_lifetime(left: Cookie, right: Cookie) -> bool:
    one, other = left.lifetime, right.lifetime
    if isinstance(one, Seconds) and isinstance(other, Seconds):
        return near(one, other)
    return one == other


def _lifetime(cookie: Cookie) -> str:
    lifetime = cookie.lifetime
    return f"{lifetime.count:,} s" if isinstance(lifetime, Seconds) else lifetime


def _difference(name: str, left: Cookie | None, right: Cookie | None, changes: dict[str, str]) -> Difference:
    kind: Kind = "header-missing" if right is None else "header-added" if left is None else "header-changed"
    said = "; ".join(changes.values())
    # Each set of attributes is a fault of its own, lest accepting another lifetime accept that Secure is gone.
    attributes = [*changes] if left and right else []
    return described(
        "header",
        "set-cookie",
        kind,
        "cookie",
        ABSENT if left is None else _shown(left),
        ABSENT if right is None else _shown(right),
        summary=f"cookie {name!r} {f'has other attributes: {said}' if attributes else said}",
        detail=("*" if is_id(name) else name, *attributes),
    )


def _shown(cookie: Cookie) -> str:
    said = _said(cookie)
    parts = [f"{_named(label)}={_told(label, said)}" if said[label] else _named(label) for label in sorted(said)]
    return "; ".join([cookie.name, f"lifetime={_lifetime(cookie)}", *parts])


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
