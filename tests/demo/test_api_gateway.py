"""What the API-Gateway-like front makes of requests and results, without a network."""

from __future__ import annotations

import base64
import json

import pytest

from shadow.demo.api_gateway import api_gateway, event
from shadow.demo.processes import free_address
from shadow.exchange import Request, Response, header

ROUTE = "GET /orders/{id}"


def answered(result, request=None):
    """The gateway's answer where the only function returns ``result``."""
    front = api_gateway({ROUTE: lambda event, context: result}, {ROUTE}, {})
    return front(request or Request("GET", "/orders/1", []))


def test_the_event_has_the_shape_of_a_proxy_integration():
    headers = [("Accept", "a"), ("Accept", "b"), ("User-Agent", "App")]
    said = event(Request("GET", "/orders/7?x=1&x=2&y=", headers, b"text"), ROUTE, {"id": "7"}, "player-00")
    assert said["resource"] == "/orders/{id}"
    assert (said["path"], said["httpMethod"]) == ("/orders/7", "GET")
    assert said["headers"]["Accept"] == "b"
    assert said["multiValueHeaders"]["Accept"] == ["a", "b"]
    assert said["queryStringParameters"] == {"x": "2", "y": ""}
    assert said["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": [""]}
    assert said["pathParameters"] == {"id": "7"}
    assert said["requestContext"]["authorizer"]["claims"]["sub"] == "player-00"
    assert (said["body"], said["isBase64Encoded"]) == ("text", False)
    assert json.loads(json.dumps(said)) == said


def test_what_is_absent_is_null():
    said = event(Request("GET", "/orders", []), "GET /orders", {}, None)
    absent = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body")
    assert [said[name] for name in absent] == [None] * 4


def test_a_binary_body_comes_as_base64():
    said = event(Request("GET", "/orders/1", [], b"\xff\x00"), ROUTE, {"id": "1"}, None)
    assert (base64.b64decode(said["body"]), said["isBase64Encoded"]) == (b"\xff\x00", True)


def test_a_result_becomes_the_response():
    response = answered(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "image/png", "X-One": "1"},
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
            "body": base64.b64encode(b"\x89PNG").decode(),
            "isBase64Encoded": True,
        }
    )
    assert (response.status, response.body) == (201, b"\x89PNG")
    assert response.headers[:4] == [
        ("Content-Type", "image/png"),
        ("X-One", "1"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ]


def test_a_result_without_a_content_type_is_json():
    assert header(answered({"statusCode": 200, "body": "{}"}).headers, "Content-Type") == "application/json"


@pytest.mark.parametrize("result", [None, {}, {"statusCode": "x"}, {"statusCode": 200, "body": {"a": 1}}, "text"])
def test_a_result_that_is_none_is_the_gateways_502(result):
    response = answered(result)
    assert (response.status, response.body) == (502, b'{"message": "Internal server error"}')


def test_a_proxy_integration_whose_server_is_down_times_out():
    front = api_gateway({}, {"GET /a"}, {"GET /a": f"http://{free_address()}"})
    response = front(Request("GET", "/a", []))
    assert isinstance(response, Response)
    assert (response.status, response.body) == (504, b'{"message": "Endpoint request timed out"}')
