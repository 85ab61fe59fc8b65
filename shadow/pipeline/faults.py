"""Faults of shadow's own in a worker: said in a line that quotes nothing, and where it can't go on, the end of the
process."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import traceback
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["MEANWHILE", "break_off", "must_not_fail", "place_of", "print_no_tracebacks", "say"]

MEANWHILE = "clients are still answered; what can't be stored waits, and is shed beyond proxy.queue"
"""What people want to know next, whatever keeps a worker from its work."""


def say(message: str) -> None:
    """Tell whoever reads mitmdump's terminal."""
    with suppress(OSError):  # the log's disk may be full, too
        print(f"shadow: {message}", file=sys.stderr, flush=True)


def place_of(error: BaseException) -> str:
    """What went wrong where; without the message, which may quote a client's secrets."""
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    return type(error).__name__ + "".join(f" at {Path(one.filename).name}:{one.lineno} in {one.name}" for one in frame)


def break_off(error: BaseException) -> NoReturn:
    """End at once, so that the proxy starts another worker, which counts what this one had not stored."""
    try:
        out = isinstance(error, MemoryError)
        say("a worker process is out of memory" if out else f"a fault of shadow's own: {place_of(error)}")
    finally:
        os._exit(70)


def must_not_fail(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """A task for it. A worker that only half works, and stores nothing say, must not stay: it breaks off."""
    task = asyncio.get_running_loop().create_task(work)
    task.add_done_callback(_look_at)
    return task


def print_no_tracebacks() -> None:
    """Not even where Python or a library would, in any thread or task of this process: they mean nothing to whoever
    runs a proxy, and may quote secrets. To be called inside the event loop."""
    logging.getLogger().addHandler(logging.NullHandler())
    sys.unraisablehook = lambda _: None
    threading.excepthook = lambda _: None
    asyncio.get_running_loop().set_exception_handler(_broken)


def _look_at(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        break_off(error)


def _broken(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio can tell nobody else: without memory nothing here can be relied on; the rest is a connection's."""
    if isinstance(error := context.get("exception"), MemoryError):
        break_off(error)
