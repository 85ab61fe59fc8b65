"""How the responses of one route are compared: the settings that apply to it, compiled once."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from shadow.compare.base_urls import BaseUrls, base_urls
from shadow.compare.documents.selectors import Matcher, Place, located
from shadow.compare.treatment import Treatment
from shadow.config import Settings, glob_matches
from shadow.config.jsonpath import Path, parse_path
from shadow.config.settings import CompareRule

__all__ = ["BodyRule", "Rules", "rules_for"]

BUDGET = 0.25
"""Seconds of CPU time that one pair of parsed bodies may take; not of the clock, for a worker waits for its turn."""
_ROUTES = 4096
"""Routes whose rules are kept per settings; names come from traffic, so there must be an end."""


class BodyRule(msgspec.Struct, frozen=True):
    """How to compare the places that a JSONPath names."""

    path: Path
    treatment: Treatment


@dataclass(frozen=True)
class Rules:
    """How two responses are compared; the default is the gateway profile and no rules.

    Accepting differences is another matter: it happens after comparing and is not part of this.
    """

    profile: Literal["gateway", "strict", "none"] = "gateway"
    body: tuple[BodyRule, ...] = ()
    legacy_url: str = ""
    candidate_url: str = ""
    """Base URLs, which links in the bodies and headers are freed of; "" where not known."""
    budget: float = BUDGET
    """Seconds of CPU time for one pair of parsed bodies; beyond it the comparison says `truncated`."""

    max_depth: int = 200
    """Levels of nesting that are compared."""
    max_differences: int = 200
    """Differences of one pair that are described."""

    @cached_property
    def digest(self) -> str:
        """32 hex digits over what changes a comparison's result, the same on every machine.

        The base URLs are left out: evidence belongs to them anyway.
        """
        body = sorted((rule.path.text, msgspec.json.encode(rule.treatment).decode()) for rule in self.body)
        return blake2b(msgspec.json.encode([self.profile, body]), digest_size=16).hexdigest()

    @cached_property
    def minds_order(self) -> bool:
        """Whether the order of members matters anywhere."""
        return any(rule.treatment.ordered for rule in self.body)

    @cached_property
    def tolerant(self) -> bool:
        """Whether anywhere two values may count as the same though each is equal to other things."""
        return any(rule.treatment.tolerance is not None for rule in self.body)

    @cached_property
    def minds_spelling(self) -> bool:
        """Whether it matters anywhere how numbers are spelled."""
        return any(rule.treatment.as_ == "lexical" for rule in self.body)

    @cached_property
    def urls(self) -> BaseUrls:
        return base_urls(self.legacy_url, self.candidate_url)

    def root(self, document: Any) -> Place[Treatment]:
        """Where the body rules start to be matched in one document."""
        if not self._evaluated:
            return self._matcher.root
        found = [(path, r.treatment) for r in self._evaluated for path in located(r.path, document)]
        return _matcher([*((r.path, r.treatment) for r in self.body), *found]).root

    @cached_property
    def _matcher(self) -> Matcher[Treatment]:
        return _matcher((rule.path, rule.treatment) for rule in self.body)

    @cached_property
    def _evaluated(self) -> tuple[BodyRule, ...]:
        return tuple(rule for rule in self.body if rule.path.steps is None)


def rules_for(settings: Settings, route: str) -> Rules:
    """The rules of a route; cheap to call again with the same settings object and route."""
    known = _known_rules(settings)
    rules = known.get(route)
    if rules is None:
        if len(known) >= _ROUTES:
            known.clear()
        rules = known[route] = Rules(
            profile=settings.compare.headers,
            body=tuple(
                BodyRule(parse_path(rule.path), _treatment(rule))
                for rule in settings.compare.rule
                if any(glob_matches(glob, route) for glob in rule.routes)
            ),
            legacy_url=settings.legacy.url,
            candidate_url=settings.candidate.url,
        )
    return rules


_cache: dict[int, tuple[weakref.ref[Settings], dict[str, Rules]]] = {}


def _known_rules(settings: Settings) -> dict[str, Rules]:
    # Settings hold lists, so they can't be dictionary keys; their identity can, as long as they live.
    key = id(settings)
    entry = _cache.get(key)
    if entry is None or entry[0]() is not settings:
        entry = _cache[key] = (weakref.ref(settings, lambda _: _cache.pop(key, None)), {})
    return entry[1]


def _matcher(rules: Iterable[tuple[Path, Treatment]]) -> Matcher[Treatment]:
    return Matcher((path.steps, treatment) for path, treatment in rules if path.steps is not None)


def _treatment(rule: CompareRule) -> Treatment:
    return Treatment(
        unordered=bool(rule.unordered),
        key=rule.key,
        tolerance=rule.tolerance,
        as_=rule.as_,
        null_is_missing=bool(rule.null_is_missing),
        fold_case=rule.case is False,
        trim=bool(rule.trim),
    )
