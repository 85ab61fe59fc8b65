"""What a difference turns out to be when both sides are asked again: pure, given all answers.

A difference of one pair may be a fault of the candidate, or chance (a flaky candidate), or a write that came between
the two questions, or a field that legacy itself never answers twice alike. Asking both again, a few times, tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

import msgspec

from shadow.compare import Difference, as_noise, restamp
from shadow.evidence.observation import RACED
from shadow.exchange import Response

__all__ = ["ANSWERS_FOR_NOISE", "ANSWERS_IN_LISTS", "Fate", "Settled", "once", "settle", "settle_as", "shown_by_legacy"]

ANSWERS_FOR_NOISE = 3
"""Two answers of legacy that differ may just as well be a value that has moved once."""
ANSWERS_IN_LISTS = 12
"""Where other items of a list are noise, one that legacy has never changed in so many answers is steady."""

Compare = Callable[[Response, Response], list[Difference]]


class Fate(StrEnum):
    """What one difference turned out to be."""

    CONFIRMED = "confirmed"
    """Legacy always answers one thing there, and the candidate another."""
    UNSTABLE = "unstable"
    """Legacy always answers the same, the candidate now this, now that."""
    NOISE = "noise"
    """Legacy shows this very difference with itself: every time, or it goes back to what it has said before."""
    RACED = "raced"
    """Something changed between the questions; this proves nothing."""


class Settled(msgspec.Struct, frozen=True):
    """A pair's differences after confirming.

    ``differences`` are those that stand (confirmed, unstable and noise; notices too). What is unstable, noise or raced
    is a group of its own, with a fingerprint of its own, so that it neither hides nor excuses what is confirmed at the
    same place; ``noise`` has those fingerprints. ``fates`` says what became of each fingerprint that the pair had.
    ``raced``: nothing that stands is proven, and something raced, so the whole pair proves nothing.
    """

    found: tuple[Difference, ...]
    """The pair's differences as they were found, and what only a later round has shown."""
    differences: tuple[Difference, ...]
    noise: tuple[str, ...]
    fates: dict[str, Fate]
    raced: bool
    unclear: frozenset[str] = frozenset()
    """Fingerprints of which more answers would tell whether one of several places is steady, or only by chance."""


def settle(differences: Sequence[Difference], rounds: Sequence[tuple[Response, Response]], compare: Compare) -> Settled:
    """Decide about each difference of the first round from all rounds of (legacy, candidate) answers.

    A status that only a later round shows is a difference, too: legacy always has the same one, so the candidate fails
    now and then. What else such a round shows is that failure, and says nothing of the other differences.

    Two rounds may have an answer in common (the very same object), which counts once. At least two answers of legacy
    are needed, else everything would look confirmed; raises ValueError for fewer. Nothing is noise with fewer than
    `ANSWERS_FOR_NOISE`.
    """
    legacy, candidate = once(a for a, _ in rounds), once(b for _, b in rounds)
    if len(legacy) < 2:
        raise ValueError("confirming needs at least two answers of legacy")
    between_legacy = _between_legacy(legacy, compare)
    later = [compare(*answers) for answers in rounds[1:]]
    failures = _failures([differences, *between_legacy], later)
    if failures:
        later = [others for others in later if not _status(others)]
        statuses = {answer.status for answer in legacy}
        candidate = [answer for answer in candidate if answer.status in statuses]
    between_candidate = [compare(a, b) for a, b in combinations(candidate, 2)]
    all_answers = _Between(len(legacy), between_legacy, between_candidate, later)
    fates: dict[str, Fate] = {}
    unclear: set[str] = set()
    for difference in differences:
        if difference.severity == "difference":
            fate, is_clear = all_answers.decide(difference)
            # One fault at several places: what is worst about any of them, so that noise at one hides no other.
            known = fates.get(difference.fingerprint, Fate.NOISE)
            fates[difference.fingerprint] = min(known, fate, key=_GRAVITY.index)
            unclear |= set() if is_clear else {difference.fingerprint}
    fates |= {failure.fingerprint: Fate.UNSTABLE for failure in failures}
    return msgspec.structs.replace(settle_as([*differences, *failures], fates), unclear=frozenset(unclear))


class _Between(NamedTuple):
    """What all answers to one request differ in."""

    answers: int
    """Of legacy."""
    legacy: list[list[Difference]]
    """Between each two of its answers."""
    candidate: list[list[Difference]]
    """The same of the candidate's."""
    later: list[list[Difference]]
    """Between the sides, in each round but the first."""

    def decide(self, difference: Difference) -> tuple[Fate, bool]:
        """What the difference (of the first round) is, and whether that is clear."""
        by_legacy = [_shows(others, difference) for others in self.legacy]
        same = [not _touches(others, difference) for others in self.legacy]
        moves = any(_touches(others, difference) for others in self.candidate)
        if _is_always_short(difference, self.legacy, moves=moves):
            by_legacy = [False] * len(by_legacy)
        if any(by_legacy) and _returns(same, self.answers) and self._agree_once(difference):
            return Fate.NOISE, True
        clear = True
        if all(same):
            if not moves:
                return Fate.CONFIRMED, True
            if not all(by_legacy) or self.answers >= ANSWERS_IN_LISTS:
                return Fate.UNSTABLE, True
            # Else legacy always has the same difference at other places (of a list, say): a digit drawn by lot
            # stays the same now and then.
            clear = False
        if not all(_shows(others, difference) for others in self.later):
            return Fate.RACED, clear
        if all(by_legacy):
            return (Fate.NOISE if self.answers >= ANSWERS_FOR_NOISE else Fate.RACED), clear
        # Where legacy moves, but never in this way, and the candidate is always wrong in this way, it is another
        # type or format in a field that changes with every answer.
        return (Fate.RACED if any(by_legacy) else Fate.CONFIRMED), clear

    def _agree_once(self, difference: Difference) -> bool:
        """Whether the candidate now and then says one of the things that legacy says."""
        return not all(_touches(others, difference) for others in self.later)


def settle_as(differences: Sequence[Difference], fates: Mapping[str, Fate]) -> Settled:
    """The same, where the fates are already known (or, for a fingerprint that has none: confirmed)."""
    stand: list[Difference] = []
    noise: list[str] = []
    raced: list[Difference] = []
    proven = False
    for difference in differences:
        fate = fates.get(difference.fingerprint, Fate.CONFIRMED)
        if difference.severity == "notice":
            stand.append(difference)
        elif fate is Fate.RACED:
            raced.append(restamp(difference, RACED))
        elif fate is Fate.NOISE:
            noisy = as_noise(difference)
            stand.append(noisy)
            noise.append(noisy.fingerprint)
        elif fate is Fate.UNSTABLE:
            stand.append(restamp(difference, "candidate-unstable"))
            proven = True
        else:
            stand.append(difference)
            proven = True
    noises = tuple(dict.fromkeys(noise))
    if not raced or proven:
        # What raced must not be forgotten where the pair stands: if the rest is accepted, it proves nothing after all.
        return Settled(tuple(differences), (*stand, *raced), noises, dict(fates), raced=False)
    return Settled(tuple(differences), tuple(stand), noises, dict(fates), raced=True)


def shown_by_legacy(legacy: Sequence[Response], compare: Compare) -> set[str]:
    """The fingerprints that legacy shows with itself between any two of these answers."""
    each = ({other.fingerprint for other in others} for others in _between_legacy(once(legacy), compare))
    return set.intersection(*each) if len(once(legacy)) > 1 else set()


def once(answers: Iterable[Response]) -> list[Response]:
    """Each of the answers once, in order, by identity: two that say the same are two."""
    return list({id(answer): answer for answer in answers}.values())


_GRAVITY = (Fate.CONFIRMED, Fate.UNSTABLE, Fate.RACED, Fate.NOISE)


def _between_legacy(legacy: Sequence[Response], compare: Compare) -> list[list[Difference]]:
    # Both ways round: what is added from one answer to the next is missing from the next to the one.
    return [compare(a, b) + compare(b, a) for a, b in combinations(legacy, 2)]


def _returns(same: Sequence[bool], answers: int) -> bool:
    """Whether legacy has gone back to what it had said before, which no value does that has only moved.

    ``same`` says of each two of the answers, in the order of `combinations`, whether they say the same.
    """
    alike = dict(zip(combinations(range(answers), 2), same, strict=True))
    return any(alike[i, k] and not (alike[i, j] and alike[j, k]) for i, j, k in combinations(range(answers), 3))


def _status(others: Sequence[Difference]) -> Difference | None:
    return next((other for other in others if other.where == "status" and other.severity == "difference"), None)


def _failures(before: Sequence[Sequence[Difference]], later: Sequence[Sequence[Difference]]) -> list[Difference]:
    """The differences in status of later rounds; none where the first round or legacy itself shows one."""
    return [] if any(map(_status, before)) else [found for others in later if (found := _status(others))]


def _is_always_short(difference: Difference, between_legacy: Sequence[Sequence[Difference]], *, moves: bool) -> bool:
    """Whether the candidate's list always lacks (or has) an item which legacy's list, whose length changes too, never
    lacked (or had)."""
    if moves or not _list_of(difference):
        return False
    return not any(
        other.path == difference.path and other.fingerprint == difference.fingerprint
        for others in between_legacy
        for other in others
    )


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
