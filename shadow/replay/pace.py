"""When the next request is due: so many per second, or as they were recorded."""

from __future__ import annotations

from shadow.replay.options import Options

__all__ = ["Pace"]


class Pace:
    """Pure: times go in and come out, in seconds. Of several files, each begins when the one before it has."""

    def __init__(self, options: Options, now: float) -> None:
        self._rate = options.rate
        self._speed = options.speed
        self._next = now
        self._file: object = None
        self._began = (now, 0.0)
        """When the file's first request with a time was due, and when it was recorded."""

    def due(self, started: float | None, file: object, now: float) -> float:
        """When the request that was recorded at ``started`` is to be sent; not before what came before it."""
        due = now
        if self._rate:
            due = max(now, self._next)
            self._next = max(self._next, now - 1.0) + 1.0 / self._rate
        if self._speed and started is not None:
            if file is not self._file:
                self._file, self._began = file, (now, started)
            sent, recorded = self._began
            due = max(due, sent + (started - recorded) / self._speed)
        return due
