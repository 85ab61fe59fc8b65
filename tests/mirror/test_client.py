"""The mirror client against real sockets: what goes out byte by byte, and what becomes of every way to answer."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import shlex
import socket
import ssl
import sys
from ipaddress import IPv4Address
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shadow.config.settings import SideSettings
from shadow.errors import ConfigError
from shadow.exchange import Exchange, Request, Response, Side, TransportFailure
from shadow.mirror.client import BodyTooLargeError, CredentialsError, SideClient, UnsendableError

MAX_BODY = 1_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def send_all(url: str, *requests: Request, max_body: int = MAX_BODY, **settings: Any) -> list[Exchange]:
    """Send requests one after the other with one client."""

    async def run() -> list[Exchange]:
        side = SideSettings(url=url, **{"timeout": 10.0, **settings})
        async with SideClient(Side.CANDIDATE, side, connections=4, max_body=max_body) as client:
            return [await client.send(request) for request in requests]

    return asyncio.run(run())


def send(url: str, request: Request, **settings: Any) -> Exchange:
    return send_all(url, request, **settings)[0]


def get(target: str = "/", *headers: tuple[str, str]) -> Request:
    return Request("GET", target, [("Host", "api.example.com"), *headers])


def failure(exchange: Exchange) -> TransportFailure:
    assert isinstance(exchange.response, TransportFailure)
    return exchange.response


# -- what goes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["/", "/a%2Fb/../c?x=%20&&", "//double", "/a;b=1/./%7e?", '/?q=[]{}|\\^`"<>', "*", "/%ff%00", "/a?b#c"]
)
def test_the_target_is_sent_byte_for_byte(backend, target):
    send(backend.url, get(target))
    assert backend.requests == [f"GET {target} HTTP/1.1\r\nHost: api.example.com\r\n\r\n".encode()]


def test_bytes_above_ascii_in_the_target_are_sent_as_the_client_sent_them(backend):
    send(backend.url, get("/caf\xe9?q=\xff"))
    assert backend.requests == [b"GET /caf\xe9?q=\xff HTTP/1.1\r\nHost: api.example.com\r\n\r\n"]


def test_headers_keep_their_order_case_and_duplicates_and_nothing_is_added(backend):
    headers = [
        ("accept", "*/*"),
        ("Host", "api.example.com"),
        ("X-DUP", "1"),
        ("x-Empty", ""),
        ("X-dup", "2"),
        ("X-Latin", "caf\xe9"),
        ("Accept-Encoding", "br"),
        ("Cookie", "a=1"),
        ("Cookie", "b=2"),
    ]
    send(backend.url, Request("GET", "/", headers))
    block = "".join(f"{name}: {value}\r\n" for name, value in headers)
    assert backend.requests == [f"GET / HTTP/1.1\r\n{block}\r\n".encode("latin-1")]


def test_the_base_url_path_is_not_put_in_front_of_the_target(backend):
    """Translation has already done it."""
    send(backend.url + "/kong", get("/kong/users"))
    assert backend.requests[0].startswith(b"GET /kong/users HTTP/1.1\r\n")


def test_a_body_with_its_length_is_sent_as_it_is(backend):
    headers = [("Host", "h"), ("Content-Length", "3"), ("Content-Type", "text/plain")]
    send(backend.url, Request("POST", "/", headers, b"a\0b"))
    assert backend.requests == [
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\na\0b"
    ]


def test_a_chunked_body_stays_chunked_and_gets_no_content_length_beside_it(backend):
    """Both headers together are how requests are smuggled; servers may refuse them (RFC 9112 §6.1)."""
    send(backend.url, Request("POST", "/", [("Host", "h"), ("Transfer-Encoding", "chunked")], b"abc"))
    assert backend.requests == [
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ]


def test_a_body_without_framing_as_in_http_2_gets_a_content_length(backend):
    send(backend.url, Request("POST", "/", [("Host", "h")], b"abc"))
    assert backend.requests == [b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"]


def test_a_post_without_a_body_gets_no_content_length(backend):
    send(backend.url, Request("POST", "/", [("Host", "h")]))
    assert backend.requests == [b"POST / HTTP/1.1\r\nHost: h\r\n\r\n"]


def test_one_answers_cookies_do_not_travel_in_the_next_request(backend):
    backend.answer(b"HTTP/1.1 200 OK\r\nSet-Cookie: session=of-the-first-user\r\nContent-Length: 0\r\n\r\n")
    send_all(backend.url, get("/login"), get("/profile"))
    assert backend.requests[1] == b"GET /profile HTTP/1.1\r\nHost: api.example.com\r\n\r\n"


@pytest.mark.parametrize("lower", [str.lower, str.upper])
def test_proxies_of_the_environment_are_ignored(backend, monkeypatch, lower):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(lower(name), "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    exchange = send(backend.url, get())
    assert exchange.response == Response(200, [("Content-Length", "2")], b"ok")


def test_credentials_of_a_netrc_file_are_ignored(backend, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    send(backend.url, get())
    assert b"secret" not in backend.requests[0]
    assert b"uthorization" not in backend.requests[0]


def test_connections_are_used_again(backend):
    send_all(backend.url, get("/1"), get("/2"), get("/3"))
    assert len(backend.requests) == 3
    assert backend.connections == 1


# -- what comes back --------------------------------------------------------------------------------------------------


def test_the_exchange_has_the_request_the_response_and_the_time_it_took(backend):
    backend.answer(b"HTTP/1.1 404 Nope\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 4\r\n\r\nbody")
    request = get("/missing")
    exchange = send(backend.url, request)
    assert exchange.side is Side.CANDIDATE
    assert exchange.request == request
    assert exchange.response == Response(404, [("X-A", "1"), ("x-a", "2"), ("Content-Length", "4")], b"body")
    assert exchange.duration > 0


def test_bytes_above_ascii_in_response_headers_come_back_as_latin_1(backend):
    backend.answer(b"HTTP/1.1 200 OK\r\nX-Name: \xc3\xa9\r\nContent-Length: 0\r\n\r\n")
    response = send(backend.url, get()).response
    assert isinstance(response, Response)
    assert response.headers[0] == ("X-Name", "\xc3\xa9")


def test_a_compressed_body_stays_compressed(backend):
    body = gzip.compress(b'{"a": 1}' * 100)
    backend.answer(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    response = send(backend.url, get()).response
    assert isinstance(response, Response)
    assert response.body == body


def test_a_body_that_is_no_gzip_though_it_says_so_comes_back_as_it_is(backend):
    backend.answer(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain")
    response = send(backend.url, get()).response
    assert isinstance(response, Response)
    assert response.body == b"plain"


def test_a_chunked_response_comes_back_without_its_chunks(backend):
    backend.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
    response = send(backend.url, get()).response
    assert isinstance(response, Response)
    assert response.body == b"abc"


def test_the_answer_to_head_has_no_body_whatever_its_length_says(backend):
    backend.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
    requests = [Request("HEAD", "/", [("Host", "h")])] * 2
    exchanges = send_all(backend.url, *requests)
    assert [exchange.response for exchange in exchanges] == [Response(200, [("Content-Length", "999999999")])] * 2


@pytest.mark.parametrize(
    "location",
    [b"/elsewhere", b"http://127.0.0.1:1/", b"app:\x07", b"http://xn--a/", b"http://[bad", b"https://h:99999999/", b""],
)
def test_redirects_are_answers_and_not_followed_however_odd_their_location(backend, location):
    backend.answer(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n")
    response = send(backend.url, get()).response
    assert isinstance(response, Response), response
    assert response.status == 302
    assert len(backend.requests) == 1


# -- when no answer comes ---------------------------------------------------------------------------------------------


def test_a_server_that_hangs_is_a_timeout(backend, steps):
    backend.answer(steps.Hang())
    failed = failure(send(backend.url, get(), timeout=0.2))
    assert failed == TransportFailure("timeout", "no complete response within 0.2 s")


def test_the_timeout_is_for_the_whole_response_not_for_each_piece(backend, steps):
    backend.answer(steps.Drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
    assert failure(send(backend.url, get(), timeout=0.3)).kind == "timeout"


def test_a_port_where_nobody_listens_is_a_failed_connection():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound but not listening: refused, and nobody else gets the port meanwhile
        failed = failure(send(f"http://127.0.0.1:{bound.getsockname()[1]}", get()))
    assert failed.kind == "connection"
    assert failed.message.startswith("ConnectError")


@pytest.mark.parametrize(
    "sent",
    [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a part"],
    ids=["before the response", "in the status line", "in the body"],
)
@pytest.mark.parametrize("ending", ["Reset", "HangUp"])
def test_a_connection_that_ends_before_the_response_does_is_a_failed_connection(backend, steps, sent, ending):
    backend.answer(getattr(steps, ending)(sent))
    assert failure(send(backend.url, get())).kind == "connection"


def test_an_answer_that_is_not_http_is_a_failed_connection(backend):
    backend.answer(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    assert failure(send(backend.url, get())).kind == "connection"


@pytest.mark.parametrize(
    "answer", [b"TOKEN hunter2-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Thing hunter2-x\r\n\r\n",
               b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'hunter2-x\r\n"]
)  # fmt: skip
def test_the_message_of_a_failure_does_not_repeat_what_was_answered(backend, steps, answer):
    """It may be anything; in garbage nobody can tell what is secret."""
    backend.answer(steps.HangUp(answer))
    assert "hunter2" not in failure(send(backend.url, get())).message


def test_a_failure_does_not_spoil_the_next_request(backend, steps):
    backend.answer(
        steps.Reset(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"), b"HTTP/1.1 204 No Content\r\n\r\n"
    )
    first, second = send_all(backend.url, get(), get())
    assert failure(first).kind == "connection"
    assert second.response == Response(204, [])


@pytest.mark.parametrize("surplus", [b"}", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"])
def test_what_a_server_sends_beyond_its_response_is_not_the_answer_to_the_next_request(backend, surplus):
    """The connection is given up, because nobody knows where the next response begins; only an empty line is passed
    over."""
    backend.answer(OK + surplus, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
    first, second = send_all(backend.url, get("/1"), get("/2"))
    assert isinstance(first.response, Response)
    assert isinstance(second.response, Response)
    assert (first.response.body, second.response.body) == (b"ok", b"good")
    assert backend.connections == (1 if surplus == b"\r\n" else 2)


def test_not_even_of_one_that_waits_for_the_connection(backend):
    backend.answer(OK + OK.replace(b"ok", b"no"))

    async def run() -> list[Exchange]:
        side = SideSettings(url=backend.url, timeout=10.0)
        async with SideClient(Side.CANDIDATE, side, connections=1, max_body=MAX_BODY) as client:
            return await asyncio.gather(*(client.send(get(f"/{n}")) for n in range(20)))

    responses = [exchange.response for exchange in asyncio.run(run())]
    assert {response.body for response in responses if isinstance(response, Response)} == {b"ok"}
    assert len(backend.requests) == backend.connections == 20


def test_a_body_of_the_largest_size_is_taken_and_one_byte_more_is_too_large(backend):
    backend.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
    response = send(backend.url, get(), max_body=10).response
    assert isinstance(response, Response)
    with pytest.raises(BodyTooLargeError):
        send(backend.url, get(), max_body=9)


def test_an_endless_body_is_too_large_and_not_read_to_its_end(backend, steps):
    backend.answer(steps.Drip(b"HTTP/1.1 200 OK\r\n\r\n", every=0.001))
    with pytest.raises(BodyTooLargeError):
        send(backend.url, get(), max_body=20)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(get("/€"), id="more than latin-1 in the target"),
        pytest.param(get("/a b"), id="a space in the target"),
        pytest.param(get("/\x00"), id="a control character in the target"),
        pytest.param(get("/", ("X-Bad", "a\r\nX-Injected: 1")), id="a line break in a header"),
        pytest.param(get("/", ("X-Euro", "€")), id="more than latin-1 in a header"),
        pytest.param(get("/", ("Bad Name", "1")), id="a space in a header's name"),
        pytest.param(Request("GET", "/", []), id="no host"),
        pytest.param(Request("GET", "/", [("Host", "h"), ("host", "i")]), id="two hosts"),
        pytest.param(Request("GET", "", [("Host", "h")]), id="no target"),
        pytest.param(
            Request("PUT", "/", [("Host", "h"), ("Content-Length", "3"), ("Transfer-Encoding", "chunked")], b"abc"),
            id="a length beside chunks",
        ),
        pytest.param(Request("G T", "/", [("Host", "h")]), id="a space in the method"),
        pytest.param(Request("G\udcff", "/", [("Host", "h")]), id="a method of other bytes"),
        pytest.param(Request("PUT", "/", [("Host", "h"), ("Content-Length", "3")], b"four"), id="a wrong length"),
        pytest.param(Request("PUT", "/", [("Host", "h"), ("Transfer-Encoding", "gzip, chunked")], b"x"), id="a coding"),
    ],
)
def test_what_http_does_not_allow_is_not_sent(backend, request_):
    with pytest.raises(UnsendableError):
        send(backend.url, request_)
    assert backend.requests == []


# -- TLS and auth -----------------------------------------------------------------------------------------------------


def test_a_ca_bundle_that_is_not_there_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigError, match=r"candidate\.verify: .*nowhere\.pem is not a CA bundle"):
        send("https://127.0.0.1:1", get(), verify=tmp_path / "nowhere.pem")


def test_a_client_certificate_that_is_not_there_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigError, match=r"candidate\.client_cert: can't be loaded"):
        send("https://127.0.0.1:1", get(), client_cert=[tmp_path / "no.crt", tmp_path / "no.key"])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1, with its key, in one PEM file."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "scripted server")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem


@pytest.fixture
def secure(backend, certificate):
    """The backend, speaking TLS."""
    backend.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    backend.tls.load_cert_chain(certificate)
    return backend


def test_a_certificate_of_an_unknown_authority_is_a_failed_connection(secure):
    failed = failure(send(secure.url, get()))
    assert failed.kind == "connection"
    assert "CERTIFICATE_VERIFY_FAILED" in failed.message
    assert secure.requests == []


def test_the_users_ca_bundle_makes_the_certificate_known(secure, certificate):
    assert isinstance(send(secure.url, get(), verify=certificate).response, Response)


def test_verification_can_be_switched_off(secure):
    assert isinstance(send(secure.url, get(), verify=False).response, Response)


def test_a_client_certificate_is_shown_to_a_server_that_asks_for_one(secure, certificate):
    secure.tls.load_verify_locations(certificate)
    secure.tls.verify_mode = ssl.CERT_REQUIRED
    settings = {"verify": certificate}
    assert failure(send(secure.url, get(), **settings)).kind == "connection"
    assert isinstance(send(secure.url, get(), client_cert=[certificate, certificate], **settings).response, Response)


def test_a_command_that_gives_no_token_is_the_harnesss_trouble_and_is_said_once_a_minute(backend, capfd):
    command = shlex.join([sys.executable, "-c", "raise SystemExit(3)"])

    async def run() -> None:
        side = SideSettings(url=backend.url, auth={"command": command})
        async with SideClient(Side.CANDIDATE, side, connections=4, max_body=MAX_BODY) as client:
            for _ in range(3):
                with pytest.raises(
                    CredentialsError, match=r"candidate\.auth: the command gave no token \(exit code 3\)"
                ):
                    await client.send(get())

    asyncio.run(run())
    assert backend.requests == []
    [said] = capfd.readouterr().err.splitlines()
    assert said.startswith("shadow: candidate.auth: the command gave no token (exit code 3); nothing is mirrored")


def a_flow(auth_flow: Any) -> Any:
    """A factory of an `httpx.Auth` with that flow."""
    return type("Flow", (httpx.Auth,), {"auth_flow": auth_flow, "requires_response_body": True})


def failing(self, request):
    raise KeyError("s3cret")
    yield


def failing_later(self, request):
    yield request
    raise ValueError("s3cret")


def asking_a_dead_issuer(self, request):
    yield httpx.Request("POST", "http://127.0.0.2:1/token")
    yield request


def silent(self, request):
    return
    yield


@pytest.mark.parametrize("flow", [failing, failing_later, asking_a_dead_issuer, silent])
def test_whatever_goes_wrong_in_an_auth_is_no_answer_of_the_side(backend, monkeypatch, capfd, flow):
    monkeypatch.setitem(sys.modules, "flows_of_this_test", SimpleNamespace(make=a_flow(flow)))
    with pytest.raises(CredentialsError, match=r"^candidate\.auth "):
        send(backend.url, get(), auth="flows_of_this_test:make")
    said = capfd.readouterr().err
    assert "candidate.auth" in said
    assert "s3cret" not in said


class TokenFlow(httpx.Auth):
    """The flow that httpx's documentation shows: fetch a token when the API wants one, read it from the response."""

    requires_response_body = True

    def auth_flow(self, request):
        refused = yield request
        if refused.status_code == 401:
            token = yield httpx.Request("POST", request.url.copy_with(path="/token"))
            request.headers["Authorization"] = f"Bearer {token.json()['token']}"
            yield request


def test_an_auth_flow_may_send_requests_of_its_own_and_read_their_answers(backend, monkeypatch):
    monkeypatch.setitem(sys.modules, "flows_of_this_test", SimpleNamespace(make=TokenFlow))
    body = gzip.compress(b"private data")
    backend.answer(
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"token":"t0"}',
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body),
    )
    response = send(backend.url, get("/a%2Fb"), auth="flows_of_this_test:make").response
    assert isinstance(response, Response)
    assert response.body == body
    assert [request.split(b" HTTP/1.1\r\n")[0] for request in backend.requests] == [
        b"GET /a%2Fb",
        b"POST /token",
        b"GET /a%2Fb",
    ]
    assert b"Authorization: Bearer t0\r\n" in backend.requests[2]


def test_a_method_keeps_its_case(backend):
    """Methods are case-sensitive (RFC 9110 §9.1), and browsers' `fetch` sends "patch" as it was written."""
    send(backend.url, Request("patch", "/", [("Host", "h")]))
    assert backend.requests == [b"patch / HTTP/1.1\r\nHost: h\r\n\r\n"]
