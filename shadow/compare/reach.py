"""Whether a route's rules reach anything in a pair of documents: a rule that never does is a mistake somebody made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from shadow.compare.bodies.content import Structured
from shadow.compare.bodies.kinds import contents
from shadow.compare.documents.selectors import Place
from shadow.compare.documents.values import ABSENT, json_type
from shadow.compare.rules import Rules
from shadow.compare.treatment import merged
from shadow.compare.ways import way_of
from shadow.config.jsonpath import ANY, Path
from shadow.exchange import Response

__all__ = ["Reach", "documents_of", "reach"]

_MOST = 10_000
"""Values of one document that are looked at."""


class Reach(msgspec.Struct, frozen=True):
    """What one rule has found in a pair of documents."""

    rule: str
    """`BodyRule.key`."""
    found: Literal["fits", "unfit", "absent", "unknown"]
    """`fits`: it selects a value that it can hold for; `unfit`: only others; `absent`: none at all."""
    had: str = ""
    """Where ``unfit``: the JSON type of the first value; `item` where the rule needs a member and that is none."""


def documents_of(legacy: Response, candidate: Response) -> tuple[Any, Any]:
    """The parsed documents of a pair, `ABSENT` for a body that is none. Never raises."""
    one, other = (c.document.value if isinstance(c, Structured) else ABSENT for c in contents(legacy, candidate))
    return one, other


def reach(rules: Rules, legacy: Any, candidate: Any) -> tuple[Reach, ...]:
    """What each body rule finds in two documents (or `ABSENT`), in the order of ``rules.body``. Pure, never raises.

    Looks at a bounded number of values; what it has not seen by then is unknown.
    """
    survey = _Survey(rules)
    for document in (legacy, candidate):
        if document is not ABSENT:
            survey.look_through(document)
    return tuple(survey.reach(index) for index in range(len(rules.body)))


class _Survey:
    """What has been found so far; rules are known by their index."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._ways = [way_of(rule.treatment) for rule in rules.body]
        self._members = [
            (index, name)
            for index, (rule, way) in enumerate(zip(rules.body, self._ways, strict=True))
            if way is not None and way.of_members
            for name in _last_names(rule.path)
        ]
        self._fits: set[int] = set()
        self._unfit: dict[int, str] = {}
        self._unclear: set[int] = set()
        self._unsure = {index for index, way in enumerate(self._ways) if way is None}

    def reach(self, index: int) -> Reach:
        key = self._rules.body[index].key
        if index in self._fits:
            return Reach(key, "fits")
        if index in self._unsure:
            return Reach(key, "unknown")
        if index in self._unfit:
            return Reach(key, "unfit", self._unfit[index])
        return Reach(key, "unknown" if index in self._unclear else "absent")

    def look_through(self, document: Any) -> None:
        """Look at the values that rules select, as far as the limit allows."""
        evaluated = self._rules.evaluated
        # To evaluate a path takes as long as it takes.
        evaluate = bool(evaluated) and not _is_large(document)
        if not evaluate:
            self._unsure.update(evaluated)
        root = self._rules.numbered(document, evaluate=evaluate)
        self._look(document, root, None)
        left = _MOST
        waiting = [(_within(document), root)]
        while waiting and len(self._fits) < len(self._ways):
            children, place = waiting[-1]
            for key, value in children:
                left -= 1
                if left < 0:
                    self._unsure.update(range(len(self._ways)))
                    return
                following = place.step(key)
                if following:
                    self._look(value, following, key)
                    waiting.append((_within(value), following))
                    break
            else:
                waiting.pop()

    def _look(self, value: Any, place: Place[int], key: str | int | None) -> None:
        if isinstance(value, dict):
            self._fits.update(index for index, name in self._members if index in place.step(name).payloads)
        wanted = [index for index in place.payloads if index not in self._fits]
        if not wanted:
            return
        body = self._rules.body
        together = merged(body[index].treatment for index in place.payloads)
        for index in wanted:
            way = self._ways[index]
            if way is None:
                continue
            fits = isinstance(key, str) if way.of_members else way.fits(value, body[index].treatment, together)
            if fits:
                self._fits.add(index)
            elif fits is None:
                self._unclear.add(index)
            else:
                self._unfit.setdefault(index, "item" if way.of_members else json_type(value))


def _last_names(path: Path) -> list[str]:
    """The members that a path may end with; any name stands for all of them where it ends with a wildcard."""
    selectors = path.steps[-1].selectors if path.steps else ()
    return [selector for selector in selectors if isinstance(selector, str)] + ([""] if ANY in selectors else [])


def _within(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


def _is_large(document: Any) -> bool:
    left = _MOST
    waiting = [_within(document)]
    while waiting:
        for _, value in waiting[-1]:
            left -= 1
            if left < 0:
                return True
            waiting.append(_within(value))
            break
        else:
            waiting.pop()
    return False
