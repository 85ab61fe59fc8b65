"""Secrets never land: planted everywhere in real traffic, they are in no file, and in nothing that is printed."""

from __future__ import annotations

import base64
import contextlib
import html
import http.client
import os
import re
import shutil
import signal
import sqlite3
import stat
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shadow.cli import main
from tests.e2e.conftest import Backend, Proxy, free_port, wait_until
from tests.e2e.planted import CONFIG, SECRETS, Call, calls

CALLS = list(calls())
COMMENTS = '''
import asyncio
from pathlib import Path

class Comments:
    """Writes the comment of every flow to a file, again and again."""

    def __init__(self):
        self.flows = []

    def response(self, flow):
        self.flows.append(flow)

    def running(self):
        self.task = asyncio.create_task(self.write())

    async def write(self):
        while True:
            Path("comments.new").write_text("".join(f"{flow.comment}\\n" for flow in self.flows), errors="replace")
            Path("comments.new").rename("comments.txt")
            await asyncio.sleep(0.1)

addons = [Comments()]
'''
UNCOMMENTED = {"/looped", "/streamed", "/large-legacy", "/large-request"}
"""What the proxy itself counts instead of handing it over."""
OWN = {"shadow.toml", "comments.py", "comments.new", "token.sh"}
"""Files of the test's, or of its user's, own."""


def server(side: str) -> Backend:
    """Answers each path as its call says."""
    known = {call.target.partition("?")[0]: call for call in CALLS}
    asked: Counter[str] = Counter()

    def answer(handler: Any) -> tuple[int, list[tuple[str, str]], bytes] | bytes:
        path = handler.path.partition("?")[0].removeprefix("/kong")
        asked[path] += 1
        call = known[path]
        reply = call.candidate if side == "candidate" else call.legacy
        if side == "legacy" and call.first is not None and asked[path] == 1:
            reply = call.first
        return (reply.status, reply.headers, reply.body) if reply.raw is None else reply.raw

    return Backend(answer)


@pytest.fixture
def sides() -> Iterator[tuple[Backend, Backend]]:
    with contextlib.ExitStack() as stack:
        yield tuple(stack.enter_context(contextlib.closing(server(side))) for side in ("legacy", "candidate"))


def ask(port: int, call: Call) -> None:
    """Send it byte for byte, as no client library would."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.putrequest(call.method, f"/kong{call.target}", skip_accept_encoding=True)
        for name, value in [*call.headers, *([("Content-Length", str(len(call.body)))] if call.body else [])]:
            connection.putheader(name, value)
        connection.endheaders(call.body or None)
        connection.getresponse().read()


def comments(running: Proxy) -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return re.findall(r"^shadow: .*", (running.folder / "comments.txt").read_text(), re.MULTILINE)
    return []


def kill_all(running: Proxy) -> None:
    """At one moment, so that nobody can write down anything more, or tidy up."""
    processes = [running.process.pid, *running.workers()]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in processes:
            os.kill(pid, number)
    running.process.wait()


# -- looking for secrets -----------------------------------------------------------------------------------------------

PIECE = 10
"""Characters of a secret that tell too much of it."""
_RUN = re.compile(rb"[\w+/=~.-]{%d,}" % PIECE)


def pieces(secrets: dict[str, str]) -> dict[bytes, str]:
    """Every piece of every secret as such, backwards, in hexadecimal and in base64 → what the secret is called."""
    found = {}
    for name, secret in secrets.items():
        raw = secret.encode()
        coded = [base64.b64encode(b"x" * shift + raw)[4 * bool(shift) :][:-4] for shift in range(3)]
        for form in (raw, raw[::-1], raw.hex().encode(), *coded):
            found.update({form[at : at + PIECE]: name for at in range(len(form) - PIECE + 1)})
    return found


def leaks(contents: Iterable[tuple[str, bytes]], secrets: dict[str, str]) -> set[str]:
    """Which secrets are where; also across line ends and tags."""
    looked_for = pieces(secrets)
    told = set()
    for where, content in contents:
        runs = set(_RUN.findall(content)) | set(_RUN.findall(content.replace(b"\n", b"")))
        if b"<" in content:
            bare = html.unescape(re.sub(r"<[^<>]*>", "", content.decode("latin-1")))
            runs |= set(_RUN.findall(bare.encode("latin-1", "replace")))
        told |= {
            f"{looked_for[run[at : at + PIECE]]} in {where}: {run!r}"
            for run in runs
            for at in range(len(run) - PIECE + 1)
            if run[at : at + PIECE] in looked_for
        }
    return told


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name not in OWN and not {".mitmproxy", "__pycache__"} & {*file.parts}:
            yield str(file.relative_to(folder)), file.read_bytes()


def rows(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What is in the database, also decompressed; read from a copy, so that its files stay as they are."""
    copy = shutil.copytree(folder, folder.with_name(f"{folder.name}-copy")) / "shadow.db"
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        connection.text_factory = bytes
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in connection.execute(f'select * from "{table.decode()}"'):
                for value in filter(lambda value: isinstance(value, bytes), row):
                    plain = value
                    with contextlib.suppress(zlib.error):  # a digest may look packed
                        plain = zlib.decompress(value) if value.startswith(b"\x78\x9c") else value
                    yield f"{table.decode()} in shadow.db", plain


class Shadow:
    """The commands, run in this process: a new one for each of so many would take a minute."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name, value in {"COLUMNS": "2000", "NO_COLOR": "1"}.items():
            monkeypatch.setenv(name, value)

    def printed(self, folder: Path, *arguments: str) -> tuple[str, bytes]:
        self._monkeypatch.chdir(folder)
        self._capsys.readouterr()
        with pytest.raises(SystemExit):
            main(list(arguments))
        out, err = self._capsys.readouterr()
        return f"`shadow {' '.join(arguments)}`", (out + err).encode()

    def shown(self, folder: Path, *routes: str) -> Iterator[tuple[str, bytes]]:
        """What the commands print that show something, and the files that they write."""
        yield self.printed(folder, "report", "--format", "html,json,junit,markdown", "--out", "out")
        for arguments in ("status", "gate", "routes", "config check"):
            yield self.printed(folder, *arguments.split())
        for route in routes:
            yield self.printed(folder, "explain", route)
        yield from files(folder / "out")


@pytest.fixture
def shadow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shadow:
    return Shadow(monkeypatch, capsys)


# -- the tests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "ends", "asked"), [("all", "as asked", CALLS), ("differences", "at once", CALLS[::2])]
)
def test_no_secret_of_the_traffic_is_written_or_printed(proxy, sides, shadow, tmp_path, record, ends, asked):
    """Whether it is stopped in good order, or killed with the last of it in the write-ahead log."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "comments.py").write_text(COMMENTS)
    extra = f'[store]\nrecord = "{record}"\n'
    running = proxy(*sides, extra, "-s", "comments.py", config=CONFIG, folder=folder)
    for call in asked:
        ask(running.port, call)
    handed_over = sum(not call.target.startswith(tuple(UNCOMMENTED)) for call in asked)
    said = wait_until(lambda: (said := comments(running))[handed_over - 1 :] and said, "all are compared", 90)
    if ends == "as asked":
        assert running.stop() == 0
    else:
        kill_all(running)
        assert (folder / "shadow.db-wal").stat().st_size > 100_000

    contents = [*files(folder), *rows(folder), *shadow.shown(folder, "POST /isolated/{id}", "GET /reset/{id}")]
    assert leaks(contents, SECRETS) == set()
    kinds = {line.split(": ")[2].partition(" (")[0] for line in said}
    expected = {"differs", "same", "not mirrored", "candidate"}
    assert expected | ({"raced with a write; proves nothing"} if asked is CALLS else set()) <= kinds
    stored = [plain for where, plain in contents if where == "shadow_pairs in shadow.db"]
    assert len(stored) > len(asked) / 3
    assert all(b"[redacted" in plain for plain in stored if b"authorization" in plain.lower())


SLOW_TO_START = """
[legacy]
url = "{legacy}/kong"
headers = {{ "x-api-key" = "${{PLANTED_KEY}}", "x-other" = "a-${{PLANTED_OTHER}}" }}
auth = {{ command = "sh -c 'echo {command}; exit 3'" }}
[candidate]
url = "{candidate}"
auth = {{ command = "sh token.sh" }}
[proxy]
listen = "127.0.0.1:{port}"
queue = 2
[redact]
key = "${{PLANTED_REDACT}}"
"""
OURS = {
    "header": "GHJKLMNPQRTVWXYZhgj", "other header": "ZYXWVTRQPNMLKJHGghj", "token": "KHGJNMLVTRQZYXWPkhg",
    "command": "WVTQRZYXKJHGPNMLwvt", "redaction key": "QRTVWJKLMGHXYZNPqrt", "store": "XKZJWHVGTRQPNMLYxkz",
}  # fmt: skip


def test_no_credential_of_the_configuration_is_written_or_printed(proxy, sides, shadow, tmp_path, monkeypatch):
    """And nothing of the requests that are shed, or that reach nobody."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "comments.py").write_text(COMMENTS)
    (folder / "token.sh").write_text(f"echo {OURS['token']}\n")
    names = {"PLANTED_KEY": "header", "PLANTED_OTHER": "other header", "PLANTED_REDACT": "redaction key"}
    environment = {name: OURS[secret] for name, secret in names.items()}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    nobody = f"http://127.0.0.1:{free_port()}"
    config = SLOW_TO_START.replace("{command}", OURS["command"])
    running = proxy(sides[0], nobody, "", "-s", "comments.py", config=config, folder=folder)
    targets = [call for call in CALLS if call.target.startswith(("/t/", "/reset/", "/opaque/"))]

    for number, call in enumerate(targets[:4], 1):
        ask(running.port, call)
        wait_until(lambda number=number: len(comments(running)) >= number, "it has failed")
    [worker] = running.workers()
    os.kill(worker, signal.SIGSTOP)
    for call in targets:
        ask(running.port, call)
    commands = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in (running.process.pid, worker))
    os.kill(worker, signal.SIGCONT)
    assert running.stop() == 0

    assert {"legacy.auth: the command gave no token", "ConnectError"} <= {
        found for line in comments(running) for found in re.findall(r"legacy\.auth: [\w ]+token|ConnectError", line)
    }
    assert sum(route["requests"]["shed"] for route in running.report()["routes"]) >= len(targets) - 2
    contents = [
        *files(folder),
        *rows(folder),
        *shadow.shown(folder),
        shadow.printed(folder, "config", "check", "--connect"),
    ]
    assert leaks([("the processes' arguments", commands), *contents], SECRETS | OURS) == set()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[store]\nurl = "postgresql+psycopg://ada:{}@127.0.0.1:1/x"', "store"),
        ('[store]\nurl = "postgresql+psycopg://127.0.0.1:1/x?user=ada&password={}"', "store"),
        ('[store]\nurl = "postgresql+psycopg://ada:{}@[::1/x"', "store.url"),
        ('[store]\nurl = "mysql://ada:{}@127.0.0.1/x"', "store.url"),
        ("[redact]\nkey = ['{}']", "redact.key"),
        ("[redact]\nkeys = '{}'", "redact.keys"),
    ],
)
def test_no_error_about_the_configuration_repeats_a_credential(shadow, tmp_path, text, said):
    sides = '[legacy]\nurl = "http://a.test/kong"\n[candidate]\nurl = "http://b.test"\n'
    (tmp_path / "shadow.toml").write_text(sides + text.format(OURS["store"]))
    contents = [shadow.printed(tmp_path, *arguments) for arguments in (["status"], ["gate"], ["config", "check"])]
    assert said.encode() in contents[0][1]
    assert leaks(contents, OURS) == set()


@pytest.mark.parametrize("side", ["legacy", "candidate"])
@pytest.mark.parametrize(
    "line",
    ['url = "http://ada:{}@a.test/kong"', 'url = "http://a.test/kong"\nauth = {{ command = "curl -u \'ada:{}" }}',
     'url = "http://a.test/kong"\nheaders = {{ "x-api-key" = ["{}"] }}',
     'url = "http://a.test/kong"\nauth = {{ command = "{}", tll = 3 }}'],
)  # fmt: skip
def test_no_error_about_a_side_repeats_its_credentials(shadow, tmp_path, side, line):
    other = "candidate" if side == "legacy" else "legacy"
    text = f'[{other}]\nurl = "http://b.test"\n[{side}]\n{line.format(OURS["store"])}\n'
    (tmp_path / "shadow.toml").write_text(text)
    contents = [
        shadow.printed(tmp_path, *arguments) for arguments in (["config", "check"], ["config", "check", "--connect"])
    ]
    assert side.encode() in contents[1][1]
    assert leaks(contents, OURS) == set()


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_what_a_proxy_keeps_is_for_its_owner_only(proxy, sides, tmp_path, umask):
    """Database, write-ahead log, shared memory and key, whatever the umask; reports are meant to be read."""
    before = os.umask(umask)
    try:
        running = proxy(*sides, config=CONFIG)
    finally:
        os.umask(before)
    kept = [tmp_path / f"shadow.db{end}" for end in ("", "-wal", "-shm", ".redact-key")]
    ask(running.port, CALLS[0])
    wait_until(lambda: all(file.exists() for file in kept), "there are all four files")
    assert {file.name: mode(file) for file in kept} == {file.name: 0o600 for file in kept}
    running.stop()
    assert {file.name for file in tmp_path.iterdir() if file.name.startswith(("shadow.db", ".shadow"))} <= {
        file.name for file in kept
    }
    assert mode(tmp_path / "reports" / "report.json") == 0o666 & ~umask
