"""Credentials per side, through a real proxy: who gets whose, and what becomes of those that no longer hold."""

from __future__ import annotations

import shlex
import sys

from tests.e2e.conftest import CONFIG, Proxy, json_answer, shadow, wait_until

PATIENT = CONFIG.replace("[proxy]", "[proxy]\ndrain = 30")
"""All that is under way is finished before the last report, however busy the machine is."""

SIDES = """
[legacy]
url = "{legacy}/kong"
headers = {{ x-api-key = "${{LEGACY_KEY}}", cookie = "" }}
auth = {{ command = {command}, ttl = "50ms" }}
[candidate]
url = "{candidate}"
headers = {{ x-tenant = "candidates-own" }}
auth = {{ file = "token.txt" }}
[proxy]
listen = "127.0.0.1:{port}"
drain = 30
[report]
every = 0
"""
KEY, CLIENT, COOKIE = "legacy-api-key-7f3a9c", "Bearer client-token-51b2e8", "session=client-cookie-0d4c6a"


def mirrored(backend) -> list[dict[str, str]]:
    """The headers of the requests that the harness itself has sent, by their names in lower case."""
    sent = [{name.lower(): value for name, value in headers.items()} for _, _, headers in backend.requests]
    return [headers for headers in sent if "x-shadow-mirror" in headers]


def test_each_side_gets_its_own_credentials_and_never_the_others(backend, proxy, client, tmp_path, monkeypatch):
    """Bearer tokens from a command and from a file, both renewed meanwhile; headers set and removed per side."""
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    script = tmp_path / "mint.py"
    script.write_text(
        "import pathlib\n"
        f"log = pathlib.Path({str(tmp_path / 'minted')!r})\n"
        "log.open('a').write('x')\n"
        "print(f'legacy-token-c28d17-{len(log.read_text())}')\n"
    )
    (tmp_path / "token.txt").write_text("candidate-token-94ee01-1\n")
    monkeypatch.setenv("LEGACY_KEY", KEY)
    command = shlex.join([sys.executable, str(script)])
    running = proxy(legacy, candidate, config=SIDES.replace("{command}", f"'''{command}'''"))
    said = {"Authorization": CLIENT, "Cookie": COOKIE}

    def ask(path: str) -> None:
        before = len(mirrored(legacy)), len(mirrored(candidate))
        assert client.get(f"{running.url}{path}", headers=said).status_code == 200
        wait_until(lambda: len(mirrored(legacy)) > before[0] and len(mirrored(candidate)) > before[1], "both are asked")

    ask("/kong/of-legacy")
    (tmp_path / "token.txt").write_text("candidate-token-94ee01-22\n")
    ask("/kong/of-legacy-again")
    ask("/of-the-candidate")
    assert running.stop() == 0

    assert {headers["authorization"] for headers in mirrored(candidate)} == {
        "Bearer candidate-token-94ee01-1",
        "Bearer candidate-token-94ee01-22",
    }
    assert all(headers["x-tenant"] == "candidates-own" for headers in mirrored(candidate))
    assert all(headers["cookie"] == COOKIE for headers in mirrored(candidate))
    assert not any("x-api-key" in headers for headers in mirrored(candidate))
    tokens = {headers["authorization"] for headers in mirrored(legacy)}
    assert len(tokens) > 1, "a token of 50 ms is renewed"
    assert all(token.startswith("Bearer legacy-token-c28d17-") for token in tokens)
    assert all(headers["x-api-key"] == KEY for headers in mirrored(legacy))
    assert not any({"cookie", "x-tenant"} & headers.keys() for headers in mirrored(legacy))
    # What a client asks for itself is its own.
    for side in (legacy, candidate):
        own = [headers for _, _, headers in side.requests if "X-Shadow-Mirror" not in headers]
        assert own
        assert all((headers["Authorization"], headers["Cookie"]) == (CLIENT, COOKIE) for headers in own)
        assert not any("x-api-key" in headers or "x-tenant" in headers for headers in own)
    assert nowhere_written(running, KEY, CLIENT.split()[1], COOKIE.split("=")[1], "token-94ee01", "token-c28d17")


def nowhere_written(running: Proxy, *secrets: str) -> bool:
    """Whether the store, the reports and the log hold none of them."""
    files = [*running.folder.glob("shadow.db*"), *running.folder.glob("reports/*"), running.log]
    assert len(files) > 3
    return not any(secret.encode() in file.read_bytes() for file in files for secret in secrets)


def test_credentials_that_have_expired_are_one_trouble_and_no_routes_difference(backend, proxy, client):
    """The candidate refuses everybody; and legacy refuses one route's requests when the worker repeats them."""

    def refuse_late(request):
        late = "/late" in request.path and "X-Shadow-Mirror" in request.headers
        return json_answer({"message": "expired"}, 401)(request) if late else json_answer({"a": 1})(request)

    legacy, candidate = backend(refuse_late), backend(json_answer({"message": "The token has expired"}, 401))
    running = proxy(legacy, candidate, config=PATIENT)
    for route in ("users", "orders", "carts", "late"):
        for page in range(3):
            assert client.get(f"{running.url}/kong/{route}?page={page}").status_code == 200
    assert running.stop() == 0

    report = running.report()
    assert report["notes"][0].startswith(
        "candidate refused 9 of 9 distinct requests (401 or 403) that legacy served, on 3 routes: its credentials are "
    )
    for route in report["routes"]:
        assert (route["verdict"], route["reasons"][0]["code"], route["differences"]) == (
            "inconclusive",
            "credentials",
            [],
        ), route
    assert "credentials had expired when they were mirrored" in running.route("GET /late")["reasons"][0]["message"]
    assert running.route("GET /late")["requests"]["failed"] == 3
    gate = shadow("gate", cwd=running.folder)
    assert gate.returncode == 3
    assert gate.stderr.startswith("note: candidate refused 9 of 9 distinct requests")


def test_an_auth_that_gives_no_credentials_is_said_and_judges_nobody(backend, proxy, client):
    """Nothing is sent to the candidate; clients are answered; stderr, the report and the gate say why."""
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    failing = PATIENT.replace("[candidate]", '[candidate]\nauth = {{ command = "false" }}')
    running = proxy(legacy, candidate, config=failing)
    for page in range(5):
        assert client.get(f"{running.url}/kong/users?page={page}").json() == {"a": 1}
    assert running.stop() == 0

    assert candidate.requests == []
    assert running.output().count("candidate.auth: the command gave no token (exit code 1); nothing is mirrored") == 1
    route = running.route("GET /users")
    assert (route["verdict"], route["reasons"][0]["code"]) == ("inconclusive", "credentials")
    assert (route["requests"]["failed"], route["differences"]) == (5, [])
    assert running.report()["notes"][0].startswith("5 requests could not be mirrored because a side's `auth` gave no ")
