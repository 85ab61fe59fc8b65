"""Recordings from bytes, read as a user's file is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shadow.recordings import Broken, Recorded, Recording, Unusable
from tests.recordings.samples import assert_sendable

Entries = list[Recorded | Broken | Unusable]


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Recording]:
    """`recording(b"…")` is a recording with these bytes, on a disk."""
    path: Path = tmp_path_factory.mktemp("recordings") / "recording"

    def make(data: bytes) -> Recording:
        path.write_bytes(data)
        return Recording(path)

    return make


@pytest.fixture(scope="session")
def entries(recording: Callable[[bytes], Recording]) -> Callable[[bytes], Entries]:
    """`entries(b"…")` are the entries of such a recording; each has been seen to keep the rules."""

    def read(data: bytes) -> Entries:
        found = list(recording(data).entries())
        for entry in found:
            assert_sendable(entry)
        return found

    return read
