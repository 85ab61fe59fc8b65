"""A recording that grows: all that comes, or of it a few entries that show as much as so few can."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from shadow.pipeline.diversity import Selection
from shadow.pipeline.recording_file import Place, RecordingFile
from shadow.pipeline.recording_shape import Shaper
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import Header, encode
from shadow.verdict.wording import plural

__all__ = ["Recording", "SampledRecording", "WholeRecording"]

_MOST_ROUTES = 1000
"""Routes of which is told how much was left out; of the others it is told together."""
_OTHERS = "* *"


class Recording(Protocol):
    """Entries that are to be in a file. All methods but `write` touch no disk and never raise."""

    def add(self, entry: Recorded) -> bool:
        """Take an entry; False where it is left out, and nothing but a count is to be written."""

    def write(self) -> None:
        """Bring the file up to date. Raises OSError; then it is as it was, and may be tried again."""

    def told(self) -> str:
        """What has been recorded, for people."""


class WholeRecording:
    """Every entry, appended as they come; in memory is only what has not been written yet."""

    def __init__(self, file: RecordingFile, header: Header) -> None:
        self._file = file
        self._header = header
        self._waiting: list[Recorded] = []
        self._count = file.count()
        self._unsendable = 0

    def add(self, entry: Recorded) -> bool:
        self._waiting.append(entry)
        self._count += 1
        self._unsendable += not entry.can_be_sent
        return True

    def write(self) -> None:
        # They come when they are answered; where several ran at once, the first asked is to be the first.
        self._waiting.sort(key=_when)
        self._file.append(self._header, map(encode, self._waiting))
        self._waiting.clear()

    def told(self) -> str:
        return f"recorded {plural(self._count, 'request')} in {self._file.path}{_cannot_be_sent(self._unsendable)}"


class SampledRecording:
    """Of all entries a selection. In memory are what they show and where they stand in the file, and those that have
    not been written yet."""

    def __init__(self, file: RecordingFile, header: Header, shaper: Shaper, most: int) -> None:
        """Begins with what is in the file. Raises ConfigError where that can't be read."""
        self._file = file
        self._header = header
        self._shaper = shaper
        self._selection = Selection[_Kept](most)
        self._left_out = Counter(file.header.left_out)
        for entry, place in file.entries():
            self._offer(entry, place)

    def add(self, entry: Recorded) -> bool:
        return self._offer(entry, None)

    def _offer(self, entry: Recorded, place: Place | None) -> bool:
        sample = self._shaper.sample(entry)
        kept = _Kept(entry, place, sample.route)
        out = self._selection.offer(sample, kept)
        if out is not None:
            known = out.route in self._left_out or len(self._left_out) < _MOST_ROUTES
            self._left_out[out.route if known else _OTHERS] += 1
        return out is not kept

    def write(self) -> None:
        kept = sorted(self._selection, key=lambda one: one.at)
        header = Header(
            key=self._header.key,
            legacy=self._header.legacy,
            candidate=self._header.candidate,
            left_out=dict(sorted(self._left_out.items())),
        )
        places = self._file.replace(header, (one.line() for one in kept))
        for one, place in zip(kept, places, strict=True):
            one.settle(place)

    def told(self) -> str:
        kept, seen = len(self._selection), len(self._selection) + self._left_out.total()
        count = "" if kept == seen else f"{kept:,} of "
        found = f"{plural(self._selection.routes, 'route')}, {plural(self._selection.shapes, 'shape')}"
        unsendable = sum(not one.sendable for one in self._selection)
        return f"recorded {count}{plural(seen, 'request')} in {self._file.path}: {found}{_cannot_be_sent(unsendable)}"


class _Kept:
    """An entry of the selection, or where it stands in the file."""

    __slots__ = ("_entry", "_place", "at", "route", "sendable")

    def __init__(self, entry: Recorded, place: Place | None, route: str) -> None:
        self.route = route
        self.at = _when(entry)
        self.sendable = entry.can_be_sent
        self._entry = entry if place is None else None
        self._place = place

    def line(self) -> bytes | Place:
        if self._entry is not None:
            return encode(self._entry)
        assert self._place is not None, "it is in memory, or in the file"
        return self._place

    def settle(self, place: Place) -> None:
        self._entry, self._place = None, place


def _when(entry: Recorded) -> float:
    return entry.started or 0.0


def _cannot_be_sent(count: int) -> str:
    if not count:
        return ""
    whose = "its target or body holds" if count == 1 else "their target or body holds"
    return f"; {count:,} can't be replayed, because {whose} secrets"
