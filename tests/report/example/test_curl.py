"""What is copied as curl sends the request of the example, and nothing else happens: bash and curl really run it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.exchange import Request
from shadow.report.example.curl import Curl, curl

MARK = "[redacted string:0123456789abcdef]"
OTHER = "[redacted string:fedcba9876543210]"
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}"


class Received(NamedTuple):
    method: bytes
    target: bytes
    headers: list[tuple[bytes, bytes]]
    """Without those of the connection, sorted by name; several of one name in their order."""
    body: bytes


class Server:
    """Takes requests as they come and answers each with 204."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(30)
        self.origin = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._socket.close()

    def received(self, run: list[str], **options: object) -> tuple[Received, subprocess.CompletedProcess[bytes]]:
        """The one request that arrives while the command runs."""
        found: list[Received] = []
        thread = threading.Thread(target=lambda: found.append(self._one()))
        thread.start()
        done = subprocess.run(run, capture_output=True, timeout=60, **options)  # type: ignore[call-overload]
        thread.join(30)
        assert found, done.stderr
        return found[0], done

    def _one(self) -> Received:
        connection, _ = self._socket.accept()
        with connection, connection.makefile("rb") as stream:
            method, rest = stream.readline().rstrip(b"\r\n").split(b" ", 1)
            target, version = rest.rsplit(b" ", 1)
            assert version == b"HTTP/1.1"
            headers = []
            while line := stream.readline().removesuffix(b"\r\n"):
                name, _, value = line.partition(b":")
                headers.append((name, value.strip(b" \t")))
            length = int({name.lower(): value for name, value in headers}.get(b"content-length", b"0"))
            body = stream.read(length)
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        kept = [(name, value) for name, value in headers if name.lower() not in (b"host", b"content-length")]
        return Received(method, target, sorted(kept, key=lambda header: header[0]), body)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if missing := [name for name in ("bash", "curl") if shutil.which(name) is None]:
        if os.environ.get("SHADOW_TEST_REQUIRE") == "all":
            pytest.fail(f"SHADOW_TEST_REQUIRE=all, but there is no {missing[0]} on the PATH")
        pytest.skip(f"there is no {missing[0]} on the PATH")
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands run; whatever they leave here, a value has made them do."""
    return tmp_path_factory.mktemp("home")


def sent(server: Server, folder: Path, request: Request, **variables: str) -> Received:
    made = curl(request, server.origin + request.target)
    assert re.fullmatch(r"[ -~\n]+", made.text), "printable ASCII, or a terminal might be told things"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    received, done = server.received(["bash", "-c", made.text], cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr
    assert list(folder.iterdir()) == []
    return received


def expected(request: Request) -> Received:
    headers = [
        (name.encode(), value.strip(" \t").encode("latin-1"))
        for name, value in request.headers
        if name.lower() not in ("host", "content-length", "connection", "expect", "te", "upgrade", "trailer")
    ]
    target = request.target.encode("utf-8", "surrogateescape")
    return Received(request.method.encode(), target, sorted(headers, key=lambda header: header[0]), request.body)


ATTEMPTS = [
    "$(touch x)", "`touch x`", "'; touch x; '", '"; touch x; "', "!!", "!touch", "\\", "\\'; touch x #", "$HOME",
    "${HOME}", "@/etc/passwd", "-o x", "--output x", "\x1b]0;owned\x07", "\u00e9\u00a0\xff", "a;b|c&d>x<y", "~", "*",
    "# no comment", "%s%n", "{a,b}", "[1-3]", "$'\\x41'", "\t tab \t", "=ls", "",
]  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_that_a_value_holds_is_taken_for_more_than_a_value(server: Server, folder: Path, attempt: str) -> None:
    headers = [
        ("Accept", attempt),
        ("User-Agent", "x"),
        ("X-Hostile", attempt),
        ("Content-Type", attempt or "text/plain"),
    ]
    target = "/p?q=" + re.sub(r"[\x00-\x20\x7f]", "_", attempt)
    request = Request("POST", target, headers, attempt.encode() + b"\n" + attempt.encode())
    assert sent(server, folder, request) == expected(request)


def test_a_body_that_begins_like_a_file_name_is_no_file(server: Server, folder: Path) -> None:
    request = Request("PUT", "/", [("Accept", "a"), ("User-Agent", "u"), ("Content-Type", "t")], b"@/etc/hostname")
    assert sent(server, folder, request).body == b"@/etc/hostname"


values = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30).filter(
    lambda value: not value.strip(" \t") or value.strip(" \t\v\f")
)
names = st.from_regex(TOKEN, fullmatch=True).filter(
    lambda name: name.lower() not in ("host", "content-length", "expect", "te", "connection", "keep-alive", "trailer")
)
targets = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters=" \x7f", min_codepoint=0x21), max_size=30
)
requests = st.builds(
    Request,
    st.sampled_from(
        ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE", "$(x)", "get", "-X", "'!`"]
    ).filter(lambda method: re.fullmatch(TOKEN, method) is not None),
    targets.map(lambda rest: f"/{rest}"),
    st.lists(st.tuples(names, values), max_size=4),
    st.binary(max_size=60) | st.text(max_size=30).map(str.encode),
).filter(lambda request: request.method != "HEAD" or not request.body)


@settings(max_examples=60, deadline=None)
@given(requests)
def test_the_request_that_arrives_is_that_of_the_example(server: Server, folder: Path, request: Request) -> None:
    assert sent(server, folder, request) == expected(request)


@pytest.mark.parametrize(
    "target",
    ["/%5Bx%5D", "/a/../b/./c", "/[1-3]{a,b}", "/x#fragment", "/é", "//double", "/\udcff", '/a?b="<>\\^`|', "*"],
)
def test_targets_arrive_as_they_were(server: Server, folder: Path, target: str) -> None:
    request = Request("OPTIONS", target, [("Accept", "*/*"), ("User-Agent", "u")])
    assert sent(server, folder, request) == expected(request)


def test_several_headers_of_one_name_and_empty_ones_arrive(server: Server, folder: Path) -> None:
    headers = [("Accept", ""), ("Cookie", "a=1"), ("Cookie", "b=2"), ("User-Agent", " "), ("X-E", ""), ("X-E", "1")]
    request = Request("GET", "/", headers)
    assert sent(server, folder, request) == expected(request)


def test_curl_adds_nothing(server: Server, folder: Path) -> None:
    assert sent(server, folder, Request("POST", "/", [], b"x" * 5_000)).headers == []


def test_what_was_redacted_is_a_variable(server: Server, folder: Path) -> None:
    request = Request(
        "GET",
        "/a?token=%5Bredacted%20string%3A0123456789abcdef%5D&x=1",
        [
            ("Accept", "*/*"), ("User-Agent", "u"), ("Authorization", f"Bearer {MARK}"),
            ("Cookie", f"sid={MARK}; it's={OTHER}!"), ("PATH", OTHER), ("X-Odd", "[redacted number:0000000000000001]"),
        ],
    )  # fmt: skip
    made = curl(request, f"https://h{request.target}")
    assert made.variables == ("URL_SECRET", "AUTHORIZATION", "COOKIE", "SECRET")
    assert f"# Set AUTHORIZATION first, to what stands here as {MARK}.\n" in made.text
    hostile = "$(touch x)`touch x`\"'; touch x"
    received = sent(server, folder, request, URL_SECRET="abc", AUTHORIZATION="s3cret", COOKIE=hostile, SECRET=" @5 ")
    assert received.target == b"/a?token=abc&x=1"
    assert dict(received.headers) == {
        b"Accept": b"*/*", b"User-Agent": b"u", b"Authorization": b"Bearer s3cret",
        b"Cookie": f"sid=s3cret; it's={hostile}!".encode(), b"PATH": hostile.encode(), b"X-Odd": b"@5",
    }  # fmt: skip


def test_no_variable_is_named_by_traffic() -> None:
    request = Request("GET", "/", [("Aws-Secret-Access-Key", MARK), ("Home", OTHER)])
    assert curl(request, "https://h/").variables == ("SECRET", "SECRET_2")


def text_of(*headers: tuple[str, str], method: str = "GET", target: str = "/", body: bytes = b"") -> str:
    return curl(Request(method, target, list(headers), body), f"https://api.example.com{target}").text


def test_what_is_of_the_connection_is_left_to_curl() -> None:
    text = text_of(
        ("Host", "API.example.com"), ("Connection", "close, X-Hop"), ("X-Hop", "1"), ("Content-Length", "3"),
        ("Transfer-Encoding", "chunked"), ("TE", "trailers"), ("X-Kept", "1"),
    )  # fmt: skip
    assert re.findall(r"-H ('[^']*'|\S+)", text) == ["'X-Kept: 1'", "User-Agent:", "Accept:", "Content-Type:"]


def test_another_host_is_sent() -> None:
    assert "-H 'Host: elsewhere.example'" in text_of(("Host", "elsewhere.example"))


def test_both_sides_are_asked_where_the_url_says() -> None:
    request = Request("GET", "/kong/orders/1?x=[1]", [])
    assert "--globoff --path-as-is https://h/kong/orders/1" not in curl(request, "https://h/kong/orders/1?x=[1]").text
    assert "--request-target '/kong/orders/1?x=[1]'" in curl(request, "https://h/kong/orders/1?x=[1]").text
    assert (
        "curl --globoff --path-as-is 'https://h/orders?id=1' \\\n"
        in curl(Request("GET", "/orders?id=1", []), "https://h/orders?id=1").text
    )


def test_compressed_answers_are_unpacked() -> None:
    assert text_of(("Accept-Encoding", "gzip")).endswith("--compressed")


@pytest.mark.parametrize(
    ("method", "target"),
    [("A B", "/"), ("GET\r\nX: y", "/"), ("", "/"), ("GET", "/a b"), ("GET", "/\r\nX: y"), ("GET", "/\0")],
)
def test_what_would_not_arrive_as_one_request_is_no_command(method: str, target: str) -> None:
    assert curl(Request(method, target, []), f"https://h{target}") == Curl(
        "# There is no command for this request: its method or its target is malformed."
    )


@pytest.mark.parametrize(
    "header", [("X", "a\r\nY: b"), ("X", "a\0"), ("X", " \f"), ("@file", "a"), ("X Y", "a"), ("X:", "a"), ("", "a")]
)
def test_malformed_headers_are_left_out_with_a_word(header: tuple[str, str]) -> None:
    text = text_of(header, ("X-Kept", "1"))
    assert "# A malformed header is left out.\n" in text
    assert re.findall(r"-H ('[^']*'|\S+)", text) == ["'X-Kept: 1'", "User-Agent:", "Accept:"]


def test_a_long_or_redacted_body_is_said() -> None:
    text = text_of(method="POST", body=b'{"password": "[redacted string:0123456789abcdef]"}')
    assert "# Put what belongs there in place of what the body has as [redacted ...].\n" in text
    text = text_of(method="POST", body=b"x" * 10_000)
    assert "# Save the body of the request, 10,000 bytes, as ./body first: it is too long for here.\n" in text
    assert "--data-binary @body" in text


@pytest.mark.parametrize(
    "text",
    [
        text_of(("Cookie", MARK), ("X Y", "a"), method="POST", body=MARK.encode() + b"x" * 10_000),
        text_of(("Cookie", MARK), target="/a?t=%5Bredacted%20string%3A0123456789abcdef%20123%20bytes%5D"),
        text_of(method="A B"),
        text_of(("X", "\xff" * 20_000)),
    ],
)
def test_comments_are_harmless_where_they_are_none(text: str) -> None:
    """An interactive zsh runs them; with a quote in them it would run what is quoted in the command, too."""
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert comments
    assert [line for line in comments if not re.fullmatch(r"# [\w ,.:/\[\]-]+", line)] == []


def test_a_command_that_nobody_could_paste_is_none() -> None:
    assert text_of(("X", "\xff" * 20_000)).startswith("# There is no command for this request here: it is too long")
