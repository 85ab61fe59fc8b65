"""Entries come in turn, and how many are left is said only where it can be told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shadow.recordings import recordings_of
from shadow.replay.source import LEAST, Source


async def fractions(source: Source) -> list[float]:
    told = [source.fraction]
    stop = asyncio.Event()
    while await source.take(stop):
        told.append(source.fraction)
    return [*told, source.fraction]


@pytest.mark.parametrize("size", [LEAST // 2, LEAST * 2])
def test_how_much_has_been_read_is_said_of_what_is_not_read_at_once(tmp_path: Path, size: int) -> None:
    line = f"/{'a' * 998}\n"
    file = tmp_path / "urls.txt"
    file.write_text(line * (size // len(line)))
    told = asyncio.run(fractions(Source(recordings_of((str(file),)))))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert any(0.4 < one < 0.6 for one in told) is (size > LEAST)
