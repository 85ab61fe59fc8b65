"""What one run has to say about routes, in texts and flags only: pytest-xdist sends it to its workers."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Case", "Judgement"]


class Case(NamedTuple):
    """One route as a test. All texts are without control characters."""

    name: str
    """Unique among the cases of a run."""
    verdict: str
    """``ready``, ``not-ready`` or ``inconclusive``."""
    sentence: str
    """Why, on one line."""
    text: str
    """Why, at length; "" where it is ready."""
    excusable: bool
    """Whether ``--shadow-allow-inconclusive`` may let it pass."""


class Judgement(NamedTuple):
    """All of it, from one moment."""

    sentence: str
    """How many routes are what."""
    source: str
    """The file with the settings."""
    at: str
    """When it was judged."""
    cases: tuple[Case, ...]
    notes: tuple[str, ...]
    """What concerns the whole run, one line each."""

    def packed(self) -> list[Any]:
        """Plain lists, which is what execnet takes."""
        return [*self[:3], [list(case) for case in self.cases], list(self.notes)]

    @classmethod
    def unpacked(cls, packed: list[Any]) -> Judgement:
        sentence, source, at, cases, notes = packed
        return cls(sentence, source, at, tuple(Case(*case) for case in cases), tuple(notes))
