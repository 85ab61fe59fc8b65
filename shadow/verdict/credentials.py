"""A side that lets nearly nobody in, on nearly every route: its credentials are at fault, and no route is.

One route that refuses is that route's difference. So this looks at all routes together, and at nothing but what was
seen: what is accepted doesn't change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shadow.evidence.route_evidence import FingerprintEvidence, RouteEvidence
from shadow.exchange import Side

__all__ = ["Refusal", "refusals", "refusing_side"]

FEW = 5
"""Fewer refused distinct requests than this are no pattern."""
MOST = 0.8
"""Share of all distinct requests, or of the routes in use, that are refused where the credentials are at fault."""
ROUTES, ROUTES_AT_LAST = 2, 3
"""Routes that must be refused: among all that was seen, and by what was seen last."""
_REFUSED = {401, 403}


class Refusal(NamedTuple):
    """A side that refuses what the other one serves."""

    side: Side
    requests: int
    """Distinct requests that it refused, as far as they are sampled …"""
    compared: int
    """… of so many on all routes."""
    routes: tuple[str, ...]
    """Those on which it did."""

    @property
    def sentence(self) -> str:
        return (
            f"{self.side} refused {self.requests:,} of {self.compared:,} distinct requests (401 or 403) that "
            f"{self.side.other} served, on {len(self.routes):,} routes: its credentials are at fault, or {self._checks}"
        )

    @property
    def _checks(self) -> str:
        """What else may be at fault, as looks the same."""
        if self.side is Side.CANDIDATE:
            return "what checks them there"
        return "the candidate lets in whom it should not"

    @property
    def advice(self) -> str:
        return (
            f"set `{self.side}.auth` or `{self.side}.headers`, or renew what they give, check `{self.side}.url`, and "
            "then `shadow forget`"
        )


def refusals(evidences: Sequence[RouteEvidence]) -> tuple[Refusal, ...]:
    """The sides whose credentials are at fault, by the evidence of all routes.

    At least `FEW` distinct requests that the other side served were refused, and either they are `MOST` of all distinct
    requests, on `ROUTES` routes or more; or, for credentials that expire in the middle, the last exchange on `MOST` of
    the routes that were in use since the first refusal, and on `ROUTES_AT_LAST` or more, was one.
    """
    compared = sum(group.requests for evidence in evidences for group in evidence.distinct)
    found = (_refusal(side, evidences, compared) for side in Side)
    return tuple(refusal for refusal in found if refusal)


def refusing_side(found: FingerprintEvidence) -> Side | None:
    """The side that refused what the other one served; None for any other difference."""
    if found.where != "status" or found.statuses is None:
        return None
    legacy, candidate = found.statuses
    if candidate in _REFUSED and 200 <= legacy < 400:
        return Side.CANDIDATE
    return Side.LEGACY if legacy in _REFUSED and 200 <= candidate < 400 else None


class _Refused(NamedTuple):
    route: RouteEvidence
    requests: int
    first: float
    last: float


def _refusal(side: Side, evidences: Sequence[RouteEvidence], compared: int) -> Refusal | None:
    refused = [one for evidence in evidences if (one := _on_route(side, evidence))]
    requests = sum(one.requests for one in refused)
    if requests < FEW or not (_most_of_all(refused, requests, compared) or _most_at_last(refused, evidences)):
        return None
    return Refusal(side, requests, compared, tuple(sorted(one.route.epoch.route for one in refused)))


def _on_route(side: Side, evidence: RouteEvidence) -> _Refused | None:
    shown = {found.fingerprint: found for found in evidence.fingerprints if refusing_side(found) is side}
    requests = sum(group.requests for group in evidence.distinct if not group.fingerprints.isdisjoint(shown))
    if not requests and not any(found.count for found in shown.values()):
        return None
    first = min(found.first_seen for found in shown.values())
    return _Refused(evidence, requests, first, max(found.last_seen for found in shown.values()))


def _most_of_all(refused: Sequence[_Refused], requests: int, compared: int) -> bool:
    return len(refused) >= ROUTES and requests >= MOST * compared


def _most_at_last(refused: Sequence[_Refused], evidences: Iterable[RouteEvidence]) -> bool:
    since = min(one.first for one in refused)
    in_use = sum(evidence.last_seen >= since and bool(evidence.distinct) for evidence in evidences)
    at_last = sum(one.last >= one.route.last_seen for one in refused)
    return at_last >= ROUTES_AT_LAST and at_last >= MOST * in_use
