"""How the responses of one route are compared: the settings that apply to it, compiled once."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal, TypeVar

import msgspec

from shadow.compare.base_urls import BaseUrls, base_urls
from shadow.compare.documents.selectors import Matcher, Place, located
from shadow.compare.treatment import Treatment
from shadow.config import Settings, glob_matches
from shadow.config.jsonpath import Path, parse_path
from shadow.config.settings import CompareRule

__all__ = ["BodyRule", "Rules", "body_rule", "rules_for"]

BUDGET = 0.25
"""Seconds of CPU time that one pair of parsed bodies may take; not of the clock, for a worker waits for its turn."""
_ROUTES = 4096
"""Routes whose rules are kept per settings; names come from traffic, so there must be an end."""

T = TypeVar("T")


class BodyRule(msgspec.Struct, frozen=True):
    """How to compare the places that a JSONPath names."""

    path: Path
    treatment: Treatment

    @property
    def key(self) -> str:
        """12 hex digits, the same on every machine and for every spelling of the rule."""
        return blake2b(msgspec.json.encode([self.path.text, self.treatment]), digest_size=6).hexdigest()


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

        The base URLs are left out: evidence belongs to them anyway. So are the three limits: what was compared in full
        under one is the same under another, and what was not is a difference, which no evidence is better for.
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
        if not self.evaluated:
            return self._matcher.root
        return self._located([rule.treatment for rule in self.body], document)

    def numbered(self, document: Any, *, evaluate: bool = True) -> Place[int]:
        """The same, with a rule's index in ``body`` where `root` has its treatment; without those that would have to
        be evaluated, unless ``evaluate``."""
        if not (evaluate and self.evaluated):
            return self._indexes.root
        return self._located(range(len(self.body)), document)

    @cached_property
    def evaluated(self) -> tuple[int, ...]:
        """Indexes in ``body`` of the rules whose paths are evaluated on each document, all of it."""
        return tuple(index for index, rule in enumerate(self.body) if rule.path.steps is None)

    @cached_property
    def _matcher(self) -> Matcher[Treatment]:
        return _matcher((rule.path, rule.treatment) for rule in self.body)

    @cached_property
    def _indexes(self) -> Matcher[int]:
        return _matcher((rule.path, index) for index, rule in enumerate(self.body))

    def _located(self, payloads: Sequence[T], document: Any) -> Place[T]:
        """The root for this document, with what the evaluated paths find in it as paths of their own."""
        found = [
            (path, payloads[index]) for index in self.evaluated for path in located(self.body[index].path, document)
        ]
        return _matcher(
            [*((rule.path, payload) for rule, payload in zip(self.body, payloads, strict=True)), *found]
        ).root


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
                body_rule(rule)
                for rule in settings.compare.rule
                if any(glob_matches(glob, route) for glob in rule.routes)
            ),
            legacy_url=settings.legacy.url,
            candidate_url=settings.candidate.url,
            budget=settings.compare.budget,
            max_depth=settings.compare.max_depth,
            max_differences=settings.compare.max_differences,
        )
    return rules


def body_rule(rule: CompareRule) -> BodyRule:
    """A block of shadow.toml, compiled."""
    return BodyRule(parse_path(rule.path), _treatment(rule))


_cache: dict[int, tuple[weakref.ref[Settings], dict[str, Rules]]] = {}


def _known_rules(settings: Settings) -> dict[str, Rules]:
    # Settings hold lists, so they can't be dictionary keys; their identity can, as long as they live.
    key = id(settings)
    entry = _cache.get(key)
    if entry is None or entry[0]() is not settings:
        entry = _cache[key] = (weakref.ref(settings, lambda _: _cache.pop(key, None)), {})
    return entry[1]


def _matcher(rules: Iterable[tuple[Path, T]]) -> Matcher[T]:
    return Matcher((path.steps, payload) for path, payload in rules if path.steps is not None)


def _treatment(rule: CompareRule) -> Treatment:
    return Treatment(
        unordered=bool(rule.unordered),
        key=rule.key,
        tolerance=rule.tolerance,
        as_=rule.as_,
        null_is_missing=bool(rule.null_is_missing),
        fold_case=rule.case is False,
        trim=bool(rule.trim),
        unicode=rule.unicode,
        ordered=bool(rule.ordered),
    )
