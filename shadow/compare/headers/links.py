"""Link (RFC 8288): a set of links."""

from __future__ import annotations

from shadow.compare.headers.grammar import extended, lower, named, parameters, split, words
from shadow.compare.headers.meaning import Meaning, Reference

__all__ = ["links"]

_FIRST_COUNTS = {"rel", "media", "title", "title*", "type"}
"""RFC 8288 §3.3 and §3.4.1: "occurrences after the first MUST be ignored"."""


def links(value: str) -> Meaning:
    """Each link as (target, one relation, its other parameters); what is none as it is written.

    A link with two relations is two links (RFC 8288 §3.3), and the order of links has no meaning.
    """
    found = set[Meaning]()
    for part in split(value):
        target, closed, rest = part.partition(">")
        before, pairs = parameters(rest)
        if not target.startswith("<") or not closed or before:
            found.add(part)
            continue
        relations, others = _read(pairs)
        found.update((Reference(target[1:]), relation, others) for relation in relations)
    return frozenset(found)


def _read(pairs: list[tuple[str, str]]) -> tuple[list[str], Meaning]:
    """The relations ("" for none), and the other parameters."""
    first: dict[str, str] = {}
    several: list[tuple[str, str]] = []
    for name, value in pairs:
        if name in _FIRST_COUNTS:
            first.setdefault(name, value)
        else:
            several.append((name, value))
    relations = words(lower(first.pop("rel", ""))) or [""]
    if "title*" in first:
        first["title*"] = extended(first["title*"]) or first["title*"]
    if "type" in first:
        first["type"] = lower(first["type"])
    anchors = tuple(Reference(value) for name, value in several if name == "anchor")
    return relations, (anchors, named([*first.items(), *(pair for pair in several if pair[0] != "anchor")]))
