"""Until when a ready route stays ready if no more traffic comes, and where it leads on both sides.

A verdict is a function of evidence, settings and the time of day, so the future is simply asked: the same evidence is
judged again at each moment at which something ends, until the route is ready no more.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping

import msgspec

from shadow.config import Settings, glob_matches, route_settings
from shadow.evidence.days import day_of, start_of
from shadow.report.build import EvidenceSource
from shadow.report.document import Document, Standing
from shadow.routes import RouteTable
from shadow.routes.sides import BaseUrl
from shadow.verdict import judge_all
from shadow.verdict.model import RouteVerdict, Verdict

__all__ = ["with_standings"]

_END_OF_TIME = dt.datetime(9999, 12, 31, tzinfo=dt.UTC).timestamp()
_DAY = 86_400


def with_standings(found: Document, settings: Settings, store: EvidenceSource) -> Document:
    """The document with the standing of each ready route.

    Reads the store once for every day of evidence and every acceptance that ends before that evidence is too old.
    Raises StoreError and ConfigError, as `document` does.
    """
    ready = {verdict.route: verdict for verdict in found.verdicts if verdict.verdict is Verdict.READY}
    ends = _ends(ready, settings, store, found.generated_at)
    table = RouteTable.from_settings(settings)
    legacy, candidate = (BaseUrl.parse(side.url).path for side in (settings.legacy, settings.candidate))
    standing = {}
    for route, verdict in ready.items():
        template, moved = table.templates_of(route)
        accepted = _acceptance_ending(settings, verdict, ends.get(route))
        standing[route] = Standing(
            legacy_path=legacy + template,
            candidate_path=candidate + moved,
            origin=table.origin_of(route),
            until=ends.get(route),
            because="acceptance" if accepted else "max_age",
            sentence=accepted or _too_old(route_settings(settings, route).verdict.max_age),
        )
    return msgspec.structs.replace(found, standings=standing)


def _ends(ready: Mapping[str, RouteVerdict], settings: Settings, store: EvidenceSource, now: float) -> dict[str, float]:
    """Route → the first moment at which it is ready no more."""
    left = set(ready)
    ends: dict[str, float] = {}
    for at in sorted({moment for verdict in ready.values() for moment in _moments(verdict, settings, now)}):
        if not left:
            break
        # A moment later, because the boundary itself may be lost in rounding.
        verdicts = judge_all(store.evidence(settings, at + 1), settings, (), at + 1)
        left_then = {verdict.route for verdict in verdicts if verdict.verdict is Verdict.READY}
        ends |= dict.fromkeys(left - left_then, at)
        left &= left_then
    return ends


def _moments(verdict: RouteVerdict, settings: Settings, now: float) -> Iterator[float]:
    """When a day of this route's evidence becomes too old, or an acceptance of anything ends."""
    assert verdict.first_seen is not None
    assert verdict.last_seen is not None
    max_age = route_settings(settings, verdict.route).verdict.max_age
    last = start_of(day_of(verdict.last_seen) + 1) + max_age
    for day in range(day_of(verdict.first_seen), day_of(verdict.last_seen) + 1):
        if now < (at := start_of(day + 1) + max_age) < _END_OF_TIME:
            yield math.floor(at)
    if any(found.accepted_by for found in verdict.differences):
        for accept in settings.accept:
            if accept.until is not None and now < (at := _after(accept.until)) < min(last, _END_OF_TIME):
                yield at


def _after(until: dt.date) -> float:
    """The end of that day, in UTC."""
    return dt.datetime.combine(until, dt.time(), dt.UTC).timestamp() + _DAY


def _acceptance_ending(settings: Settings, verdict: RouteVerdict, at: float | None) -> str:
    """The sentence about what is accepted until that very moment; "" where nothing is."""
    if not any(found.accepted_by for found in verdict.differences):
        return ""
    for accept in settings.accept:
        ours = any(glob_matches(glob, verdict.route) for glob in accept.routes)
        if ours and accept.until is not None and _after(accept.until) == at:
            return f"an acceptance ends with {accept.until}: {accept.reason}"
    return ""


def _too_old(max_age: float) -> str:
    days = max_age / _DAY
    age = f"{days:g} {'day' if days == 1 else 'days'}"
    return f"without new traffic too little evidence is younger than verdict.max_age ({age}) from then on"
