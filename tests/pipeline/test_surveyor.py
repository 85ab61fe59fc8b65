"""Each distinct request is looked at once in a while, in every epoch."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shadow.evidence.observation import Epoch
from shadow.exchange import Request, Response
from shadow.pipeline.surveyor import AGAIN, Surveyor
from shadow.redact import Redactor

EPOCH = Epoch("GET /orders/{id}", "https://a/kong", "https://a", "", "v1", "rules")
NOON = 1_800_014_400.0
ANSWER = Response(200, [("Content-Type", "application/json")], b'{"state":"open"}')


@pytest.fixture
def surveyor() -> Surveyor:
    return Surveyor(Redactor(b"k" * 32))


def look(surveyor: Surveyor, number: int = 1, at: float = NOON, epoch: Epoch = EPOCH) -> list[str]:
    target = f"/orders/{number}"
    request = Request("GET", f"/kong{target}", [])
    features = surveyor.features(epoch, target, request, ANSWER, distinct=number.to_bytes(16, "big"), at=at)
    return [feature.kind for feature in features]


KINDS = ["parameter", "query", "status", "request-body", "response-body", "shape"]


def test_a_repeat_is_not_looked_at_again(surveyor: Surveyor) -> None:
    assert look(surveyor) == KINDS
    assert look(surveyor) == []
    assert look(surveyor, at=NOON + AGAIN - 1) == []


def test_another_request_is(surveyor: Surveyor) -> None:
    assert [look(surveyor, number) for number in (1, 2)] == [KINDS] * 2


@pytest.mark.parametrize("later", [AGAIN, -AGAIN, 86_400.0])
def test_after_a_while_a_repeat_is_looked_at_again(surveyor: Surveyor, later: float) -> None:
    """`shadow forget` may have deleted what was seen of it."""
    look(surveyor)
    assert look(surveyor, at=NOON + later) == KINDS


def test_a_repeat_on_the_next_day_is_looked_at_however_soon_it_comes(surveyor: Surveyor) -> None:
    """Evidence ages by days."""
    midnight = 1_800_057_600.0
    assert midnight % 86_400 == 0
    look(surveyor, at=midnight - 1)
    assert look(surveyor, at=midnight + 1) == KINDS


def test_a_repeat_under_another_version_is_looked_at(surveyor: Surveyor) -> None:
    look(surveyor)
    assert look(surveyor, epoch=replace(EPOCH, candidate_version="v2")) == KINDS


def test_words_come_with_the_third_request(surveyor: Surveyor) -> None:
    assert ["response-value" in look(surveyor, number) for number in range(1, 5)] == [False, False, True, True]
