"""What the Kong-like front does with an upstream, without a network."""

from __future__ import annotations

import json

from shadow.demo.kong import kong
from shadow.exchange import Request, Response, header


def test_the_upstream_sees_the_target_without_the_prefix_and_with_its_query():
    seen = []

    def upstream(request):
        seen.append(request)
        return Response(204, [])

    front = kong(upstream, ["GET /a/{b}"], {"GET /a/{b}"})
    assert front(Request("GET", "/kong/a/1%2F2?x=%20&y", [("X", "1")], b"body")).status == 204
    assert seen == [Request("GET", "/a/1%2F2?x=%20&y", [("X", "1")], b"body")]


def test_an_upstream_that_fails_is_kongs_502():
    def upstream(request):
        raise ZeroDivisionError

    response = kong(upstream, ["GET /a"], {"GET /a"})(Request("GET", "/kong/a", []))
    assert response.status == 502
    assert json.loads(response.body)["message"] == "An invalid response was received from the upstream server"
    assert header(response.headers, "Server").startswith("kong/")
    assert header(response.headers, "X-Kong-Upstream-Latency") == ""


def test_a_path_that_only_begins_like_the_prefix_has_no_route():
    front = kong(lambda request: Response(200, []), ["GET /a"], {"GET /a"})
    assert [front(Request("GET", path, [])).status for path in ("/kong/a", "/konga", "/kong", "/a")] == [
        200,
        404,
        404,
        404,
    ]
