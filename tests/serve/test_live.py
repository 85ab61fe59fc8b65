"""A page that is open follows the store, and its reader keeps their place."""

from __future__ import annotations

import re
import signal
from typing import Any

from playwright.sync_api import Page, expect

from shadow.report.html.anchors import anchor

PATIENCE = 30_000
"""Milliseconds until something that should have happened is given up."""
LINE = 24
"""Pixels."""
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
TOML = """\
[legacy]
url = "https://api.test/kong"
[candidate]
url = "https://api.test"
[verdict]
enough = 10
"""
ORDERS = "GET /orders/{orderId}"


def live(page: Page) -> None:
    expect(page.locator("#live-status")).to_have_text("live")


def mark(page: Page) -> None:
    """Whatever survives in this window was not loaded anew."""
    page.evaluate("window.here = true")


def is_the_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.here === true"))


def verdict(name: str) -> re.Pattern[str]:
    return re.compile(rf"(^| ){name}( |$)")


def route(page: Page, name: str) -> Any:
    return page.locator("details.route", has=page.locator(f"#{anchor(name)}"))


def test_a_new_difference_appears_without_loading_the_page_again(shared: Any, tab: Page) -> None:
    (project, url), name = shared, "GET /new"
    project.seen(name, {"total": 1}, {"total": 1}, 20)
    tab.goto(url)
    live(tab)
    mark(tab)
    expect(route(tab, name)).to_have_class(verdict("ready"))
    project.seen(name, {"total": 1.5}, {"total": "1.5"}, 3)
    expect(route(tab, name)).to_have_class(verdict("not-ready"))
    expect(route(tab, name).locator(".difference")).to_contain_text("$.total")
    title = tab.locator("h1").inner_text()
    expect(tab).to_have_title(f"{title} · shadow parity report")
    assert is_the_same_page(tab)


def test_what_could_be_fetched_is_shown_though_another_part_could_not(shared: Any, tab: Page) -> None:
    (project, url), name = shared, "GET /again"
    project.seen(name, {"total": 1}, {"total": 1}, 20)
    tab.goto(url)
    live(tab)
    tab.route("**/parts/overview", lambda asked: asked.abort(), times=1)
    with tab.expect_event("requestfailed"):
        project.seen(name, {"total": 1.5}, {"total": "1.5"}, 3)
    expect(route(tab, name)).to_have_class(verdict("not-ready"))


def test_routes_come_go_and_change_places_in_the_order_of_the_document(project: Any, serve: Any, tab: Page) -> None:
    project.seen("GET /b", {"x": 1}, {"x": 1}, 20)
    project.seen("GET /c", {"x": 1}, {"x": 1}, 20)
    tab.goto(serve().url)
    live(tab)
    mark(tab)
    names = tab.locator("details.route .name")
    expect(names).to_have_text(["GET /b", "GET /c"])
    project.seen("GET /a", {"x": 1}, {"x": 1}, 20)
    expect(names).to_have_text(["GET /a", "GET /b", "GET /c"])
    project.seen("GET /c", {"x": 1}, {"x": 2}, 3)
    expect(names).to_have_text(["GET /c", "GET /a", "GET /b"])
    with project.opened() as store:
        store.forget("GET /a")
    expect(names).to_have_text(["GET /c", "GET /b"])
    assert is_the_same_page(tab)


def test_what_is_open_stays_open_and_what_is_closed_stays_closed(shared: Any, tab: Page) -> None:
    (project, url), name = shared, "GET /open"
    first = project.seen(name, {"a": 1, "b": 1}, {"a": 2, "b": 1}, 9)
    other = project.seen(name, {"a": 1, "b": 1}, {"a": 1, "b": "1"}, 8)
    tab.goto(url)
    live(tab)
    of = f"{anchor(name)}-%s"
    route(tab, name).locator("> summary").click()
    for fingerprint, opened in ((first, False), (other, True)):
        one = tab.locator("details.difference", has=tab.locator(f"[id='{of % fingerprint}']"))
        one.locator("> summary").click()
        assert one.evaluate("one => one.open") is opened
    accept = tab.locator(f"[id='{of % other}'] details.accept")
    accept.locator("summary").click()
    accept.evaluate("element => { window.before = element }")
    project.seen(name, {"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 1}, 7)
    expect(route(tab, name).locator(".difference")).to_have_count(3)
    assert tab.evaluate("window.before.isConnected") is False
    assert route(tab, name).evaluate("one => one.open") is True
    assert [
        tab.locator(f"[id='{of % fingerprint}']").evaluate("one => one.parentElement.open")
        for fingerprint in (first, other)
    ] == [False, True]
    assert accept.evaluate("one => one.open") is True


def test_what_the_reader_looks_at_stays_where_it_is(project: Any, serve: Any, tab: Page) -> None:
    project.seen(ORDERS, {f"n{number}": number for number in range(20)}, {}, 2)
    tab.goto(serve().url)
    live(tab)
    mark(tab)
    route(tab, ORDERS).locator("> summary").click()
    place = route(tab, ORDERS).locator(".difference > summary").nth(12)
    name = place.evaluate("one => one.nextElementSibling.id")
    place.evaluate("one => one.scrollIntoView({block: 'center'})")
    place.focus()
    before = place.bounding_box()
    # More above it: in its own route, and routes that are worse.
    project.seen("GET /always", {"a": 1}, {"a": 2}, 5)
    project.seen(ORDERS, {"z": {"y": 1}}, {"z": {"y": "1"}}, 9)
    expect(tab.locator("details.route .name").first).to_have_text("GET /always")
    expect(route(tab, ORDERS).locator(".difference")).to_have_count(21)
    same = tab.locator(f"summary:has(+ [id='{name}'])")
    after = same.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) <= 1
    assert same.evaluate("one => one === document.activeElement")
    assert is_the_same_page(tab)


def test_what_is_filtered_stays_so_and_scripts_hear_of_the_update(shared: Any, tab: Page) -> None:
    (project, url), name = shared, "GET /filtered"
    project.seen(name, {"x": 1}, {"x": 1}, 20)
    tab.goto(f"{url}#q=filtered&verdict=ready")
    live(tab)
    tab.evaluate(
        """name => { window.heard = new Promise(done =>
        document.addEventListener('shadow:updated', event => event.detail.includes(name) && done(true))) }""",
        anchor(name),
    )
    project.seen(name, {"x": 1}, {"x": 1}, 1)
    assert tab.evaluate("window.heard")
    project.seen("GET /something-else", {"x": 1}, {"x": 1}, 20)
    expect(route(tab, "GET /something-else")).to_be_attached()
    expect(route(tab, "GET /something-else")).to_be_hidden()
    expect(route(tab, name)).to_be_visible()
    assert tab.url.endswith("#q=filtered&verdict=ready")
    tab.locator(".tile.ready a").click()
    assert tab.url.endswith("#verdict=ready"), "the overview is another one, and its tiles still filter"


def test_nothing_is_replaced_under_a_selection(shared: Any, tab: Page) -> None:
    (project, url), name = shared, "GET /selected"
    project.seen(name, {"x": 1}, {"x": 2}, 5)
    tab.goto(url)
    live(tab)
    route(tab, name).locator("> summary").click()
    reasons = route(tab, name).locator(".reasons")
    text = reasons.inner_text()
    reasons.select_text()
    project.seen(name, {"x": 1}, {"x": 2}, 5)
    expect(tab.locator("#live-status")).to_contain_text("until you have finished selecting")
    assert tab.evaluate("getSelection().toString().trim()") == text
    tab.evaluate("getSelection().removeAllRanges()")
    expect(reasons).not_to_have_text(text)
    expect(tab.locator("#live-status")).to_have_text("live")


def test_a_server_that_ends_is_told_and_one_that_is_back_is_followed(project: Any, serve: Any, tab: Page) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    first = serve()
    tab.goto(first.url)
    live(tab)
    mark(tab)
    assert first.end() == (0, "")
    expect(tab.locator("#live-status")).to_contain_text("the server has ended: this is the state of 20")
    project.seen(ORDERS, {"x": 1}, {"x": 2}, 3)
    serve(port=first.port)
    live(tab)
    expect(route(tab, ORDERS)).to_have_class(verdict("not-ready"))
    assert is_the_same_page(tab)


def test_a_server_that_dies_is_told_too(project: Any, serve: Any, tab: Page) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    server = serve()
    tab.goto(server.url)
    live(tab)
    server.end(signal.SIGKILL)
    expect(tab.locator("#live-status")).to_have_text("reconnecting…")


def test_a_page_that_nobody_sees_asks_for_nothing_and_catches_up(shared: Any, tab: Page) -> None:
    (project, url), name = shared, "GET /hidden"
    project.seen(name, {"x": 1}, {"x": 1}, 20)
    tab.goto(url)
    live(tab)
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    tell = "document.dispatchEvent(new Event('visibilitychange'))"
    with tab.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        tab.evaluate(hide % "true" + tell)
    project.seen(name, {"x": 1}, {"x": 2}, 3)
    with tab.expect_request("**/events"):
        tab.evaluate(hide % "false" + tell)
    expect(route(tab, name)).to_have_class(verdict("not-ready"))


def test_the_first_evidence_turns_the_empty_page_into_the_report(project: Any, serve: Any, tab: Page) -> None:
    tab.goto(serve().url)
    expect(tab.locator("h1")).to_have_text("No route has been seen yet")
    expect(tab.locator("#live-trouble")).to_contain_text("nothing has been recorded yet")
    live(tab)
    project.seen(ORDERS, {"x": 1}, {"x": 2}, 3)
    expect(route(tab, ORDERS)).to_be_visible()
    expect(tab.locator(".heads")).to_be_attached()
    expect(tab.locator("#live-trouble")).to_be_hidden()
    live(tab)


def test_why_the_page_stands_still_is_said_until_it_goes_on(project: Any, serve: Any, tab: Page) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 2}, 20)
    tab.goto(serve().url)
    live(tab)
    mark(tab)
    project.configure("[legacy]\nurl = 1\n<img src=x onerror=alert()>")
    expect(tab.locator("#live-trouble")).to_contain_text("shadow.toml is not valid TOML")
    expect(route(tab, ORDERS)).to_be_visible()
    project.configure(f'{TOML}\n[[accept]]\nroutes = ["{ORDERS}"]\nreason = "it is all right"\npath = "$.x"\n')
    expect(route(tab, ORDERS)).to_have_class(verdict("ready"))
    expect(tab.locator("#live-trouble")).to_be_hidden()
    assert is_the_same_page(tab)


def test_another_version_s_page_is_loaded_again_and_keeps_the_place(
    project: Any, serve: Any, tab: Page, other_version: dict[str, str]
) -> None:
    for letter in "abcdefghijklmnop":
        project.seen(f"GET /quiet/{letter}", {"x": 1}, {"x": 1})
    project.seen("GET /zoo", {"x": 1}, {"x": 1}, 1)
    first = serve()
    tab.goto(first.url)
    live(tab)
    mark(tab)
    zoo = route(tab, "GET /zoo")
    zoo.locator("> summary").click()
    zoo.evaluate("one => one.scrollIntoView({block: 'center'})")
    before = zoo.bounding_box()
    first.end()
    with tab.expect_event("load", timeout=PATIENCE):
        serve(port=first.port, **other_version)
    assert not is_the_same_page(tab)
    live(tab)
    assert zoo.evaluate("one => one.open") is True
    assert before
    for _ in range(300):  # What is said of the server takes room for a moment.
        tab.evaluate(TWO_FRAMES)
        after = zoo.bounding_box()
        if after and abs(before["y"] - after["y"]) <= LINE:
            break
    assert after
    assert abs(before["y"] - after["y"]) <= LINE


def test_nothing_of_hostile_traffic_runs_in_a_part_that_is_replaced(
    project: Any, serve: Any, tab: Page, hostile_texts: list[str]
) -> None:
    project.seen(ORDERS, {"x": 1}, {"x": 1}, 20)
    tab.goto(serve(every=1).url)
    live(tab)
    mark(tab)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for text in hostile_texts:
        project.seen(f"GET /{text}", {text: text, "a": f"{text} 1"}, {text: 1, "a": f"{text} 2"}, 2)
        project.seen(ORDERS, {"x": text}, {"x": f"{text}!"}, 2)
    expect(tab.locator("details.route")).to_have_count(len(hostile_texts) + 1)
    live(tab)
    tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    tab.evaluate(TWO_FRAMES)
    assert tab.evaluate("window.owned") is None
    assert "owned" not in tab.title()
    assert is_the_same_page(tab)
    assert tab.locator("details.route :is(script, img, iframe, object, embed, link, meta, base, form)").count() == 0
    own = tab.url.split("#")[0]
    assert [url for url in asked if not url.startswith((f"{own}state", f"{own}parts/", f"{own}events"))] == []
