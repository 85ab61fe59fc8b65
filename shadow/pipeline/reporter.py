"""Keeps the report fresh while traffic flows, and the store tidy.

Rendering takes a second of CPU; in a thread of a worker it would hold up mirroring and spoil the latencies that are
measured there. So it runs in a process of its own: `python -m shadow.pipeline.reporter`, which reads the owner's name
and the settings from its standard input, then writes the report once for each further line, answering each with a
line, until its standard input ends. It is started when the first report is due: a short run needs none.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress

from shadow.config import Settings
from shadow.errors import ShadowError, StoreMissingError
from shadow.pipeline.faults import say
from shadow.store import Store, open_store

__all__ = ["Reporter", "ReporterProcess"]

LEASE = "report"
PRUNE_EVERY = 3600.0
"""Seconds between two clean-ups of the store."""


class Reporter:
    """Writes the report from the store; of several processes on one store, only the one that holds the lease does.

    Its methods block, and never raise what shadow raises on purpose: that is said once on stderr.
    """

    def __init__(self, settings: Settings, owner: str) -> None:
        self._settings = settings
        self._owner = owner
        self._trouble = ""
        self._pruned_at = float("-inf")

    def refresh(self, *, at_once: bool = False) -> None:
        """Write the report if it is this process's turn, or ``at_once`` in any case."""
        from shadow.report import write_reports
        from shadow.report.build import document

        try:
            with open_store(self._settings) as store:
                if not at_once and not self._is_ours(store):
                    return
                written = document(self._settings, store, time.time())
            write_reports(written, self._settings.report.path)
            self._trouble = ""
        except StoreMissingError:
            pass  # none yet, or just taken away; if none can be made, the worker says why
        except ShadowError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                say(str(error))

    def _is_ours(self, store: Store) -> bool:
        if not store.lease(LEASE, self._owner, 3 * max(1.0, self._settings.report.every)):
            return False
        if time.monotonic() - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = time.monotonic()
            if store.prune(time.time()):
                self._pruned_at = float("-inf")  # the rest comes with the next report
        return True


class ReporterProcess:
    """Owns the process that refreshes the report for a worker; starts it when it is first needed."""

    def __init__(self, settings: Settings, owner: str) -> None:
        self._hello = f"{owner}\n{settings.model_dump_json(by_alias=True)}\n".encode()
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def refresh(self, *, at_once: bool = False) -> None:
        """Write the report in that process, and wait until it has."""
        async with self._turn:
            with suppress(OSError):  # it has died, for want of memory say: the next refresh starts another
                process = await self._running()
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(b"at once\n" if at_once else b"in turn\n")
                await process.stdin.drain()
                await process.stdout.readline()

    async def close(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "shadow.pipeline.reporter"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            assert self._process.stdin is not None
            self._process.stdin.write(self._hello)
        return self._process


def _main() -> None:
    lines = iter(sys.stdin.readline, "")
    owner = next(lines).strip()
    reporter = Reporter(Settings.model_validate_json(next(lines)), owner)
    try:
        for line in lines:
            reporter.refresh(at_once=line.strip() == "at once")
            print("done", flush=True)
    except BrokenPipeError:  # the worker has died meanwhile
        os._exit(0)  # without flushing what nobody reads
    except MemoryError:
        say("there is too little memory to write the report")
        os._exit(70)


if __name__ == "__main__":
    _main()
