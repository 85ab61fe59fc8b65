"""What a difference turns out to be when both sides are asked again: pure, given all answers.

A difference of one pair may be a fault of the candidate, or chance (a flaky candidate), or a write that came between
the two questions, or a field that legacy itself never answers twice alike. Asking both again, a few times, tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import combinations

import msgspec

from shadow.compare import Difference, restamp
from shadow.exchange import Response

__all__ = ["ANSWERS_FOR_NOISE", "Fate", "Settled", "once", "settle", "settle_as"]

ANSWERS_FOR_NOISE = 3
"""Two answers of legacy that differ may just as well be a value that has moved once."""

Compare = Callable[[Response, Response], list[Difference]]


class Fate(StrEnum):
    """What one difference turned out to be."""

    CONFIRMED = "confirmed"
    """Legacy always answers one thing there, and the candidate another."""
    UNSTABLE = "unstable"
    """Legacy always answers the same, the candidate now this, now that."""
    NOISE = "noise"
    """Legacy shows this very difference with itself, every time, and the sides never agree."""
    RACED = "raced"
    """Something changed between the questions; this proves nothing."""


class Settled(msgspec.Struct, frozen=True):
    """A pair's differences after confirming.

    ``differences`` are those that stand (confirmed, unstable and noise; notices too), ``fates`` what became of each
    fingerprint. Where both sides were asked again, ``noise`` has those that are noise, and ``steady`` those that are
    confirmed and of which legacy said the same every time. ``raced``: nothing that stands is proven, and something
    raced, so the whole pair proves nothing.
    """

    differences: tuple[Difference, ...]
    noise: tuple[str, ...]
    steady: tuple[str, ...]
    fates: dict[str, Fate]
    raced: bool


def settle(differences: Sequence[Difference], rounds: Sequence[tuple[Response, Response]], compare: Compare) -> Settled:
    """Decide about each difference of the first round from all rounds of (legacy, candidate) answers.

    Two rounds may have an answer in common (the very same object), which counts once. At least two answers of legacy
    are needed, else everything would look confirmed; raises ValueError for fewer. Nothing is noise with fewer than
    `ANSWERS_FOR_NOISE`.
    """
    legacy, candidate = once(a for a, _ in rounds), once(b for _, b in rounds)
    if len(legacy) < 2:
        raise ValueError("confirming needs at least two answers of legacy")
    # Both ways round: what is added from one answer to the next is missing from the next to the one.
    between_legacy = [compare(a, b) + compare(b, a) for a, b in combinations(legacy, 2)]
    between_candidate = [compare(a, b) for a, b in combinations(candidate, 2)]
    between_sides = [list(differences), *(compare(*answers) for answers in rounds[1:])]

    def decide(difference: Difference) -> Fate:
        by_legacy = [_shows(others, difference) for others in between_legacy]
        if not any(_touches(others, difference) for others in between_legacy):
            if not any(_touches(others, difference) for others in between_candidate):
                return Fate.CONFIRMED
            if not all(by_legacy):
                return Fate.UNSTABLE
            # Else legacy always has the same difference at other places (of a list, say): a digit drawn by lot
            # stays the same now and then.
        if not all(_shows(others, difference) for others in between_sides):
            return Fate.RACED
        if all(by_legacy):
            return Fate.NOISE if len(legacy) >= ANSWERS_FOR_NOISE else Fate.RACED
        # Where legacy moves, but never in this way, and the candidate is always wrong in this way, it is another
        # type or format in a field that changes with every answer.
        return Fate.RACED if any(by_legacy) else Fate.CONFIRMED

    fates: dict[str, Fate] = {}
    steady: list[str] = []
    for difference in differences:
        if difference.severity == "difference":
            # One fault at several places: what is worst about any of them, so that noise at one hides no other.
            known, fate = fates.get(difference.fingerprint, Fate.NOISE), decide(difference)
            fates[difference.fingerprint] = min(known, fate, key=_GRAVITY.index)
            if fate is Fate.CONFIRMED and not any(_touches(others, difference) for others in between_legacy):
                steady.append(difference.fingerprint)
    return settle_as(differences, fates, tuple(dict.fromkeys(steady)), asked=True)


def settle_as(
    differences: Sequence[Difference], fates: dict[str, Fate], steady: tuple[str, ...] = (), *, asked: bool = False
) -> Settled:
    """The same, where the fates are already known (or, for a fingerprint that has none: confirmed).

    ``asked``: they come of asking again just now, and are not only what they usually are.
    """
    stand: list[Difference] = []
    noise: list[str] = []
    proven = raced = False
    for difference in differences:
        fate = fates.get(difference.fingerprint, Fate.CONFIRMED)
        if difference.severity == "notice":
            stand.append(difference)
        elif fate is Fate.RACED:
            raced = True
        elif fate is Fate.NOISE:
            stand.append(difference)
            noise.append(difference.fingerprint)
        elif fate is Fate.UNSTABLE:
            stand.append(restamp(difference, "candidate-unstable"))
            proven = True
        else:
            stand.append(difference)
            proven = True
    known_noise = tuple(dict.fromkeys(noise)) if asked else ()
    return Settled(tuple(stand), known_noise, steady, fates, raced and not proven)


def once(answers: Iterable[Response]) -> list[Response]:
    """Each of the answers once, in order, by identity: two that say the same are two."""
    return list({id(answer): answer for answer in answers}.values())


_GRAVITY = (Fate.CONFIRMED, Fate.UNSTABLE, Fate.RACED, Fate.NOISE)


def _shows(others: Sequence[Difference], difference: Difference) -> bool:
    return any(other.fingerprint == difference.fingerprint for other in others)


def _touches(others: Sequence[Difference], difference: Difference) -> bool:
    """Whether any of ``others`` is at the place of ``difference``, around it, or inside it.

    Items that are missing or added have the whole list as their place: which index they get is chance.
    """
    return any(
        other.severity == "difference"
        and other.where == difference.where
        and (
            _within(other.path, difference.path)
            or _within(difference.path, other.path)
            or (_list_of(other) == _list_of(difference) != "")
        )
        for other in others
    )


def _list_of(difference: Difference) -> str:
    """The path of the list that has an item too many or too few; "" for any other difference."""
    path = difference.path
    if difference.kind in {"missing", "added"} and path.endswith("]") and path[-2].isdigit():
        return path[: path.rindex("[")]
    return ""


def _within(inner: str, outer: str) -> bool:
    return inner == outer or (inner.startswith(outer) and inner[len(outer)] in ".[")
