"""A page holds what there is room for, fairly shared, and says exactly what it leaves out."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shadow.report import Document
from shadow.report.html import examples, further
from shadow.report.html.page import render
from shadow.report.html.page_size import MOST_BYTES, in_turn, level
from shadow.verdict.model import JudgedDifference
from tests.report.large import large_document, large_route


def listed(html: str) -> list[list[list[Any]]]:
    """The columns of every list, as the page's script reads them."""
    packed = re.findall(r'data-groups="([^"]*)"', html)
    return [json.loads(zlib.decompress(base64.b64decode(text, validate=True))) for text in packed]


def fingerprints(html: str) -> list[str]:
    """Of all groups on the page, whether written out or listed."""
    written = re.findall(r'<div class="inside" id="[a-z0-9-]+-([0-9a-f]{12})">', html)
    return [*written, *(fingerprint for columns in listed(html) for fingerprint in columns[0])]


@given(sizes=st.lists(st.integers(0, 1_000), max_size=20), room=st.integers(0, 5_000))
def test_room_is_shared_so_that_the_small_get_all_and_the_large_as_much_as_each_other(
    sizes: list[int], room: int
) -> None:
    due = level(sizes, room)
    given_away = sum(min(size, due) for size in sizes)
    assert given_away <= room
    assert due == max(sizes, default=0) or given_away > room - len(sizes), "nothing is left that all could have"


def test_the_first_of_every_list_comes_before_the_second_of_any() -> None:
    assert [item for _, _, item in in_turn(["ace", "", "bd", "f"], 2)] == ["a", "b", "f", "c", "d"]


def test_every_group_of_a_large_document_is_on_the_page() -> None:
    document = large_document(20, 200, examples=1)
    found = fingerprints(render(document).decode())
    expected = [judged.evidence.fingerprint for verdict in document.verdicts for judged in verdict.differences]
    assert sorted(found) == sorted(expected)
    assert len(expected) == 4_000


def test_examples_with_large_requests_are_few() -> None:
    """However little of them is shown: each takes a tenth of a second, and a page is written every few seconds."""
    document = large_document(2, 50, examples=1)

    def with_body(judged: JudgedDifference, body: bytes) -> JudgedDifference:
        (found,) = judged.evidence.examples
        legacy = replace(found.pair.legacy, request=replace(found.pair.legacy.request, body=body))
        example = replace(found, pair=replace(found.pair, legacy=legacy))
        return replace(judged, evidence=replace(judged.evidence, examples=(example,)))

    def drawn(body: bytes) -> int:
        groups = [(one.route, with_body(judged, body)) for one in document.verdicts for judged in one.differences]
        return sum(map(len, examples.choose_examples(document, groups, room=MOST_BYTES, lines=40_000).values()))

    assert drawn(b"{}") == 100
    assert 1 <= drawn(b"\0" * 2_000_000) <= 20


def test_every_route_has_its_worst_groups_written_out() -> None:
    html = render(large_document(20, 200, examples=1)).decode()
    routes = html.split('<details class="route ')[1:]
    written = [route.count('<details class="difference"') for route in routes]
    assert set(written) == {75}, "1,500 groups for 20 routes"
    assert html.count('<details class="example" open>') >= 20
    assert all('<details class="example" open>' in route for route in routes)


def test_a_list_says_the_same_as_a_group_that_is_written_out(judged: Callable[..., JudgedDifference]) -> None:
    found = judged(share=0.0082, distinct=7, summary="a\u202eb<")
    columns = json.loads(zlib.decompress(base64.b64decode(further.pack([found]).data)))
    row = dict(zip(further.COLUMNS, (column[0] for column in columns), strict=True))
    assert row == {
        "fingerprint": found.evidence.fingerprint, "status": "open", "where": "body", "path": "$.createdAt",
        "kind": "value-changed", "class": "date-format", "change": "", "summary": "a‹U+202E›b<", "distinct": 7,
        "share": "0.82%", "first": found.evidence.first_seen // 60, "last": found.evidence.last_seen // 60,
    }  # fmt: skip


def test_lists_that_do_not_fit_are_cut_for_the_large_alone() -> None:
    large, small = large_route(0, 400, examples=0).differences, large_route(1, 20, examples=0).differences
    whole = len(further.pack(large).data)
    cut, kept = further.pack_within(whole // 2, [large, small])
    assert len(cut.data) + len(kept.data) <= whole // 2
    assert kept.listed == 20
    assert 100 < cut.listed < 200
    assert further.pack_within(0, [large, ()]) == [further.Block(0, "")] * 2


def test_what_is_neither_written_out_nor_listed_is_said_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(further, "_MOST_ROWS", 100)
    html = render(large_document(2, 300, examples=0)).decode()
    assert [len(columns[0]) for columns in listed(html)] == [50, 50]
    assert html.count("200 further groups are not shown here: report.json has them") == 2
    assert html.count("150 of them are in report.json only") == 2


def test_a_page_without_scripts_says_where_further_groups_are() -> None:
    html = render(large_document(1, 101, examples=0)).decode()
    assert "1 further group is not shown here: report.json has them, <code>shadow report --split</code>" in html


def test_headings_count_all_groups_of_a_status() -> None:
    document = large_document(1, 300, examples=0)
    total = sum(judged.status == "open" for judged in document.verdicts[0].differences)
    html = render(document).decode()
    assert f'Open differences <span class="amount">{total}</span>' in html
    assert f"{total - 100} more are among the further groups below." in html


def test_of_many_examples_the_later_become_elements_only_when_somebody_looks() -> None:
    html = render(large_document(30, 10, examples=2)).decode()
    later = re.findall(r"<noscript class=later>(.*?)</noscript>", html, flags=re.DOTALL)
    assert later
    assert all(text.count("<details") == text.count("</details>") for text in later)
    eager = re.sub(r"<noscript class=later>.*?</noscript>", "", html, flags=re.DOTALL)
    assert '<details class="example"' in eager
    assert html.count('<details class="example"') == len(later) + eager.count('<details class="example"')


def test_an_ordinary_page_has_all_its_examples_as_elements(document: Document) -> None:
    html = render(document)
    assert b"<noscript class=later>" not in html
    assert b'data-groups="' not in html


def test_examples_of_the_page_before_are_used_again(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    before = render(document)

    def never(*_: object) -> None:
        raise AssertionError("this example has been laid out before")

    monkeypatch.setattr(examples, "view_example", never)
    assert render(document) == before
    with pytest.raises(AssertionError, match="laid out before"):
        render(replace(document, candidate="https://elsewhere.example.com"))


_NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["<", "&", '"', "\u202e", "\0", "\ud800", "ß", "\U0001f600", "</noscript>", "\t"]).flatmap(
        lambda character: st.integers(0, 60_000).map(lambda times: character * times)
    ),
)


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_NASTY, routes=st.sampled_from([1, 3, 40]), groups=st.sampled_from([0, 2, 150]), bodies=st.booleans())
@example(text="\u202e" * 50_000, routes=1_100, groups=2, bodies=False)
@example(text="\U000e0001" * 1_000, routes=40, groups=150, bodies=True)
def test_whatever_traffic_holds_the_page_has_at_most_ten_megabytes(
    hostile: Document, text: str, routes: int, groups: int, bodies: bool
) -> None:
    model = hostile.verdicts[0]
    judged = model.differences[0]
    pairs = judged.evidence.examples if bodies else ()
    many = tuple(
        replace(
            judged,
            evidence=replace(
                judged.evidence,
                fingerprint=f"{number:012x}", path=f"$.{text}", class_=text, summary=text, examples=pairs,
            ),
        )
        for number in range(groups)
    )  # fmt: skip
    verdicts = tuple(
        replace(model, route=f"GET /{number}/{text}", summary=text, differences=many, candidate_version=text)
        for number in range(routes)
    )
    html = render(replace(hostile, verdicts=verdicts, legacy=text, candidate_version=text, settings_source=text))
    assert len(html) <= MOST_BYTES
    assert html.count(b"<noscript class=later>") == html.count(b"</noscript>")
    shown = html.count(b'<details class="route ')
    assert 1 <= shown <= routes
    assert (shown == routes) == (b"further routes are in report.json; this page shows the worst" not in html)
