"""What a recorded request shows, so that a small recording can be told to show much: see `diversity`.

Looked at is what is written, redacted as it is, so that an entry that is read again shows what it did at first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any

from shadow.compare.bodies.body import body_of
from shadow.compare.bodies.content import Binary, Broken, Empty, Structured
from shadow.compare.bodies.kinds import content
from shadow.compare.documents.values import SCALARS, Repeating
from shadow.compare.ids import is_id
from shadow.exchange import Headers, Request, Response, Side, header
from shadow.mirror.policy import effective_method
from shadow.pipeline.diversity import MOST_PARTS, Sample
from shadow.pipeline.features import Finder
from shadow.pipeline.recent import Recent
from shadow.recordings.entry import Recorded
from shadow.redact import Redactor
from shadow.routes import RouteTable
from shadow.routes.sides import Sides

__all__ = ["Shaper", "paths_of"]

_LARGEST = 128 * 1024
"""Bytes of a body that is looked into; reading more takes milliseconds."""
_LARGEST_KNOWN, _BODIES = 8 * 1024, 500
"""Bytes of a body that is remembered, and how many are: many answers are the same."""
_MOST_PATHS = 200
"""Of one document; with those of the other body and all parameters they are no more than `MOST_PARTS`."""
_MOST_VALUES, _DEEPEST, _WIDEST = 5_000, 30, 200
"""Values of a document that are looked at, how deep, and members of an object; one with more is a map."""
_OBJECTS = (dict, Repeating)
_QUOTED_MARK = re.compile(r"(?:%5B|\[)redacted(?:%20| )[a-z]+(?:%3A|:)[0-9a-f]{16}(?:%5D|\])")
_AN_ID = "00000000-0000-0000-0000-000000000000"


class Shaper:
    """Finds what entries show; ``redactor``'s digests keep what it remembers from being anybody's."""

    def __init__(self, sides: Sides, table: RouteTable, redactor: Redactor) -> None:
        self._sides = sides
        self._table = table
        self._digest = redactor.digest
        self._finder = Finder(redactor.digest)
        self._bodies: Recent[tuple[int, str, bytes], frozenset[str]] = Recent(_BODIES)

    def sample(self, entry: Recorded) -> Sample:
        """What it shows. Never raises for anything that an entry can hold, and is bounded."""
        request, response = entry.request, entry.response or Response(0, [])
        route, relative = self._route(entry)
        parts = self._parts(route, relative, request, response) if entry.can_be_sent else frozenset[str]()
        shape = blake2b("\n".join(sorted(parts)).encode("utf-8", "backslashreplace"), digest_size=16).digest()
        # A connection is nobody, and comes and goes.
        who = "" if entry.client.startswith("connection:") else entry.client
        told = f"{request.method}\0{request.target}\0{who}\0".encode("utf-8", "backslashreplace")
        return Sample(route, shape, parts, self._digest(told + request.body), entry.can_be_sent)

    def _route(self, entry: Recorded) -> tuple[str, str]:
        """The route, and the target as it has it."""
        target = entry.request.target
        side = self._sides.by_url(entry.scheme, entry.host, entry.port, target) or self._sides.by_path(target)
        relative = self._sides.relative(side, target) if side else target
        side = side or Side.LEGACY
        name = self._table.name_for(side, entry.request.method, _QUOTED_MARK.sub(_AN_ID, relative))
        return name, self._table.translate(name, side, Side.LEGACY, relative) or relative

    def _parts(self, route: str, relative: str, request: Request, response: Response) -> frozenset[str]:
        bare = Request(request.method, request.target, []), Response(response.status, [])
        found = self._finder.find(route.partition(" ")[2], relative, *bare)
        parts = {f"{one.kind} {one.name} {one.value}" for one in found.features[:-3]}
        parts.add(f"method {effective_method(request)}")
        parts |= {f"asked {part}" for part in self._of_body(0, request.headers, request.body)}
        parts |= {f"answered {part}" for part in self._of_body(response.status, response.headers, response.body)}
        return frozenset(islice(sorted(parts), MOST_PARTS) if len(parts) > MOST_PARTS else parts)

    def _of_body(self, status: int, headers: Headers, body: bytes) -> frozenset[str]:
        message = Response(status, headers, body)
        if not body:
            return _NOTHING
        if len(body) > _LARGEST_KNOWN:
            return _look(message)
        key = (status, header(headers, "content-type"), body)
        known = self._bodies.get(key)
        if known is None:
            self._bodies.put(key, known := _look(message))
        return known


_NOTHING = frozenset({"nothing"})


def _look(message: Response) -> frozenset[str]:
    if len(message.body) > _LARGEST:
        return frozenset({"much"})
    body = body_of(message)
    if len(body.raw) > _LARGEST:
        return frozenset({"much"})
    match found := content(body):
        case Empty():
            return _NOTHING
        case Broken():
            return frozenset({f"broken {body.type.structure}"})
        case Structured(kind="html"):
            return frozenset({"html"})
        case Structured():
            return paths_of(found.document.value) | {found.kind}
        case Binary() if found.signature:
            return frozenset({found.signature})
    return frozenset({body.type.name[:100]})


def paths_of(document: Any) -> frozenset[str]:
    """The paths of a parsed document with the types that stand there: `$.items[*].price number`, `$.items []`.

    Never values. Members whose names are ids, and those of very many, are one: `$.byId.*`. Bounded.
    """
    walk = _Walk()
    walk.visit(document, "$", 0)
    return frozenset(walk.found)


class _Walk:
    def __init__(self) -> None:
        self.found: set[str] = set()
        self._left = _MOST_VALUES

    def visit(self, value: Any, path: str, depth: int) -> None:
        kind = type(value)
        scalar = SCALARS.get(kind)
        if scalar is not None:
            self._note(f"{path} {scalar}")
            return
        is_object = kind in _OBJECTS
        if not value:
            self._note(f"{path} {{}}" if is_object else f"{path} []")
        elif depth >= _DEEPEST or self._left <= 0:
            self._note(f"{path} …")
        else:
            self._left -= len(value)
            for step, inner in _members(value) if is_object else _items(value):
                self.visit(inner, path + step, depth + 1)
                if len(self.found) >= _MOST_PATHS:
                    break

    def _note(self, path: str) -> None:
        if len(self.found) < _MOST_PATHS:
            self.found.add(path)


def _items(items: list[Any]) -> Iterator[tuple[str, Any]]:
    """One of each kind, as far as that can be told at a glance: the items of a list are mostly alike."""
    seen: set[Any] = set()
    for item in items[:_MOST_VALUES]:
        kind = type(item)
        if kind in _OBJECTS:
            kinds = tuple(map(type, item.values()))
            looks: Any = (*item, *kinds) if SCALARS.keys() >= set(kinds) else None
        else:
            looks = kind if kind in SCALARS else None
        if looks is None or looks not in seen:
            seen.add(looks)
            yield "[*]", item


def _members(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if len(value) > _WIDEST:
        return ((".*", inner) for inner in islice(value.values(), _MOST_VALUES))
    return ((".*" if is_id(name) else f".{name[:100]}", inner) for name, inner in value.items())
