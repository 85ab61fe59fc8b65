"""Groups that a page only lists, and examples that become elements late: all can be found, linked to and read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from shadow.report.document import Document
from shadow.report.html.anchors import anchor
from shadow.report.html.page import render
from shadow.report.write import write_reports
from tests.browser.conftest import Visits
from tests.browser.documents import page_of
from tests.report.large import large_document

ROUTES, GROUPS, WRITTEN = 20, 200, 75


@cache
def crowd() -> Document:
    """More groups than a page writes out."""
    return large_document(ROUTES, GROUPS, examples=0)


@cache
def exemplified() -> Document:
    """More examples than become elements at once."""
    return large_document(10, 7, examples=2)


def read(page: Page) -> Page:
    """The page, once it has read its lists."""
    expect(page.locator("#matches")).to_contain_text(f"{ROUTES * GROUPS:,} differences")
    return page


@pytest.fixture
def large(visit: Visits) -> Page:
    return read(visit(page_of(crowd)))


def listed(place: int) -> tuple[str, str, str]:
    """(route's anchor, the group's id, its path) of the last group of that route, which is only listed."""
    verdict = crowd().verdicts[place]
    found = verdict.differences[-1].evidence
    name = anchor(verdict.route)
    return name, f"{name}-{found.fingerprint}", found.path


def test_rows_come_fifty_at_a_time_and_only_where_they_are_in_sight(large: Page) -> None:
    rows = large.locator(".difference.light")
    assert rows.count() == 0
    route = large.locator("#list > .route").first
    route.locator("summary").first.click()
    assert route.locator(".difference:not(.light)").count() == WRITTEN
    route.locator(".further").scroll_into_view_if_needed()
    expect(rows).to_have_count(50)
    expect(route.locator(".further .unlisted")).to_have_count(0)
    route.get_by_role("button", name="Show 50 more of 75").click()
    expect(rows).to_have_count(100)
    route.get_by_role("button", name="Show the last 25").click()
    expect(rows).to_have_count(GROUPS - WRITTEN)
    expect(route.locator(".further button")).to_have_count(0)
    focused = "() => document.activeElement.closest('details') === document.querySelectorAll('.light')[100]"
    assert large.evaluate(focused), "the keyboard goes on with the first of them"


def test_a_search_finds_what_is_only_listed(large: Page) -> None:
    name, group, path = listed(3)
    large.fill("#search", path)
    expect(large.locator("#matches")).to_have_text(f"1 of {ROUTES} routes, 1 of {ROUTES * GROUPS:,} differences")
    route = large.locator("#list > .route:visible")
    expect(route.locator(".hits")).to_have_text(f"1 of {GROUPS} differences fit")
    route.locator("summary").first.click()
    row = route.locator(".difference:visible")
    expect(row).to_have_count(1)
    expect(row.locator(".place")).to_contain_text(path)
    row.locator("summary").click()
    expect(large.locator(f'[id="{group}"]')).to_contain_text("shadow explain")
    large.fill("#search", "")
    again = large.locator(f'[id="{name}"]').locator("xpath=..")
    again.locator(".further").evaluate("(section) => section.scrollIntoView()")
    expect(again.locator(".light")).to_have_count(50)


def test_a_class_that_only_listed_groups_have_can_be_chosen(visit: Visits) -> None:
    document = crowd()
    first = document.verdicts[0]
    last = first.differences[-1]
    rare = replace(last, evidence=replace(last.evidence, class_="rare-<b>"))
    verdict = replace(first, differences=(*first.differences[:-1], rare))
    page = read(visit(render(replace(document, verdicts=(verdict, *document.verdicts[1:])))))
    page.select_option("#class", "rare-<b>")
    expect(page.locator("#matches")).to_contain_text(f"1 of {ROUTES} routes, 1 of")
    page.locator("#list > .route:visible > summary").click()
    expect(page.locator(".light .tag")).to_have_text("rare-<b>")


@pytest.mark.parametrize("fragment", ["#{}", "#q={}&at={}"])
def test_a_link_leads_to_a_group_that_is_only_listed(visit: Visits, fragment: str) -> None:
    _, group, path = listed(5)
    address = fragment.format(group) if "q" not in fragment else fragment.format("orders", group)
    page = visit(page_of(crowd), fragment=address)
    row = page.locator(f'[id="{group}"]').locator("xpath=..")
    expect(row).to_have_attribute("open", "")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text(path)


def test_an_update_leaves_the_rows_as_the_reader_has_them(large: Page) -> None:
    route = large.locator("#list > .route").first
    route.locator("summary").first.click()
    route.locator(".further").scroll_into_view_if_needed()
    route.locator(".further button").click()
    row = route.locator(".light").nth(60)
    row.locator("summary").click()
    opened = row.locator(".inside").get_attribute("id")
    large.evaluate("""() => {
      const route = document.querySelector("#list > .route");
      const parsed = new DOMParser().parseFromString(route.outerHTML, "text/html").querySelector(".route");
      parsed.querySelector(".further > .rows").remove();
      route.replaceWith(parsed);
      document.dispatchEvent(new CustomEvent("shadow:updated"));
      window.heldFast = parsed.querySelectorAll(".light").length; // before anything has been read
    }""")
    assert large.evaluate("() => window.heldFast") == 100
    expect(route.locator(".light")).to_have_count(100)
    expect(route.locator(".light[open] > .inside")).to_have_attribute("id", str(opened))


def test_examples_become_elements_when_somebody_opens_the_difference(visit: Visits) -> None:
    page = visit(page_of(exemplified))
    inside = page.locator("#list .difference > .inside:has(noscript.later)").last
    difference = page.locator(f'[id="{inside.get_attribute("id")}"]').locator("xpath=..")
    assert difference.locator("noscript").evaluate("(later) => later.children.length") == 0
    difference.evaluate("(element) => { element.closest('.route').open = element.open = true; }")
    expect(difference.locator(".example").first).to_be_visible()
    expect(difference.locator("noscript")).to_have_count(0)


def test_late_examples_can_be_stepped_through(visit: Visits) -> None:
    page = visit(page_of(exemplified))
    inside = page.locator("#list .difference > .inside:has(noscript.later ~ noscript.later)").first
    difference = page.locator(f'[id="{inside.get_attribute("id")}"]').locator("xpath=..")
    difference.evaluate("(element) => { element.closest('.route').open = element.open = true; }")
    expect(difference.locator(".stepper output")).to_have_text("Example 1 of 2")
    difference.get_by_role("button", name="Next example").click()
    expect(difference.locator(".example").nth(1)).to_be_visible()
    expect(difference.locator(".example").first).to_be_hidden()


def test_without_scripts_late_examples_are_there_and_the_page_says_where_the_rest_is(visit: Visits) -> None:
    page = visit(page_of(exemplified), java_script_enabled=False)
    route = page.locator(".route").last
    route.locator("summary").first.click()
    expect(route.locator(".difference[open] .example").first).to_be_visible()
    page = visit(page_of(crowd), java_script_enabled=False)
    route = page.locator(".route").last
    route.locator("summary").first.click()
    expect(route.locator(".unlisted")).to_contain_text(f"{GROUPS - WRITTEN} further groups are not shown here")


def test_a_folder_of_pages_leads_from_the_index_to_every_group_and_back(visit: Visits, tmp_path: Path) -> None:
    name, group, _ = listed(2)
    write_reports(replace(crowd(), verdicts=crowd().verdicts[:3]), tmp_path / "index.html", split=True)
    page_file = tmp_path / "routes" / f"{name}.html"
    visit.url(page_file)
    index = visit(tmp_path / "index.html", fragment=f"#{group}")
    index.get_by_role("link", name="This difference with its examples").click()
    row = index.locator(f'[id="{group}"]').locator("xpath=..")
    expect(row).to_have_attribute("open", "")
    expect(row).to_be_in_viewport()
    assert index.url == f"{page_file.as_uri()}#{group}"
    expect(index.locator("#matches")).to_contain_text(f"{GROUPS} differences")
    index.get_by_role("link", name="All routes").click()
    expect(index.locator(f'[id="{name}"]').locator("xpath=..")).to_be_in_viewport()
