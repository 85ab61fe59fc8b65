"""The main road: a client's request through a real mitmdump to a report and an exit code."""

from __future__ import annotations

import json

from tests.e2e.conftest import json_answer, shadow


def test_an_equal_route_is_compared_and_ready(backend, proxy, client):
    """Legacy answers, the candidate is mirrored to, and the report and the gate say ready."""
    legacy = backend(json_answer({"name": "Ada"}, 200, ("X-Kong-Proxy-Latency", "3")))
    candidate = backend(json_answer({"name": "Ada"}, 200, ("x-amzn-RequestId", "1")))
    running = proxy(legacy, candidate, "[verdict]\nenough = 3\n")

    for user in range(3):
        answer = client.get(f"{running.url}/kong/user/profile?u={user}")
        assert answer.json() == {"name": "Ada"}
        assert answer.headers["x-kong-proxy-latency"] == "3"

    assert running.stop() == 0
    route = running.route("GET /user/profile")
    assert route["verdict"] == "ready"
    assert route["requests"]["seen"] == route["requests"]["compared"] == route["requests"]["distinct"] == 3
    gate = shadow("gate", cwd=running.folder)
    assert gate.returncode == 0, gate.stdout + gate.stderr
    method, path, headers = candidate.requests[0]
    assert (method, path, headers["X-Shadow-Mirror"]) == ("GET", "/user/profile?u=0", "1")


def test_a_difference_makes_the_route_not_ready_and_is_explained(backend, proxy, client):
    """One number that became a string: not-ready, one group of differences, exit code 1."""
    legacy = backend(json_answer({"price": 12.5}))
    candidate = backend(json_answer({"price": "12.50"}))
    running = proxy(legacy, candidate)

    assert client.get(f"{running.url}/kong/orders/17").json() == {"price": 12.5}

    running.stop()
    route = running.route("GET /orders/{id}")
    assert route["verdict"] == "not-ready"
    [difference] = route["differences"]
    assert (difference["path"], difference["kind"], difference["class"]) == (
        "$.price",
        "type-changed",
        "number-as-string",
    )
    assert shadow("gate", cwd=running.folder).returncode == 1


def test_the_candidate_answers_what_is_asked_under_its_base(backend, proxy, client):
    """A route that the app already uses on the candidate: it answers, and legacy is mirrored to."""
    legacy = backend(json_answer({"side": "legacy"}))
    candidate = backend(json_answer({"side": "candidate"}))
    running = proxy(legacy, candidate)

    assert client.get(f"{running.url}/user/elo").json() == {"side": "candidate"}

    running.stop()
    assert running.route("GET /user/elo")["requests"]["compared"] == 1
    assert {path for _, path, _ in legacy.requests} == {"/kong/user/elo"}
    assert candidate.requests[0][2]["Host"] == candidate.url.removeprefix("http://")


def test_writes_are_not_mirrored_unless_a_route_opts_in(backend, proxy, client):
    """A PATCH reaches legacy alone, and the verdict says that the route is unproven."""
    legacy, candidate = backend(json_answer({"ok": True})), backend(json_answer({"ok": True}))
    running = proxy(legacy, candidate, '[[route]]\nmatch = "PUT /cart"\nwrites = "isolated"\n')

    client.patch(f"{running.url}/kong/user/profile", json={"name": "Eve"})
    client.put(f"{running.url}/kong/cart", json={"items": [1]})

    running.stop()
    assert [(method, path) for method, path, _ in candidate.requests] == [("PUT", "/cart")]
    route = running.route("PATCH /user/profile")
    assert route["verdict"] == "inconclusive"
    assert route["reasons"][0]["code"] == "writes-not-mirrored"
    assert route["requests"]["skipped"]["write"] == 1
    assert running.route("PUT /cart")["requests"]["compared"] == 1


def test_a_mirrored_request_that_comes_back_is_not_mirrored_again(backend, proxy, client):
    """X-Shadow-Mirror marks what a harness sent; mirroring it again would never end."""
    legacy, candidate = backend(json_answer({})), backend(json_answer({}))
    running = proxy(legacy, candidate)

    client.get(f"{running.url}/kong/user/elo", headers={"X-Shadow-Mirror": "1"})

    running.stop()
    assert candidate.requests == []
    assert running.route("GET /user/elo")["requests"]["skipped"]["excluded"] == 1


def test_a_dead_candidate_is_reported_and_clients_are_answered(backend, proxy, client):
    """The candidate refuses connections: clients get legacy's answers, the route gets candidate-errors."""
    legacy, candidate = backend(json_answer({"ok": 1})), backend(json_answer({}))
    candidate.close()
    running = proxy(legacy, candidate.url)

    assert client.get(f"{running.url}/kong/user/elo").json() == {"ok": 1}

    running.stop()
    route = running.route("GET /user/elo")
    assert route["verdict"] == "not-ready"
    assert route["reasons"][0]["code"] == "candidate-errors"
    assert route["candidate_errors"]["connection"] == 1
    assert route["requests"]["failed"] == 1


def test_a_candidate_that_answers_garbage_is_a_difference_not_a_crash(backend, proxy, client):
    """Broken gzip and broken JSON are reported; the harness goes on."""
    legacy = backend(json_answer({"ok": 1}))

    def garbage(request):
        if request.path == "/gzip":
            return 200, [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], b"no gzip"
        return 200, [("Content-Type", "application/json")], b'{"ok": 1'

    running = proxy(legacy, backend(garbage))
    for path in ("gzip", "json"):
        assert client.get(f"{running.url}/kong/{path}").json() == {"ok": 1}

    running.stop()
    for path in ("gzip", "json"):
        route = running.route(f"GET /{path}")
        assert [difference["kind"] for difference in route["differences"]] == ["malformed"]
        assert route["requests"]["compared"] == 1


def test_the_candidate_on_another_host_gets_its_own_host_header(backend, proxy, client):
    """API Gateway routes by Host: each side gets its own, whatever the client said."""
    legacy, candidate = backend(json_answer({})), backend(json_answer({}))
    running = proxy(legacy, candidate)

    client.get(f"{running.url}/kong/a", headers={"Host": "api.example.com"})

    running.stop()
    assert legacy.requests[0][2]["Host"] == legacy.url.removeprefix("http://")
    assert candidate.requests[0][2]["Host"] == candidate.url.removeprefix("http://")


def test_the_flows_carry_what_was_found(backend, proxy, client, tmp_path):
    """`mitmproxy` users filter with ~comment and ~marked, so a flow that differs is marked."""
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 2}))
    script = tmp_path / "watch.py"
    marked = tmp_path / "marked.jsonl"
    script.write_text(
        "import json\n"
        "class Watch:\n"
        "    flows = []\n"
        "    def response(self, flow):\n"
        "        self.flows.append(flow)\n"
        "    def done(self):\n"
        f"        with open({str(marked)!r}, 'w') as file:\n"
        "            for flow in self.flows:\n"
        "                file.write(json.dumps([flow.comment, flow.marked]) + '\\n')\n"
        "addons = [Watch()]\n"
    )
    running = proxy(legacy, candidate, "", "-s", str(script))
    client.get(f"{running.url}/kong/a")
    running.stop()
    comment, mark = json.loads(marked.read_text().splitlines()[0])
    assert "differs" in comment
    assert mark == ":red_circle:"
