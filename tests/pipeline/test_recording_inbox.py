"""A worker that records: what it acknowledges and when, what it counts, and what it says at the end."""

from __future__ import annotations

import asyncio
import socket
import time
import tomllib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shadow.config import Settings
from shadow.errors import ConfigError
from shadow.exchange import Side
from shadow.pipeline import recording_inbox
from shadow.pipeline.brake import Brake
from shadow.pipeline.handover import (
    Captured,
    Command,
    Done,
    Fate,
    Frames,
    FromWorker,
    Lost,
    Pending,
    Start,
    State,
    Stop,
    Tally,
)
from shadow.pipeline.recording_inbox import RecordingInbox
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import decode
from tests.e2e.planted import CONFIG as PLANTED
from tests.e2e.planted import SECRETS, calls
from tests.e2e.test_secrets import leaks


def captured(number: int, target: bytes = b"/kong/a", **other: Any) -> Captured:
    exchange = Captured(
        number,
        oldest=1,
        side=Side.LEGACY,
        client="connection 1",
        address="192.0.2.7",
        method="GET",
        target=target,
        request_headers=((b"Host", b"api.test"),),
        request_body=b"",
        status=200,
        response_headers=((b"Content-Type", b"application/json"),),
        response_body=b"{}",
        started=1000.0 + number,
        duration=0.5,
    )
    return msgspec.structs.replace(exchange, **other)


class Worker:
    """An inbox at the end of a real socket; ``acknowledged`` are the numbers that the proxy has been told of."""

    def __init__(self, inbox: RecordingInbox, sock: socket.socket) -> None:
        self.inbox = inbox
        self.acknowledged: list[int] = []
        self.states: list[State] = []
        self._sock = sock
        self._frames = Frames()

    async def hear(self, true: Callable[[], Any]) -> None:
        """Read until it is."""
        async with asyncio.timeout(30):
            while not true():
                self._read(await asyncio.get_running_loop().sock_recv(self._sock, 65536))

    async def finish(self) -> None:
        self.inbox.take(Stop(time.monotonic() + 5))
        await self.inbox.finish()

    def _read(self, data: bytes) -> None:
        for payload in self._frames.feed(data):
            message = msgspec.msgpack.decode(payload, type=FromWorker)
            if isinstance(message, Done):
                self.acknowledged += message.numbers
            else:
                self.states.append(message)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "a.jsonl"


@pytest.fixture
def record(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`record(work, keep=2)`: gives `work` a worker, and the brake that it shares with the proxy."""
    file.parent.mkdir()
    monkeypatch.setattr(recording_inbox, "EVERY", 0.02)
    settings = Settings.model_validate(
        {
            "legacy": {"url": "http://l.test/kong"},
            "candidate": {"url": "http://c.test"},
            "store": {"url": f"sqlite:///{tmp_path}/shadow.db"},
            "redact": tomllib.loads(PLANTED)["redact"],
        }
    )

    async def run(work: Callable[[Worker, Brake], Awaitable[None]], keep: int, paused: bool) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        brake = Brake.make()
        start = Start("r", 1, "", settings.model_dump_json(by_alias=True).encode(), paused, str(file), keep)
        with ours:
            _, writer = await asyncio.open_connection(sock=theirs)
            async with AsyncExitStack() as stack:
                await work(Worker(await RecordingInbox.open(start, brake, writer, stack), ours), brake)
            writer.close()
            await writer.wait_closed()

    def start(work: Callable[[Worker, Brake], Awaitable[None]], keep: int = 2, *, paused: bool = False) -> None:
        asyncio.run(run(work, keep, paused))
        assert not (tmp_path / "shadow.db").exists()

    return start


def entries(file: Path) -> list[Recorded]:
    return [decode(line, "") for line in file.read_bytes().splitlines()[1:]]


def targets(file: Path) -> list[str]:
    return [entry.request.target for entry in entries(file)]


@pytest.mark.parametrize("keep", [0, 5])
def test_what_is_acknowledged_is_in_the_file(record, file, keep):
    async def work(worker: Worker, _: Brake) -> None:
        for number in (1, 2, 3):
            worker.inbox.take(captured(number, b"/kong/a?n=%d" % number))
        await worker.hear(lambda: worker.acknowledged)
        assert worker.acknowledged == [1, 2, 3]
        assert targets(file) == ["/kong/a?n=1", "/kong/a?n=2", "/kong/a?n=3"]
        await worker.finish()

    record(work, keep=keep)
    first = entries(file)[0]
    assert (first.origin, first.started, first.duration) == ("http://l.test", 1001.0, 0.5)
    assert first.client.startswith("connection:")
    assert "connection 1" not in file.read_text()
    assert "192.0.2.7" not in file.read_text()


def test_what_there_is_no_room_for_is_acknowledged_too(record, file, capfd):
    async def work(worker: Worker, _: Brake) -> None:
        for number in range(1, 6):
            worker.inbox.take(captured(number))
        await worker.hear(lambda: len(worker.acknowledged) == 5)
        await worker.finish()

    record(work)
    assert targets(file) == ["/kong/a"] * 2
    assert f"shadow: recorded 2 of 5 requests in {file}: 1 route, 1 shape\n" in capfd.readouterr().err


def test_no_secret_is_in_a_small_recording_nor_in_what_it_says_is_left_out(record, file, capfd):
    planted = [call for call in calls() if call.legacy.raw is None]

    async def work(worker: Worker, _: Brake) -> None:
        for number, call in enumerate(planted, 1):
            worker.inbox.take(
                captured(
                    number,
                    f"/kong{call.target}".encode(),
                    method=call.method,
                    request_headers=_raw(call.headers),
                    request_body=call.body,
                    response_headers=_raw(call.legacy.headers),
                    response_body=call.legacy.body,
                )
            )
        await worker.finish()
        await worker.hear(lambda: len(worker.acknowledged) == len(planted))

    record(work, keep=20)
    header = file.read_bytes().splitlines()[0]
    assert len(entries(file)) == 20
    assert header.count(b"{id}") > 20, "routes are told by their templates"
    assert leaks([("the file", file.read_bytes()), ("the log", capfd.readouterr().err.encode())], SECRETS) == set()


def _raw(headers: list[tuple[str, str]]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)


def test_what_never_came_is_acknowledged_and_told_at_the_end(record, file, capfd):
    """So that a worker that takes over from one that has died is told of it, too."""
    fates = (
        Fate("skipped:too-large", Side.LEGACY, "GET", "/a", True, 2),
        Fate("shed", Side.LEGACY, "*", "*", False, 3),
    )

    async def work(worker: Worker, _: Brake) -> None:
        worker.inbox.take(Tally(1, 1, fates))
        worker.inbox.take(Tally(1, 1, fates, again=True))
        worker.inbox.take(captured(2))
        await worker.hear(lambda: worker.acknowledged)
        assert worker.acknowledged == [2]
        await worker.finish()
        await worker.hear(lambda: 1 in worker.acknowledged)

    record(work)
    said = capfd.readouterr().err
    assert "shadow: not recorded: 2 too large (proxy.max_body), 3 shed, because the queue was full\n" in said


def test_what_a_dead_worker_had_is_lost_and_said(record, file, capfd):
    async def work(worker: Worker, _: Brake) -> None:
        worker.inbox.take(Lost(tuple(Pending(number, Side.LEGACY, "GET", "/a?token=x", True) for number in (1, 2))))
        await worker.hear(lambda: worker.acknowledged == [1, 2])
        await worker.finish()

    record(work)
    assert capfd.readouterr().err.startswith(
        "shadow: at most 2 requests are lost to the recording, with the worker process"
    )
    assert targets(file) == []


def test_while_paused_nothing_is_recorded(record, file, capfd):
    async def work(worker: Worker, brake: Brake) -> None:
        worker.inbox.take(captured(1))
        brake.ask(paused=True)
        worker.inbox.take(captured(2, b"/kong/b"))
        assert brake.wish is None, "there is no store that would have to be told"
        worker.inbox.take(captured(3, b"/kong/c"))
        brake.ask(paused=False)
        worker.inbox.take(captured(4, b"/kong/d"))
        worker.inbox.take(Command("report"))
        await worker.finish()
        await worker.hear(lambda: sorted(worker.acknowledged) == [1, 2, 3, 4])

    record(work)
    assert targets(file) == ["/kong/a", "/kong/d"]
    assert "not recorded: 2 while paused" in capfd.readouterr().err


def test_a_worker_that_takes_over_while_paused_stays_so(record, file):
    async def work(worker: Worker, _: Brake) -> None:
        worker.inbox.take(captured(1))
        await worker.finish()

    record(work, paused=True)
    assert targets(file) == []


def test_requests_that_are_odd_or_break_something_end_nothing(record, file, capfd):
    async def work(worker: Worker, _: Brake) -> None:
        worker.inbox.take(captured(1, b"/kong/a\x01b"))
        worker.inbox.take(captured(2, b"/nowhere-near-kong", side=Side.LEGACY))
        worker.inbox.take(captured(3))
        await worker.finish()
        await worker.hear(lambda: sorted(worker.acknowledged) == [1, 2, 3])

    record(work)
    said = capfd.readouterr().err
    assert targets(file) == ["/kong/a"]
    assert "a fault of shadow's own while recording: ValueError at sides.py" in said
    assert "nowhere" not in said
    assert "1 without a whole answer, 1 with an address that can't be written down" in said


def test_what_cant_be_written_waits_until_it_can(record, file, capfd):
    async def work(worker: Worker, _: Brake) -> None:
        moved = file.parent.with_name("moved")
        file.parent.rename(moved)
        worker.inbox.take(captured(1))
        await worker.hear(lambda: worker.states)
        assert worker.states[0].trouble.startswith("can't write the recording: No such file")
        assert worker.acknowledged == []
        moved.rename(file.parent)
        await worker.hear(lambda: worker.acknowledged)
        assert worker.states[1:] == [State(paused=False)]
        await worker.finish()

    record(work)
    assert targets(file) == ["/kong/a"]
    said = capfd.readouterr().err
    assert "clients are still answered" in said
    assert "the recording can be written again" in said


def test_a_recording_with_another_key_is_not_gone_on_with(record, file):
    file.write_text('{"shadow":"recording/1","key":"ffffffff"}\n')

    async def work(worker: Worker, _: Brake) -> None:
        raise AssertionError("there is no worker")

    with pytest.raises(ConfigError, match="redacted with another key"):
        record(work)
