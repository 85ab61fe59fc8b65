"""What travels between the proxy and a worker."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.exchange import Exchange, Request, Response, Side
from shadow.pipeline.handover import (
    Captured,
    Command,
    Done,
    Fate,
    Frames,
    FromProxy,
    FromWorker,
    Lost,
    Mark,
    Pending,
    Start,
    State,
    Stop,
    Tally,
    frame,
)

CAPTURED = Captured(
    number=7,
    oldest=3,
    side=Side.CANDIDATE,
    client="connection 1",
    address="192.0.2.1",
    method="POST",
    target=b"/caf\xe9?x=%20",
    request_headers=((b"Host", b"h"), (b"X-Name", b"caf\xc3\xa9")),
    request_body=b"\0\xff",
    status=201,
    response_headers=((b"Set-Cookie", b"a"), (b"set-cookie", b"b")),
    response_body=b"\x1f\x8b",
    started=1700000000.5,
    duration=0.25,
)
FATES = (Fate("skipped:rate", Side.LEGACY, "GET", "/a", True, 3),)
FROM_PROXY = [
    Start(run="r-0", workers=2, listen="127.0.0.1:8080", settings=b"{}"),
    Start(run="r-0", workers=1, listen="", settings=b"{}", paused=True, record="/a.jsonl", keep=500),
    CAPTURED,
    Tally(8, 3, FATES),
    Tally(8, 3, FATES, again=True),
    Lost((Pending(7, Side.LEGACY, "GET", "/a", True),)),
    Command("pause"),
    Stop(1234.5),
]
FROM_WORKER = [Done((7, 8), (Mark(7, "shadow: same", False),)), Done(()), State(True, "disk full"), State(False)]


def read(data: bytes, kind: object) -> list[object]:
    return [msgspec.msgpack.decode(payload, type=kind) for payload in Frames().feed(data)]


@pytest.mark.parametrize("message", FROM_PROXY, ids=lambda message: type(message).__name__)
def test_every_message_of_the_proxy_arrives_as_it_was(message):
    assert read(frame(message), FromProxy) == [message]


@pytest.mark.parametrize("message", FROM_WORKER, ids=lambda message: type(message).__name__)
def test_every_message_of_a_worker_arrives_as_it_was(message):
    assert read(frame(message), FromWorker) == [message]


def test_a_captured_exchange_becomes_a_value_of_the_pipeline_with_its_exact_bytes():
    assert CAPTURED.exchange() == Exchange(
        side=Side.CANDIDATE,
        request=Request("POST", "/caf\xe9?x=%20", [("Host", "h"), ("X-Name", "caf\xc3\xa9")], b"\0\xff"),
        response=Response(201, [("Set-Cookie", "a"), ("set-cookie", "b")], b"\x1f\x8b"),
        started=1700000000.5,
        duration=0.25,
    )


@given(name=st.binary(), value=st.binary(), target=st.binary())
def test_no_byte_is_lost_between_the_wire_and_the_pipeline(name, value, target):
    captured = msgspec.structs.replace(CAPTURED, target=target, request_headers=((name, value),))
    (arrived,) = read(frame(captured), FromProxy)
    assert isinstance(arrived, Captured)
    request = arrived.exchange().request
    assert request.target.encode("latin-1") == target
    assert [(k.encode("latin-1"), v.encode("latin-1")) for k, v in request.headers] == [(name, value)]


@given(messages=st.lists(st.binary(max_size=300)), data=st.data())
def test_frames_come_out_whole_however_the_stream_is_cut(messages, data):
    done = [Command(message.hex()) for message in messages]
    stream = b"".join(map(frame, done))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    frames = Frames()
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    payloads = [payload for piece in pieces for payload in frames.feed(piece)]
    assert [msgspec.msgpack.decode(payload, type=FromProxy) for payload in payloads] == done


def test_nothing_comes_out_before_a_frame_is_complete():
    frames = Frames()
    data = frame(Command("report"))
    assert frames.feed(data[:-1]) == []
    assert frames.feed(b"") == []
    assert len(frames.feed(data[-1:])) == 1


def test_a_reader_that_ignores_what_came_out_does_not_get_it_twice():
    frames = Frames()
    frames.feed(frame(Command("pause")))
    assert [msgspec.msgpack.decode(p, type=FromProxy) for p in frames.feed(frame(Command("resume")))] == [
        Command("resume")
    ]
