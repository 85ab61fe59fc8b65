"""One recorded pair under today's rules: what it proves now.

Only what was `compared` is compared again. What raced, or failed, or was unproductive proves nothing under any rules,
and counts in the new epoch as it did in the old one, so that its share stays what it was.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from msgspec.structs import replace

from shadow.compare import Difference, compare, proves_nothing
from shadow.compare.documents.selectors import Place
from shadow.compare.documents.values import ABSENT
from shadow.compare.reach import documents_of
from shadow.compare.rules import Rules, rules_for
from shadow.compare.treatment import Treatment
from shadow.config import Settings, route_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Epoch, Example, Observation
from shadow.exchange import Response
from shadow.mirror.policy import SAFE_METHODS, RateLimit, effective_method
from shadow.pipeline.route_state import RouteState
from shadow.redact import Redactor
from shadow.redact.marks import MARK
from shadow.redact.sensitive import location
from shadow.replay.recompare_fates import inherited

__all__ = ["Recompared", "Recomparer", "target_of"]


class Recompared(NamedTuple):
    observation: Observation
    unconfirmed: tuple[Difference, ...] = ()
    """Differences that nobody has asked about; see `recompare_fates`."""


def target_of(settings: Settings, epoch: Epoch) -> Epoch | None:
    """The epoch of today's rules for pairs of this one; None where they are not to be compared again: because they
    have been counted there already, or are of other base URLs."""
    if (epoch.legacy_url, epoch.candidate_url) != (settings.legacy.url, settings.candidate.url):
        return None
    today = epoch_for(settings, epoch.route, epoch.legacy_version, epoch.candidate_version)
    return None if today == epoch else today


class Recomparer:
    """Compares recorded pairs again; like a worker it stops asking rules that have found something (`RouteState`)."""

    def __init__(self, settings: Settings, redactor: Redactor) -> None:
        self._settings = settings
        self._redactor = redactor
        self._routes: dict[str, RouteState] = {}

    def recompared(self, stored: Observation) -> Recompared:
        """What the stored observation proves under today's rules, as an observation of today's epoch."""
        example = stored.example
        assert example is not None, "only observations with a pair are recorded"
        route = self._route(stored.epoch.route)
        epoch = epoch_for(self._settings, route.name, stored.epoch.legacy_version, stored.epoch.candidate_version)
        moved = replace(stored, epoch=epoch, differences=example.differences, reach=())
        if stored.outcome != "compared":
            return Recompared(_with_example(moved))
        legacy, candidate = example.pair.legacy.response, example.pair.candidate.response
        assert isinstance(legacy, Response), "what was compared has two responses"
        assert isinstance(candidate, Response)
        found = self._found(example, legacy, candidate, route)
        asks = effective_method(example.pair.of(example.pair.answering).request) in SAFE_METHODS
        what = inherited(
            example.differences,
            stored.noise,
            found,
            asks=asks and self._settings.mirror.confirm > 0,
            may_excuse=_Excuses(route.rules, legacy, candidate),
            stands_for=self._redactor.stands_for,
        )
        unconfirmed = stored.unconfirmed or bool(what.unconfirmed)
        if what.raced:
            raced = replace(
                moved,
                outcome="raced",
                distinct=None,
                signature=(),
                differences=(),
                noise=(),
                features=(),
                candidate_error="",
                unconfirmed=unconfirmed,
            )
            return Recompared(_with_example(raced), what.unconfirmed)
        signature = tuple(sorted({d.fingerprint for d in what.differences if d.severity == "difference"}))
        if not signature and proves_nothing(legacy, route.settings.expect_status):
            # Only by what a rule hides now was it told from an error that both sides have alike.
            alike = replace(
                moved,
                outcome="unproductive",
                distinct=None,
                signature=(),
                differences=(),
                noise=(),
                features=(),
            )
            return Recompared(_with_example(alike))
        compared = replace(
            moved,
            signature=signature,
            differences=what.differences,
            noise=what.noise,
            unconfirmed=unconfirmed,
            reach=route.reach(_typed(legacy), _typed(candidate)),
        )
        return Recompared(_with_example(compared), what.unconfirmed)

    def _found(self, example: Example, legacy: Response, candidate: Response, route: RouteState) -> list[Difference]:
        """The differences of today, redacted as those of then were, so that places and values are the same again."""
        differences = compare(legacy, candidate, route.rules)
        pair = self._redactor.pair(example.pair.legacy, example.pair.candidate, route=route.name)
        found = [pair.difference(difference) for difference in differences]
        if _is_mark(legacy) or _is_mark(candidate):
            # Nothing is left of such a body but a digest of it all; what it was, only those of then know.
            found = [difference for difference in found if difference.where != "body"]
            found += [difference for difference in example.differences if difference.where == "body"]
        return found

    def _route(self, name: str) -> RouteState:
        state = self._routes.get(name)
        if state is None:
            route = route_settings(self._settings, name)
            state = self._routes[name] = RouteState(name, route, rules_for(self._settings, name), RateLimit(0))
        return state


class _Excuses:
    """Whether a rule may take values at a place for the same that aren't equal; see `inherited`."""

    def __init__(self, rules: Rules, legacy: Response, candidate: Response) -> None:
        self._rules = rules
        self._answers = legacy, candidate

    def __call__(self, path: str, inside: bool) -> bool:
        return any(self._excuses(root, path, inside=inside) for root in self._roots)

    def _excuses(self, root: Place[Treatment], path: str, *, inside: bool) -> bool:
        place = root
        for key in location(path):
            place = place.step(key)
        return bool(place) if inside else any(map(_is_lenient, place.payloads))

    @cached_property
    def _roots(self) -> list[Place[Treatment]]:
        if not self._rules.evaluated:
            return [self._rules.root(ABSENT)]
        return [self._rules.root(document) for document in documents_of(*self._answers) if document is not ABSENT]


def _is_lenient(treatment: Treatment) -> bool:
    return (
        treatment.unordered
        or treatment.key is not None
        or treatment.tolerance is not None
        or treatment.as_ not in (None, "lexical")
        or treatment.fold_case
        or treatment.trim
        or treatment.unicode is not None
    )


def _with_example(observation: Observation) -> Observation:
    """The example as it is to be kept: of differences only, and with those of today."""
    example = observation.example
    faults = any(difference.severity == "difference" for difference in observation.differences)
    if example is None or not faults:
        return replace(observation, example=None)
    return replace(observation, example=replace(example, differences=observation.differences))


def _is_mark(response: Response) -> bool:
    return response.body.startswith(b"[redacted ") and MARK.fullmatch(response.body.decode("latin-1")) is not None


_TYPED = {b"number": b"0", b"boolean": b"false", b"list": b"[]", b"object": b"{}"}
_JSON_MARK = re.compile(rb'"\[redacted (number|boolean|list|object):[0-9a-f]{16}\]"(?!\s*:)')


def _typed(response: Response) -> Response:
    """The response with values of their types in place of marks in JSON, for rules that hold for values of a type."""
    if b'"[redacted ' not in response.body:
        return response
    return replace(response, body=_JSON_MARK.sub(lambda found: _TYPED[found[1]], response.body))
