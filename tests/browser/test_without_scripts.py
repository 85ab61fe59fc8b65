"""Without JavaScript, and on paper: everything can be read, and nothing is offered that would do nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from shadow.report.html.anchors import anchor
from tests.browser.conftest import Visits
from tests.browser.documents import ordinary, page_of

ORDERS = anchor("GET /orders/{orderId}")


@pytest.fixture
def plain(visit: Visits) -> Page:
    return visit(page_of(ordinary), java_script_enabled=False)


def words(text: str) -> str:
    return " ".join(text.split())


def test_each_route_says_its_verdict_and_why(plain: Page) -> None:
    lines = [words(text) for text in plain.locator(".route > summary").all_inner_texts()]
    assert len(lines) == len(ordinary().verdicts)
    for line, verdict in zip(lines, ordinary().verdicts, strict=True):
        assert verdict.route in line
        assert verdict.verdict.replace("-", " ") in line
        if verdict.reasons:
            assert verdict.reasons[0].message.replace("`", "") in line


def test_a_route_opens_down_to_both_bodies(plain: Page) -> None:
    """By clicks alone, as a reader does: the route, its difference, the example, its request, the block to paste."""
    route = plain.locator(".route").first
    inside = route.locator("> .inside")
    assert not inside.is_visible()
    route.locator("> summary").click()
    assert "12 of 412 distinct requests differ; at 95% confidence" in inside.inner_text()
    difference = route.locator('.difference[data-class="number-as-string"]')
    example = difference.locator(".example").first
    for fold in (difference, example):
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
    text = words(example.inner_text())
    for value in ("12.5", '"12.50"', '"price": 12.5,', '"price": "12.50",'):
        assert value in text
    for summary in example.locator("summary:visible").all()[1:]:
        summary.click()
    text = words(example.inner_text())
    assert "[redacted string:3f9a11c0]" in text
    assert "https://api.staging.example.com/kong/orders/8841?expand=items" in text
    difference.locator("details.accept > summary").click()
    expect(difference.locator("details.accept")).to_contain_text("[[accept]]")
    expect(difference.locator("details.accept")).to_contain_text(f'fingerprint = "{PRICE}"')


PRICE = next(found.evidence.fingerprint for found in ordinary().verdicts[0].differences if found.status == "open")
NOTICE = next(found.evidence.fingerprint for found in ordinary().verdicts[0].differences if found.status == "notice")


def test_a_link_opens_what_it_names(visit: Visits) -> None:
    for name in (ORDERS, f"{ORDERS}-{NOTICE}"):
        page = visit(page_of(ordinary), fragment=f"#{name}", java_script_enabled=False)
        place = page.locator(f'[id="{name}"]')
        expect(place).to_be_visible()
        expect(place).to_be_in_viewport()


def test_nothing_is_shown_that_needs_a_script(plain: Page) -> None:
    for fold in plain.locator(".route > summary").all():
        fold.click()
    for name in ("#filters", "#theme", "#help", "#keys", "#nothing", "#unfold", "button", "input", "select"):
        assert plain.locator(f"{name}:visible").count() == 0, name


def test_every_link_leads_to_something_that_is_there(plain: Page) -> None:
    links = plain.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links
    for link in set(links):
        assert link.startswith("#")
        assert plain.locator(f'[id="{link[1:]}"]').count() == 1, link


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_open_can_be_printed_whole(visit: Visits, scripts: bool) -> None:
    page = visit(page_of(ordinary), java_script_enabled=scripts, scheme="dark")
    route = page.locator(".route").first
    route.locator("> summary").click()
    page.emulate_media(media="print", color_scheme="dark")
    for name in ("#filters", "#theme", "#help", "button.copy"):
        assert page.locator(f"{name}:visible").count() == 0, name
    expect(route.locator("> .inside")).to_be_visible()
    # Paper is white, whatever the screen is.
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(28, 33, 40)"
    # Paper is 794 px wide (A4 at 96 dpi); whatever sticks out of it is cut off.
    page.set_viewport_size({"width": 794, "height": 1123})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 794
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") >= 2


def test_lines_of_bodies_stand_without_gaps_on_a_phone(visit: Visits) -> None:
    page = visit(page_of(ordinary), width=390, java_script_enabled=False)
    page.locator("#list > .route > summary").first.click()
    gaps = page.locator(".route[open] .lines").first.evaluate("""lines => {
      const rows = [...lines.querySelectorAll("tr")].map((row) => row.getBoundingClientRect());
      return rows.slice(1).map((row, place) => Math.round(row.top - rows[place].bottom));
    }""")
    assert gaps
    assert set(gaps) == {0}
