"""Which headers are compared, and how each is read: profiles.toml as typed values, read once."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from shadow.compare.headers.readings import READS

__all__ = ["BY_PARTS", "Group", "Profile", "Reading", "Tables", "TablesError", "Treat", "packaged", "profile", "read"]

Name = Literal["gateway", "strict", "none"]
BY_PARTS = frozenset({"media-type", "cookies"})
"""Readings of headers that have no one meaning: their parts are differences of their own."""


class TablesError(ValueError):
    """profiles.toml is not as it should be; the message says where and why."""


class Treat(StrEnum):
    """What becomes of a header."""

    COMPARE = "compare"
    NOTICE = "notice"
    """Compared, but a difference is only a notice."""
    LIST = "list"
    """Not compared; a notice where only one side sends it."""
    DROP = "drop"
    """Not looked at."""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    why: str
    """Why it is so, with the source; for people."""


class _Treated(_Entry, frozen=True, forbid_unknown_fields=True):
    gateway: Treat
    strict: Treat

    def by(self, profile: Name) -> Treat:
        return {"gateway": self.gateway, "strict": self.strict, "none": Treat.DROP}[profile]


class Group(_Treated, frozen=True, forbid_unknown_fields=True):
    """Headers (or cookies) that are treated alike; a name that ends with `*` stands for all that begin so."""

    names: list[str]


class Reading(_Entry, frozen=True, forbid_unknown_fields=True):
    """How some headers are read, and the class of their differences."""

    names: list[str]
    read: str
    """A key of `READS`, or one of `BY_PARTS`."""
    class_: str = msgspec.field(name="class", default="header")
    without: frozenset[str] = frozenset()
    """Members of a set that don't count; a set of nothing else is as good as no header."""


class ContentType(_Entry, frozen=True, forbid_unknown_fields=True):
    """Parameters of a media type, by how their values are compared."""

    random: frozenset[str]
    """Not at all."""
    caseless: frozenset[str]
    """Without regard to case."""


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The whole file."""

    profiles: dict[Name, Treat]
    groups: dict[str, Group]
    weak_etags: _Treated
    balancer_cookies: Group
    aliases: dict[str, str]
    content_type: ContentType
    readings: dict[str, Reading]


class Profile:
    """What becomes of each header and how it is read, under one profile. Names are in lower case."""

    def __init__(self, name: Name, tables: Tables) -> None:
        self.default = tables.profiles[name]
        self.weak_etags = tables.weak_etags.by(name)
        self.content_type = tables.content_type
        self.aliases = tables.aliases
        self._treats = {header: group.by(name) for group in tables.groups.values() for header in group.names}
        self._patterns = _patterns(self._treats)
        self._readings = {header: reading for reading in tables.readings.values() for header in reading.names}
        cookies = tables.balancer_cookies
        self._dropped_cookies = frozenset(cookies.names if cookies.by(name) is Treat.DROP else ())
        self._cookie_patterns = _patterns(self._dropped_cookies)

    def treat(self, header: str) -> Treat:
        found = _found(header, self._treats, self._patterns)
        return self.default if found is None else self._treats[found]

    def reading(self, header: str) -> Reading:
        return self._readings.get(header, _PLAIN)

    def drops_cookie(self, name: str) -> bool:
        """Whether the cookie of that name (as it is) is not looked at."""
        return _found(name, self._dropped_cookies, self._cookie_patterns) is not None


@cache
def profile(name: Name) -> Profile:
    """The profile of that name."""
    return Profile(name, packaged())


@cache
def packaged() -> Tables:
    """The profiles.toml that is part of the package."""
    return read(files(__package__).joinpath("profiles.toml").read_text(encoding="utf-8"))


def read(text: str) -> Tables:
    """What the text of a profiles.toml says; raises TablesError where anything in it can't be meant."""
    try:
        tables = msgspec.convert(tomllib.loads(text), Tables)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise TablesError(f"profiles.toml: {error}") from error
    problem = next(_problems(tables), None)
    if problem is not None:
        raise TablesError(f"profiles.toml: {problem}")
    return tables


# -- what can't be meant -----------------------------------------------------------------------------------------------


_LABEL = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_HEADER = re.compile(r"[a-z0-9!#$%&'+.^_`|~-]+")
"""RFC 9110 §5.6.2, in lower case and without the `*` that makes a pattern here."""


def _problems(tables: Tables) -> Iterator[str]:
    for name in ("gateway", "strict", "none"):
        if name not in tables.profiles:
            yield f"[profiles] says nothing of {name!r}"
    for table, entries in (("groups", tables.groups), ("readings", tables.readings)):
        for label, entry in entries.items():
            yield from _problems_of(f"[{table}.{label}]", label, entry, patterns=table == "groups")
        counted = Counter(header for entry in entries.values() for header in entry.names)
        yield from (f"{table} name {header!r} more than once" for header, times in counted.items() if times > 1)
    for label, reading in tables.readings.items():
        yield from _unreadable(f"[readings.{label}]", reading)
    for alias, header in tables.aliases.items():
        if not _HEADER.fullmatch(alias) or not _HEADER.fullmatch(header) or header in tables.aliases:
            yield f"[aliases] {alias} = {header!r}: both must be headers, and the second not an alias itself"


def _problems_of(place: str, label: str, entry: Group | Reading, *, patterns: bool) -> Iterator[str]:
    if not _LABEL.fullmatch(label):
        yield f"{place}: {label!r} is no label such as `request-ids`"
    if not entry.why.strip():
        yield f"{place}.why is empty"
    if not entry.names:
        yield f"{place}.names is empty"
    for header in entry.names:
        if not _HEADER.fullmatch(header.removesuffix("*") if patterns else header):
            allowed = "in lower case, with a `*` at most at its end" if patterns else "in lower case"
            yield f"{place}.names: {header!r} is no header's name {allowed}"


def _unreadable(place: str, reading: Reading) -> Iterator[str]:
    if reading.read not in READS.keys() | BY_PARTS:
        yield f"{place}.read: {reading.read!r} is none of {', '.join(sorted(READS.keys() | BY_PARTS))}"
    if not _LABEL.fullmatch(reading.class_):
        yield f"{place}.class: {reading.class_!r} is no label such as `caching`"
    if reading.without and reading.read not in ("tokens", "names"):
        yield f"{place}.without needs `tokens` or `names`, of which something can be left out"


# -- names and patterns ------------------------------------------------------------------------------------------------


def _patterns(names: Collection[str]) -> list[str]:
    """The beginnings that stand for all names that begin so, longest first."""
    return sorted((name[:-1] for name in names if name.endswith("*")), key=len, reverse=True)


def _found(name: str, names: Collection[str], patterns: list[str]) -> str | None:
    """The name or pattern that counts for a name."""
    if name in names:
        return name
    return next((f"{beginning}*" for beginning in patterns if name.startswith(beginning)), None)


_PLAIN = Reading(why="what nobody knows is compared as it is", names=[], read="text")
