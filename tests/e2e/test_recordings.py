"""What mitmdump, Chromium and newman record of the same API replays as it is, without a hand edit."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.conftest import DEADLINE, ROOT, Backend, free_port, shadow, wait_until

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
PAGE = b"""<!doctype html><meta charset=utf-8><title>shop</title><link rel=icon href="data:,"><img src="/kong/logo">
<script>
async function use() {
  for (const path of ["/kong/orders/1", "/kong/orders/2?q=%C3%A4%20b", "/kong/packed"]) await (await fetch(path)).text()
  const headers = {"content-type": "application/json"}
  await fetch("/kong/login", {method: "POST", headers, body: '{"password": "s3cret-pw"}'})
  document.title = "used"
}
use()
</script>"""
TOKEN = "recorded-token-0123456789"


def answer(handler: BaseHTTPRequestHandler) -> tuple[int, list[tuple[str, str]], bytes]:
    path = handler.path.removeprefix("/kong")
    if path == "/page":
        return 200, [("Content-Type", "text/html; charset=utf-8")], PAGE
    if path == "/logo":
        return 200, [("Content-Type", "image/png")], PNG
    if path == "/packed":
        packed = gzip.compress(json.dumps({"packed": ["\u00e4"] * 50}).encode(), mtime=0)
        return 200, [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], packed
    return 200, [("Content-Type", "application/json")], json.dumps({"path": path}).encode()


def missing(what: str) -> None:
    if os.environ.get("SHADOW_TEST_REQUIRE") == "all":
        pytest.fail(f"SHADOW_TEST_REQUIRE=all, but there is no {what}")
    pytest.skip(f"there is no {what}")


@pytest.fixture(scope="module")
def legacy() -> Iterator[Backend]:
    made = Backend(answer)
    yield made
    made.close()


@pytest.fixture(scope="module")
def candidate() -> Iterator[Backend]:
    made = Backend(answer)
    yield made
    made.close()


class Recorder:
    """A bare mitmdump before legacy, which writes both of its own forms; ended by the first who wants to read them."""

    def __init__(self, folder: Path, legacy: Backend) -> None:
        self.flows, self.har = folder / "flows.mitm", folder / "mitmdump.har"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        options = ["--mode", f"reverse:{legacy.url}", "-p", str(port), "-w", str(self.flows)]
        options += ["--set", f"hardump={self.har}", "--set", f"confdir={folder}", "-q"]
        self.process = subprocess.Popen([str(Path(sys.executable).with_name("mitmdump")), *options])
        wait_until(self._listens, "mitmdump listens")

    def _listens(self) -> bool:
        try:
            httpx.get(f"{self.url}/kong/orders/0", trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"})
        except httpx.TransportError:
            return False
        return True

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(DEADLINE)


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory, legacy: Backend) -> Iterator[Recorder]:
    made = Recorder(tmp_path_factory.mktemp("recorder"), legacy)
    yield made
    made.end()


@pytest.fixture(scope="module")
def by_newman(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """newman's JSON report of a run through the recorder."""
    newman = shutil.which("newman") or shutil.which("newman", path=str(ROOT / ".newman" / "node_modules" / ".bin"))
    if newman is None:
        missing("newman (npm install --prefix .newman newman)")
    folder = tmp_path_factory.mktemp("newman")

    def item(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        header = [{"key": "Authorization", "value": f"Bearer {TOKEN}"}, {"key": "X-From", "value": "newman"}]
        return {"name": path, "request": {"method": method, "url": "{{base}}" + path, "header": header, "body": body}}

    form = {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1 & 2"}]}
    raw = {"mode": "raw", "raw": '{"x": "\u00e4"}', "options": {"raw": {"language": "json"}}}
    items = [
        item("GET", "/orders/1"),
        item("GET", "/orders/2?q=%C3%A4%20b"),
        item("GET", "/logo"),
        item("GET", "/packed"),
        item("POST", "/forms", form),
        item("PATCH", "/profile", raw),
    ]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    collection = {"info": {"name": "api", "schema": schema}, "item": items}
    (folder / "collection.json").write_text(json.dumps(collection))
    report = folder / "newman.json"
    run = ["run", "collection.json", "--env-var", f"base={recorder.url}/kong", "--reporters", "json"]
    done = subprocess.run(
        [str(newman), *run, "--reporter-json-export", str(report)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return report


@pytest.fixture(scope="module")
def by_chromium(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HAR of a page that was used through the recorder."""
    names = ("chromium", "chromium-browser", "google-chrome")
    browser_path = next(filter(None, map(shutil.which, names)), None)
    if browser_path is None:
        missing("browser")
    har = tmp_path_factory.mktemp("chromium") / "chromium.har"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(record_har_path=har)
        page = context.new_page()
        page.goto(f"{recorder.url}/kong/page")
        page.wait_for_function("document.title == 'used'")
        context.close()
        browser.close()
    return har


@pytest.fixture
def replay(tmp_path: Path, legacy: Backend, candidate: Backend) -> Callable[..., dict[str, Any]]:
    """`replay(file, "--base", URL)` runs the real command → route → its requests in report.json."""

    def run(file: Path, *arguments: str, more: str = "") -> dict[str, Any]:
        (tmp_path / "shadow.toml").write_text(
            f'[legacy]\nurl = "{legacy.url}/kong"\n[candidate]\nurl = "{candidate.url}"\n{more}'
        )
        legacy.requests.clear()
        candidate.requests.clear()
        done = shadow("replay", str(file), *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == ""
        assert not any(TOKEN in str(headers) for _, _, headers in [*legacy.requests, *candidate.requests])
        routes = json.loads((tmp_path / "reports" / "report.json").read_text())["routes"]
        assert all(route["divergence"]["distinct"] == 0 for route in routes)
        return {route["route"]: route["requests"] for route in routes}

    return run


WRITES = '[[route]]\nmatch = "* /forms"\nwrites = "isolated"\n[[route]]\nmatch = "* /profile"\nwrites = "isolated"\n'


def test_newman_s_report(replay: Callable[..., Any], recorder: Recorder, by_newman: Path, candidate: Backend) -> None:
    found = replay(by_newman, "--base", f"{recorder.url}/kong", more=WRITES)
    assert {route: requests["compared"] for route, requests in found.items()} == {
        "GET /orders/{id}": 2,
        "GET /logo": 1,
        "GET /packed": 1,
        "POST /forms": 1,
        "PATCH /profile": 1,
    }
    assert ("GET", "/orders/2?q=%C3%A4%20b") in [(method, path) for method, path, _ in candidate.requests]
    assert all(headers.get("X-From") == "newman" for _, _, headers in candidate.requests)


def test_chromium_s_har(replay: Callable[..., Any], recorder: Recorder, by_chromium: Path, candidate: Backend) -> None:
    found = replay(by_chromium, "--base", f"{recorder.url}/kong")
    assert found.pop("POST /login")["skipped"]["write"] == 1
    assert {route: requests["compared"] for route, requests in found.items()} == {
        "GET /page": 1,
        "GET /orders/{id}": 2,
        "GET /logo": 1,
        "GET /packed": 1,
    }
    assert ("GET", "/orders/2?q=%C3%A4%20b") in [(method, path) for method, path, _ in candidate.requests]


def test_chromium_s_har_without_legacy(
    replay: Callable[..., Any], recorder: Recorder, by_chromium: Path, legacy: Backend
) -> None:
    found = replay(by_chromium, "--base", f"{recorder.url}/kong", "--recorded-legacy")
    assert sum(requests["compared"] for requests in found.values()) == 5
    assert legacy.requests == []


@pytest.mark.parametrize("form", ["flows", "har"])
@pytest.mark.parametrize("more", [[], ["--recorded-legacy"]])
def test_mitmdump_s_own_forms(
    replay: Callable[..., Any], recorder: Recorder, by_newman: Path, by_chromium: Path, form: str, more: list[str]
) -> None:
    recorder.end()
    found = replay(getattr(recorder, form), *more, more=WRITES)
    assert {route: requests["compared"] for route, requests in found.items() if requests["compared"]} == {
        "GET /page": 1,
        "GET /orders/{id}": 5,
        "GET /logo": 2,
        "GET /packed": 2,
        "POST /forms": 1,
        "PATCH /profile": 1,
    }
    assert found["POST /login"]["skipped"]["write"] == 1
