"""Copy buttons: exactly the text, on every kind of page."""

from __future__ import annotations

from html import escape

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.documents import brief, page_of

TEXT = "curl 'https://a.example/ö?x=1&amp;y' \\\n  -d '{\"a\":\t\"<b>\"}'  \n"
BUTTON = '<pre id="told">{}</pre><button type="button" class="copy" data-copy="told">Copy</button></main>'


def copying() -> bytes:
    """The page with all its buttons, and one more beside a text that is easily spoilt."""
    return page_of(brief).replace(b"</main>", BUTTON.format(escape(TEXT)).encode())


COPIED = "() => navigator.clipboard.readText()"


def test_copy_buttons_copy_exactly_what_they_stand_beside(visit: Visits) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    page = visit(copying(), http=True, permissions=permissions)
    page.evaluate("() => document.querySelectorAll('details').forEach(details => { details.open = true })")
    buttons = page.locator("button.copy:visible")
    assert buttons.count() >= 1
    copied = []
    for number in range(buttons.count()):
        button = buttons.nth(number)
        source = page.locator(f'[id="{button.get_attribute("data-copy")}"]')
        button.click()
        expect(button).to_have_text("Copied")
        copied.append(page.evaluate(COPIED))
        assert copied[-1] == source.evaluate("element => element.textContent")
    assert copied[-1] == TEXT
    expect(page.locator("#said")).to_have_text("Copied")


@pytest.mark.parametrize("clipboard", ["given", "missing", "refused"])
def test_copy_works_in_a_file_with_and_without_a_clipboard(visit: Visits, clipboard: str) -> None:
    page = visit(copying())
    instead = {
        "given": "navigator.clipboard",
        "missing": "undefined",
        "refused": "{ writeText: () => Promise.reject() }",
    }
    page.evaluate(f"() => Object.defineProperty(navigator, 'clipboard', {{ value: {instead[clipboard]} }})")
    page.evaluate("() => document.querySelectorAll('details').forEach(details => { details.open = true })")
    button = page.locator("button.copy:visible").last
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_be_focused()
    page.evaluate(
        "() => { const area = document.createElement('textarea'); document.body.prepend(area); area.focus(); }"
    )
    page.keyboard.press("Control+V")
    assert page.locator("textarea").input_value() == TEXT
