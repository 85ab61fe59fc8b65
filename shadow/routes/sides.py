"""Whose request is it? Which side's base URL a request target falls under, and the same target under the other's.

Targets are in origin form (RFC 9112 §3.2.1) exactly as they were on the wire; nothing here re-quotes or normalises
what is sent on. Runs for every request in mitmdump's event loop, so it imports little and allocates less.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote, urlsplit

import msgspec

from shadow.exchange import Side

__all__ = ["BaseUrl", "Origin", "Sides"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_BOTH = (Side.LEGACY, Side.CANDIDATE)


class Origin(msgspec.Struct, frozen=True):
    """Scheme, host and port (RFC 6454), all in lower case; an IPv6 address without its brackets."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, scheme: str, host: str, port: int | None) -> Origin:
        """``port`` None is the scheme's default port; case and the root's trailing dot of the host don't matter."""
        scheme = scheme.lower()
        return cls(scheme, host.lower().removesuffix("."), port or _DEFAULT_PORTS.get(scheme, 0))


class BaseUrl(msgspec.Struct, frozen=True):
    """What every URL of a side starts with; ``path`` has no trailing slash: ``/kong``, or "" for the whole origin."""

    origin: Origin
    path: str

    @classmethod
    def parse(cls, url: str) -> BaseUrl:
        """The base URL of a side as the settings hold it, already checked."""
        parts = urlsplit(url)
        return cls(Origin.of(parts.scheme, parts.hostname or "", parts.port), parts.path.rstrip("/"))


class Sides(msgspec.Struct, frozen=True):
    """The base URLs of both sides; the longest one that a request falls under wins, and a tie is legacy's.

    A path is under a base by whole segments: ``/kongfoo`` is not under ``/kong``. The raw segments decide; but a
    target that some gateway on the way, having decoded or normalised it, would find under another base than the raw
    one, or that climbs above its base (``/kong/../x``, ``/kong/%2e%2e/x``, ``//kong/x``), belongs to neither side: no
    answer to it proves anything about the side that it seems to be for. Neither does ``*`` (OPTIONS * asks a server,
    not an API).
    """

    legacy: BaseUrl
    candidate: BaseUrl

    @classmethod
    def from_urls(cls, legacy_url: str, candidate_url: str) -> Sides:
        return cls(BaseUrl.parse(legacy_url), BaseUrl.parse(candidate_url))

    def of(self, side: Side) -> BaseUrl:
        return self.legacy if side is Side.LEGACY else self.candidate

    def by_path(self, target: str) -> Side | None:
        """The side that the target's path alone tells, as behind a reverse proxy; None where it is neither's."""
        return self._among(_BOTH, target)

    def by_url(self, scheme: str, host: str, port: int | None, target: str) -> Side | None:
        """The side that a request to this origin asks, as seen by a forward proxy; None where it is neither's."""
        origin = Origin.of(scheme, host, port)
        return self._among(tuple(side for side in _BOTH if self.of(side).origin == origin), target)

    def relative(self, side: Side, target: str) -> str:
        """The target under the side's base: starts with ``/``, query kept, bytes untouched.

        Raises ValueError where the target is not under it.
        """
        return _rooted(self._rest(side, target))

    def rebase(self, target: str, from_side: Side, to_side: Side) -> str:
        """The same target under the other base, byte for byte. Raises ValueError where it is not under the first."""
        return _rooted(self.of(to_side).path + self._rest(from_side, target))

    def _among(self, sides: tuple[Side, ...], target: str) -> Side | None:
        path = _path(target)
        bases = [(side, self.of(side).path) for side in sides]
        found = _longest(path, bases)
        if found is None or not _UNUSUAL.search(path):
            return found
        rest = path[len(self.of(found).path) :]
        return found if all(_reads_alike(path, rest, bases, found, read) for read in _READINGS) else None

    def _rest(self, side: Side, target: str) -> str:
        base = self.of(side).path
        if not _is_under(_path(target), base):
            raise ValueError(f"{target!r} is not under {side}'s base path {base or '/'!r}")
        return target[len(base) :]


def _path(target: str) -> str:
    # RFC 9112 allows no fragment here, but some clients send one.
    return target.partition("?")[0].partition("#")[0]


def _rooted(target: str) -> str:
    # What is left of `/kong?x=1` without its base is `?x=1`; a target must start with a path.
    return target if target.startswith("/") else f"/{target}"


def _is_under(path: str, base: str) -> bool:
    return path.startswith(base) and path[len(base) : len(base) + 1] in ({"/", ""} if base else {"/"})


def _longest(path: str, bases: Iterable[tuple[Side, str]]) -> Side | None:
    found, length = None, -1
    for side, base in bases:  # legacy first, so that a tie is legacy's
        if len(base) > length and _is_under(path, base):
            found, length = side, len(base)
    return found


_UNUSUAL = re.compile(r"[%\\]|//|/\.")
"""Without any of these all readings of a path are the same."""


def _reads_alike(path: str, rest: str, bases: list[tuple[Side, str]], found: Side, read: Callable[[str], str]) -> bool:
    """Whether this reading, too, finds the path under that base, and what is under the base never climbs above it."""
    resolved = _without_dots(read(path))
    return (
        resolved is not None
        and _longest(resolved, ((side, read(base)) for side, base in bases)) is found
        and _without_dots(read(rest)) is not None
    )


def _without_dots(path: str) -> str | None:
    """RFC 3986 §5.2.4: `.` and `..` segments resolved; None where they climb above the root."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            if not kept:
                return None
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _as_is(path: str) -> str:
    return path


def _merged(path: str) -> str:
    return re.sub("//+", "/", path)


def _decoded(path: str) -> str:
    """Percent-decoded (twice, for there may be two gateways), and backslashes read as WHATWG URL parsers do."""
    return unquote(unquote(path)).replace("\\", "/")


def _decoded_and_merged(path: str) -> str:
    return _merged(_decoded(path))


_READINGS = (_as_is, _merged, _decoded, _decoded_and_merged)
"""How a server may read a path before it routes: nginx and Kong merge slashes, API Gateway's HTTP APIs decode first."""
