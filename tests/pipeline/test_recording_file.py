"""The file of a recording: replaced at once, written by one, and never mistaken for another's."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from shadow.errors import ConfigError
from shadow.exchange import Request
from shadow.pipeline.recording_file import Place, RecordingFile, check_place
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import Header, encode

HEADER = Header(key="0a1b2c3d", legacy="https://l.test")


def line(number: int) -> bytes:
    return encode(Recorded(where="", request=Request("GET", f"/{number}", [])))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def written(path: Path, *lines: bytes, header: Header = HEADER) -> Path:
    path.write_bytes(b"".join([header.line(), *lines]))
    return path


def targets(file: RecordingFile) -> list[str]:
    return [entry.request.target for entry, _ in file.entries()]


def test_what_was_written_is_gone_on_with_in_another_order(path):
    file = RecordingFile.open(path, HEADER.key)
    places = file.replace(HEADER, [line(1), line(2), line(3)])
    again = file.replace(HEADER, [line(0), places[2], places[0]])
    assert path.read_bytes() == b"".join([HEADER.line(), line(0), line(3), line(1)])
    assert targets(file) == ["/0", "/3", "/1"]
    assert [place for _, place in file.entries()] == again
    file.close()
    other = RecordingFile.open(path, HEADER.key)
    assert other.header == HEADER
    assert [place for _, place in other.entries()] == again
    assert other.count() == 3
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_never_sees_half_of_it(path):
    file = RecordingFile.open(path, HEADER.key)
    file.replace(HEADER, [line(1)])
    with path.open("rb") as reader:

        def watching():
            yield line(2)
            assert path.read_bytes() == HEADER.line() + line(1)

        file.replace(HEADER, watching())
        assert reader.read() == HEADER.line() + line(1)
    assert path.read_bytes() == HEADER.line() + line(2)


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_it_is_made_for_others_to_read_and_keeps_its_rights(path, umask):
    before = os.umask(umask)
    try:
        file = RecordingFile.open(path, HEADER.key)
        assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
        path.chmod(0o640)
        file.replace(HEADER, [])
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(before)


def test_a_link_leads_to_its_file(path):
    link = path.with_name("link")
    link.symlink_to(path)
    RecordingFile.open(link, HEADER.key).replace(HEADER, [line(1)])
    assert link.is_symlink()
    assert path.read_bytes() == HEADER.line() + line(1)


def test_lines_are_added_to_what_is_there(path):
    file = RecordingFile.open(path, HEADER.key)
    file.append(HEADER, [line(1)])
    file.append(HEADER, [line(2), line(3)])
    file.close()
    path.write_bytes(path.read_bytes()[:-1])  # the machine stopped amid a line
    RecordingFile.open(path, HEADER.key).append(HEADER, [line(4)])
    assert path.read_bytes() == b"".join([HEADER.line(), *map(line, range(1, 5))])


def test_only_one_writes_at_a_time(path):
    first = RecordingFile.open(path, HEADER.key)
    with pytest.raises(ConfigError, match="is being written by another"):
        RecordingFile.open(path, HEADER.key)
    first.replace(HEADER, [])
    with pytest.raises(ConfigError, match="is being written by another"):
        RecordingFile.open(path, HEADER.key)
    first.close()
    RecordingFile.open(path, HEADER.key)


def test_a_write_that_fails_leaves_everything_as_it_was(path):
    file = RecordingFile.open(path, HEADER.key)
    places = file.replace(HEADER, [line(1)])

    def fails():
        yield line(2)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        file.replace(HEADER, fails())
    assert list(path.parent.iterdir()) == [path]
    assert file.replace(HEADER, [*places, line(3)])
    assert path.read_bytes() == HEADER.line() + line(1) + line(3)


def test_where_somebody_else_has_emptied_it_no_nonsense_is_written(path):
    file = RecordingFile.open(path, HEADER.key)
    places = file.replace(HEADER, [line(1)])
    path.write_bytes(b"")
    with pytest.raises(OSError, match="changed it meanwhile"):
        file.replace(HEADER, places)
    with pytest.raises(OSError, match="changed it meanwhile"):
        file.replace(HEADER, [Place(0, 5)])
    assert path.read_bytes() == b""


NOT_OURS: dict[str, Callable[[Path], object]] = {
    "is not a recording of shadow's; choose another name": lambda path: path.write_text("notes\n"),
    "is not a recording of shadow's": lambda path: path.write_bytes(line(1)),
    "is not a recording of shadow's; choose": lambda path: path.write_bytes(b"\x00\xff" * 50),
    "is not a recording of shadow's; choose another": lambda path: path.write_text('{"log": {"version": "1.2"}}'),
    "is not a recording": lambda path: path.write_text('{"shadow": "recording/9", "key": "0a1b2c3d"}\n'),
    "no key, no": lambda path: path.write_bytes(Header().line()),
    r"another key \(ffffffff, not 0a1b2c3d\).*or set redact.key": lambda path: written(
        path, header=Header(key="f" * 8)
    ),
    "it is no file": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("expected", NOT_OURS)
def test_what_is_something_else_is_refused_and_left_alone(path, expected):
    NOT_OURS[expected](path)
    before = path.read_bytes() if path.is_file() else None
    said = "is not a recording" if expected == "no key, no" else expected
    with pytest.raises(ConfigError, match=said):
        check_place(path, HEADER.key)
    if before is not None:
        with pytest.raises(ConfigError, match=said):
            RecordingFile.open(path, HEADER.key)
        assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", HEADER.line(), HEADER.line() + line(1)])
def test_a_recording_of_ours_and_an_empty_file_are_taken(path, content):
    path.write_bytes(content)
    check_place(path, HEADER.key)
    check_place(path)
    assert targets(RecordingFile.open(path, HEADER.key)) == ["/1"] * content.count(b"url")


def test_a_folder_must_be_there(tmp_path):
    with pytest.raises(ConfigError, match=r"there is no folder .*/none; make it"):
        check_place(tmp_path / "none" / "a.jsonl")


def test_a_broken_entry_is_named_by_its_line_without_quoting_it(path):
    file = RecordingFile.open(written(path, line(1), b'{"password": "hunter2"\n'), HEADER.key)
    with pytest.raises(ConfigError, match=r"can't go on with .*a\.jsonl: line 3: .*; mend it") as error:
        targets(file)
    assert "hunter2" not in str(error.value)
