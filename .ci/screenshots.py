"""Pictures of the example report for the README: the first screen, light and dark, and one difference.

python .ci/screenshots.py reports/example/index.html docs/images
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def main(report: Path, folder: Path) -> None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise SystemExit(f"none of {', '.join(NAMES)} is on the PATH, so there are no new pictures")
    address = report.resolve().as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        for scheme in ("light", "dark"):
            picture(browser, address, folder / ("report.png" if scheme == "light" else "report-dark.png"), scheme)
        picture(browser, address, folder / "difference.png", "light", first_difference)
        browser.close()


def picture(browser: Browser, address: str, target: Path, scheme: str, prepare=None) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(address)
    if prepare is not None:
        prepare(page)
    page.screenshot(path=target)
    page.close()
    print(target)


def first_difference(page: Page) -> None:
    page.locator(".route.not-ready > summary").first.click()
    difference = page.locator(".route[open] .difference[open] > summary").first
    difference.evaluate("element => element.parentElement.scrollIntoView()")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
