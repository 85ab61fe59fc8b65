"""junit.xml is what pytest would have written, and always XML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shadow.report import Document
from shadow.report.junit import render
from shadow.verdict.model import Reason, Verdict


def cases(document: Document) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in ET.fromstring(render(document)).iter("testcase")}


def test_there_is_one_case_per_route(document: Document) -> None:
    assert list(cases(document)) == [verdict.route for verdict in document.verdicts]


def test_a_route_that_is_not_ready_fails_with_its_message_repeated_in_the_body(document: Document) -> None:
    failure = cases(document)["GET /orders/{orderId}"].find("failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("12 of 412 distinct requests differ")
    assert failure.text
    assert failure.text.startswith(failure.attrib["message"])
    assert "$.items[*].price" in failure.text


def test_an_inconclusive_route_is_skipped_with_the_reason(document: Document) -> None:
    skipped = cases(document)["GET /coupons/{code}"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "inconclusive: 336 distinct clean requests are needed, 212 seen"


def test_a_ready_route_passes(document: Document) -> None:
    assert list(cases(document)["GET /user/profile"]) == []


def test_a_route_that_the_gate_does_not_demand_never_fails(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    case = cases(document_of([route("GET /x", Verdict.NOT_READY, 3, "divergence", required=False)]))["GET /x"]
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"].startswith("not ready, but not required: ")
    assert case.find("failure") is None


def test_the_suite_counts_its_cases(document: Document) -> None:
    suite = ET.fromstring(render(document)).find("testsuite")
    assert suite is not None
    assert {name: suite.attrib[name] for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "9",
        "failures": "3",
        "skipped": "3",
        "errors": "0",
    }


def test_hostile_values_leave_it_well_formed(hostile: Document) -> None:
    assert len(cases(hostile)) == 9
    assert "‹U+0000›" in ET.tostring(ET.fromstring(render(hostile)), encoding="unicode")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), min_size=1))
def test_any_text_makes_well_formed_xml(
    text: str, route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    found = replace(
        route("GET /x", Verdict.NOT_READY, 1, "divergence"), route=text, reasons=(Reason("divergence", text),)
    )
    assert len(cases(document_of([found]))) == 1
