"""The report in a real browser: the system's Chromium, driven by playwright, with a guard over every page.

A browser lives as long as one test file: playwright's event loop runs in the test's thread, where other files call
`asyncio.run`.
"""

from __future__ import annotations

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from hashlib import blake2b
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",  # as root, in a container, there is no other way
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DEADLINE = 20_000.0
"""Milliseconds until something that should have happened in a page is given up."""
expect.set_options(timeout=DEADLINE)


class Visits:
    """Opens pages, each in a browser context of its own, and writes down whatever a page does that it shouldn't.

    ``strays`` holds every request but that of the page itself, console message, error, dialog, popup, download and
    violation of the policy. The test fails at its end where there is any; a test that wants one takes it from there.
    """

    def __init__(self, browser: Browser, folder: Path, address: str) -> None:
        self.strays: list[str] = []
        self.address = address
        """Of a loopback server that serves what has been opened."""
        self._browser = browser
        self._folder = folder
        self._contexts: list[BrowserContext] = []
        self._pages: set[str] = set()

    def __call__(
        self,
        page: bytes | Path,
        *,
        fragment: str = "",
        http: bool = False,
        width: int = 1280,
        scheme: Any = "light",
        **context: Any,
    ) -> Page:
        """Open a page from its file, or over ``http``; ``context`` goes to `browser.new_context`."""
        tab = self.tab(width=width, scheme=scheme, **context)
        tab.goto(self.url(page, http=http) + fragment)
        return tab

    def tab(self, *, width: int = 1280, scheme: Any = "light", **context: Any) -> Page:
        """An empty page."""
        made = self._browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **context
        )
        self._contexts.append(made)
        made.set_default_timeout(DEADLINE)
        made.on("request", self._request)
        made.on("console", self._message)
        made.on("weberror", lambda error: self.strays.append(f"error: {error.error}"))
        made.on("dialog", lambda dialog: (self.strays.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page = made.new_page()
        made.on("page", lambda other: self.strays.append(f"popup: {other.url}"))
        page.on("download", lambda download: self.strays.append(f"download: {download.url}"))
        page.on("websocket", lambda socket: self.strays.append(f"websocket: {socket.url}"))
        return page

    def url(self, page: bytes | Path, *, http: bool = False) -> str:
        """Where the page is to be found; its content is written to a file named after it."""
        path = page
        if isinstance(path, bytes):
            path = self._folder / f"{blake2b(path, digest_size=8).hexdigest()}.html"
            if not path.exists():
                path.write_bytes(page)  # type: ignore[arg-type]
        url = f"{self.address}/{path.relative_to(self._folder)}" if http else path.as_uri()
        self._pages.add(url)
        return url

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _request(self, request: Request) -> None:
        # `data:,` is the page's own empty icon, which keeps browsers from asking for /favicon.ico.
        if request.url.partition("#")[0] not in {*self._pages, "data:,"}:
            self.strays.append(f"request: {request.method} {request.url[:200]}")

    def _message(self, message: ConsoleMessage) -> None:
        self.strays.append(f"console {message.type}: {message.text[:500]}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser; without one these tests are skipped, or fail where nothing may be skipped."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        words = f"there is no browser on the PATH: none of {', '.join(_NAMES)}"
        if os.environ.get("SHADOW_TEST_REQUIRE") == "all":
            pytest.fail(f"SHADOW_TEST_REQUIRE=all, but {words}")
        pytest.skip(words)
    return found


@pytest.fixture(scope="module")  # While it runs, its event loop does, and `asyncio.run` in other modules can't.
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
        yield browser
        browser.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visits]:
    """`visit(html)` opens a page; when the test ends, no page may have done anything that a report doesn't do."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    visits = Visits(browser, tmp_path, f"http://127.0.0.1:{server.server_port}")
    try:
        yield visits
        visits.close()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert visits.strays == []
