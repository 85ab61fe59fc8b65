"""The report is written again and again while somebody looks at it; and whatever it holds, it stays small."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import pytest
from msgspec.structs import replace

from shadow.report.document import Document
from shadow.report.html import render
from shadow.report.write import write_reports
from tests.browser.conftest import Visits
from tests.browser.documents import brief, infested, large, page_of


def versions() -> tuple[Document, Document]:
    """Pages of the same length: Chromium asks for the size of a file before it opens it, and never reads further."""
    return replace(brief(), legacy_version="2026.47.1"), replace(brief(), legacy_version="2026.47.2")


def test_two_versions_of_a_page_are_of_the_same_length() -> None:
    assert len({len(render(document)) for document in versions()}) == 1


@pytest.mark.parametrize("http", [False, True])
def test_no_load_shows_half_a_page(visit: Visits, tmp_path: Path, http: bool) -> None:
    path = tmp_path / "reports" / "index.html"
    documents = versions()
    write_reports(documents[0], path)
    written, over, failures = threading.Semaphore(0), threading.Event(), []

    def write() -> None:
        try:
            for document in cycle(documents):
                write_reports(document, path)
                written.release()
                if over.is_set():
                    return
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            failures.append(error)
            written.release(1_000)

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    try:
        page = visit.tab()
        for _ in range(12):
            written.acquire(timeout=30)
            page.goto(visit.url(path, http=http))
            routes, version, scripted, footer = page.evaluate(
                """() => [document.querySelectorAll("#list > .route").length,
                    document.querySelector(".version").textContent,
                    document.documentElement.matches(".scripted"), document.querySelectorAll("footer").length]"""
            )
            assert (routes, scripted, footer) == (len(brief().verdicts), True, 1)
            seen.add(version)
    finally:
        over.set()
        writer.join()
    assert failures == []
    assert seen <= {"2026.47.1", "2026.47.2"}


def crowded() -> Document:
    """Payloads in 500 routes, each with examples of its own."""
    document = infested()
    routes = islice(cycle(document.verdicts), 500)
    return replace(
        document, verdicts=tuple(replace(route, route=f"{route.route} {n}") for n, route in enumerate(routes))
    )


@pytest.mark.parametrize("make", [large, crowded])
def test_a_page_stays_within_ten_megabytes_and_says_what_it_leaves_out(make: Callable[[], Document]) -> None:
    html = page_of(large) if make is large else render(make())
    assert 1_000_000 < len(html) <= 10_000_000
    assert b"left out here to keep this page small" in html
