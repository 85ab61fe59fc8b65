"""Search, filters and links: what is shown stands in the address, so that whoever gets it sees the same."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from shadow.report.html.anchors import anchor
from tests.browser.conftest import Visits
from tests.browser.documents import CULPRIT, newcomers, ordinary, page_of

ORDERS = "GET /orders/{orderId}"
ORDERS_ANCHOR = anchor(ORDERS)
PRICE = next(found for found in ordinary().verdicts[0].differences if found.evidence.path == "$.items[*].price")
PRICE_ANCHOR = f"{ORDERS_ANCHOR}-{PRICE.evidence.fingerprint}"
FRAGMENT = "() => location.hash"


class Shown(NamedTuple):
    routes: list[str]
    differences: int
    said: str
    """By `#matches`."""


def shown(page: Page) -> Shown:
    """What a reader can see, or could after opening the routes that are there."""
    routes = page.locator("#list > .route:visible > summary .name code").all_text_contents()
    count = "() => document.querySelectorAll('#list > .route:not([hidden]) .difference:not([hidden])').length"
    return Shown(routes, page.evaluate(count), page.locator("#matches").inner_text())


def fragment(page: Page) -> str:
    found = page.evaluate(FRAGMENT)
    assert isinstance(found, str)
    return found


def toggle(page: Page, verdict: str) -> Locator:
    return page.locator(f'#filters button[data-filter="verdict"][data-value="{verdict}"]')


EVERYTHING = [verdict.route for verdict in ordinary().verdicts]


@pytest.fixture
def read(visit: Visits) -> Page:
    return visit(page_of(ordinary))


SEARCHES = (
    ("ELO", ["GET /user/elo/history"], "1 of 9 routes, 1 of 7 differences"),  # the route itself
    ("$.items[*].price", [ORDERS], "1 of 9 routes, 1 of 7 differences"),  # a place
    ("became null", [ORDERS], "1 of 9 routes, 1 of 7 differences"),  # a summary
    ("number-as-string", [ORDERS], "1 of 9 routes, 1 of 7 differences"),  # a class
    ("divergence", [ORDERS], "1 of 9 routes, 4 of 7 differences"),  # a reason's code
    ("ran out on", ["GET /notifications/unread"], "1 of 9 routes, 1 of 7 differences"),  # a reason's sentence
    ("orders etag", [ORDERS], "1 of 9 routes, 1 of 7 differences"),  # one word of the route, one of a difference
    (ordinary().verdicts[0].differences[0].evidence.fingerprint, [ORDERS], "1 of 9 routes, 1 of 7 differences"),
    ("  user   ready ", [], "0 of 9 routes, 0 of 7 differences"),
    ("constructor", [], "0 of 9 routes, 0 of 7 differences"),
    ("", EVERYTHING, "9 routes, 7 differences"),
)


def test_search_finds_routes_and_differences_by_any_of_their_words(read: Page) -> None:
    for words, routes, said in SEARCHES:
        read.locator("#search").fill(words)
        found = shown(read)
        assert found.routes == routes, words
        assert found.said == said, words
        assert found.differences == int(said.split(", ")[1].split(" ")[0]), words
        assert read.locator("#nothing").is_visible() == (routes == []), words


def test_filters_narrow_each_other(read: Page) -> None:
    toggle(read, "not-ready").click()
    toggle(read, "ready").click()
    assert shown(read).said == "6 of 9 routes, 7 differences"
    read.locator("#method").select_option("GET")
    assert shown(read).routes == [ORDERS, "GET /notifications/unread", "GET /user/profile", "GET /user/elo/history"]
    read.locator("#class").select_option("charset")
    assert shown(read) == Shown([ORDERS, "GET /user/elo/history"], 2, "2 of 9 routes, 2 of 7 differences")
    read.locator("#search").fill("orders")
    assert shown(read).routes == [ORDERS]
    assert fragment(read) == "#q=orders&verdict=not-ready,ready&method=GET&class=charset"
    assert toggle(read, "ready").get_attribute("aria-pressed") == "true"
    assert toggle(read, "inconclusive").get_attribute("aria-pressed") == "false"
    read.locator("#reset").click()
    assert shown(read).routes == EVERYTHING
    assert fragment(read) == ""
    assert read.locator("#search").input_value() == ""
    assert read.locator("#reset").is_hidden()
    expect(read.locator("#search")).to_be_focused()


def test_a_link_with_filters_shows_somebody_else_the_same(read: Page, visit: Visits) -> None:
    toggle(read, "not-ready").click()
    read.locator("#class").select_option("number-as-string")
    read.locator("#search").fill("Preis & 100% #1 = “ü”")
    read.locator("#search").fill("items & price")
    read.locator("#search").fill("items")
    read.locator("#list > .route:visible > summary").click()
    address = read.url
    assert fragment(read) == f"#q=items&verdict=not-ready&class=number-as-string&at={ORDERS_ANCHOR}"
    other = visit.tab(width=390, scheme="dark")
    other.goto(address)
    assert shown(other) == shown(read)
    assert other.locator("#search").input_value() == "items"
    assert other.locator("#class").input_value() == "number-as-string"
    assert toggle(other, "not-ready").get_attribute("aria-pressed") == "true"
    assert opened(other) == [ORDERS]


@pytest.mark.parametrize(
    "words", ["a&b=c#d", "100%25 %zz", "+ plus", "ü “ß” 日本 😀", "q=1&verdict=ready", "\\ \" ' <b>"]
)
def test_any_words_survive_the_address(read: Page, visit: Visits, words: str) -> None:
    read.locator("#search").fill(words)
    other = visit.tab()
    other.goto(read.url)
    assert other.locator("#search").input_value() == words


def opened(page: Page) -> list[str]:
    return page.locator("#list > .route[open] > summary .name code").all_text_contents()


def test_back_and_forward_go_through_the_filters(read: Page) -> None:
    read.locator("#search").fill("user")
    toggle(read, "ready").click()
    read.locator("#method").select_option("OPTIONS")
    states = [shown(read).routes]
    for _ in range(3):
        read.go_back()
        states.append(shown(read).routes)
    user = ["PUT /user/address", "PATCH /user/profile", "GET /user/profile", "GET /user/elo/history"]
    ready = ["GET /user/profile", "GET /user/elo/history", "OPTIONS /user/profile"]
    assert states == [["OPTIONS /user/profile"], ready, [*user, "OPTIONS /user/profile"], EVERYTHING]
    assert read.locator("#search").input_value() == ""
    for expected in states[-2::-1]:
        read.go_forward()
        assert shown(read).routes == expected
    read.reload()
    assert shown(read).routes == ["OPTIONS /user/profile"]
    assert read.locator("#method").input_value() == "OPTIONS"


@pytest.mark.parametrize("http", [False, True])
def test_a_link_to_a_route_opens_it_and_shows_it(visit: Visits, http: bool) -> None:
    name = "GET /user/elo/history"
    page = visit(page_of(ordinary), fragment=f"#{anchor(name)}", http=http)
    assert opened(page) == [name]
    place = page.locator(f"#{anchor(name)}")
    expect(place).to_be_in_viewport()
    assert shown(page).routes == EVERYTHING
    assert page.evaluate("() => document.activeElement.closest('.route')?.dataset.verdict") == "ready"


def test_a_link_to_a_difference_opens_it_and_all_around_it(visit: Visits) -> None:
    charset = next(found for found in ordinary().verdicts[0].differences if found.evidence.class_ == "charset")
    page = visit(page_of(ordinary), fragment=f"#{ORDERS_ANCHOR}-{charset.evidence.fingerprint}")
    assert opened(page) == [ORDERS]
    place = page.locator(f'[id="{ORDERS_ANCHOR}-{charset.evidence.fingerprint}"]')
    expect(place).to_be_visible()
    expect(place).to_be_in_viewport()
    assert page.evaluate("() => document.activeElement.parentElement.dataset.class") == "charset"


def test_what_a_link_names_is_shown_though_its_filters_would_hide_it(visit: Visits) -> None:
    page = visit(page_of(ordinary), fragment=f"#verdict=ready&at={PRICE_ANCHOR}")
    expect(page.locator(f'[id="{PRICE_ANCHOR}"]')).to_be_visible()
    assert ORDERS in shown(page).routes
    assert toggle(page, "ready").get_attribute("aria-pressed") == "true"


def test_opening_something_puts_it_into_the_address(read: Page) -> None:
    summary = read.locator("#list > .route > summary").first
    summary.click()
    assert fragment(read) == f"#{ORDERS_ANCHOR}"
    read.locator(f'.difference:has([id="{PRICE_ANCHOR}"]) > summary').click()  # it was open: the first one is
    read.locator(f'.difference:has([id="{PRICE_ANCHOR}"]) > summary').click()
    assert fragment(read) == f"#{PRICE_ANCHOR}"
    summary.click()
    assert fragment(read) == ""


UNKNOWN = (
    "#no-such-place", "#at=no-such-place", "#verdict=owned&method=BREW&class=nothing", "#=", "#&&&", "#q", "#%",
    "#%E0%A4%A", "#filters", "#at=filters", "#at=list", "#__proto__", "#__proto__=1&at=constructor", "#q=&q=x",
    '#a"]:not(*)', "#verdict=,,<b>", "#" + "x" * 20_000,
)  # fmt: skip


def test_an_unknown_address_does_no_harm(visit: Visits) -> None:
    url = visit.url(page_of(ordinary))
    page = visit.tab()
    for unknown in UNKNOWN:
        page.goto(url + unknown)
        page.reload()
        assert shown(page).routes == EVERYTHING, unknown
        page.locator("#search").fill("orders")
        assert shown(page).routes == [ORDERS], unknown


def test_the_tiles_lead_to_their_routes(read: Page) -> None:
    read.locator(".tile.inconclusive a").click()
    assert fragment(read) == "#verdict=inconclusive"
    assert len(shown(read).routes) == 3


def test_a_newcomer_sees_at_once_which_route_is_the_problem(visit: Visits) -> None:
    """Among 1,000 groups of differences the first line of the list names it, on the first screen, and why."""
    page = visit(page_of(newcomers))
    first = page.locator("#list > .route").first
    expect(first).to_be_in_viewport()
    text = first.locator("> summary").inner_text()
    assert CULPRIT in text
    assert "not ready" in text
    assert "398 of 412 distinct requests differ; the answer has another shape" in text
    assert page.locator("#list > .route:visible").count() == 20


@pytest.mark.parametrize("width", [390, 1280])
def test_the_overview_names_the_worst_route_and_leads_there(visit: Visits, width: int) -> None:
    page = visit(page_of(newcomers), width=width)
    told = page.locator(".worst")
    expect(told).to_be_in_viewport(ratio=1)
    assert "398 of 412 distinct requests differ; the answer has another shape" in told.inner_text()
    assert told.locator("a").count() == 4
    told.get_by_role("link", name=CULPRIT).click()
    expect(page.locator("#list > .route").first).to_have_attribute("open", "")
