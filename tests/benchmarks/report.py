"""What the largest report takes to write, to open and to search: `make bench-report` (about three minutes).

The document has 200 routes with 500 groups of differences each, and two examples of each group. It is written as one
page, and that page is opened in Chromium, once for each round, in a profile without a past. Targets are about wall
time. *CPU* is what the writing process, or the page's main thread, has used meanwhile: where the machine is busy with
other things, wall time says more about these.

- *open* ends with the `load` event: all is there to be read and clicked. *First paint* comes earlier. *Listed*: all
  groups that the page holds as data can be searched, too; until then the page is as quick as ever.
- *filter*: from the `input` event of the search field to the next frame that has been painted.
- *open a route*: from the click to the next painted frame, the further groups of the route in sight.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from shadow.report import Document
from shadow.report.html.page import render
from shadow.report.html.page_size import MOST_BYTES
from shadow.report.write import write_reports
from tests.report.large import large_document

_FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --enable-precise-memory-info"
)
_WORDS = ("p", "price", "price12", "date-format", "order price", "became", "nothing like this", "")
_PAINTED = """new Promise((done) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => done(performance.now() - begun);
  port2.postMessage(null);
}))"""
"""Resolves right after the next frame: https://web.dev/articles/optimize-inp#measure"""
_FILTER = f"""(words) => {{
  const search = document.getElementById("search");
  const begun = performance.now();
  search.value = words;
  search.dispatchEvent(new Event("input", {{ bubbles: true }}));
  return {_PAINTED};
}}"""
_OPEN_ROUTE = f"""() => {{
  const route = document.querySelector(".route");
  const begun = performance.now();
  route.querySelector("summary").click();
  route.querySelector(".further").scrollIntoView();
  return {_PAINTED};
}}"""
_OPENED = """() => {
  const [opening] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [opening.loadEventEnd, paint?.startTime ?? NaN];
}"""

Measured = dict[str, list[float]]


def main() -> int:
    arguments = _arguments()
    _say("building the document")
    document = large_document(arguments.routes, arguments.fingerprints)
    gc.freeze()  # What it holds would be walked again and again while pages are rendered; a store's rows are fewer.
    measured: Measured = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="shadow-bench-") as folder:
        path = Path(folder) / "index.html"
        _say("writing the page")
        _write(document, path, measured, arguments.rounds)
        with sync_playwright() as playwright:
            executable = shutil.which("chromium") or shutil.which("google-chrome")
            for number in range(arguments.rounds):
                _say(f"opening it, round {number + 1} of {arguments.rounds}")
                browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS.split())
                _use(browser, path, measured, arguments.routes * arguments.fingerprints)
                browser.close()
        if arguments.split:
            _say("writing a page for each route")
            seconds, _ = _timed(lambda: write_reports(document, Path(folder) / "split" / "index.html", split=True))
            pages = list((Path(folder) / "split" / "routes").iterdir())
            measured["--split: seconds, with report.json"].append(seconds)
            measured["--split: MB of the largest page"].append(max(page.stat().st_size for page in pages) / 1e6)
            measured["--split: MB of all pages"].append(sum(page.stat().st_size for page in pages) / 1e6)
    print("\n".join(_table(measured)))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What the largest report takes to write, to open and to search.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--routes", type=int, default=200)
    parser.add_argument("--fingerprints", type=int, default=500, help="groups of differences of each route")
    parser.add_argument("--split", action="store_true", help="write the folder of pages, too (some minutes)")
    return parser.parse_args()


def _write(document: Document, path: Path, measured: Measured, rounds: int) -> None:
    for number in range(min(3, rounds)):
        name = "write again" if number else "write, the first time"
        cpu = time.process_time()
        seconds, html = _timed(lambda: render(document))
        measured[f"{name}: s"].append(seconds)
        measured[f"{name}, CPU: s"].append(time.process_time() - cpu)
    path.write_bytes(html)
    measured["MB"].append(len(html) / 1e6)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _use(browser: Browser, path: Path, measured: Measured, groups: int) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    thread = _Thread(page)
    page.goto(path.as_uri())
    loaded, painted = page.evaluate(_OPENED)
    measured["open: s"].append(loaded / 1000)
    measured["open, CPU: s"].append(thread.milliseconds() / 1000)
    measured["first paint: s"].append(painted / 1000)
    measured["listed: s"].append(_listed(page, groups) / 1000)
    measured["elements"].append(page.evaluate("document.getElementsByTagName('*').length"))
    thread.milliseconds()
    for words in _WORDS:
        name = f"filter by “{words}”" if words else "filter by nothing again"
        measured[f"{name}: ms"].append(page.evaluate(_FILTER, words))
        measured[f"{name}, CPU: ms"].append(thread.milliseconds())
    measured["open a route: ms"].append(page.evaluate(_OPEN_ROUTE))
    measured["open a route, CPU: ms"].append(thread.milliseconds())
    measured["JavaScript heap: MB"].append(page.evaluate("performance.memory.usedJSHeapSize") / 1e6)


class _Thread:
    """The main thread of a page."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = 0.0

    def milliseconds(self) -> float:
        """CPU time that its tasks have taken since this was asked last."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        now = next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")
        self._before, taken = now, now - self._before
        return float(taken * 1000)


def _listed(page: Page, groups: int) -> float:
    """Milliseconds from the start of the navigation until all groups can be searched."""
    until = time.monotonic() + 60
    while f"{groups:,} differences" not in (page.text_content("#matches") or ""):
        if time.monotonic() > until:
            raise TimeoutError(f"the page knows of {page.text_content('#matches')}, not of {groups:,}")
        page.wait_for_timeout(20)
    return float(page.evaluate("performance.now()"))


def _table(measured: Measured) -> Iterator[str]:
    yield "| | median | worst | target |"
    yield "|---|---|---|---|"
    for name, values in measured.items():
        yield f"| {name} | {_number(statistics.median(values))} | {_number(max(values))} | {_met(name, values)} |"


def _met(name: str, values: list[float]) -> str:
    most = next((most for prefix, most in _TARGETS.items() if name.startswith(prefix) and "CPU" not in name), None)
    if most is None:
        return ""
    target = f"≤ {most:g}" if name.startswith(("MB", "--split")) else f"< {most:g}"
    return target if statistics.median(values) <= most else f"{target} **missed**"


_TARGETS = {
    "MB": MOST_BYTES / 1e6, "write": 5, "open: s": 2, "filter": 100, "open a route": 100,
    "--split: MB of the largest": MOST_BYTES / 1e6,
}  # fmt: skip


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
