"""The report by keyboard, and light and dark at will."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from shadow.report.html.anchors import anchor
from tests.browser.conftest import Visits
from tests.browser.documents import brief, ordinary, page_of

EVERYTHING = [verdict.route for verdict in ordinary().verdicts]
FOCUSED = """() => {
    const at = document.activeElement;
    const difference = at.closest(".difference"), route = at.closest(".route");
    return [route?.querySelector(".name code").textContent ?? at.id, difference?.dataset.class ?? ""];
}"""
OUTLINE = (
    "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
)


@pytest.fixture
def read(visit: Visits) -> Page:
    return visit(page_of(ordinary))


def press(page: Page, *keys: str) -> list[str]:
    """Where the focus is afterwards: the route (or the element's id), and the class of the difference."""
    for key in keys:
        page.keyboard.press(key)
    found = page.evaluate(FOCUSED)
    assert isinstance(found, list)
    return found


def test_j_and_k_go_through_the_routes_and_stay_at_the_ends(read: Page) -> None:
    there = [press(read, "j")[0] for _ in EVERYTHING]
    assert there == EVERYTHING
    assert press(read, "j") == [EVERYTHING[-1], ""]
    back = [press(read, "k")[0] for _ in EVERYTHING[1:]]
    assert back == EVERYTHING[-2::-1]
    assert press(read, "k") == [EVERYTHING[0], ""]
    assert read.locator("#list > .route[open]").count() == 0
    press(read, "Enter")
    assert read.locator("#list > .route[open]").count() == 1
    press(read, "Enter")
    assert read.locator("#list > .route[open]").count() == 0


def test_j_and_k_skip_what_a_filter_hides(read: Page) -> None:
    read.locator('#filters [data-value="ready"]').click()
    read.locator("h1").click()
    assert [press(read, "j")[0] for _ in range(4)] == [*EVERYTHING[-3:], EVERYTHING[-1]]
    assert [press(read, "k")[0] for _ in range(3)] == [*EVERYTHING[-2:-4:-1], EVERYTHING[-3]]


def test_brackets_go_through_the_differences_and_open_them(read: Page) -> None:
    orders, notifications = EVERYTHING[:2]
    assert press(read, "]") == [orders, "number-as-string"]
    assert press(read, "]") == [orders, "header"]
    expect(read.locator("#list > .route").first.locator(".difference[data-status=accepted] > .inside")).to_be_visible()
    assert press(read, "]", "]", "]") == [notifications, "status"]
    assert read.evaluate("() => location.hash").startswith(f"#{anchor(notifications)}-")
    assert press(read, "[") == [orders, "charset"]
    assert press(read, "[", "[", "[", "[", "[") == [orders, "number-as-string"]


def test_brackets_skip_what_a_filter_hides(read: Page) -> None:
    read.locator("#class").select_option("charset")
    read.locator("h1").click()
    assert press(read, "]") == [EVERYTHING[0], "charset"]
    assert press(read, "]") == ["GET /user/elo/history", "charset"]
    assert press(read, "[") == [EVERYTHING[0], "charset"]


def test_slash_searches_and_escape_leaves(read: Page) -> None:
    assert press(read, "/") == ["search", ""]
    read.keyboard.type("jk[]?e/user")
    assert read.locator("#search").input_value() == "jk[]?e/user", "keys belong to who is typing"
    assert read.locator("#keys").is_hidden()
    press(read, "Escape")
    assert read.locator("#search").input_value() == ""
    assert read.locator("#list > .route:visible").count() == len(EVERYTHING)
    expect(read.locator("#search")).not_to_be_focused()
    assert press(read, "j") == [EVERYTHING[0], ""]


def test_keys_with_another_key_held_down_belong_to_the_browser(read: Page) -> None:
    read.keyboard.press("j")
    for key in ("Control+k", "Alt+k", "Meta+j", "Control+/"):
        press(read, key)
        assert read.evaluate(FOCUSED) == [EVERYTHING[0], ""], key


def test_the_question_mark_shows_the_keys_and_gives_the_focus_back(read: Page) -> None:
    press(read, "j", "j")
    press(read, "?")
    keys = read.locator("#keys")
    expect(keys).to_be_visible()
    assert read.evaluate("() => document.getElementById('keys').contains(document.activeElement)")
    press(read, "j", "/")
    expect(keys).to_be_visible()
    assert read.evaluate("() => document.getElementById('keys').contains(document.activeElement)")
    press(read, "Escape")
    expect(keys).to_be_hidden()
    assert read.evaluate(FOCUSED) == [EVERYTHING[1], ""]
    read.locator("#help").click()
    expect(keys).to_be_visible()
    keys.get_by_role("button").click()
    expect(keys).to_be_hidden()
    expect(read.locator("#help")).to_be_focused()


def test_e_opens_all_that_is_shown_and_closes_it_again(read: Page) -> None:
    read.locator('#filters [data-value="not-ready"]').click()
    read.locator("h1").click()
    press(read, "e")
    assert read.locator("#list > .route[open]").count() == 3
    expect(read.locator("#unfold")).to_have_text("Close all")
    press(read, "e")
    assert read.locator("#list > .route[open]").count() == 0


def test_the_focus_can_be_seen_wherever_tab_leads(visit: Visits) -> None:
    page = visit(page_of(brief))
    page.locator("#list > .route > summary").first.click()
    page.locator("h1").click()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            break
        style, width = page.evaluate(OUTLINE)
        here = page.evaluate("() => document.activeElement.outerHTML.slice(0, 90)")
        assert style != "none", here
        assert width >= 1, here
        expect(page.locator(":focus")).to_be_in_viewport()
        seen.append(here)
    assert len(seen) > 20


def test_nothing_is_behind_the_toolbar_when_the_focus_gets_there(read: Page) -> None:
    """The toolbar stays at the top of the window; what j, k and the brackets lead to must not lie under it."""
    for keys in (["j"] * 6, ["]"] * 5, ["["] * 2, ["k"] * 3):
        press(read, *keys)
        top = read.evaluate("() => document.activeElement.getBoundingClientRect().top")
        covered = read.evaluate("() => document.getElementById('filters').getBoundingClientRect().bottom")
        assert top >= covered - 1, keys


@pytest.mark.parametrize("width", [1280, 800])
def test_the_titles_of_bodies_stay_in_sight_below_the_toolbar(visit: Visits, width: int) -> None:
    """In a narrow window, or while something is searched, the toolbar takes two lines."""
    page = visit(page_of(ordinary), width=width)
    page.locator("#search").fill("price")
    page.locator("#list > .route > summary").first.click()
    top, covered, height = page.evaluate("""() => {
      const bodies = document.querySelector(".route[open] .bodies");
      window.scrollBy(0, bodies.getBoundingClientRect().top - 10);
      const bar = document.getElementById("filters").getBoundingClientRect();
      return [bodies.querySelector(".titles").getBoundingClientRect().top, bar.bottom, bar.height];
    }""")
    assert covered == pytest.approx(height, abs=1), "the toolbar sticks"
    assert top == pytest.approx(covered, abs=1)


PAGE_COLOUR = "() => getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reader_s_colours_go_before_the_system_s_and_are_kept(visit: Visits, scheme: str) -> None:
    page = visit(page_of(ordinary), scheme=scheme, http=True)
    colours = {"light": "rgb(245, 246, 248)", "dark": "rgb(14, 17, 22)"}
    assert page.evaluate(PAGE_COLOUR) == colours[scheme]
    theme = page.locator("#theme")
    expect(theme).to_have_accessible_name("Colours: System")
    for chosen in ("light", "dark"):
        theme.click()
        expect(theme).to_have_accessible_name(f"Colours: {chosen.capitalize()}")
        assert page.evaluate(PAGE_COLOUR) == colours[chosen]
        page.reload()
        assert page.evaluate(PAGE_COLOUR) == colours[chosen]
    theme.click()
    assert page.evaluate(PAGE_COLOUR) == colours[scheme]


def test_colours_that_nobody_chose_do_no_harm(visit: Visits) -> None:
    page = visit(page_of(ordinary), http=True)
    for kept in ("constructor", "__proto__", "<b>", "{}"):
        page.evaluate("kept => localStorage.setItem('shadow-theme', kept)", kept)
        page.reload()
        expect(page.locator("#theme")).to_have_accessible_name("Colours: System")
