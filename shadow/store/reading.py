"""The tables → the evidence of every route, under the settings of now."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, select

from shadow.config import Settings, route_settings
from shadow.evidence.days import day_of, first_day
from shadow.evidence.epochs import KnownEpoch, current_epochs, unattributed
from shadow.evidence.latency import Latency
from shadow.evidence.observation import Epoch
from shadow.evidence.route_evidence import RouteEvidence
from shadow.evidence.rule_evidence import is_rule_counter, rules_in
from shadow.store import schema
from shadow.store.activity import read_activity
from shadow.store.coverage import read_coverage
from shadow.store.distinct_groups import read_distinct
from shadow.store.fingerprints import read_fingerprints
from shadow.store.window import Window

__all__ = ["known_epochs", "read_evidence", "read_served"]

_NEVER_ANSWERED = {"skipped", "shed", "failed", "lost", "error", "ok"}
"""Counters (up to the colon) of exchanges that may have had no answer to read a version from."""


def read_evidence(connection: Connection, settings: Settings, now: float) -> list[RouteEvidence]:
    """The evidence of each route's current epoch, by route; routes whose evidence is all too old are left out."""
    found = []
    for route, epoch in sorted(current_epochs(settings, known_epochs(connection)).items()):
        since = first_day(now, route_settings(settings, route).verdict.max_age)
        evidence = _evidence(connection, epoch, since)
        if evidence is not None:
            found.append(_with_unattributed(connection, settings, evidence, since))
    return found


def known_epochs(connection: Connection) -> list[KnownEpoch]:
    """All epochs of which there is evidence, of whatever age."""
    columns = schema.epochs.c
    fields = [columns[name] for name in Epoch.__struct_fields__]
    about = (columns.last_seen, columns.last_answered, columns.first_seen, columns.distinct_bound)
    query = select(*fields, *about).order_by(columns.route, columns.id)
    return [KnownEpoch(Epoch(*row[: -len(about)]), *row[-len(about) :]) for row in connection.execute(query)]


def read_served(connection: Connection, settings: Settings, now: float) -> set[str]:
    """The routes that legacy served between these base URLs, in epochs of whatever versions and rules."""
    epochs, c = schema.epochs.c, schema.counters.c
    query = (
        select(epochs.route, func.max(c.day))
        .join_from(schema.epochs, schema.counters, epochs.id == c.epoch)
        .where(epochs.legacy_url == settings.legacy.url, epochs.candidate_url == settings.candidate.url)
        .where(c.name == "ok")
        .group_by(epochs.route)
    )
    return {
        route
        for route, day in connection.execute(query)
        if day >= first_day(now, route_settings(settings, route).verdict.max_age)
    }


def _evidence(connection: Connection, epoch: Epoch, since: int) -> RouteEvidence | None:
    window = Window(epoch.id, since)
    counted = _counted(connection, window)
    if not counted:
        return None
    groups = read_distinct(connection, window)
    return RouteEvidence(
        epoch=epoch,
        first_seen=min(counter.first_seen for counter in counted),
        last_seen=max(counter.last_seen for counter in counted),
        counters={counter.name: counter.total for counter in counted if not is_rule_counter(counter.name)},
        distinct=groups,
        fingerprints=read_fingerprints(connection, window),
        latency=_latency(connection, window),
        rules=rules_in({counter.name: counter.total for counter in counted}),
        coverage=read_coverage(connection, window, sum(group.requests for group in groups)),
        activity=read_activity(connection, window).get(epoch.id, ()),
        last_times={counter.name: counter.last_seen for counter in counted if not is_rule_counter(counter.name)},
    )


def _with_unattributed(
    connection: Connection, settings: Settings, evidence: RouteEvidence, since: int
) -> RouteEvidence:
    """The evidence, with what was shed, skipped or lost before any answer could tell the version."""
    elsewhere = unattributed(settings, evidence.epoch)
    if elsewhere is None:
        return evidence
    window = Window(elsewhere.id, max(since, day_of(evidence.first_seen)))
    counters, last = Counter(evidence.counters), dict(evidence.last_times)
    for more in _counted(connection, window):
        if more.name.split(":")[0] in _NEVER_ANSWERED:
            counters[more.name] += more.total
            last[more.name] = max(more.last_seen, last.get(more.name, more.last_seen))
    return msgspec.structs.replace(evidence, counters=dict(counters), last_times=last)


class _Counter(NamedTuple):
    name: str
    total: int
    first_seen: float
    last_seen: float


def _counted(connection: Connection, window: Window) -> list[_Counter]:
    c = schema.counters.c
    query = (
        select(c.name, func.sum(c["count"]), func.min(c.first_seen), func.max(c.last_seen))
        .where(window.rows(schema.counters))
        .group_by(c.name)
        .order_by(c.name)
    )
    # PostgreSQL's sums of integers are exact decimals.
    return [_Counter(name, int(count), *seen) for name, count, *seen in connection.execute(query)]


def _latency(connection: Connection, window: Window) -> Latency:
    both, alone = schema.timings.c, schema.cold_starts.c
    timings = (
        select(both.legacy, both.candidate, func.sum(both["count"]))
        .where(window.rows(schema.timings))
        .group_by(both.legacy, both.candidate)
        .order_by(both.legacy, both.candidate)
    )
    cold = (
        select(alone.bucket, func.sum(alone["count"]))
        .where(window.rows(schema.cold_starts))
        .group_by(alone.bucket)
        .order_by(alone.bucket)
    )
    return Latency(
        pairs={(legacy, candidate): int(count) for legacy, candidate, count in connection.execute(timings)},
        cold={bucket: int(count) for bucket, count in connection.execute(cold)},
    )
