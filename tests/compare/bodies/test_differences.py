"""Bodies that are not JSON on both sides."""

from __future__ import annotations

import pytest

from shadow.compare import Difference, compare, gateway_error
from shadow.compare.rules import Rules
from shadow.exchange import Response


def body(legacy: bytes, candidate: bytes, type_: str | None = None, other: str | None = None) -> list[Difference]:
    one = [("Content-Type", type_)] if type_ else []
    two = [("Content-Type", other or type_ or "")] if other or type_ else []
    found = compare(
        Response(200, one, legacy),
        Response(200, two, candidate),
        Rules(legacy_url="https://h/kong", candidate_url="https://h"),
    )
    return [d for d in found if d.where == "body"]


def test_json_without_a_media_type_is_recognised_where_both_sides_are_json() -> None:
    assert body(b'{"a": 1}', b'{ "a":1 }') == []
    assert [d.path for d in body(b'{"a": 1}', b'{"a": 2}')] == ["$.a"]


def test_json_under_another_media_type_is_still_compared_as_json() -> None:
    assert body(b'{"a": 1}', b'{ "a":1 }', "application/json", "text/plain") == []
    assert [d.path for d in body(b'{"a": 1}', b'{"a": 2}', "application/problem+json", "text/html")] == ["$.a"]


def test_json_against_a_page_is_one_difference() -> None:
    (found,) = body(b'{"a": 1}', b"<html>", "application/json", "text/html")
    assert (found.kind, found.class_) == ("body-changed", "format")


def test_text_is_told_by_its_first_differing_line() -> None:
    (found,) = body(b"a\nb\nc", b"a\nB!\nc", "text/plain")
    assert (found.kind, found.legacy, found.candidate) == ("body-changed", "b", "B!")
    assert found.summary == '1 line changed; line 2: string "b" became "B!"'


@pytest.mark.parametrize(
    ("legacy", "candidate", "class_"),
    [
        (b"a\nb", b"a\r\nb", "line-ends"),
        (b"Hello", b"hello", "case"),
        (b"a &amp; b", b"a & b", "html-escape"),
        ("é".encode(), "e\u0301".encode(), "unicode-normalisation"),
        (b"one", b"two", "value"),
    ],
)
def test_text_differences_have_classes(legacy: bytes, candidate: bytes, class_: str) -> None:
    assert [d.class_ for d in body(legacy, candidate, "text/plain")] == [class_]


def test_one_text_in_two_charsets_is_the_same_text() -> None:
    assert (
        body("é".encode("latin-1"), "é".encode(), "text/plain; charset=iso-8859-1", "text/plain; charset=utf-8") == []
    )


def test_the_same_bytes_in_two_charsets_are_not_the_same_text() -> None:
    found = body(b"\xa4", b"\xa4", "text/plain; charset=iso-8859-1", "text/plain; charset=iso-8859-15")
    assert [d.kind for d in found] == ["body-changed"]


def test_bytes_are_told_by_length_and_digest() -> None:
    (found,) = body(b"\x89PNG\xff\x00", b"\x89PNG\xff\x01!", "image/png")
    assert found.class_ == "bytes"
    assert found.legacy.startswith("image/png, 6 bytes, blake2b ")


def test_pages_that_link_to_their_own_side_are_the_same() -> None:
    assert body(b'<a href="https://h/kong/x">', b'<a href="https://h/x">', "text/html") == []


def test_a_body_where_there_is_none_by_definition_is_not_compared() -> None:
    assert compare(Response(204, [], b"x"), Response(204, [], b"")) == []


def test_a_status_without_content_is_one_difference() -> None:
    """200 with a body became 204: one thing to fix or to accept, not three."""
    json = [("Content-Type", "application/json")]
    found = compare(Response(200, json, b'{"a": 1}'), Response(204, [], b""))
    assert [d.kind for d in found if d.severity == "difference"] == ["status-changed"]
    found = compare(Response(204, [], b""), Response(200, json, b'{"a": 1}'))
    assert [d.kind for d in found if d.severity == "difference"] == ["status-changed"]


def test_json_in_utf_16_that_says_utf_8_is_malformed() -> None:
    assert [d.kind for d in body(b"{}", "{\u00e9}".encode("utf-16"), "application/json")] == ["malformed"]


# -- errors of gateways ------------------------------------------------------------------------------------------------

JSON = [("Content-Type", "application/json")]
KONG = Response(404, JSON, b'{"message": "no Route matched with those values"}')
AWS = Response(404, [*JSON, ("Apigw-Requestid", "x")], b'{"message": "Not Found"}')
NO_ROUTE = "Kong: no Route matched with those values"
OWN = Response(404, JSON, b'{"error": "no such order", "code": 7}')


@pytest.mark.parametrize(
    ("legacy", "candidate", "said"),
    [
        (OWN, KONG, f"candidate answers with {NO_ROUTE}"),
        (KONG, OWN, f"legacy answers with {NO_ROUTE}"),
        (KONG, AWS, f"legacy answers with {NO_ROUTE}; candidate answers with {gateway_error(AWS)}"),
    ],
)
def test_a_gateways_own_error_is_one_difference_that_names_it(legacy: Response, candidate: Response, said: str) -> None:
    (found,) = [d for d in compare(legacy, candidate) if d.where == "body"]
    assert (found.path, found.kind, found.class_) == ("$", "body-changed", "gateway-error")
    assert found.summary == f"the error is not the application's: {said}"


def test_two_errors_of_one_gateway_are_compared_like_any_others() -> None:
    other = Response(404, JSON, b'{"message": "no Route matched with those values", "request_id": "1"}')
    assert [d.path for d in compare(KONG, other)] == ["$.request_id"]


def test_what_the_application_says_has_no_part_in_a_gateway_errors_fingerprint() -> None:
    others = [Response(404, JSON, body) for body in (b'{"error": "a"}', b"[]", b"")]
    found = [compare(other, KONG)[-1] for other in others]
    assert [d.class_ for d in found] == ["gateway-error"] * 3
    assert found[0].fingerprint != compare(AWS, KONG)[-1].fingerprint


def test_a_result_against_a_gateways_error_is_an_error_in_place_of_a_result() -> None:
    found = [d for d in compare(Response(200, JSON, b"{}"), KONG) if d.where == "body"]
    assert [d.class_ for d in found] == ["error-shape"]
