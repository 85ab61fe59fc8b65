"""What kind of a request it was, and of an answer that legacy gave: shapes and names, nothing of what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from shadow.compare.bodies.body import body_of
from shadow.compare.bodies.content import Binary, Broken, Empty, Structured
from shadow.compare.bodies.kinds import content
from shadow.compare.bodies.media_types import MediaType, media_type
from shadow.evidence.coverage import SHAPE, Feature, FeatureKind
from shadow.exchange import Request, Response, header
from shadow.pipeline.recent import Recent
from shadow.pipeline.structure import structure_of
from shadow.pipeline.value_shapes import decoded, shape_of
from shadow.pipeline.words import is_plain_name
from shadow.routes.template import parameters, values, without_query

__all__ = ["Fields", "Finder", "Found"]

Fields = Mapping[tuple[FeatureKind, str], set[str]]
"""(kind, path) of a body's field → its values; see `Structure.fields`."""

_MOST_KEYS = 20
"""Query keys of one request that are named."""
_MOST_PIECES = 200
"""Pieces of a query that are looked at."""
_LARGEST = 128 * 1024
"""Bytes of a body whose structure is looked at, as it came and decoded; reading more takes milliseconds."""
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\]){0,3})")
"""``filter[state]``, ``ids[]``."""
_LARGEST_KNOWN, _BODIES = 8 * 1024, 500
"""Bytes of a body that is remembered, and how many are."""
_NO_QUERY = Feature("query", "", "none")
_OTHER, _BARE, _MORE = "(other)", "(bare)", "(more)"
"""Query keys that are not to be named, pieces without a `=`, and keys beyond `_MOST_KEYS`."""


class Found(NamedTuple):
    features: tuple[Feature, ...]
    """The request's shape is the last; words are not among them."""
    fields: Fields


class Finder:
    """Finds features; remembers what bodies were, because many answers are the same. ``digest`` must be keyed, so that
    nobody can test a guess at the names that a body has."""

    def __init__(self, digest: Callable[[bytes], bytes]) -> None:
        self._digest = digest
        self._bodies: Recent[tuple[int, str, str, bytes], _Body] = Recent(_BODIES)

    def find(self, template: str, relative: str, request: Request, legacy: Response) -> Found:
        """The features of a request of the route with that path template; ``relative`` is its target on legacy's base.

        Never raises, bounded, and the same in whatever order the query, and the members and items of bodies, come.
        """
        # Content codings and media types are the same for requests.
        asked, answered = self._body(Response(0, request.headers, request.body)), self._body(legacy)
        features = (
            *_parameters(template, relative),
            *_query(relative),
            Feature("status", "", str(legacy.status)),
            Feature("request-body", "", asked.told),
            Feature("response-body", "", answered.told),
        )
        whole = "\n".join("\t".join(feature) for feature in features)
        shape = Feature(SHAPE, "", self._digest(whole.encode("utf-8", "backslashreplace"))[:8].hex())
        fields: Fields = {
            **{("request-value", path): values for path, values in asked.fields.items()},
            **{("response-value", path): values for path, values in answered.fields.items()},
        }
        return Found((*features, shape), fields)

    def _body(self, message: Response) -> _Body:
        if not message.body:
            return _NO_BODY
        if len(message.body) > _LARGEST_KNOWN:
            return _read(message, self._digest)
        coding = header(message.headers, "content-encoding")
        key = (message.status, header(message.headers, "content-type"), coding, message.body)
        known = self._bodies.get(key)
        if known is None:
            self._bodies.put(key, known := _read(message, self._digest))
        return known


def _parameters(template: str, relative: str) -> Iterator[Feature]:
    names = parameters(template)
    if not names:
        return
    found = values(template, without_query(relative))
    for name, value in zip(names, found or (), strict=False):
        shape = _segments(value) if name.endswith("+") else shape_of(decoded(value))
        yield Feature("parameter", name[:_LONGEST_NAME], shape)


_LONGEST_NAME = 100
"""Of a parameter; it comes from the inventory, or is `id` and the like."""
_MOST_SEGMENTS = 10


def _segments(path: str) -> str:
    """Of a greedy parameter: how many segments, and the last one's shape."""
    *before, last = path.split("/", _MOST_SEGMENTS)
    number = len(before) + 1
    return f"{'many' if number > _MOST_SEGMENTS else number} segments, {shape_of(decoded(last))}"


def _query(relative: str) -> list[Feature]:
    query = relative.partition("?")[2].partition("#")[0]
    if not query:
        return [_NO_QUERY]
    shapes: dict[str, set[str]] = {}
    times: dict[str, int] = {}
    for piece in query.split("&", _MOST_PIECES)[:_MOST_PIECES]:
        if not piece:
            continue
        key, equals, value = piece.partition("=")
        name = _key(decoded(key.replace("+", " "))) if equals else _BARE
        text = value if equals else key
        shapes.setdefault(name, set()).add(shape_of(decoded(text.replace("+", " "))))
        times[name] = times.get(name, 0) + 1
    several = {name: times[name] > 1 and name not in (_OTHER, _BARE) for name in shapes}
    features = [
        Feature("query", name, f"several: {_joined(found)}" if several[name] else _joined(found))
        for name, found in sorted(shapes.items())
    ]
    more = [Feature("query", _MORE, "")] if len(features) > _MOST_KEYS else []
    return [*features[:_MOST_KEYS], *more] or [_NO_QUERY]


def _joined(shapes: set[str]) -> str:
    return " and ".join(sorted(shapes))


def _key(key: str) -> str:
    """The name of a query parameter as it may be written down, for a client can send anything in its place:
    ``filter[state]`` with its names, ``items[17]`` without its index."""
    found = _KEY.fullmatch(key)
    if found is None or not is_plain_name(found[1]):
        return _OTHER
    within = found[2][1:-1].split("][") if found[2] else []
    return found[1] + "".join(f"[{name}]" if is_plain_name(name) else "[]" for name in within)


class _Body(NamedTuple):
    told: str
    """What it is."""
    fields: dict[str, set[str]]
    """See `Structure.fields`."""


_NO_BODY = _Body("none", {})


def _read(message: Response, digest: Callable[[bytes], bytes]) -> _Body:
    if len(message.body) > _LARGEST:
        return _Body(f"large {_named(media_type(message))}", {})
    body = body_of(message)
    if len(body.raw) > _LARGEST:
        return _Body(f"large {_named(body.type)}", {})
    found = content(body)
    match found:
        case Empty():
            return _NO_BODY
        case Broken(unfinished=unfinished):
            return _Body(f"{'too much' if unfinished else 'broken'} {_named(body.type)}", {})
        case Structured(kind="html"):
            return _Body("html", {})
        case Structured():
            structure = structure_of(found.document.value)
            kind = "" if found.kind == "json" else f"{found.kind}: "
            digested = digest(f"{found.kind} {structure.text}".encode())[:6].hex()
            return _Body(f"{kind}{structure.summary} ({digested})", structure.fields)
        case Binary() if found.signature:
            return _Body(found.signature, {})
    return _Body(_named(body.type), {})


def _named(type_: MediaType) -> str:
    """A media type from a table, for a client can send anything in its place."""
    if type_.structure:
        return type_.structure
    top = type_.name.partition("/")[0]
    return type_.name if type_.name in _MEDIA_TYPES else top if top in _TOP_LEVEL else "untyped"


_TOP_LEVEL = frozenset({"application", "audio", "font", "image", "message", "model", "text", "video"})
"""RFC 6838 §4.2."""
_MEDIA_TYPES = frozenset(
    (
        *("application/gzip", "application/javascript", "application/msgpack", "application/octet-stream"),
        *("application/pdf", "application/protobuf", "application/x-protobuf", "application/yaml"),
        *("application/zip", "audio/mpeg", "audio/ogg", "font/woff", "font/woff2", "image/avif"),
        *("image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp", "text/calendar"),
        *("text/css", "text/csv", "text/event-stream", "text/javascript", "text/markdown", "text/plain"),
        *("text/vcard", "text/yaml", "video/mp4", "video/webm"),
    )
)
