"""A gateway's own errors, and the marks that it leaves."""

from __future__ import annotations

import gzip
import json

import pytest

from shadow.compare import compare, gateway_error, same_backend
from shadow.exchange import Response

REST = [("x-amzn-ErrorType", "InternalServerErrorException"), ("x-amz-apigw-id", "x")]
HTTP = [("Apigw-Requestid", "x")]


def error(status: int, message: str, headers: list[tuple[str, str]] | None = None) -> Response:
    return Response(status, headers or [], json.dumps({"message": message}).encode())


@pytest.mark.parametrize(
    ("response", "gateway"),
    [
        (error(404, "no Route matched with those values"), "Kong"),
        (Response(404, [], b'{"message":"no Route matched with those values","request_id":"ab"}'), "Kong"),
        (error(502, "An invalid response was received from the upstream server"), "Kong"),
        (error(504, "The upstream server is timing out"), "Kong"),
        (Response(504, [], b"The upstream server is timing out"), "Kong"),
        (error(429, "API rate limit exceeded"), "Kong"),
        (error(403, "Missing Authentication Token"), "API Gateway"),
        (error(504, "Endpoint request timed out"), "API Gateway"),
        (error(502, "Internal server error", REST), "API Gateway"),
        (error(413, "Request Too Long", REST), "API Gateway"),
        (error(429, "Limit Exceeded", REST), "API Gateway"),
        (error(404, "Not Found", HTTP), "API Gateway"),
        (error(500, "Internal Server Error", HTTP), "API Gateway"),
        (error(503, "Service Unavailable", HTTP), "API Gateway"),
        (error(413, "Request Entity Too Large", HTTP), "API Gateway"),
    ],
)
def test_a_gateways_error_is_recognised(response: Response, gateway: str) -> None:
    said = gateway_error(response)
    assert said is not None
    assert said.startswith(f"{gateway}: ")


@pytest.mark.parametrize(
    "response",
    [
        error(200, "no Route matched with those values"),
        error(404, "Not Found"),
        error(404, "Not Found: order 7", HTTP),
        error(404, "Order not found", HTTP),
        Response(404, HTTP, b'{"message": "Not Found", "code": 7}'),
        error(500, "Internal Server Error"),
        Response(500, [], b"\xff\xfe"),
        Response(500, [("Content-Encoding", "gzip")], b"no gzip"),
        Response(500, [], b"{" * 5000),
        Response(502, [], b'{"message": 7}'),
        Response(502, [], b""),
    ],
)
def test_an_applications_error_is_not(response: Response) -> None:
    assert gateway_error(response) is None


def test_a_compressed_error_is_recognised() -> None:
    body = gzip.compress(b'{"message": "Endpoint request timed out"}')
    assert gateway_error(Response(504, [("Content-Encoding", "gzip")], body)) is not None


@pytest.mark.parametrize(
    ("header", "kong"),
    [
        (("X-Kong-Upstream-Latency", "3"), True),
        (("x-kong-response-latency", "3"), True),
        (("Kong-Route-Name", "orders"), True),
        (("Via", "kong/3.4.0"), True),
        (("Via", "1.1 kong/3.8.0"), True),
        (("Via", "1.1 abc.cloudfront.net (CloudFront), 1.1 kong/3.8.0"), True),
        (("Server", "kong/3.4.0"), True),
        (("Via", "1.1 abc.cloudfront.net (CloudFront)"), False),
        (("Server", "nginx"), False),
        (("X-King-Kong", "1"), False),
    ],
)
def test_a_candidate_with_kongs_marks_is_the_same_backend(header: tuple[str, str], kong: bool) -> None:
    legacy = Response(200, [("X-Kong-Upstream-Latency", "1")])
    assert same_backend(legacy, Response(200, [header])) is kong


def test_the_status_difference_says_whose_error_it_is() -> None:
    legacy = Response(200, [], b"{}")
    classes = [
        next(d.class_ for d in compare(legacy, candidate) if d.where == "status")
        for candidate in (error(504, "Endpoint request timed out"), error(500, "oops"), error(404, "no order"))
    ]
    assert classes == ["gateway-error", "server-error", "status"]
