"""Each distinct request is looked at once in a while, in every epoch."""

from __future__ import annotations

import json

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


PEOPLE = ("ada", "grace", "Alan", "KURT", "emmy", "sofia")
SECRETS = (
    "AKIAABCDEFGHIJKLMNOP",
    "eyJhbGciOiJIUzI1NiJ9.e30.abc",
    "4111111111111111",
    "ada@example.com",
    "glpat-abcdefghijklmnopqrst",
)


def test_nothing_that_people_have_written_is_told_and_no_secret(surveyor: Surveyor) -> None:
    """However often it comes: a small staging system has few people in it."""
    told = ""
    for number in range(120):
        person, secret = PEOPLE[number % 6], SECRETS[number % 5]
        document = {
            **dict.fromkeys(["name", "username", "owner", "createdBy", "city", "note", "statusText"], person),
            **dict.fromkeys(["state", "type", "token", "password"], secret),
            "nested": {"password": {"state": person}, "session_token": {"kind": person}},
            "online": {person: True},
            "seats": {one: {"free": True} for one in PEOPLE[: 2 + number % 4]},
            "byMail": {f"{person}@example.com": {"state": "on"}},
        }
        body = json.dumps(document).encode()
        sent = [("Content-Type", "application/json"), ("Authorization", f"Bearer {secret}")]
        target = f"/orders/{person}?{person}&{secret}=1&user={person}&q={secret}"
        features = surveyor.features(
            EPOCH,
            target,
            Request("POST", f"/kong{target}", sent, body),
            Response(200, [("Content-Type", f"text/{person}" if number % 9 == 0 else "application/json")], body),
            distinct=number.to_bytes(16, "big"),
            at=NOON,
        )
        told += "".join(f"{feature}\n" for feature in features)
    assert "$.online.*" in told, "something is told of it"
    assert "query" in told
    assert [word for word in (*PEOPLE, *SECRETS) if word.lower() in told.lower()] == []
