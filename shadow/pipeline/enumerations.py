"""Which fields of bodies hold one of a few words, and which words several requests have had: only those are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shadow.evidence.coverage import NO_ENUMERATION, Feature, FeatureKind
from shadow.pipeline.features import Fields
from shadow.pipeline.recent import Recent

__all__ = ["MOST_WORDS", "SEVERAL", "Enumerations"]

SEVERAL = 3
"""Distinct requests that must have had a word before it is told."""
MOST_WORDS = 20
"""Different values of an enumeration; a field with more is none."""
_FIELDS = 5_000
"""Fields, of all routes, whose values are remembered."""
_PATTERN = 12
"""Requests that make a pattern: where half as many values have come by then, the field is no enumeration."""

_Known = tuple[str, FeatureKind, str]
"""Route, kind, path."""


class Enumerations:
    """What one worker remembers of the fields that it has seen. ``hides(path, text)`` says what is secret."""

    def __init__(self, hides: Callable[[str, str], bool]) -> None:
        self._hides = hides
        self._fields: Recent[_Known, _Field] = Recent(_FIELDS)

    def told(self, route: str, request: bytes, fields: Fields) -> Iterator[Feature]:
        """The words of a request (a digest of it) that may be written down; and of fields that hold no enumeration,
        that they hold none."""
        for (kind, path), values in fields.items():
            field = self._fields.get((route, kind, path))
            if field is None:
                self._fields.put((route, kind, path), field := _Field())
            field.look(request, values, lambda text, path=path: self._hides(path, text))  # type: ignore[misc]
            if not field.holds_words:
                yield Feature(kind, path, NO_ENUMERATION)
                continue
            for value in sorted(values):
                if field.tells(value):
                    yield Feature(kind, path, value)


class _Field:
    def __init__(self) -> None:
        self.holds_words = True
        self._requests = 0
        self._seen: dict[str, frozenset[bytes]] = {}
        """Value → the first `SEVERAL` distinct requests that had it."""

    def look(self, request: bytes, values: set[str], hides: Callable[[str], bool]) -> None:
        if not self.holds_words:
            return
        self._requests += 1
        for value in values:
            known = self._seen.get(value)
            if known is None:
                if value == NO_ENUMERATION or len(self._seen) >= MOST_WORDS or hides(value):
                    self._give_up()
                    return
                known = frozenset()
            if len(known) < SEVERAL:
                self._seen[value] = known | {request}
        if self._requests >= _PATTERN and 2 * len(self._seen) >= self._requests:
            self._give_up()

    def tells(self, value: str) -> bool:
        # That a field is sometimes null says something only of one that is known to hold words.
        return self._is_known(value) and (value != "null" or any(map(self._is_known, self._seen.keys() - {"null"})))

    def _is_known(self, value: str) -> bool:
        return len(self._seen.get(value, ())) >= SEVERAL

    def _give_up(self) -> None:
        self.holds_words = False
        self._seen.clear()
