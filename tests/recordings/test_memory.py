"""However large a recording is, little of it is in memory."""

from __future__ import annotations

import json
import os
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from shadow.recordings import Recorded, Recording
from shadow.recordings.jsonl import encode
from tests.recordings.samples import (
    GOR_REQUEST,
    RECORDED,
    answer,
    flow_file,
    har,
    http_flow,
    payload,
    simple,
)

SIZE = 60 * 2**20
BODY = "x" * 300_000
LIMIT = 8 * 2**20

ENTRY = json.dumps(simple(response=answer(BODY))).encode()
HEAD, TAIL = har(7).split(b"7")[0], b"]}}"
PAGE = b'{"id": "' + BODY.encode() + b'", "timings": [{}, [1, {"a": "}"}]]},'


def repeated(part: bytes) -> Iterator[bytes]:
    return (part for _ in range(SIZE // len(part)))


FORMS: dict[str, Callable[[], Iterator[bytes]]] = {
    "HAR": lambda: iter([HEAD, *repeated(ENTRY + b","), ENTRY, TAIL]),
    "HAR with pages": lambda: iter([b'{"log": {"entries": [', ENTRY, b'], "pages": [', *repeated(PAGE), b"{}", TAIL]),
    "mitmproxy flows": lambda: repeated(flow_file(http_flow(answer=BODY.encode()))),
    "JSON lines": lambda: repeated(encode(RECORDED).replace(b"gone", BODY.encode())),
    "GoReplay": lambda: repeated(
        payload(1, "a", GOR_REQUEST) + payload(2, "a", b"HTTP/1.1 200 OK\r\n\r\n" + BODY.encode())
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_large_file(tmp_path: Path, form: str) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    written = iter(FORMS[form]())

    def write(file: BinaryIO) -> None:
        with file:
            file.writelines(written)

    writer = threading.Thread(target=lambda: write(path.open("wb")))
    writer.start()
    made = Recording(path)
    entries = made.entries()
    assert isinstance(next(entries), Recorded)  # all that it needs is imported
    tracemalloc.start()
    try:
        assert all(isinstance(entry, Recorded) for entry in entries)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        writer.join()
    assert made.bytes_read > SIZE * 0.9
    assert made.complete
    assert peak < LIMIT
