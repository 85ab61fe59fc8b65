"""In which order mirrored requests go out: as one client sent them, and many clients' in parallel."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

__all__ = ["Lanes"]

Work = Callable[[], Awaitable[None]]
TURN = 16
"""Pieces after which others get a turn in the event loop: a piece that has nothing to wait for gives them none."""


class Lanes:
    """Runs pieces of work, at most ``concurrency`` of them at once. Work must not raise.

    A piece belongs to a track, and a track to a group. A piece waits for the one before it on its track. One that is
    ``alone`` (a write) waits for everything that its group got before it, and everything that the group gets after it
    waits for it; so the tracks of a group run side by side between its writes. Groups never wait for each other.

    A piece that waits is a small object, not a task, and there is one edge for each: a track's last piece stands for
    all before it, and what a group got before its last write has gone by once that write has.
    """

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._groups: dict[str, _Group] = {}
        self._ready: deque[_Piece] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._dropping = False

    def add(self, work: Work, group: str, track: str = "", *, alone: bool = False) -> None:
        """Queue a piece of work."""
        piece = _Piece(work, group, track, alone=alone)
        members = self._groups.get(group)
        if members is None:
            members = self._groups[group] = _Group()
        for before in members.enter(piece):
            before.followers.append(piece)
            piece.waits_for += 1
        self._waiting += 1
        if not piece.waits_for:
            self._ready.append(piece)
            self._employ()

    @property
    def waiting(self) -> int:
        """Pieces of work that are queued or under way."""
        return self._waiting

    async def drain(self, seconds: float) -> bool:
        """Wait until all is done, at most this long; what is left then is dropped. True where nothing was left."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self._workers:
            await asyncio.wait(self._workers, timeout=max(0.0, deadline - loop.time()))
            if loop.time() >= deadline:
                break
        finished = not self._waiting
        self._dropping = True
        left = [worker for worker in self._workers if not worker.done()]
        for worker in left:
            worker.cancel()
        if left:
            await asyncio.wait(left)
        self._groups.clear()
        self._ready.clear()
        self._waiting = 0
        self._dropping = False
        return finished

    def _employ(self) -> None:
        """Start on what is ready, as far as the concurrency allows."""
        while self._ready and not self._dropping and len(self._workers) < self._concurrency:
            worker = asyncio.get_running_loop().create_task(self._work(self._ready.popleft()))
            self._workers.add(worker)
            worker.add_done_callback(self._left)

    def _left(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        self._employ()

    async def _work(self, piece: _Piece) -> None:
        """Work off a piece, and then what has been ready the longest, until nothing is."""
        done = 0
        while True:
            try:
                await piece.work()
            finally:
                self._finish(piece)
            if not self._ready:
                return
            piece = self._ready.popleft()
            self._employ()
            done += 1
            if not done % TURN:
                await asyncio.sleep(0)

    def _finish(self, piece: _Piece) -> None:
        self._waiting -= 1
        members = self._groups.get(piece.group)
        if members is not None and members.leave(piece):
            del self._groups[piece.group]
        for follower in piece.followers:
            follower.waits_for -= 1
            if not follower.waits_for:
                self._ready.append(follower)


class _Piece:
    """A piece of work, how many others it still waits for, and which wait for it."""

    __slots__ = ("alone", "followers", "group", "track", "waits_for", "work")

    def __init__(self, work: Work, group: str, track: str, *, alone: bool) -> None:
        self.work = work
        self.group = group
        self.track = track
        self.alone = alone
        self.waits_for = 0
        self.followers: list[_Piece] = []


class _Group:
    """What is unfinished of a group: its last piece that is ``alone``, and the last piece of each track since."""

    __slots__ = ("alone", "tails")

    def __init__(self) -> None:
        self.alone: _Piece | None = None
        self.tails: dict[str, _Piece] = {}

    def enter(self, piece: _Piece) -> list[_Piece]:
        """Take a new piece; returns the pieces that it waits for."""
        if piece.alone:
            before = list(self.tails.values())
            if not before and self.alone is not None:
                before = [self.alone]
            self.tails.clear()
            self.alone = piece
            return before
        last = self.tails.get(piece.track, self.alone)
        self.tails[piece.track] = piece
        return [] if last is None else [last]

    def leave(self, piece: _Piece) -> bool:
        """Strike out a piece that is done; True where nothing is left."""
        if self.alone is piece:
            self.alone = None
        elif self.tails.get(piece.track) is piece:
            del self.tails[piece.track]
        return self.alone is None and not self.tails
