"""Several examples of a difference are stepped through, and copied, as a reader does it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.documents import ordinary, page_of

Visits = Callable[..., Page]


def examples(page: Page) -> Locator:
    """Those of the first difference that has two."""
    return page.locator(".examples", has=page.locator("details.example >> nth=1")).first


def opened(visit: Visits, **options: object) -> tuple[Page, Locator]:
    page = visit(page_of(ordinary), **options)
    page.evaluate(
        "() => { for (const each of document.querySelectorAll('details.route, details.difference')) each.open = true }"
    )
    return page, examples(page)


def test_one_example_is_shown_at_a_time(visit: Visits) -> None:
    _, group = opened(visit)
    output, shown = group.locator(".stepper output"), group.locator("details.example:visible")
    expect(output).to_have_text("Example 1 of 2")
    expect(shown).to_have_count(1)
    group.get_by_role("button", name="Next example").click()
    expect(output).to_have_text("Example 2 of 2")
    expect(group.locator("details.example").nth(1)).to_be_visible()
    expect(shown).to_have_count(1)
    expect(group.get_by_role("button", name="Next example")).to_have_attribute("aria-disabled", "true")


def test_arrow_keys_step_where_the_focus_is_inside(visit: Visits) -> None:
    page, group = opened(visit)
    output = group.locator(".stepper output")
    page.keyboard.press("ArrowRight")
    expect(output).to_have_text("Example 1 of 2")
    group.locator("details.example:visible > summary").focus()
    page.keyboard.press("ArrowRight")
    expect(output).to_have_text("Example 2 of 2")
    expect(group.locator("details.example").nth(1).locator("> summary")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(output).to_have_text("Example 1 of 2")


def test_an_update_leaves_the_reader_at_their_example(visit: Visits) -> None:
    page, group = opened(visit)
    group.get_by_role("button", name="Next example").click()
    page.evaluate("() => document.dispatchEvent(new CustomEvent('shadow:updated'))")
    expect(group.locator(".stepper")).to_have_count(1)
    expect(group.locator(".stepper output")).to_have_text("Example 2 of 2")
    # The part is replaced by what the server has written, which knows of no stepper.
    group.evaluate(
        """group => {
            group.querySelector(".stepper").remove();
            for (const example of group.children) example.hidden = false;
            document.dispatchEvent(new CustomEvent("shadow:updated"));
        }"""
    )
    expect(group.locator(".stepper output")).to_have_text("Example 2 of 2")
    expect(group.locator("details.example:visible")).to_have_count(1)


def test_without_scripts_all_examples_are_there(visit: Visits) -> None:
    page = visit(page_of(ordinary), java_script_enabled=False)
    group = examples(page)
    assert group.locator("details.example").count() == 2
    assert group.locator("details.example[hidden]").count() == group.locator(".stepper").count() == 0


def test_the_command_and_the_blocks_are_what_a_button_copies(visit: Visits) -> None:
    page, _ = opened(visit)
    ids = page.locator("button.copy").evaluate_all("found => found.map(button => button.dataset.copy)")
    assert len(set(ids)) == len(ids) > 10
    missing = page.evaluate("ids => ids.filter(id => !document.getElementById(id)?.textContent.trim())", ids)
    assert missing == []
    text = page.locator("pre[id^=curl-candidate-]").first.text_content() or ""
    assert "\ncurl --globoff --path-as-is " in f"\n{text}"
    assert "↵" not in text
