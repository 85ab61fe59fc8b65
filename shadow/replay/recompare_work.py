"""Comparing on all cores: what one process does, and the processes.

Each piece of work is a few hundred pairs as the store has them, packed; what comes back is what they prove. Of both
only so much is under way that memory stays flat, however many pairs there are.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

from shadow.config import Settings
from shadow.errors import ShadowError
from shadow.evidence.observation import Epoch, Observation
from shadow.redact import Redactor
from shadow.replay.recompared import Recomparer
from shadow.store.packing import unpack
from shadow.store.recorded import RecordedPair

__all__ = ["ALONE", "Done", "Group", "Piece", "cores", "work_through"]

ALONE = 2.0
"""Seconds; it takes nearly as many until other processes have started."""
_AHEAD = 2
"""Pieces that wait beside those that are worked on."""


class Group(NamedTuple):
    """Differences that nobody has asked about, as one group."""

    where: str
    path: str
    class_: str


class Piece(NamedTuple):
    source: Epoch
    pairs: list[RecordedPair]


class Done(NamedTuple):
    """What came of a piece."""

    source: Epoch
    compared: list[tuple[bytes, Observation]]
    """By the pair's id."""
    unconfirmed: Counter[Group]
    """In how many pairs."""
    failed: int
    """Pairs that can't be read or compared; nothing is counted of them."""


def cores() -> int:
    """How many processes may work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def work_through(
    settings: Settings, pieces: Iterable[Piece], processes: int, *, alone: float = ALONE
) -> Iterator[Done]:
    """Compare the pieces, in that many processes once this one has worked ``alone`` for so many seconds; what came of
    them, in their order. Raises ShadowError where a process dies."""
    recomparer = Recomparer(settings, Redactor.from_settings(settings))
    pieces = iter(pieces)
    until = time.monotonic() + alone
    while processes == 1 or time.monotonic() < until:
        piece = next(pieces, None)
        if piece is None:
            return
        yield _worked(recomparer, piece)
    # Forked, a process would share the store's connection.
    executor = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(settings.model_dump_json(by_alias=True),),
    )
    try:
        yield from _in_order(executor, pieces, processes + _AHEAD)
    except BrokenProcessPool as error:
        raise ShadowError(
            "a process that compared pairs has died, perhaps for want of memory; `shadow recompare` goes on where it "
            "stopped"
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _in_order(executor: ProcessPoolExecutor, pieces: Iterable[Piece], most: int) -> Iterator[Done]:
    under_way: deque[Future[Done]] = deque()
    for piece in pieces:
        under_way.append(executor.submit(_work, piece))
        if len(under_way) >= most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


# -- within such a process ---------------------------------------------------------------------------------------------

_recomparers: list[Recomparer] = []


def _start(settings: str) -> None:
    # Ctrl-C reaches all processes of a terminal; the one that began the work ends it in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    chosen = Settings.model_validate_json(settings)
    _recomparers.append(Recomparer(chosen, Redactor.from_settings(chosen)))


def _end_with_parent() -> None:
    """Killed, it leaves its processes waiting for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(piece: Piece) -> Done:
    return _worked(_recomparers[0], piece)


def _worked(recomparer: Recomparer, piece: Piece) -> Done:
    done = Done(piece.source, [], Counter(), 0)
    failed = 0
    for pair in piece.pairs:
        try:
            found = recomparer.recompared(unpack(pair.content))
        except Exception:  # noqa: BLE001 - whatever a body may do to a parser, the others are to be compared
            failed += 1
            continue
        done.compared.append((pair.id, found.observation))
        done.unconfirmed.update({Group(d.where, d.pattern, d.class_) for d in found.unconfirmed})
    return done._replace(failed=failed)
