from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import threading
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from shadow.errors import ExitCode, UsageError
from shadow.recordings import Broken, Recorded, Recording, RecordingError
from tests.recordings.samples import har, one_of_each, simple

FILES = one_of_each()
OPEN = Path("/proc/self/fd")


@pytest.mark.parametrize("form", FILES)
def test_every_form_is_read_again_and_again(recording, form):
    made = recording(FILES[form])
    assert (made.format, made.bytes_read, made.complete) == ("", 0, False)
    entries = list(made.entries())
    assert any(isinstance(entry, Recorded) for entry in entries)
    assert not any(isinstance(entry, Broken) for entry in entries)
    assert (made.format, made.bytes_read, made.complete) == (form, made.size, True)
    again = made.entries()
    assert not made.complete
    assert list(again) == entries


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize(
    ("pack", "packing"),
    [
        (gzip.compress, "gzip"),
        (lambda data: gzip.compress(data[:1]) + gzip.compress(data[1:]), "gzip"),
        (zlib.compress, "zlib"),
        (lambda data: gzip.compress(b"\xef\xbb\xbf" + data), "gzip"),
    ],
)
def test_packed(recording, form, pack, packing):
    entries = list(recording(FILES[form]).entries())
    made = recording(pack(FILES[form]))
    assert list(made.entries()) == entries
    assert made.format == f"{form}, {packing}"
    assert made.bytes_read == made.size
    assert made.complete


def test_damaged_packing_is_told_once(recording):
    packed = gzip.compress(har(simple(), simple(comment=os.urandom(100_000).hex())))
    for data in (packed[: len(packed) // 2], gzip.compress(b"/a\n/b\n") + b"rest"):
        made = recording(data)
        *before, last = made.entries()
        assert isinstance(last, Broken)
        assert "gzip data" in last.problem
        assert all(isinstance(entry, Recorded) for entry in before)
        assert before
        assert not made.complete


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", " is empty"),
        (b"\xef\xbb\xbf \r\n", " is empty"),
        (gzip.compress(b""), " is empty"),
        (b"\x1f\x8b\x08", ": its gzip data breaks off, and nothing can be read of it"),
        (b"\x1f\x8bnonsense", ": its gzip data is damaged, and nothing can be read of it"),
        (b"nonsense", " is in no form that is read; "),
        (gzip.compress(gzip.compress(b"/a")), " is packed with gzip twice; "),
    ],
)
def test_what_can_not_be_read_at_all(recording, data, problem):
    made = recording(data)
    with pytest.raises(RecordingError) as caught:
        made.entries()
    assert str(caught.value).startswith(made.name + problem)
    assert isinstance(caught.value, UsageError)
    assert caught.value.exit_code is ExitCode.USAGE


def test_what_can_not_be_opened(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(RecordingError, match=r"can't be read \("):
            Recording(path).entries()


def test_standard_input_is_read_once(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(FILES["HAR"])))
    made = Recording(None)
    assert (made.name, made.path, made.size) == ("standard input", None, None)
    assert len(list(made.entries())) == 3
    assert made.bytes_read == len(FILES["HAR"])
    with pytest.raises(RecordingError, match="only once"):
        made.entries()
    with pytest.raises(RecordingError, match="no file"):
        made.identity()


def test_a_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(FILES["JSON lines"],))
    writer.start()
    made = Recording(path)
    assert made.size is None
    assert len(list(made.entries())) == 3
    writer.join()
    with pytest.raises(RecordingError, match="only once"):
        made.entries()
    with pytest.raises(RecordingError, match="no file"):
        made.identity()


def test_entries_of_a_pipe_come_before_its_end(monkeypatch):
    """Nothing waits for more than the beginning: 64 KiB, or what there is."""
    read, write = os.pipe()
    with os.fdopen(read, "rb") as file, os.fdopen(write, "wb", buffering=0) as end:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=file))
        lines = b'{"url":"/a"}\n' * 6000
        writer = threading.Thread(target=end.write, args=(lines,))
        writer.start()
        entries = Recording(None).entries()
        assert isinstance(next(entries), Recorded)
        writer.join()


def test_a_file_is_closed_when_nobody_reads_on(recording):
    made = recording(FILES["JSON lines"])
    entries = made.entries()
    next(entries)
    opened = len(list(OPEN.iterdir()))
    entries.close()
    assert len(list(OPEN.iterdir())) == opened - 1


def test_it_is_known_again_by_its_content(tmp_path):
    data = os.urandom(3 * 2**20)
    ids = []
    for name, content in (
        ("a", data),
        ("b", data),
        ("c", data[:-1] + b"x"),
        ("d", b"x" + data[1:]),
        ("e", data + b"x"),
        ("f", b""),
        ("g", b"x"),
    ):
        path: Path = tmp_path / name
        path.write_bytes(content)
        ids.append(Recording(path).identity())
    assert ids[0] == ids[1]
    assert len(set(ids)) == 6
    with pytest.raises(RecordingError, match=r"can't be read \("):
        Recording(tmp_path / "none").identity()


def test_importing_is_light():
    """What reads recordings is loaded with the first recording of its form."""
    code = "import sys, shadow.recordings; print(sys.modules.keys() & {'mitmproxy', 'httptools', 'httpx'})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
