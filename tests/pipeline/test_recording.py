"""A recording as it grows: what it holds, in which order, and what it says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadow.config import Settings
from shadow.exchange import Request, Response
from shadow.pipeline.recording import SampledRecording, WholeRecording
from shadow.pipeline.recording_file import RecordingFile
from shadow.pipeline.recording_shape import Shaper
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import Header, decode, header_of
from shadow.redact import Redactor
from shadow.routes import RouteTable
from shadow.routes.sides import Sides

SETTINGS = Settings.model_validate({"legacy": {"url": "https://l.test"}, "candidate": {"url": "https://c.test"}})
REDACTOR = Redactor(b"k" * 32)
HEADER = Header(key=REDACTOR.key_name, legacy="https://l.test", candidate="https://c.test")
SHAPER = Shaper(Sides.from_urls("https://l.test", "https://c.test"), RouteTable.from_settings(SETTINGS), REDACTOR)


def entry(target: str, at: float = 1.0, *, redacted: bool = False) -> Recorded:
    return Recorded(
        where="",
        request=Request("GET", target, []),
        scheme="https",
        host="l.test",
        port=443,
        response=Response(200, [], b"{}"),
        started=at,
        redacted=frozenset({"target"} if redacted else ()),
    )


def sampled(path: Path, most: int) -> tuple[RecordingFile, SampledRecording]:
    file = RecordingFile.open(path, HEADER.key)
    return file, SampledRecording(file, HEADER, SHAPER, most)


def targets(path: Path) -> list[str]:
    header, *lines = path.read_bytes().splitlines()
    assert header_of(header) is not None
    return [decode(line, "").request.target for line in lines]


def left_out(path: Path) -> dict[str, int]:
    return json.loads(path.read_bytes().splitlines()[0]).get("left_out", {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def test_entries_stand_in_their_order_in_time_and_what_is_left_out_is_counted_by_route(path):
    _, recording = sampled(path, 2)
    assert [recording.add(entry(f"/often?n={number}", at)) for number, at in enumerate((3.0, 2.0))] == [True, True]
    recording.write()
    assert targets(path) == ["/often?n=1", "/often?n=0"]
    assert recording.add(entry("/seldom", 2.5))
    assert not recording.add(entry("/seldom", 9.0)), "the same again"
    recording.write()
    assert targets(path) in (["/often?n=1", "/seldom"], ["/seldom", "/often?n=0"])
    assert left_out(path) == {"GET /often": 1, "GET /seldom": 1}
    assert recording.told() == f"recorded 2 of 4 requests in {path}: 2 routes, 2 shapes"


def test_a_recording_is_gone_on_with_and_grows_in_what_it_covers(path):
    file, recording = sampled(path, 3)
    for number in range(9):
        recording.add(entry(f"/often?n={number}", number))
    recording.write()
    before = set(targets(path))
    file.close()

    file, recording = sampled(path, 3)
    recording.add(entry("/a/b", 20.0))
    recording.write()
    assert targets(path)[-1] == "/a/b"
    assert set(targets(path)[:-1]) < before
    assert left_out(path) == {"GET /often": 7}
    assert "recorded 3 of 10 requests" in recording.told()
    file.close()

    file, recording = sampled(path, 2)
    recording.write()
    assert len(targets(path)) == 2, "with less room it shrinks"
    assert left_out(path) == {"GET /often": 8}


def test_a_recording_that_nothing_came_to_is_one_all_the_same(path):
    _, recording = sampled(path, 3)
    recording.write()
    assert targets(path) == []
    assert recording.told() == f"recorded 0 requests in {path}: 0 routes, 0 shapes"


def test_what_cant_be_replayed_is_told(path):
    _, recording = sampled(path, 5)
    recording.add(entry("/a"))
    recording.add(entry("/b", redacted=True))
    assert recording.told().endswith("2 routes, 1 shape; 1 can't be replayed, because its target or body holds secrets")


def test_routes_beyond_all_counting_are_counted_together(path):
    _, recording = sampled(path, 1)
    for number in range(1200):
        recording.add(entry(f"/r{number}x"))
    recording.write()
    assert len(left_out(path)) == 1001
    assert left_out(path)["* *"] == 199


def test_all_is_appended_as_it_comes(path):
    file = RecordingFile.open(path, HEADER.key)
    recording = WholeRecording(file, HEADER)
    for at in (2.0, 1.0):
        assert recording.add(entry(f"/a?at={at}", at))
    recording.write()
    recording.add(entry("/a?later", redacted=True))
    recording.write()
    recording.write()
    assert targets(path) == ["/a?at=1.0", "/a?at=2.0", "/a?later"]
    file.close()
    again = WholeRecording(RecordingFile.open(path, HEADER.key), HEADER)
    again.add(entry("/b"))
    again.write()
    assert targets(path)[3:] == ["/b"]
    assert again.told() == f"recorded 4 requests in {path}"
    assert "recorded 3 requests" in recording.told()
    assert recording.told().endswith("; 1 can't be replayed, because its target or body holds secrets")
