"""docs/recordings.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from shadow.recordings import Recorded
from shadow.recordings.goreplay import WINDOW, WINDOW_BYTES
from shadow.recordings.source import ENTRY_LIMIT

DOCS = (Path(__file__).parents[2] / "docs" / "recordings.md").read_text()


def test_the_example_is_read(entries):
    (example,) = re.findall(r"```jsonl\n(.*?)```", DOCS, re.DOTALL)
    found = entries(example.encode())
    assert [type(entry) for entry in found] == [Recorded] * 3
    assert [entry.key for entry in found] == ["k1"] * 3
    assert found[2].response is not None


def test_the_limits_are_those_of_the_code():
    assert f"| {ENTRY_LIMIT // 2**20} MiB;" in DOCS
    assert f"within {WINDOW:,} payloads and {WINDOW_BYTES // 2**20} MiB" in DOCS
