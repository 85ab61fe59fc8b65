"""A document is what the settings and the store say at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from shadow.compare.difference import Difference
from shadow.config import Settings
from shadow.evidence.coverage import Feature
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Observation
from shadow.report.build import document
from shadow.store import Store, open_store
from shadow.verdict.model import Verdict

NOW = 1_800_000_000.0
ROUTE = "GET /orders/{id}"


def settings_for(folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "legacy": {"url": "https://api.example.com/kong"},
            "candidate": {"url": "https://api.example.com", "version": "v2"},
            "route": [{"match": "GET /health"}],
            "store": {"url": f"sqlite:///{folder / 'shadow.db'}"},
            "source": folder / "shadow.toml",
        }
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with open_store(settings, create=True) as store:
        yield store


def observation(settings: Settings, number: int, *differences: Difference) -> Observation:
    return Observation(
        epoch=epoch_for(settings, ROUTE, "", "v2"),
        at=NOW - 60,
        outcome="compared",
        legacy_ok=True,
        distinct=number.to_bytes(16, "big"),
        signature=tuple(difference.fingerprint for difference in differences),
        differences=differences,
    )


PRICE = Difference(
    where="body",
    path="$.price",
    pattern="$.price",
    kind="type-changed",
    class_="number-as-string",
    severity="difference",
    legacy=12.5,
    candidate="12.50",
    summary='number 12.5 became string "12.50"',
    fingerprint="b1946ac92492",
)


def test_a_document_judges_what_was_seen_and_what_was_not(settings: Settings, store: Store) -> None:
    store.record([observation(settings, 1), observation(settings, 2, PRICE)])
    found = document(settings, store, NOW)
    by_route = {verdict.route: verdict for verdict in found.verdicts}
    assert by_route[ROUTE].verdict is Verdict.NOT_READY
    assert by_route[ROUTE].requests["distinct"] == 2
    assert by_route["GET /health"].verdict is Verdict.INCONCLUSIVE
    assert found.summary == {Verdict.NOT_READY: 1, Verdict.INCONCLUSIVE: 1, Verdict.READY: 0}
    assert found.requests["compared"] == 2


def test_a_document_knows_what_was_compared_with_what(settings: Settings, store: Store) -> None:
    store.record([observation(settings, 1)])
    found = document(settings, store, NOW)
    assert found.legacy == "https://api.example.com/kong"
    assert found.candidate == "https://api.example.com"
    assert found.candidate_version == "v2"
    assert found.generated_at == NOW
    assert found.settings_source == str(settings.source)


def test_a_document_says_that_mirroring_is_paused(settings: Settings, store: Store) -> None:
    assert not document(settings, store, NOW).paused
    store.pause()
    assert document(settings, store, NOW).paused


def test_a_document_notes_what_in_the_configuration_does_nothing(settings: Settings, store: Store) -> None:
    idle = Settings.model_validate(
        {
            **settings.model_dump(by_alias=True),
            "accept": [
                {"path": "$.price", "reason": "clients read both"},
                {"header": "etag", "reason": "nobody caches", "routes": ["GET /orders*", "GET /items*"]},
                {"status": [200, 204], "reason": "no content"},
            ],
            "compare": {
                "rule": [
                    {"path": "$.items", "unordered": True, "routes": ["GET /orders*"]},
                    {"path": "$.a", "trim": True, "routes": ["GET /health"]},
                    {"path": "$.tags", "unordered": True, "routes": ["GET /tags*"]},
                ]
            },
        }
    )
    assert document(idle, store, NOW).notes == (), "nothing has been seen, so nothing can be said"
    store.record([observation(idle, 1, PRICE)])
    etag, status, tags = document(idle, store, NOW).notes
    assert etag.sentence == (
        "an [[accept]] block covers nothing that has been seen: "
        '`header = "etag"` on `GET /orders*`, `GET /items*` (nobody caches); delete it, or check what it names'
    )
    assert etag.routes == (ROUTE,)
    assert "`status = [200, 204]` on any route (no content)" in status.sentence
    assert status.routes == ("GET /health", ROUTE)
    assert tags.sentence == (
        'a [[compare.rule]] block holds for no route: `path = "$.tags"` on `GET /tags*`; '
        "delete it, or check its `routes`"
    )
    assert tags.routes == ()


INVENTORY = """
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /orders/{id}: {get: {responses: {}}}
  /a: {get: {responses: {}}}
  /b: {get: {responses: {}}}
  /c: {get: {responses: {}}}
  /d: {get: {responses: {}}}
"""


def test_routes_of_the_inventory_that_were_never_seen_are_named(
    tmp_path: Path, settings: Settings, store: Store
) -> None:
    (tmp_path / "openapi.yaml").write_text(INVENTORY)
    data = settings.model_dump(by_alias=True) | {"routes": {"from": [str(tmp_path / "openapi.yaml")]}, "route": []}
    listed = Settings.model_validate(data)
    store.record([observation(listed, 1)])
    found = document(listed, store, NOW)
    assert found.never_seen == ("GET /a", "GET /b", "GET /c", "GET /d")
    (note,) = found.notes
    assert note.sentence == (
        "4 of 5 routes of the inventory have never been seen: `GET /a`, `GET /b`, `GET /c` and 1 more"
    )
    assert note.routes == found.never_seen


def test_without_an_inventory_nothing_is_missing(settings: Settings, store: Store) -> None:
    store.record([observation(settings, 1)])
    assert document(settings, store, NOW).never_seen == ()


def test_a_verdict_carries_what_was_covered(settings: Settings, store: Store) -> None:
    features = (Feature("status", "", "200"), Feature("shape", "", "s"))
    store.record([replace(observation(settings, number), features=features) for number in range(40)])
    (verdict,) = (found for found in document(settings, store, NOW).verdicts if found.route == ROUTE)
    assert (verdict.coverage.requests, verdict.coverage.shapes, verdict.coverage.unseen) == (40, 1, 0.0)
