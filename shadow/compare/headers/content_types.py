"""Content-Type: media type, charset and the other parameters, each a difference of its own (RFC 9110 §8.3)."""

from __future__ import annotations

from shadow.compare.bodies.media_types import MediaType
from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind, Severity
from shadow.compare.documents.values import ABSENT
from shadow.compare.headers.grammar import Pairs, lower, named, parameters
from shadow.compare.headers.lines import Lines
from shadow.compare.headers.meaning import Meaning
from shadow.compare.headers.profiles import ContentType
from shadow.compare.wording import sentence

__all__ = ["content_type_differences"]

_HEADER = "content-type"
_NO_CONTENT = frozenset({204, 304})


def content_type_differences(legacy: Lines, candidate: Lines, table: ContentType) -> list[Difference]:
    """Nothing where both name the same type; of several headers in one response, each must agree."""
    left, right = legacy.one(_HEADER) or None, candidate.one(_HEADER) or None
    if left == right:
        return []
    if left is None or right is None:
        # Nobody reads the type of a body that can't be there (API Gateway adds one all the same), and that only one
        # side has a body is what the status says already.
        notice = bool(_NO_CONTENT & {legacy.status, candidate.status})
        return [_difference(left, right, "media-type", "notice" if notice else "difference")]
    ones, others = _types(legacy), _types(candidate)
    if [type_.name for type_, _ in ones] != [type_.name for type_, _ in others]:
        names, more = (" and ".join(type_.name or "none" for type_, _ in types) for types in (ones, others))
        return [_difference(left, right, "media-type", kind="content-type-changed", said=f"{names} became {more}")]
    differences = []
    if [_charset(*type_) for type_ in ones] != [_charset(*type_) for type_ in others]:
        # RFC 8259 §11: JSON is UTF-8, and the parameter has no meaning.
        is_json = all(type_.is_json for type_, _ in ones)
        differences.append(_difference(left, right, "charset", "notice" if is_json else "difference"))
    if [_others(pairs, table) for _, pairs in ones] != [_others(pairs, table) for _, pairs in others]:
        differences.append(_difference(left, right, "media-type"))
    return differences


def _types(lines: Lines) -> list[tuple[MediaType, Pairs]]:
    """Each different Content-Type that the response has; there ought to be one."""
    types = []
    for value in dict.fromkeys(lines.all(_HEADER)):
        name, pairs = parameters(value)
        types.append((MediaType(lower(name), tuple(dict(reversed(pairs)).items())), pairs))
    return types


def _charset(type_: MediaType, pairs: Pairs) -> str:
    return type_.charset or lower(dict(reversed(pairs)).get("charset", ""))


def _others(pairs: Pairs, table: ContentType) -> Meaning:
    """The parameters besides the charset."""
    read = []
    for name, value in pairs:
        if name != "charset":
            said = "*" if name in table.random else lower(value) if name in table.caseless else value
            read.append((name, said))
    return named(read)


def _difference(
    left: str | None,
    right: str | None,
    class_: str,
    severity: Severity = "difference",
    kind: Kind | None = None,
    said: str = "",
) -> Difference:
    one, other = ABSENT if left is None else left, ABSENT if right is None else right
    kind = kind or ("header-missing" if right is None else "header-added" if left is None else "header-changed")
    summary = (
        f"content type {said}" if said else f"header {_HEADER}: {sentence(kind, one, other).removeprefix('string ')}"
    )
    return described("header", _HEADER, kind, class_, one, other, severity=severity, summary=summary)
