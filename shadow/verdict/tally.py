"""Evidence under today's acceptances: what is open, how many distinct requests differ, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

from shadow.compare.gateway_messages import ADVICE
from shadow.evidence.observation import RACED
from shadow.evidence.route_evidence import FingerprintEvidence, RouteEvidence
from shadow.exchange import Side
from shadow.verdict.acceptance import Acceptances
from shadow.verdict.credentials import refusing_side
from shadow.verdict.model import JudgedDifference

__all__ = ["Cause", "Tally", "judge_difference", "perhaps_noise", "tally"]

NOISE_AFTER = 3
"""Distinct requests in which legacy must have shown a difference with itself before it is noise for the route."""
MOST_REFUSED = 0.5
"""Share of the distinct requests beyond which refused credentials are the harness's matter, not the application's."""

Cause = Literal["candidate-errors", "credentials", "candidate-unstable", "divergence", "expired-acceptance"]


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What the distinct requests of a route say."""

    distinct: int = 0
    """n: distinct requests that say something."""
    differing: int = 0
    """S: those of them that have ever shown an open difference."""
    unsettled: int = 0
    """Distinct requests left out of n, because what they show may yet turn out to be noise, or raced with a write."""
    refused: int = 0
    """Distinct requests left out of n, because a side refused them whose credentials are at fault."""
    causes: dict[Cause, int] = {}
    """Why requests differ → distinct requests. One may differ for several causes."""
    differences: tuple[JudgedDifference, ...] = ()
    """Open ones first, then by share."""
    settled: frozenset[str] = frozenset()
    """Fingerprints by which no request differs: those that are not open, those that say nothing yet, and those that
    only requests have shown which were refused another time."""
    refusals: frozenset[str] = frozenset()
    """Fingerprints that say that a side refused whose credentials are at fault."""

    def differs(self, fingerprints: Collection[str]) -> bool:
        """Whether a request differs that showed these."""
        return self.refusals.isdisjoint(fingerprints) and not self.settled.issuperset(fingerprints)

    def open(self, *causes: Cause) -> list[JudgedDifference]:
        """The open differences of these causes, or of any; the most frequent first."""
        found = [difference for difference in self.differences if difference.status == "open"]
        return [difference for difference in found if not causes or _cause(difference) in causes]


def tally(evidence: RouteEvidence, acceptances: Acceptances, refusing: Collection[Side] = ()) -> Tally:
    """Judge the groups of differences, then by them the groups of distinct requests.

    ``refusing`` are the sides whose credentials are at fault: what they refused says nothing, whatever else it showed.
    """
    refusals = frozenset(found.fingerprint for found in evidence.fingerprints if refusing_side(found) in refusing)
    evidence, refused, gone = _without_refused(evidence, refusals)
    judged = _judge_all(evidence, acceptances)
    unsettled = {name for name, found in judged.items() if _is_unsettled(found)}
    # A fingerprint of which nothing else is known any more is as open as any.
    settled = {name for name, found in judged.items() if found.status != "open"} - unsettled
    clean = undecided = 0
    differing: list[tuple[int, set[Cause]]] = []
    for group in evidence.distinct:
        standing = group.fingerprints - settled
        if standing - unsettled:
            differing.append((group.requests, _causes_of([judged.get(name) for name in standing - unsettled])))
        elif standing:
            undecided += group.requests
        else:
            clean += group.requests
    # Distinct requests may be a sample. An open difference that none of them shows must count all the same.
    unsampled = [found for name, found in judged.items() if name not in settled | unsettled and _is_unsampled(found)]
    if unsampled:
        differing.append((1, _causes_of(unsampled)))
    different = sum(requests for requests, _ in differing)
    return Tally(
        distinct=clean + different,
        differing=different,
        unsettled=undecided,
        refused=refused,
        causes=_causes(differing, clean + different),
        differences=tuple(sorted(judged.values(), key=_by_weight)),
        settled=gone.union(settled, unsettled),
        refusals=refusals,
    )


def _without_refused(evidence: RouteEvidence, refusals: frozenset[str]) -> tuple[RouteEvidence, int, frozenset[str]]:
    """The evidence without the requests that were refused and what only those have shown; their number, and what that
    is."""
    if not refusals:
        return evidence, 0, frozenset()
    refused = [group for group in evidence.distinct if group.fingerprints & refusals]
    left = [group for group in evidence.distinct if not group.fingerprints & refusals]
    gone = refusals.union(*(group.fingerprints for group in refused)).difference(
        *(group.fingerprints for group in left)
    )
    kept = msgspec.structs.replace(
        evidence,
        distinct=tuple(left),
        fingerprints=tuple(found for found in evidence.fingerprints if found.fingerprint not in gone),
    )
    # Distinct requests may be a sample: refusals that none of them shows must count all the same.
    unsampled = any(found.count for found in evidence.fingerprints if found.fingerprint in refusals)
    return kept, sum(group.requests for group in refused) or int(unsampled), gone


def _judge_all(evidence: RouteEvidence, acceptances: Acceptances) -> dict[str, JudgedDifference]:
    shown = Counter[str]()
    for group in evidence.distinct:
        for fingerprint in group.fingerprints:
            shown[fingerprint] += group.requests
    total = sum(group.requests for group in evidence.distinct)
    return {
        found.fingerprint: judge_difference(found, shown[found.fingerprint], total, acceptances)
        for found in evidence.fingerprints
    }


def judge_difference(found: FingerprintEvidence, shown: int, total: int, acceptances: Acceptances) -> JudgedDifference:
    """Whether a group of differences counts, which ``shown`` of ``total`` distinct requests have shown."""
    plain = JudgedDifference(evidence=found, status="open", distinct=shown, share=shown / total if total else 0.0)
    if found.severity == "notice":
        return msgspec.structs.replace(plain, status="notice")
    if accepted_by := acceptances.accepting(found):
        return msgspec.structs.replace(plain, status="accepted", accepted_by=accepted_by)
    if found.noise >= NOISE_AFTER or found.class_ == RACED:
        return msgspec.structs.replace(plain, status="noise")
    return msgspec.structs.replace(plain, expired=acceptances.expired_for(found))


def perhaps_noise(found: JudgedDifference) -> bool:
    """Whether legacy has shown it with itself in every request that showed it, but in too few of them for noise."""
    return found.status == "open" and found.evidence.class_ != RACED and found.evidence.noise >= max(1, found.distinct)


def _is_unsettled(found: JudgedDifference) -> bool:
    """Whether it says nothing, either way: it raced with a write, or is perhaps noise."""
    return perhaps_noise(found) or (found.evidence.class_ == RACED and found.status == "noise")


def _is_unsampled(found: JudgedDifference) -> bool:
    return found.evidence.where != "transport" and found.evidence.count > 0 and not found.distinct


_ERRORS = {"server-error", "gateway-error"}
SERVER_ERRORS = 500
"""Statuses from here on (RFC 9110 §15.6)."""


def _causes_of(found: Iterable[JudgedDifference | None]) -> set[Cause]:
    """Why one request differs."""
    found = list(found)
    causes = {_cause(one) for one in found}
    if "credentials" in causes:
        # The gateway that refuses also writes the body.
        causes = {_cause(one) for one in found if one is None or (one.evidence.where, one.evidence.class_) != _REFUSAL}
    return causes


_REFUSAL = ("body", "gateway-error")


def _cause(found: JudgedDifference | None) -> Cause:
    if found is None:
        return "divergence"
    if found.expired is not None:
        return "expired-acceptance"
    evidence = found.evidence
    legacy, candidate = evidence.statuses or (0, 0)
    if candidate in (401, 403) and candidate != legacy and ADVICE["no-route"] not in evidence.summary:
        # A gateway's 403 may also say that it knows no such route (API Gateway: Missing Authentication Token).
        return "credentials"
    # A gateway's error may be legacy's, with which the candidate has nothing to do.
    if evidence.where == "transport" or (evidence.class_ in _ERRORS and not 0 < candidate < 400):
        return "candidate-errors"
    if candidate >= SERVER_ERRORS > legacy > 0:
        return "candidate-errors"  # now and then, so its class says that it is unstable
    return "candidate-unstable" if evidence.class_ == "candidate-unstable" else "divergence"


def _causes(differing: list[tuple[int, set[Cause]]], distinct: int) -> dict[Cause, int]:
    refused = sum(requests for requests, causes in differing if "credentials" in causes)
    mostly_refused = refused > MOST_REFUSED * distinct
    found = Counter[Cause]()
    for requests, causes in differing:
        for cause in _told(causes, mostly_refused=mostly_refused):
            found[cause] += requests
    return dict(found)


def _told(causes: set[Cause], *, mostly_refused: bool) -> set[Cause]:
    """An error's body differs too, of course: where the candidate failed or refused, that alone is told."""
    if "candidate-errors" in causes:
        return causes - {"credentials", "divergence", "candidate-unstable"}
    if "credentials" in causes and mostly_refused:
        return causes - {"divergence"}
    return {"divergence" if cause == "credentials" else cause for cause in causes}


_FIRST = ("transport", "status", "body", "header")
"""Of differences that as many requests show, the one that a person would name first."""


def _by_weight(found: JudgedDifference) -> tuple[bool, float, int, str]:
    return found.status != "open", -found.share, _FIRST.index(found.evidence.where), found.evidence.fingerprint
