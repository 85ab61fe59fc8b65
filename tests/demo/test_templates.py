"""Which of several templates a path belongs to."""

from __future__ import annotations

import pytest

from shadow.demo.templates import find

ROUTES = ["GET /orders/{orderId}", "GET /orders/latest", "PUT /orders/{orderId}", "GET /a/{x}/b/{y}", "GET /a.b"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/orders/7", ("GET /orders/{orderId}", {"orderId": "7"})),
        ("PUT", "/orders/7", ("PUT /orders/{orderId}", {"orderId": "7"})),
        ("GET", "/orders/latest", ("GET /orders/latest", {})),
        ("PUT", "/orders/latest", ("PUT /orders/{orderId}", {"orderId": "latest"})),
        ("GET", "/a/1/b/2%20%C3%A9", ("GET /a/{x}/b/{y}", {"x": "1", "y": "2 é"})),
        ("GET", "/a.b", ("GET /a.b", {})),
        ("GET", "/aXb", None),
        ("GET", "/orders/", None),
        ("GET", "/orders/7/8", None),
        ("DELETE", "/orders/7", None),
    ],
)
def test_fixed_segments_win_and_parameters_span_one_segment(method, path, expected):
    assert find(ROUTES, method, path) == expected
