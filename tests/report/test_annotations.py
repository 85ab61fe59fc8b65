"""Annotations are what GitHub's runner understands, and no more of them than it keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from shadow.report import Document
from shadow.report.annotations import annotate
from shadow.verdict.model import Reason, Verdict
from tests.report.runner import command_in


def test_each_required_route_that_is_not_ready_is_an_error_and_each_inconclusive_one_a_warning(
    document: Document,
) -> None:
    found = [command_in(line) for line in annotate(document, "parity/shadow.toml", {"GET /orders/{orderId}": 12})]
    assert [(one.name, one.properties["title"]) for one in found if one] == [
        ("error", "GET /orders/{orderId} is not ready"),
        ("error", "GET /notifications/unread is not ready"),
        ("error", "PUT /user/address is not ready"),
        ("warning", "PATCH /user/profile is inconclusive"),
        ("warning", "GET /coupons/{code} is inconclusive"),
    ]
    assert found[0]
    assert found[0].properties["file"] == "parity/shadow.toml"
    assert found[0].properties["line"] == "12"
    assert found[0].data == "12 of 412 distinct requests differ; the price of an item has become a string"
    assert found[1]
    assert found[1].properties["line"] == "1"


def test_of_each_kind_nine_are_told_and_one_line_says_how_many_more(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    kinds = [(Verdict.NOT_READY, "divergence", 12), (Verdict.INCONCLUSIVE, "not-seen", 10)]
    routes = [route(f"GET /{v}/{n}", v, 1, why) for v, why, times in kinds for n in range(times)]
    found = [command_in(line) for line in annotate(document_of(routes))]
    assert [one.name for one in found if one] == ["error"] * 9 + ["warning"] * 10
    assert [one.properties["title"] for one in found[:2] if one] == [
        "GET /not-ready/0 is not ready",
        "GET /not-ready/1 is not ready",
    ]
    assert found[-1]
    assert found[-1].data == "4 further required routes are not ready or inconclusive: see the report"
    assert len(annotate(document_of(routes[:9]))) == 9


def test_a_route_that_is_not_required_is_not_told(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    ready = route("GET /a", Verdict.READY, 0, "")
    optional = route("GET /x", Verdict.NOT_READY, 3, "divergence", required=False)
    assert annotate(document_of([optional, ready])) == []
    assert annotate(document_of([optional])) == [
        "::warning title=shadow gate::no route is required, so nothing is proven"
    ]


def test_a_failure_is_one_error_with_all_its_lines() -> None:
    failed = Document(generated_at=0.0, legacy="", candidate="", failure="100% wrong:\n  a, b")
    assert annotate(failed, "shadow.toml") == ["::error title=shadow gate::100%25 wrong:%0A  a, b"]
    found = command_in(annotate(failed)[0])
    assert found
    assert found.data == failed.failure


def test_whatever_a_route_is_called_it_stays_in_its_property(
    hostile: Document, commanding: Document, route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    for document in (hostile, commanding):
        lines = annotate(document, "a,b:c%.toml")
        assert all("\n" not in line and "\r" not in line for line in lines)
        found = [command_in(line) for line in lines]
        assert [one.name for one in found if one] == [line[2:].partition(" ")[0] for line in lines]
        assert all(set(one.properties) == {"file", "line", "title"} for one in found if one)
        assert all(one.properties["file"] == "a,b:c%.toml" for one in found if one)
    name = "GET /a,line=99::b%0A%2C"
    odd = replace(route(name, Verdict.NOT_READY, 1, "divergence"), reasons=(Reason("divergence", "%0A::x"),))
    found = [command_in(line) for line in annotate(document_of([odd]), "f")]
    assert found[0] == ("error", {"file": "f", "line": "1", "title": f"{name} is not ready"}, "%0A::x")
