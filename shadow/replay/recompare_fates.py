"""What differences of a pair that is compared again turn out to be, by what was found out when it came: pure.

Both sides were asked again then, about what differed under the rules of then. So for a difference of today:

- The same group (fingerprint) that was *confirmed*, *unstable* or *raced* in this pair is so again; and so is whatever
  is at a place where the candidate was unstable or something raced, for that is about the place, not about the rules.
- *Noise* is only the very same difference: place, group and both values. Rules that match list items in another way
  let other values meet at the same place, and where legacy shuffled its items, a wrong price looked like noise.
- Anything else (a rule hid it then, or made something else of it) nobody has ever asked about. Taking it for proven
  could blame noise; leaving it out could make a route ready whose pairs differ. So it proves nothing, like what raced,
  and the pair is *unconfirmed*: not in n, but held against a route that would be ready otherwise. Where such requests
  are not asked again anyway (writes, `mirror.confirm = 0`), it is a difference, as it would be live.

A difference with a redacted value is recognised by place and values, which have the same marks as then; of what class
it is, only the stored one knows. Whether a rule would excuse it can't be told from marks: then it is unconfirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from shadow.compare import Difference, as_noise, restamp
from shadow.evidence.observation import RACED
from shadow.pipeline.confirm import Fate
from shadow.redact.marks import MARK

__all__ = ["Inherited", "inherited"]

_UNSTABLE = "candidate-unstable"
_GRAVITY = (Fate.CONFIRMED, Fate.UNSTABLE, None, Fate.RACED, Fate.NOISE)
"""Of a fault at several places: what is worst about any of them. None: nobody has asked."""
_CONTAINERS = ("list", "object")


class Inherited(NamedTuple):
    """The differences of a pair as they stand, as `Settled` has them."""

    differences: tuple[Difference, ...]
    noise: tuple[str, ...]
    raced: bool
    """Nothing that stands is proven, and something raced, or nobody has asked about it."""
    unconfirmed: tuple[Difference, ...]
    """Those that nobody has asked about."""


class _Decided(NamedTuple):
    difference: Difference
    fate: Fate | None
    stands: bool = False
    """It is a stored one, with the fingerprint of its fate."""


def inherited(
    stored: Sequence[Difference],
    noise: Collection[str],
    found: Sequence[Difference],
    *,
    asks: bool,
    may_excuse: Callable[[str, bool], bool],
    stands_for: Callable[[str, str], bool],
) -> Inherited:
    """The ``found`` differences as they stand, by those that are ``stored`` (``noise`` as in an observation).

    ``asks``: whether live such a request's differences would be confirmed. ``may_excuse``: whether a rule may take two
    values at a body's path for the same that aren't equal (True: or values anywhere inside). ``stands_for``: whether
    the first text is the second one, redacted.
    """
    known = _Known(stored, noise, stands_for)
    decided: list[_Decided] = []
    for difference in found:
        decided += known.decide(difference, may_excuse, asks=asks)
    decided += known.failures(found)
    gravest: dict[str, Fate | None] = {}
    for one in decided:
        if not one.stands:
            theirs = gravest.get(one.difference.fingerprint, Fate.NOISE)
            gravest[one.difference.fingerprint] = min(one.fate, theirs, key=_GRAVITY.index)
    return _standing(one if one.stands else one._replace(fate=gravest[one.difference.fingerprint]) for one in decided)


def _standing(decided: Iterator[_Decided]) -> Inherited:
    stand: list[Difference] = []
    noise: list[str] = []
    raced: list[Difference] = []
    unconfirmed: list[Difference] = []
    proven = False
    for difference, fate, stands in decided:
        if difference.severity == "notice":
            stand.append(difference)
        elif fate is Fate.NOISE:
            stand.append(difference if stands else as_noise(difference))
            noise.append(stand[-1].fingerprint)
        elif fate is Fate.CONFIRMED or fate is Fate.UNSTABLE:
            stand.append(restamp(difference, _UNSTABLE) if fate is Fate.UNSTABLE else difference)
            proven = True
        else:
            raced.append(restamp(difference, RACED))
            unconfirmed += [difference] if fate is None else []
    return Inherited(
        differences=(*stand, *raced) if proven or not raced else tuple(stand),
        noise=tuple(dict.fromkeys(noise)),
        raced=bool(raced) and not proven,
        unconfirmed=tuple(unconfirmed),
    )


class _Known:
    """What was found out about a pair's differences when it came."""

    def __init__(
        self, stored: Sequence[Difference], noise: Collection[str], stands_for: Callable[[str, str], bool]
    ) -> None:
        self._stands_for = stands_for
        faults = [difference for difference in stored if difference.severity == "difference"]
        self._fates = [_Decided(difference, _fate(difference, noise), stands=True) for difference in faults]
        self._groups = {(one.fate, one.difference.fingerprint) for one in self._fates}
        self._places: dict[tuple[str, str], list[_Decided]] = {}
        for one in self._fates:
            self._places.setdefault((one.difference.where, one.difference.path), []).append(one)
        self._recognised: set[int] = set()

    def decide(
        self, difference: Difference, may_excuse: Callable[[str, bool], bool], *, asks: bool
    ) -> Sequence[_Decided]:
        """The difference with its fate, or what is stored in its place; nothing where redacting has made it up."""
        if difference.severity == "notice":
            return [_Decided(difference, Fate.NOISE)]
        if stored := [one for one in self._fates if one.difference is difference]:
            return stored
        legacy, candidate = difference.legacy, difference.candidate
        hidden = [_hides(value) for value in (legacy, candidate)]
        if all(hidden) and difference.where == "body" and may_excuse(difference.path, _is_container(difference)):
            return [_Decided(difference, None)]
        if any(hidden) and self._is_same(legacy, candidate):
            # A secret that only one side names as such is taken out of that side's whole answer.
            return []
        if known := list(self._recognise(difference, hides=any(hidden))):
            return known
        shown = next(self._same(difference), None)
        if shown is not None and any(map(_hides, (shown.difference.legacy, shown.difference.candidate))):
            # Of what is secret, a difference must not show more than it did.
            told = shown.difference
            difference = replace(difference, legacy=told.legacy, candidate=told.candidate, summary=told.summary)
        return [_Decided(difference, self._fate_of(difference, asks=asks))]

    def failures(self, found: Sequence[Difference]) -> list[_Decided]:
        """Statuses with which the candidate failed when it was asked again: no rule is about statuses."""
        shown = {restamp(difference, _UNSTABLE).fingerprint for difference in found if difference.where == "status"}
        return [
            one
            for one in self._fates
            if one.difference.where == "status"
            and one.fate is Fate.UNSTABLE
            and one.difference.fingerprint not in shown
        ]

    def _fate_of(self, difference: Difference, *, asks: bool) -> Fate | None:
        for fate in (Fate.CONFIRMED, Fate.UNSTABLE, Fate.RACED):
            if (fate, _stamped(difference, fate)) in self._groups:
                return fate
        there = [one.fate for one in self._places.get((difference.where, difference.path), ())]
        for fate in (Fate.UNSTABLE, Fate.RACED):
            if fate in there:
                return fate
        return None if asks else Fate.CONFIRMED

    def _recognise(self, difference: Difference, *, hides: bool) -> Iterator[_Decided]:
        """The stored differences that this one is, each just once: with the very same values, and of the same group or
        redacted. Where all that can be seen is that two lists or objects aren't the same, whatever was found in them.
        """
        same = [one for one in self._same(difference) if id(one) not in self._recognised]
        known = [one for one in same if one.difference.fingerprint == _stamped(difference, one.fate)][:1]
        if not known and (hides or MARK.search(difference.path)):
            known = same[:1] or list(self._inside(difference))
        for one in known:
            self._recognised.add(id(one))
            yield one

    def _same(self, difference: Difference) -> Iterator[_Decided]:
        """The stored differences at that place between these values."""
        there = self._places.get((difference.where, difference.path))
        if there is None and MARK.search(difference.path):
            # Of a map's key, more or less may be redacted, by what else the pair holds.
            there = [one for one in self._fates if _is_like(one.difference, difference)]
        return (
            one
            for one in there or ()
            if self._may_be_same(one.difference.legacy, difference.legacy)
            and self._may_be_same(one.difference.candidate, difference.candidate)
        )

    def _may_be_same(self, stored: Any, found: Any) -> bool:
        """Whether nothing tells a value of a stored difference from one at the same place: what stands in a redacted
        body may be hidden in a difference as part of something larger, and marks of lists depend on how numbers are
        held."""
        if self._is_same(stored, found):
            return True
        if not (_hides(stored) and _hides(found)):
            return False
        if isinstance(stored, list | dict):
            return type(stored) is type(found)
        kinds = _kind(stored), _kind(found)
        return kinds[0] != kinds[1] if "" in kinds else kinds[0] == kinds[1] and kinds[0] in _CONTAINERS

    def _is_same(self, one: Any, other: Any) -> bool:
        if one is None or other is None or isinstance(one, bool) or isinstance(other, bool):
            return one is other
        if one == other:
            return True
        hides = _hides(one), _hides(other)
        if hides == (True, False):
            return self._stands_for(str(one), str(other))
        return hides == (False, True) and self._stands_for(str(other), str(one))

    def _inside(self, difference: Difference) -> Iterator[_Decided]:
        if _is_container(difference):
            for one in self._fates:
                path = one.difference.path
                if one.difference.where == difference.where and path.startswith(
                    (f"{difference.path}.", f"{difference.path}[")
                ):
                    yield one


def _is_like(stored: Difference, found: Difference) -> bool:
    return (stored.where, stored.pattern) == (found.where, found.pattern) and MARK.search(stored.path) is not None


def _stamped(difference: Difference, fate: Fate | None) -> str:
    """The fingerprint that the difference has where that is its fate."""
    if fate is Fate.NOISE:
        return as_noise(difference).fingerprint
    if fate is Fate.CONFIRMED:
        return difference.fingerprint
    return restamp(difference, _UNSTABLE if fate is Fate.UNSTABLE else RACED).fingerprint


def _kind(value: Any) -> str:
    """Of what type a value is that is redacted as a whole; "" for any other."""
    text = str(value)
    return text.removeprefix("[redacted ").partition(":")[0] if MARK.fullmatch(text) else ""


def _is_container(difference: Difference) -> bool:
    """Whether a value is a list or an object that is redacted as a whole."""
    return any(_kind(value) in _CONTAINERS for value in (difference.legacy, difference.candidate))


def _fate(stored: Difference, noise: Collection[str]) -> Fate:
    if stored.fingerprint in noise:
        return Fate.NOISE
    if stored.class_ == RACED:
        return Fate.RACED
    return Fate.UNSTABLE if stored.class_ == _UNSTABLE else Fate.CONFIRMED


def _hides(value: Any) -> bool:
    """Whether a value of a difference, or a part of it, is redacted."""
    return value is not None and not isinstance(value, bool) and MARK.search(str(value)) is not None
