"""Nothing that comes with traffic runs, loads, or becomes a part of the page: proven in a browser."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from shadow.report.document import Document
from shadow.report.html.anchors import anchor
from shadow.report.html.split import FOLDER, render_pages
from shadow.report.html.split import render as render_index
from tests.browser.conftest import Visits
from tests.browser.corpus import PAYLOADS, harmless
from tests.browser.documents import brief, failed, infested, infested_twin, packed, packed_twin, page_of

STRUCTURE = """() => {
    const found = {};
    const said = element => [element.localName, element.getAttribute("class"), ...element.getAttributeNames().sort()];
    for (const element of document.querySelectorAll("*")) {
        const name = [...(element.parentElement ? said(element.parentElement) : []), ">", ...said(element)].join(" ");
        found[name] = (found[name] ?? 0) + 1;
    }
    return found;
}"""
OWNED = "() => [window.owned ?? null, document.title]"


def settle(page: Page) -> None:
    """Until the page has done what it is going to do by itself: two frames after everything has loaded."""
    page.wait_for_load_state("load")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def open_all(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('details').forEach(details => { details.open = true })")
    settle(page)


NAKED = {
    "text": "<!doctype html><body>%s'>",
    '"': '<!doctype html><body><input value="%s">',
    "'": "<!doctype html><body><input value='%s'>",
    "bare": "<!doctype html><body><input value=%s>",
    "script": "<!doctype html><body><script>let text = '%s';</script>",
    "style": "<!doctype html><body><style>/* %s */</style>",
}


def test_the_payloads_run_where_nothing_stands_in_their_way(visit: Visits) -> None:
    """Otherwise the tests below would prove nothing."""
    armed = [payload for payload in PAYLOADS if payload.where]
    # A frame for each, whose `top.owned=1` is the frame's own number.
    frames = [NAKED[payload.where].replace("%s", payload.text) for payload in armed]
    page = visit(b"<!doctype html><link rel=icon href='data:,'><title>naked</title>")
    page.evaluate(
        """frames => frames.forEach((html, number) => {
            const frame = document.createElement("iframe");
            frame.srcdoc = html.replaceAll("top.owned=1", `top.owned${number}=1`);
            document.body.append(frame);
        })""",
        frames,
    )
    idle = "number => Array.from({ length: number }, (_, n) => n).filter(n => !window[`owned${n}`])"
    page.wait_for_function(f"number => ({idle})(number).length === 0", arg=len(armed))
    assert visit.strays, "the guard sees what the payloads have loaded"
    visit.strays.clear()


def test_the_guard_sees_what_the_policy_stops(visit: Visits) -> None:
    """A value that got through the first wall would not go unnoticed at the second."""
    html = page_of(brief).replace(b"<main>", b"<main><img src=//evil.example/i><script>owned=1</script>")
    page = visit(html)
    settle(page)
    assert page.evaluate(OWNED)[0] is None
    assert sum("violates" in stray for stray in visit.strays) == 2
    visit.strays.clear()


def test_nothing_runs_or_loads_whatever_is_opened_searched_or_linked_to(visit: Visits) -> None:
    page = visit(page_of(infested))
    title = page.title()
    texts = [payload.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")[:300] for payload in PAYLOADS]
    found = page.evaluate(
        """texts => texts.map(text => {
            const search = document.getElementById("search");
            search.value = text;
            search.dispatchEvent(new Event("input"));
            return document.getElementById("matches").textContent;
        })""",
        texts,
    )
    assert sum(not said.startswith("0 ") for said in found) > len(PAYLOADS) // 2, "payloads find their own routes"
    links = [
        *(text for text in texts[::4]),
        *(urlencode({"q": text, "verdict": text, "method": text, "class": text, "at": text}) for text in texts[1::4]),
    ]
    page.evaluate("links => links.forEach(link => { location.hash = link })", links)
    settle(page)
    assert page.evaluate(OWNED) == [None, title]
    open_all(page)
    assert page.evaluate(OWNED) == [None, title]


@pytest.mark.parametrize("make", [infested, failed])
def test_nothing_runs_or_loads_without_scripts(make: Callable[[], Document], visit: Visits) -> None:
    """Here only the escaping stands between a payload and the page: no script of ours, and frames would still load."""
    page = visit(page_of(make), java_script_enabled=False)
    page.wait_for_load_state("load")
    assert page.locator("main").count() == 1


def test_traffic_makes_no_element_no_attribute_and_no_id(visit: Visits) -> None:
    """A page of payloads has element for element what the same page with harmless words has."""
    seen = []
    for make in (infested, infested_twin):
        page = visit(page_of(make))
        ids = page.evaluate("() => [...document.querySelectorAll('[id], [name]')].map(e => e.id || e.name)")
        names = tuple(anchor(verdict.route) for verdict in make().verdicts)
        own = Counter(name for name in ids if not any(route in name for route in names))
        seen.append((page.evaluate(STRUCTURE), own, len(ids)))
    (structure, *_), twin = seen
    assert sum(structure.values()) > 10_000
    assert seen[0] == twin


def test_what_the_page_holds_as_data_becomes_text_and_nothing_else(visit: Visits) -> None:
    """Groups without room are packed; the script makes rows of them, with payloads as places and summaries."""
    seen = []
    for make in (packed, packed_twin):
        page = visit(page_of(make))
        page.locator("#list > .route > summary").click()
        page.locator(".further").scroll_into_view_if_needed()
        page.locator(".further .rows").wait_for()
        while (more := page.locator(".further button")).count():
            more.click()
        assert page.locator(".further .difference").count() > 3 * len(PAYLOADS)
        open_all(page)
        seen.append((page.evaluate(STRUCTURE), page.evaluate(OWNED)))
    assert seen[0] == seen[1]


def test_split_pages_are_as_safe_as_one(visit: Visits, tmp_path: Path) -> None:
    """Files named after hostile routes lie in their folder, and links lead to these files alone."""
    document = infested(payloads=PAYLOADS[::8])
    index = tmp_path / "split" / "index.html"
    folder = index.parent / FOLDER
    folder.mkdir(parents=True)
    index.write_bytes(render_index(document))
    for name, html in render_pages(document, index.name):
        (folder / name).write_bytes(html)
    pages = sorted(folder.iterdir())
    assert len(pages) == len(document.verdicts)
    for path in (index, *pages[:3]):
        page = visit(path)
        open_all(page)
        assert page.evaluate(OWNED)[0] is None
        links = page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        files = {link.partition("#")[0] for link in links} - {""}
        assert files
        assert {(path.parent / file).resolve() for file in files} <= {index, *pages}


def test_no_link_leads_out_of_the_page(visit: Visits) -> None:
    page = visit(page_of(infested))
    found = page.evaluate(
        """() => [...document.querySelectorAll("[href], [src], [action], [formaction], [data], [srcdoc]")]
            .flatMap(element => [...element.attributes])
            .filter(({ name }) => /href|src|action|^data$/.test(name)).map(({ value }) => value)"""
    )
    assert len(found) > len(PAYLOADS)
    assert {link for link in found if not link.startswith("#")} <= {"data:,"}


def test_hidden_characters_are_nowhere_in_the_page(visit: Visits) -> None:
    """Bidirectional ones turn around what stands beside them, control characters vanish."""
    page = visit(page_of(infested))
    text = page.evaluate("() => document.documentElement.textContent + [...document.querySelectorAll('*')]"
                         ".flatMap(e => e.getAttributeNames().map(n => e.getAttribute(n))).join('')")  # fmt: skip
    hidden = (
        "\x00\x01\x08\x1b\x7f\x85\x9f\u00ad\u061c\u200b\u200d\u200e\u202a\u202e\u2066\u2069\u2028\ufeff\U000e0041\ufffd"
    )
    assert [f"U+{ord(character):04X}" for character in hidden if character in text] == []
    assert "‹U+202E›‹U+2066›evil‹U+2069›" in text
    assert "lone ‹U+D800› surrogates ‹U+DFFF›" in text


def test_harmless_words_keep_the_shape() -> None:
    for payload in PAYLOADS:
        assert len(harmless(payload.text)) == len(payload.text)
        assert not set(harmless(payload.text)) & set("<>&\"'")
    assert json.dumps(harmless("\ud800")) == json.dumps("\ud800")
