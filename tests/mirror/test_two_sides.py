"""Only the two sides: whatever a client or a side says, nobody but the configured origin of a side is ever called."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shadow.config import Settings, route_settings
from shadow.exchange import Exchange, Headers, Request, Response, Side
from shadow.mirror.client import SideClient, UnsendableError
from shadow.mirror.translation import AstrayError, translate
from shadow.routes.sides import Sides

one_world = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""All examples of a property meet the same connections, which is meant."""
BASES = {Side.LEGACY: "/kong", Side.CANDIDATE: "/v2"}


class World:
    """Two sides that listen, a stranger that must never be called, and a client for each side.

    One event loop and the same connections for all requests, so that what one of them spoils shows in the next.
    """

    def __init__(self, backends: dict[Side, Any], stranger: Any) -> None:
        self.backends = backends
        self.stranger = stranger
        urls = {side: {"url": backends[side].url + BASES[side], "timeout": 10.0} for side in Side}
        self.settings = Settings.model_validate({str(side): urls[side] for side in Side})
        self._sides = Sides.from_urls(self.settings.legacy.url, self.settings.candidate.url)
        self._route = route_settings(self.settings, "GET /x")
        self._runner = asyncio.Runner()
        configured = {Side.LEGACY: self.settings.legacy, Side.CANDIDATE: self.settings.candidate}
        self._clients = {
            side: SideClient(side, settings, connections=2, max_body=1_000_000) for side, settings in configured.items()
        }

    def translated(self, target: str, headers: Headers, *, asked: Side, to: Side, method: str = "GET") -> Request:
        return translate(
            Request(method, target, headers),
            asked=asked,
            to=to,
            path=None,
            settings=self.settings,
            route=self._route,
            sides=self._sides,
        )

    def send(self, to: Side, request: Request) -> Exchange:
        return self._runner.run(self._clients[to].send(request))

    def arrived(self) -> dict[Side, list[bytes]]:
        """What each side has got since this was last asked."""
        found = {side: list(backend.requests) for side, backend in self.backends.items()}
        for backend in self.backends.values():
            backend.requests.clear()
        return found

    def close(self) -> None:
        for client in self._clients.values():
            self._runner.run(client.__aexit__(None, None, None))
        self._runner.close()


@pytest.fixture
def world(scripted: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """With an environment that names the stranger wherever HTTP clients look for somebody to talk to."""
    stranger = scripted()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, stranger.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".netrc").write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    world = World({side: scripted() for side in Side}, stranger)
    yield world
    world.close()


EVIL, BASE = "\x01", "\x02"
"""Stand for the stranger's address and the asked side's base path in the strategies, which know neither yet."""
SENDABLE = rf"""
    / // /.. /. .. \ \\ /%2e%2e /%2E%2E/ %2f %2F%2F %5c %252f ; /;a=b/ @ user:pw@ @{EVIL} //{EVIL} /\{EVIL} http://{EVIL}
    http://{EVIL}/ https:{EVIL} {EVIL} ? ?u= # #@{EVIL}/ #/../.. * :80 [::1] %00 %0d%0a %0d%0aHost:%20{EVIL} a A%20b +
    && = {{}} | ^ ` " <> ~ kong v2 %ff
""".split()
FORBIDDEN = [
    *("\r\n", f"\r\nHost: {EVIL}\r\n", f" HTTP/1.1\r\nHost: {EVIL}\r\n\r\nGET /"),
    *("\n", "\r", "\t", " ", "\0", "\x7f", "é", "\xff", "€", "\u2028"),
]
PIECES = [*SENDABLE, *FORBIDDEN]
STARTS = [f"{BASE}/", BASE, "//kong", "/", "", f"http://{EVIL}{BASE}", f"{EVIL}:443", "*"]
TARGETS = st.builds(
    lambda start, pieces: start + "".join(pieces),
    st.just(f"{BASE}/") | st.sampled_from(STARTS),
    st.lists(st.sampled_from(SENDABLE), max_size=6) | st.lists(st.sampled_from(PIECES), max_size=6),
)


@one_world
@given(target=TARGETS, asked=st.sampled_from(Side), to=st.sampled_from(Side))
@example(target=f"http://{EVIL}/kong/x", asked=Side.LEGACY, to=Side.CANDIDATE)
@example(target=f"/kong//{EVIL}/x", asked=Side.LEGACY, to=Side.CANDIDATE)
@example(target=f"/kong@{EVIL}/x", asked=Side.LEGACY, to=Side.CANDIDATE)
@example(target=f"/kong/../../{EVIL}/x", asked=Side.LEGACY, to=Side.CANDIDATE)
@example(target="/kong/a%2Fb/../c?x=%20&&#f", asked=Side.LEGACY, to=Side.CANDIDATE)
@example(target="/kong/é", asked=Side.LEGACY, to=Side.CANDIDATE)
def test_whatever_the_target_says_the_side_gets_its_bytes_or_nobody_gets_anything(
    world: World, target: str, asked: Side, to: Side
) -> None:
    target = target.replace(EVIL, world.stranger.netloc).replace(BASE, BASES[asked])
    sent = []
    # A target under no base is the proxy's to pass by; here it must at least lead nowhere.
    with contextlib.suppress(ValueError, AstrayError, UnsendableError):
        request = world.translated(target, [("Host", "proxy.local")], asked=asked, to=to)
        assert isinstance(world.send(to, request).response, Response)
        moved = BASES[to] + target.removeprefix(BASES[asked])
        headers = f"Host: {world.backends[to].netloc}\r\nX-Shadow-Mirror: 1\r\n"
        sent.append(f"GET {moved} HTTP/1.1\r\n{headers}\r\n".encode("latin-1"))
    assert world.arrived() == {to: sent, to.other: []}
    assert world.stranger.connections == 0


NAMES = st.sampled_from(
    [
        *("Accept", "ACCEPT", "Cookie", "cookie", "Authorization", "Connection", "TE", "Referer", "Origin", "Via"),
        *("X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Max-Forwards", "X-Dup"),
        *("x-dup", "Bad Name", "X:Y", "", "é", "X-\r\nHost"),
    ]
)
VALUES = st.builds(
    lambda pieces: "".join(pieces).strip(" \t"),
    st.lists(
        st.sampled_from([*PIECES, f"{EVIL}:80", f"for=x;host={EVIL}", f"http://{EVIL}/", ",", ", ", "close", "0"]),
        max_size=4,
    ),
)
HOSTS = st.sampled_from(
    [EVIL, f"{EVIL}\r\nX-Injected: 1", f"user@{EVIL}", "", "é", "a,b", " ", "[::1]:80", f"http://{EVIL}"]
)


@one_world
@given(
    before=st.lists(st.tuples(NAMES, VALUES), max_size=2),
    hosts=st.lists(HOSTS, max_size=2),
    after=st.lists(st.tuples(NAMES, VALUES), max_size=4),
    to=st.sampled_from(Side),
)
def test_whatever_the_headers_say_the_side_gets_the_clients_own_and_nobody_else_is_called(
    world: World, before: Headers, hosts: list[str], after: Headers, to: Side
) -> None:
    """Order, case and duplicates are the client's; only Host is the side's, in its place, and the mark is added."""
    said = [*before, *(("Host", host) for host in hosts), *after]
    said = [(name, value.replace(EVIL, world.stranger.netloc)) for name, value in said]
    sent = []
    with contextlib.suppress(UnsendableError):
        world.send(to, world.translated(f"{BASES[to.other]}/x", said, asked=to.other, to=to))
        own = [(name, value) for name, value in said if name != "Host"]
        own.insert(len(before) if hosts else 0, ("Host", world.backends[to].netloc))
        lines = [*own, ("X-Shadow-Mirror", "1")]
        block = "".join(f"{name}: {value}\r\n" for name, value in lines)
        sent.append(f"GET {BASES[to]}/x HTTP/1.1\r\n{block}\r\n".encode("latin-1"))
    assert world.arrived() == {to: sent, to.other: []}
    assert world.stranger.connections == 0


@pytest.mark.parametrize(
    "answer",
    [
        "HTTP/1.1 301 Moved Permanently\r\nLocation: http://{evil}/\r\n",
        "HTTP/1.1 302 Found\r\nLocation: //{evil}/x\r\nSet-Cookie: spy=1; Domain={evil}\r\n",
        "HTTP/1.1 303 See Other\r\nLocation: http://user:pw@{evil}/\r\n",
        "HTTP/1.1 305 Use Proxy\r\nLocation: http://{evil}/\r\n",
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{evil}/\r\n",
        "HTTP/1.1 308 Permanent Redirect\r\nLocation: http://{evil}/\r\n",
        'HTTP/1.1 300 Multiple Choices\r\nLocation: http://{evil}/\r\nAlternates: {{"http://{evil}/" 1.0}}\r\n',
        "HTTP/1.1 200 OK\r\nRefresh: 0;url=http://{evil}/\r\nContent-Location: http://{evil}/\r\n",
        'HTTP/1.1 200 OK\r\nAlt-Svc: h2="{evil}"; ma=86400, http/1.1="{evil}"\r\nAlt-Used: {evil}\r\n',
        "HTTP/1.1 200 OK\r\nLink: <http://{evil}/x.css>; rel=preload, <http://{evil}>; rel=preconnect\r\n",
        'HTTP/1.1 200 OK\r\nReport-To: {{"endpoints":[{{"url":"http://{evil}/"}}]}}\r\nNEL: {{"report_to":"d"}}\r\n',
        'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="http://{evil}/token"\r\n',
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n",
        'HTTP/1.1 421 Misdirected Request\r\nAlt-Svc: h2="{evil}"\r\n',
    ],
)  # fmt: skip
def test_whatever_a_side_answers_is_an_answer_and_nobody_is_called_because_of_it(world: World, answer: str) -> None:
    candidate = world.backends[Side.CANDIDATE]
    candidate.answer(answer.format(evil=world.stranger.netloc).encode() + b"Content-Length: 0\r\n\r\n")
    request = world.translated("/kong/x", [("Host", "proxy.local")], asked=Side.LEGACY, to=Side.CANDIDATE)
    answers = [world.send(Side.CANDIDATE, request).response for _ in range(2)]
    assert [answer.status for answer in answers if isinstance(answer, Response)] == [int(answer[9:12])] * 2
    asked = f"GET /v2/x HTTP/1.1\r\nHost: {candidate.netloc}\r\nX-Shadow-Mirror: 1\r\n\r\n".encode()
    assert world.arrived() == {Side.CANDIDATE: [asked] * 2, Side.LEGACY: []}
    assert world.stranger.connections == 0
