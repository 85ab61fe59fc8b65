"""Everybody can read the report: axe-core finds nothing serious, and nothing is cut off or overflows on a phone."""

from __future__ import annotations

from importlib.resources import files

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visits
from tests.browser.documents import brief, newcomers, nothing, ordinary, page_of, sprawling

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WIDTHS = (1280, 390)
OPENED = {(1280, "light"), (390, "dark")}
"""Each width and each scheme once: axe-core takes long for so many elements."""


def complaints(page: Page) -> list[str]:
    """What axe-core finds to be serious or critical, each with the first place."""
    found = page.evaluate(
        """async rules => (await axe.run(document, { runOnly: rules, resultTypes: ["violations"] })).violations
            .filter(one => ["serious", "critical"].includes(one.impact))
            .map(({ id, nodes }) => `${id} at ${nodes.length} places: ${nodes[0].html} ${nodes[0].failureSummary}`)""",
        RULES,
    )
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious(visit: Visits, width: int, scheme: str) -> None:
    """Folded, with the keyboard's dialog, with nothing found, and with everything opened. axe-core gets into the page
    past its policy, which stays as it is everywhere else."""
    page = visit(page_of(brief), width=width, scheme=scheme, bypass_csp=True)
    page.evaluate(AXE)
    assert complaints(page) == []
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    page.locator("#search").fill("nothing has such words")
    assert complaints(page) == []
    page.locator("#everything").click()
    if (width, scheme) in OPENED:
        open_all(page)
        assert complaints(page) == []


def test_axe_finds_nothing_serious_where_nothing_has_been_seen(visit: Visits) -> None:
    page = visit(page_of(nothing), bypass_csp=True)
    page.evaluate(AXE)
    assert complaints(page) == []


def test_axe_can_find_something(visit: Visits) -> None:
    html = page_of(brief).replace(b"--quiet: light-dark(#", b"--quiet: light-dark(#ddd,#111);--was: light-dark(#")
    page = visit(html.replace(b'<html lang="en">', b"<html>"), bypass_csp=True)
    page.evaluate(AXE)
    names = {complaint.split(" ")[0] for complaint in complaints(page)}
    assert {"color-contrast", "html-has-lang"} <= names


def open_all(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('details').forEach(details => { details.open = true })")


SIZES = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
STICKING_OUT = """() => [...document.querySelectorAll("body *")].filter(element => {
    const text = document.createRange();
    text.selectNodeContents(element);
    return text.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
}).slice(-5).map(element => element.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("make", [ordinary, newcomers, sprawling])
def test_nothing_overflows_sideways(visit: Visits, width: int, make: object) -> None:
    page = visit(page_of(make), width=width)  # type: ignore[arg-type]
    for opened in (False, True):
        if opened:
            open_all(page)
        across, window = page.evaluate(SIZES)
        assert across == window, page.evaluate(STICKING_OUT)
