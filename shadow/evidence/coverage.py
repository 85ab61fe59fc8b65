"""What kinds of requests have been compared so far: shapes and names, never values but the words of enumerations."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from shadow.evidence.unseen import unseen_share

__all__ = [
    "ENUMERATIONS",
    "NO_ENUMERATION",
    "SHAPE",
    "CoverageEvidence",
    "Feature",
    "FeatureKind",
    "SeenFeature",
]

FeatureKind = Literal[
    "parameter", "query", "status", "request-body", "response-body", "request-value", "response-value", "shape"
]
ENUMERATIONS: tuple[FeatureKind, ...] = ("request-value", "response-value")
"""Kinds whose values are words of bodies."""
SHAPE: FeatureKind = "shape"
"""A request as a whole: a digest of all its features but the words."""
NO_ENUMERATION = ""
"""The value that says of a field of a body that it holds no enumeration: none of its words may be kept."""


class Feature(NamedTuple):
    """One thing that a compared request and legacy's response had; safe to be written down.

    ``name`` is that of a parameter of the path or the query, or the path of a field (`$.items[*].state`); "" where the
    kind needs none. ``value`` is the shape of the parameter's value (`integer`), the status, what the body is with a
    digest of its structure, or the field's word.
    """

    kind: FeatureKind
    name: str
    value: str


class SeenFeature(msgspec.Struct, frozen=True):
    """A feature, and in how many of the requests that were looked at."""

    feature: Feature
    count: int
    """Each distinct request once, and again where another worker, or the same one much later, has looked at it."""
    once: bool
    """It was seen in one distinct request only."""


class CoverageEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What has been seen of one route."""

    requests: int = 0
    """n: distinct requests whose shape is known."""
    shapes: int = 0
    """Different shapes of whole requests; an estimate where ``SHAPE`` overflowed."""
    once: int = 0
    """f1: those of them that were seen in one distinct request only; an estimate where ``SHAPE`` overflowed."""
    seen: tuple[SeenFeature, ...] = ()
    """All features but the shapes, by kind and name, the most frequent first."""
    overflowed: frozenset[str] = frozenset()
    """Kinds of which there are more than are kept."""

    @property
    def unseen(self) -> float | None:
        """The share (0 to 1) of further distinct requests whose shape has not been compared yet; see `unseen_share`."""
        return unseen_share(self.once, self.requests)
