"""A secret that is said again, where nothing tells that it is one, is hidden there, too."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from shadow.exchange import Exchange, Headers, Request, Response, Side
from shadow.redact import Redactor

REDACTOR = Redactor(b"a key")
SECRET = "hunter2-Tr0ub4dor"


def redacted(request: Request, body: str, headers: Headers | None = None) -> Response:
    answer = Response(200, [("Content-Type", "application/json"), *(headers or [])], body.encode())
    response = REDACTOR.exchange(Exchange(Side.LEGACY, request, answer, 0.0, 0.0)).response
    assert isinstance(response, Response)
    return response


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/", [("Authorization", f"Bearer {SECRET}")]),
        Request("GET", "/", [("Authorization", "Basic YWRhOmh1bnRlcjItVHIwdWI0ZG9y")]),
        Request("GET", "/", [("Cookie", f"a=b; sid={SECRET}")]),
        Request("GET", f"/?token={SECRET}", []),
        Request("GET", f"/reset/{SECRET}", []),
        Request("POST", "/", [("Content-Type", "application/json")], json.dumps({"password": SECRET}).encode()),
    ],
)
@pytest.mark.parametrize("said", ["no such thing: {}", "{}", "«{}» {}"])
def test_an_error_message_does_not_repeat_what_was_asked_with(request_: Request, said: str) -> None:
    response = redacted(request_, json.dumps({"error": said.replace("{}", SECRET)}), [("X-Why", f"for {SECRET}")])
    assert SECRET not in repr(response)
    assert set(json.loads(response.body)) == {"error"}


def test_what_an_answer_says_in_one_place_it_does_not_tell_in_another() -> None:
    body = json.dumps({"token": SECRET, "message": f"welcome, {SECRET}", "link": f"/go?x={SECRET}"})
    response = redacted(Request("GET", "/", []), body, [("Content-Length", str(len(body)))])
    assert SECRET not in response.body.decode()
    assert dict(response.headers)["Content-Length"] == str(len(response.body))
    document = json.loads(response.body)
    assert document["message"] == f"welcome, {document['token']}"


@pytest.mark.parametrize("secret", [SECRET, "hunter2/Tr0ub4dor+="])
@pytest.mark.parametrize("target", ["/t/{}", "/t/x?of={}&n=1"])
def test_a_target_does_not_tell_what_an_answer_tells_to_be_a_secret(target: str, secret: str) -> None:
    asked = Request("GET", target.format(quote(secret, safe="")), [])
    answer = Response(200, [("Content-Type", "application/json")], json.dumps({"token": secret}).encode())
    hidden = REDACTOR.exchange(Exchange(Side.LEGACY, asked, answer, 0.0, 0.0))
    assert isinstance(hidden.response, Response)
    mark = json.loads(hidden.response.body)["token"]
    assert hidden.request.target == target.format(quote(mark, safe=""))


def test_a_secret_is_known_in_the_spelling_of_its_surroundings() -> None:
    secret = 'a"b\\c<d>&e=f'
    response = redacted(Request("GET", "/", [("X-Api-Key", secret)]), json.dumps({"error": f"not {secret}!"}))
    assert json.loads(response.body)["error"].startswith("not [redacted string:")


@pytest.mark.parametrize("secret", ["short", "password", "12345678", "1.5e10000"])
def test_what_may_be_chance_stays(secret: str) -> None:
    """A short text, a word, or a number, in place of which no mark can stand in JSON."""
    body = f'{{"a": "{secret}", "{secret}": 12345678}}'
    assert redacted(Request("GET", "/", [("X-Api-Key", secret)]), body).body.decode() == body.replace(
        '"password": 12345678', f'"password": {json.dumps(mark(12345678))}'
    )


def mark(value: int) -> str:
    body = redacted(Request("GET", "/", []), json.dumps({"password": value})).body
    return str(json.loads(body)["password"])


def test_of_very_many_secrets_those_of_the_request_are_looked_for() -> None:
    request = Request("GET", "/", [("X-Api-Key", SECRET)])
    tokens = [{"token": f"{SECRET}-{number}-x"} for number in range(500)]
    response = redacted(request, json.dumps({"tokens": tokens, "note": f"by {SECRET}."}))
    assert SECRET not in response.body.decode()
