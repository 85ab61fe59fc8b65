"""docs/real-migration.md with real processes: two generations of json-server, from npm, that nobody here wrote.

What the document tells its reader to put into files and to ask for is read from it, so that it stays true.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import DEADLINE, ROOT, Proxy, free_port, shadow, wait_until

CACHE = ROOT / ".node-sides"
"""Where npm installs to, once for all runs; it ignores itself in git."""
VERSIONS = {"legacy": "0.17.4", "candidate": "1.0.0-beta.15"}
DOCUMENT = (ROOT / "docs" / "real-migration.md").read_text()

HEADERS = {
    ("access-control-allow-credentials", "header-missing", "cors"),
    ("access-control-allow-headers", "header-added", "cors"),
    ("access-control-allow-methods", "header-added", "cors"),
    ("access-control-allow-origin", "header-added", "cors"),
    ("cache-control", "header-missing", "caching"),
    ("expires", "header-missing", "caching"),
    ("pragma", "header-missing", "caching"),
    ("vary", "header-missing", "header"),
    ("x-content-type-options", "header-missing", "security"),
}
"""Path, kind and class of what every route shows."""
NOTICES = {("etag", "header-missing", "caching"), ("content-type", "header-changed", "charset")}
BODIES = {
    "GET /profile": set(),
    "GET /comments": {("$[*].id", "type-changed", "number-as-string")},
    "GET /posts": {
        ("$[*].id", "type-changed", "number-as-string"),
        ("$", "type-changed", "type"),
        ("link", "header-missing", "header"),
        ("x-total-count", "header-missing", "header"),
        ("access-control-expose-headers", "header-missing", "cors"),
    },
    "GET /posts/{id}": {("$.id", "type-changed", "number-as-string"), ("$.error", "added", "value")},
}
"""What each route shows besides."""


# npm may have to fetch both packages, once.
@pytest.mark.timeout(600)
def test_two_generations_of_json_server_are_judged_as_the_document_says(installed, tmp_path):
    """Honest differences first; then accepted ones, judged anew with no traffic, and the rest stays."""
    with ExitStack() as stack:
        legacy = stack.enter_context(_side("legacy", installed, tmp_path))
        candidate = stack.enter_context(_side("candidate", installed, tmp_path))
        running = _proxy(stack, tmp_path, f"{legacy}/kong", candidate)
        reads = _drive(running)
        assert running.stop() == 0

        before = running.report()
        _check_as_init_leaves_it(before, len(reads))
        told = _gate(tmp_path, 1)
        # A header is named once: its summary says its name, too.
        assert 'most often header access-control-allow-headers: "content-type" was added;' in told
        assert "exit 1: 4 of 5 required routes are not ready, 1 is inconclusive" in told
        # The write went to legacy alone.
        assert httpx.get(f"{legacy}/kong/posts/3", trust_env=False).json()["title"] == "Third"
        assert httpx.get(f"{candidate}/posts/3", trust_env=False).status_code == 404

    # Both sides and the proxy are gone: what follows can't be due to new traffic.
    _change(tmp_path / "shadow.toml", '# ignore_headers = ["x-request-id"]\n', _fenced("toml")[1])
    _check_without_headers(_report(tmp_path))
    told += _gate(tmp_path, 1)
    with (tmp_path / "shadow.toml").open("a") as file:
        file.write("\n" + _fenced("toml")[2])
    accept = re.search(r'shadow accept ([0-9a-f]{12}) --reason "(.+)"', DOCUMENT)
    assert accept
    accepted = shadow("accept", accept[1], "--reason", accept[2], cwd=tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    _check_at_the_end(_report(tmp_path), before)
    told += _gate(tmp_path, 1) + _gate(tmp_path, 0, "GET /profile")
    shown = re.findall(r"^([✗?✓] .+?)(?:…)?$", DOCUMENT, re.MULTILINE)
    assert len(shown) == 16
    assert [line for line in shown if " ".join(line.split()) not in told] == []


def _check_as_init_leaves_it(report: dict[str, Any], reads: int) -> None:
    routes = _routes(report)
    assert set(routes) == {*BODIES, "POST /posts"}
    assert sum(route["requests"]["compared"] for route in routes.values()) == reads
    for name, own in BODIES.items():
        assert routes[name]["verdict"] == "not-ready", name
        assert routes[name]["reasons"][0]["code"] == "divergence"
        assert _groups(routes[name], "open") == HEADERS | own, name
        assert _groups(routes[name], "notice") == NOTICES
    write = routes["POST /posts"]
    assert (write["verdict"], write["reasons"][0]["code"]) == ("inconclusive", "writes-not-mirrored")
    assert (write["requests"]["seen"], write["requests"]["skipped"]["write"]) == (1, 1)


def _check_without_headers(report: dict[str, Any]) -> None:
    routes = _routes(report)
    for name, own in BODIES.items():
        assert _groups(routes[name], "open") == own, name
        assert _groups(routes[name], "accepted") == HEADERS
    profile = routes["GET /profile"]
    assert profile["verdict"] == "inconclusive"
    assert profile["reasons"][0]["message"] == "336 distinct clean requests are needed, 1 seen"
    assert {routes[name]["verdict"] for name in BODIES if name != "GET /profile"} == {"not-ready"}


def _check_at_the_end(report: dict[str, Any], before: dict[str, Any]) -> None:
    routes = _routes(report)
    assert {name: route["verdict"] for name, route in routes.items()} == {
        "GET /profile": "ready",
        "GET /comments": "not-ready",
        "GET /posts": "not-ready",
        "GET /posts/{id}": "not-ready",
        "POST /posts": "inconclusive",
    }
    post = routes["GET /posts/{id}"]
    assert _groups(post, "open") == {("$.id", "type-changed", "number-as-string")}
    assert (post["divergence"]["distinct"], post["requests"]["distinct"]) == (2, 3)
    assert {n: r["requests"] for n, r in routes.items()} == {n: r["requests"] for n, r in _routes(before).items()}


@pytest.fixture(scope="module")
def installed() -> dict[str, Path]:
    """The folder that each side is installed in; skips where Node, npm or its registry aren't there."""
    if missing := [tool for tool in ("node", "npm") if shutil.which(tool) is None]:
        _not_here(f"no {' and no '.join(missing)} on the PATH")
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    with (CACHE / "lock").open("w") as lock:
        # Workers of one run, and runs of several Pythons, share the folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return {side: _install(version) for side, version in VERSIONS.items()}


def _install(version: str) -> Path:
    folder, unfinished = CACHE / f"json-server-{version}", CACHE / f"json-server-{version}.unfinished"
    if not folder.exists():
        shutil.rmtree(unfinished, ignore_errors=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", str(unfinished)]
        assert " ".join(command[:-1]) in DOCUMENT
        try:
            npm = subprocess.run(
                [*command, f"json-server@{version}"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=240,
                check=False,
            )
        except subprocess.TimeoutExpired:
            _not_here(f"npm did not install json-server@{version} within 240 s")
        if npm.returncode:
            _not_here(f"npm can't install json-server@{version}: {npm.stderr.strip()[-500:]}")
        unfinished.rename(folder)
    return folder


def _not_here(why: str) -> None:
    if os.environ.get("SHADOW_TEST_REQUIRE") == "all":
        pytest.fail(f"SHADOW_TEST_REQUIRE=all, but {why}")
    pytest.skip(why)


@contextmanager
def _side(side: str, installed: dict[str, Path], folder: Path) -> Iterator[str]:
    """A running json-server with the document's data; its origin."""
    home, port = folder / side, free_port()
    home.mkdir()
    data, routes = _fenced("json")
    (home / "db.json").write_text(data)
    arguments = ["--host", "127.0.0.1", "--port", str(port)]
    if side == "legacy":
        (home / "routes.json").write_text(routes)
        arguments += ["--routes", "routes.json"]
    command = installed[side] / "node_modules" / ".bin" / "json-server"
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(command), *arguments, "db.json"], cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )

    def answers() -> bool:
        if process.poll() is not None:
            pytest.fail(f"json-server ended with {process.returncode}:\n{(home / 'log').read_text(errors='replace')}")
        try:
            return httpx.get(f"http://127.0.0.1:{port}/profile", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, f"{side} answers on port {port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _proxy(stack: ExitStack, folder: Path, legacy: str, candidate: str) -> Proxy:
    """mitmdump under what `shadow init` writes, but for a free port."""
    init = shadow("init", "--legacy", legacy, "--candidate", candidate, cwd=folder)
    assert init.returncode == 0, init.stderr
    port = free_port()
    listen = re.sub(r":\d+", f":{port}", _fenced("toml")[0].removeprefix("[proxy]\n"))
    _change(folder / "shadow.toml", '# listen = "127.0.0.1:8080"\n', listen)
    proxy = Proxy(folder, [], port)

    def end() -> None:
        if proxy.process.poll() is None:
            proxy.process.kill()
            proxy.process.wait()

    stack.callback(end)
    return proxy.wait_ready()


def _drive(proxy: Proxy) -> list[str]:
    """The document's traffic, as curl sends it: the reads, and when they are compared the write."""
    reads = re.findall(r'^\$ curl "\$API(\S+)"$', DOCUMENT, re.MULTILINE)
    write = re.search(r"^\$ curl -H 'Content-Type: (\S+)' -d '(.+)' \"\$API(\S+)\"$", DOCUMENT, re.MULTILINE)
    assert len(reads) == 7
    assert write
    with httpx.Client(base_url=f"{proxy.url}/kong", trust_env=False, timeout=DEADLINE) as client:
        client.headers.clear()
        for path in reads:
            assert client.get(path, headers={"Accept": "*/*"}).status_code == (404 if path == "/posts/99" else 200)

        def compared() -> bool:
            report = json.loads(shadow("gate", "--format", "json", cwd=proxy.folder).stdout or '{"routes": []}')
            return sum(route["requests"]["compared"] for route in report["routes"]) == len(reads)

        wait_until(compared, "all reads are compared")
        answer = client.post(write[3], content=write[2], headers={"Content-Type": write[1]})
        assert answer.status_code == 201
    return reads


def _report(folder: Path) -> dict[str, Any]:
    """report.json as `shadow report` writes it now."""
    written = shadow("report", cwd=folder)
    assert written.returncode == 0, written.stderr
    return json.loads((folder / "reports" / "report.json").read_text())


def _gate(folder: Path, code: int, *routes: str) -> str:
    """What `shadow gate` prints, with the columns' spaces made one."""
    gate = shadow("gate", *routes, cwd=folder)
    assert gate.returncode == code, gate.stdout + gate.stderr
    return " ".join(gate.stdout.split())


def _routes(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {route["route"]: route for route in report["routes"]}


def _groups(route: dict[str, Any], status: str) -> set[tuple[str, str, str]]:
    """Path, kind and class of the differences with that status."""
    return {(d["path"], d["kind"], d["class"]) for d in route["differences"] if d["status"] == status}


def _fenced(language: str) -> list[str]:
    """The document's blocks of that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{old!r} is not once in what `shadow init` wrote"
    file.write_text(text.replace(old, new))
