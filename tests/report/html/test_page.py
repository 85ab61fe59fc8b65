"""The HTML report is one file that shows everything, runs nothing, and stays small."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from msgspec.structs import replace

from shadow.report import Document
from shadow.report.document import Note
from shadow.report.html.page import render
from shadow.verdict.model import JudgedDifference, Verdict

VOID = {"wbr", "meta", "link", "col", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Elements, attributes, the text people see, and what stands in style and script elements."""

    def __init__(self, html: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.metas: dict[str, str] = {}
        self.text = ""
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self.comments: list[str] = []
        self.feed(html.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "meta" and (name := dict(attrs).get("http-equiv") or dict(attrs).get("name")):
            self.metas[name] = dict(attrs)["content"] or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]].append(data)
        else:
            self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


@pytest.fixture
def page(document: Document) -> Page:
    return Page(render(document))


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_route_is_shown_with_its_verdict_and_reason(page: Page, document: Document) -> None:
    text = words(page.text)
    for verdict in document.verdicts:
        assert verdict.route in text
        for reason in verdict.reasons:
            assert reason.message.replace("`", "") in text
    assert text.count("not ready") >= 3


def test_the_routes_come_in_the_order_of_the_document(page: Page, document: Document) -> None:
    places = [page.text.index(verdict.route) for verdict in document.verdicts]
    assert places == sorted(places)


def test_the_first_screen_says_what_was_compared_when_and_how_it_stands(page: Page) -> None:
    first = words(page.text.split("Routes")[0])
    assert "2 of 7 required routes are ready" in first
    assert "https://api.staging.example.com/kong" in first
    assert "2026.47.1" in first
    assert "2026-11-23 10:00 UTC" in first
    for verdict in ("not ready", "inconclusive", "ready"):
        assert f"3 {verdict}" in first
    assert "raced with a write 18" in first
    assert "shed (queue full)" not in first, "what there was none of takes no room"


def test_the_evidence_is_put_in_words(page: Page) -> None:
    assert "0 of 412 distinct requests differ; at 95% confidence fewer than 0.82% do." in words(page.text)
    assert "124 more distinct clean requests until this route can be ready" in words(page.text)


def test_differences_stand_in_groups_by_what_they_mean(page: Page) -> None:
    text = words(page.text)
    titles = ["Open differences 1", "Accepted 1", "Noise 1", "Notices 1"]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)
    assert "Accepted until 2027-03-01: clients ignore it (API-123)" in text
    assert "An acceptance ran out on 2026-11-01: app handles both" in text


def test_notices_are_folded_and_name_their_header_once(
    document: Document, judged: Callable[..., JudgedDifference]
) -> None:
    notices = tuple(
        judged("header", name, "header-missing", "gateway", summary=f'header {name}: "1" is missing', status="notice",
               distinct=0, share=0.0, examples=0)
        for name in ("via", "server")
    )  # fmt: skip
    one, two = (replace(document.verdicts[0], differences=notices[:number]) for number in (1, 2))
    html = render(replace(document, verdicts=(two,))).decode()
    assert html.count('<details class="folded">') == 1
    text = words(Page(html.encode()).text)
    assert 'gateway header server "1" is missing 0 times' in text
    assert "0%" not in text.split("Notices 2")[1].split("Latency")[0]
    assert '<details class="folded">' not in render(replace(document, verdicts=(one,))).decode()


def test_a_route_s_history_stands_beside_its_evidence(page: Page, document: Document) -> None:
    text = words(page.text)
    assert "worse than 2026.46.9: 0 of 388 distinct requests differed, now 12 of 412" in text
    assert "ready 2026.46.9 2026-11-14 10:00 UTC to 2026-11-22 10:00 UTC 388 0 (0%)" in text
    assert "not ready without a version, legacy 7 other comparison rules, a sample 2026-11-14" in text
    assert "Back 1 shown by an earlier version, not by the one before: body $.items[*].price number-as-string" in text
    assert "Gone 1 shown by the version before, and no more: body $.total missing" in text
    assert "Not seen yet 1 shown by the version before; too few requests to call it gone: header vary" in text
    assert 'back 12.5 became "12.50"' in text
    assert text.count("earlier ones, judged by today's settings") == 1, "routes without a past show none"


def test_long_histories_are_cut(document: Document, judged: Callable[..., Any]) -> None:
    many = tuple(judged(path=f"$.n{number}") for number in range(25))
    route = document.verdicts[0]
    cut = replace(route, history=replace(route.history, gone=many))
    text = words(Page(render(replace(document, verdicts=(cut,)))).text)
    assert "$.n9" in text
    assert "$.n10" not in text
    assert "and 15 more in report.json" in text


def test_many_hostile_histories_fit_the_page_too(hostile: Document) -> None:
    """Where there is room for nothing else, the trend is still told."""
    route = hostile.verdicts[0]
    history = route.history
    long = replace(
        history, versions=history.versions * 3, gone=history.gone * 30, not_seen_yet=history.gone * 30, sentence="worse"
    )
    verdicts = tuple(replace(route, route=f"GET /{number}", history=long) for number in range(1_000))
    html = render(replace(hostile, verdicts=verdicts))
    assert len(html) <= 10_000_000
    assert html.count(b'<p class="trend">worse</p>') == html.count(b"6 earlier versions are in report.json.") == 1_000


def test_bodies_stand_side_by_side_with_what_differs_marked(document: Document) -> None:
    html = render(document).decode()
    assert re.search(r'<tr class="changed here">.*?<del>12\.5</del>.*?<ins>"12\.50"</ins>.*?◀ here', html)
    assert re.search(r'<details class="fold"><summary>\d+ equal lines</summary>', html)


def test_writes_come_with_a_warning(page: Page) -> None:
    assert words(page.text).count("Writes can't be asked again") == 1


@pytest.mark.parametrize("which", ["document", "hostile"])
def test_the_policy_allows_nothing_but_the_style_sheet_and_the_script_that_are_there(
    which: str, request: pytest.FixtureRequest
) -> None:
    page = Page(render(request.getfixturevalue(which)))
    policy = dict(part.split(" ", 1) for part in page.metas["Content-Security-Policy"].split("; "))
    for name in ("style", "script"):
        (text,) = page.raw[name]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert policy.pop(f"{name}-src") == f"'sha256-{digest}'"
        assert page.tags.count(name) == 1
    assert policy == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    assert not [(tag, name) for tag, name, _ in page.attributes if name == "style" or name.startswith("on")]


def test_nothing_is_loaded_from_elsewhere(page: Page) -> None:
    links = [value or "" for _, name, value in page.attributes if name in ("href", "src", "action", "xlink:href")]
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)


def test_a_link_to_a_route_leads_to_a_place_of_its_own(page: Page) -> None:
    names = [value for _, name, value in page.attributes if name == "id"]
    assert len(names) == len(set(names))
    targets = {value[1:] for _, name, value in page.attributes if name == "href" and value and value[0] == "#"}
    assert targets <= set(names)


def test_hostile_values_add_no_element_and_no_attribute(hostile: Document, document: Document) -> None:
    ordinary, page = Page(render(document)), Page(render(hostile))
    assert page.open == []
    assert page.comments == []
    assert set(page.tags) <= set(ordinary.tags) | {"p", "pre"}
    assert {name for _, name, _ in page.attributes} <= {name for _, name, _ in ordinary.attributes}


def test_hidden_characters_are_written_out(hostile: Document) -> None:
    html = render(hostile).decode()
    for character in "\0\x1b\x7f\u202e\u2066\u200b\ufeff\u2028":
        assert character not in html
    assert "‹U+202E›" in html


def test_hostile_values_are_still_shown(hostile: Document) -> None:
    assert "<img src=x onerror=\"document.title='owned'\">" in Page(render(hostile)).text


def test_the_page_stays_under_ten_megabytes_and_says_what_it_leaves_out(
    route: Callable[..., Any],
    judged: Callable[..., Any],
    example: Callable[..., Any],
    document_of: Callable[..., Document],
) -> None:
    body = ("[" + ",".join(f'{{"n": {n}, "text": "<&>"}}' for n in range(9_000)) + "]").encode()
    other = body.replace(b'"n"', b'"m"')
    many = []
    for number in range(30):
        found = judged(path=f"$[*].n{number}", summary="<" * 5_000)
        difference = found.evidence.examples[0].differences[0]
        huge = tuple(example(difference, legacy_body=body, candidate_body=other) for _ in range(2))
        many.append(replace(found, evidence=replace(found.evidence, examples=huge)))
    verdicts = [route(f"GET /route/{number}", Verdict.NOT_READY, 5, "divergence", many) for number in range(10)]
    html = render(document_of(verdicts))
    assert 1_000_000 < len(html) <= 10_000_000
    assert "left out here to keep this page small" in html.decode()
    assert "more lines, not shown" in html.decode()


def test_made_up_routes_do_not_make_the_page_endless(
    route: Callable[..., Any], judged: Callable[..., Any], document_of: Callable[..., Document], hostile_text: str
) -> None:
    template = route("GET /x", Verdict.INCONCLUSIVE, 0, "not-enough-requests", [judged(examples=0)] * 20, distinct=3)
    names = (f"GET /{number}/{hostile_text * 20}" for number in range(1_050))
    html = render(document_of([replace(template, route=name) for name in names]))
    assert len(html) <= 10_000_000
    assert "50 further routes are in report.json" in html.decode()


def test_an_empty_document_says_what_to_do(document_of: Callable[..., Document]) -> None:
    text = words(Page(render(document_of([]))).text)
    assert "No route has been seen yet" in text
    assert "shadow run" in text


def test_notes_are_said_before_the_routes_and_bounded(document: Document, hostile_text: str) -> None:
    page = Page(
        render(replace(document, notes=tuple(map(Note, ["an `[[accept]]` block is idle", *[hostile_text] * 59]))))
    )
    assert "an [[accept]] block is idle" in page.text.split("Routes")[0]
    assert "10 further notes are in report.json." in page.text
    assert page.tags.count("script") == 1


def test_a_paused_proxy_is_said_at_the_top(hostile: Document) -> None:
    assert "Mirroring is paused." in Page(render(hostile)).text.split("Routes")[0]


def test_what_kept_everything_from_being_judged_is_all_that_there_is_to_read() -> None:
    page = render(Document(generated_at=0.0, legacy="", candidate="", failure="there is no <store>")).decode()
    assert "<h1>Nothing could be judged</h1>" in page
    assert "there is no &lt;store&gt;" in page
    assert "No route is known yet" not in page


def test_the_same_document_gives_the_same_bytes(document: Document) -> None:
    assert render(document) == render(replace(document))


def test_pictures_say_in_words_what_they_show(page: Page) -> None:
    pictures = [value for tag, name, value in page.attributes if tag == "svg" and name == "aria-label"]
    assert pictures.count("824 compared in the last 24 hours; differing: 12 (1.5%), all since 22 Nov 11:00 UTC") == 1
    assert any(words and words.startswith("40 requests timed on both sides; legacy p50 18 ms") for words in pictures)
    assert words(page.text).count("nothing yet") == 2, "two routes were never compared"


def test_the_first_screen_shows_how_it_has_gone(page: Page) -> None:
    first = words(page.text.split("Routes")[0])
    assert "4,700 compared in the last 24 hours; differing: 45 (0.96%), all since 22 Nov 11:00 UTC." in first
    assert "1 route is worse than under version 2026.46.9; 1 group of differences is gone, 1 is back." in first
    assert "2026.47.1 this one 3 not ready 1 inconclusive 3 ready 23 Nov 09:59" in first
    assert "2026.46.9 0 not ready 0 inconclusive 1 ready 22 Nov 10:00" in first


def test_what_is_not_there_takes_no_rows(page: Page) -> None:
    text = words(page.text)
    assert "824 of 846 requests seen were compared; 412 distinct." in text
    assert "No 5xx answer, timeout or failed connection in 826 requests." in text
    assert "5xx answers5 0.61% timeouts2 0.24%" in text
    assert "Allowed is 1.25 × legacy + 10 ms, so 33 ms where legacy takes 18 ms, for all but 5% of requests." in text
