"""Regular (forward) mode: a client uses the harness as its HTTP proxy; only the two sides are opened."""

from __future__ import annotations

import ssl

import httpx

from tests.e2e.conftest import free_port, json_answer


def test_both_sides_by_host_and_path(backend, proxy):
    """Scheme, host and path decide whose request it is; the other side is mirrored to."""
    legacy, candidate = backend(json_answer({"from": "same"})), backend(json_answer({"from": "same"}))
    running = forward(proxy, legacy, candidate)
    with httpx.Client(proxy=running.url, trust_env=False) as client:
        assert client.get(f"{legacy.url}/kong/a").json() == {"from": "same"}
        assert client.get(f"{candidate.url}/b").json() == {"from": "same"}
        assert client.get(f"{legacy.url}/elsewhere").json() == {"from": "same"}
    running.stop()
    assert "/a" in [path for _, path, headers in candidate.requests if "X-Shadow-Mirror" in headers]
    assert "/kong/b" in [path for _, path, _ in legacy.requests]
    assert {route["route"] for route in running.report()["routes"]} == {"GET /a", "GET /b"}


def test_other_hosts_pass_undecrypted(backend, proxy, certificate):
    """A stranger's TLS reaches the stranger: the client verifies the stranger's own certificate through the proxy."""
    stranger = backend(json_answer({"who": "a stranger"}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stranger._server.socket = context.wrap_socket(stranger._server.socket, server_side=True)
    legacy, candidate = backend(json_answer({})), backend(json_answer({}))
    running = forward(proxy, legacy, candidate)
    trust = ssl.create_default_context(cafile=certificate)
    with httpx.Client(proxy=running.url, verify=trust, trust_env=False) as client:
        url = stranger.url.replace("http:", "https:")
        assert client.get(f"{url}/kong/private").json() == {"who": "a stranger"}
    running.stop()
    assert running.report()["routes"] == []


def forward(proxy, legacy, candidate):
    port = free_port()
    arguments = ("--mode", "regular", "--listen-host", "127.0.0.1", "-p", str(port))
    return proxy(legacy, candidate, "", *arguments, own_port=port)
