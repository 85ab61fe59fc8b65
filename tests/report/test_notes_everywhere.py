"""Notes about what holds, or should hold, for every route: headers that differ everywhere, and statuses accepted so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from shadow.config import Settings
from shadow.evidence.observation import Epoch
from shadow.evidence.route_evidence import RouteEvidence
from shadow.report.notes import notes
from shadow.verdict.model import RouteVerdict, Verdict

SIDES = {"legacy": {"url": "https://api.test/kong"}, "candidate": {"url": "https://api.test"}}


@pytest.fixture
def told(route: Callable[..., RouteVerdict], judged: Callable[..., Any]) -> Callable[..., list[str]]:
    """The notes where each route has open differences of these headers."""

    def build(headers: list[list[str]], status: str = "open", noise: int = 0, **sections: Any) -> list[str]:
        verdicts = []
        for number, names in enumerate(headers):
            found = [judged("header", name, "header-added", "header", status=status) for name in names]
            found = [replace(one, evidence=replace(one.evidence, noise=noise or one.evidence.noise)) for one in found]
            verdicts.append(route(f"GET /{number}", Verdict.NOT_READY, 12, "divergence", found))
        seen = [
            RouteEvidence(epoch=Epoch(one.route, "", "", "", "", ""), first_seen=0, last_seen=0, counters={})
            for one in verdicts
        ]
        settings = Settings.model_validate({**SIDES, **sections})
        return [note.sentence for note in notes(settings, seen, [], (), verdicts)]

    return build


def test_a_header_on_most_routes_is_told_once_with_the_line_that_accepts_it(told: Callable[..., list[str]]) -> None:
    (sentence,) = told([["x-amzn-requestid"]] * 12 + [[]] * 2)
    assert sentence == (
        'header `x-amzn-requestid` differs on 12 of 14 routes: `ignore_headers = ["x-amzn-requestid"]` accepts it '
        "everywhere (under [compare]; right where no client reads it)"
    )


def test_several_are_one_line_that_keeps_what_is_ignored_already(told: Callable[..., list[str]]) -> None:
    (sentence,) = told([["b", "A"]] * 3 + [["b"]], compare={"ignore_headers": ["etag"]})
    assert sentence == (
        '2 headers differ on 3 or more of 4 routes each: `ignore_headers = ["etag", "b", "a"]` accepts them everywhere '
        "(under [compare]; right where no client reads them)"
    )


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ([["x"]] * 2, {}),
        ([["x"]] * 3 + [[]] * 4, {}),
        ([["x"]] * 3, {"status": "accepted"}),
        ([["x"]] * 3, {"status": "noise"}),
        ([["x"]] * 3, {"noise": 2}),
    ],
    ids=["too few", "less than half", "accepted", "noise", "perhaps noise"],
)
def test_nothing_is_said_where_it_is_not_everywhere_or_not_open(
    told: Callable[..., list[str]], headers: list[list[str]], more: dict[str, Any]
) -> None:
    assert told(headers, **more) == []


def test_a_pair_of_statuses_accepted_on_every_route_by_oversight_is_noted(
    route: Callable[..., RouteVerdict], judged: Callable[..., Any]
) -> None:
    block = {"status": [200, 204], "reason": "no content"}
    everywhere = (
        "an [[accept]] block without `routes` accepts `status = [200, 204]` on every route, so far on `GET /a` "
        "(no content); name the routes that it is meant for"
    )
    for given, expected in ((block, [everywhere]), (block | {"routes": ["*"]}, [])):
        settings = Settings.model_validate({**SIDES, "accept": [given]})
        found = replace(judged("status", "status", status="accepted"), accepted_by=settings.accept[0])
        evidence = replace(found.evidence, statuses=(200, 204))
        seen = RouteEvidence(
            epoch=Epoch("GET /a", "", "", "", "", ""), first_seen=0, last_seen=0, counters={}, fingerprints=(evidence,)
        )
        verdict = route("GET /a", Verdict.READY, 0, "", [found])
        assert [note.sentence for note in notes(settings, [seen], [], (), [verdict])] == expected
