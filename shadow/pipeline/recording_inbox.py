"""What becomes of each message of the proxy where traffic is recorded and nothing is mirrored.

The counterpart of `inbox`: an exchange is acknowledged when it is in the file, or when it was left out of it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from shadow.config import Settings
from shadow.pipeline.brake import Brake
from shadow.pipeline.faults import MEANWHILE, must_not_fail, place_of, say
from shadow.pipeline.handover import Captured, Command, Done, FromProxy, Lost, Start, State, Stop, Tally, frame
from shadow.pipeline.recording import Recording, SampledRecording, WholeRecording
from shadow.pipeline.recording_entry import entry_of, is_writable
from shadow.pipeline.recording_file import RecordingFile
from shadow.pipeline.recording_shape import Shaper
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import Header
from shadow.redact import Redactor
from shadow.routes import RouteTable
from shadow.routes.sides import Sides

__all__ = ["RecordingInbox"]

EVERY = 1.0
"""Seconds between two looks at whether there is something to be written."""
SHARE = 0.1
"""Of the time that is spent on writing: a large file is written less often."""


class RecordingInbox:
    """Takes the proxy's messages, and keeps the recording up to date.

    Everything happens in the event loop: while it waits for the disk, what comes waits in the proxy.
    """

    def __init__(
        self,
        start: Start,
        settings: Settings,
        recording: Recording,
        transcriber: Transcriber,
        brake: Brake,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._settings = settings
        self._recording = recording
        self._transcriber = transcriber
        self._brake = brake
        self._writer = writer
        self._paused = start.paused
        self._unwritten: list[int] = []
        """Numbers of what is not in the file yet."""
        self._left_out: list[int] = []
        """Numbers that nothing needs to be written for, and that have not been acknowledged."""
        self._tallies: dict[int, Tally] = {}
        """Acknowledged at the end, so that they are told to the next worker if there is one."""
        self._missing: Counter[str] = Counter()
        """What became of other requests → how many."""
        self._trouble = ""
        self._next = 0.0
        self._writing = must_not_fail(self._write_regularly())
        self.stopping: Stop | None = None

    @classmethod
    async def open(
        cls, start: Start, brake: Brake, writer: asyncio.StreamWriter, stack: AsyncExitStack
    ) -> RecordingInbox:
        """One with its file, which ``stack`` closes. Raises ConfigError."""
        settings = Settings.model_validate_json(start.settings)
        table, redactor = RouteTable.from_settings(settings), Redactor.from_settings(settings)
        sides = Sides.from_urls(settings.legacy.url, settings.candidate.url)
        file = RecordingFile.open(Path(start.record), redactor.key_name)
        stack.callback(file.close)
        header = Header(key=redactor.key_name, legacy=settings.legacy.url, candidate=settings.candidate.url)
        recording = (
            SampledRecording(file, header, Shaper(sides, table, redactor), start.keep)
            if start.keep
            else WholeRecording(file, header)
        )
        return cls(start, settings, recording, Transcriber(sides, table, redactor), brake, writer)

    def take(self, message: FromProxy) -> None:
        """Work a message off."""
        match message:
            case Captured():
                self._take_exchange(message)
            case Tally():
                self._tallies[message.number] = message
            case Lost(pending):
                # It may have died just after it had written some of them, and before it could tell.
                count = "1 request is" if len(pending) == 1 else f"{len(pending):,} requests are"
                say(f"at most {count} lost to the recording, with the worker process that had not written them yet")
                self._tell(Done(tuple(one.number for one in pending)))
            case Command():
                pass  # there is no report to be written
            case Stop():
                self.stopping = message
            case Start():
                raise AssertionError("a worker is started once")

    def _take_exchange(self, captured: Captured) -> None:
        written = False
        if (wish := self._brake.wish) is not None:
            self._paused = wish
            self._brake.stored(self._brake.asked)
        if self._paused:
            self._missing["skipped:paused"] += 1
        else:
            try:
                entry = self._transcriber.entry(captured)
                if entry is None:
                    self._missing["odd"] += 1
                else:
                    written = self._recording.add(entry)
            except Exception as error:  # noqa: BLE001 - one request must not end the worker
                say(f"a fault of shadow's own while recording: {place_of(error)}")
                self._missing["failed"] += 1
        (self._unwritten if written else self._left_out).append(captured.number)

    async def finish(self) -> None:
        """Write what there is, and say what that was."""
        self._writing.cancel()
        await asyncio.wait([self._writing])
        deadline = self.stopping.deadline if self.stopping else time.monotonic() + self._settings.proxy.drain
        while True:
            if self._write() or time.monotonic() + EVERY > deadline:
                break
            await asyncio.sleep(EVERY)
        if self._trouble:
            return
        for tally in self._tallies.values():
            for fate in tally.fates:
                self._missing[fate.outcome] += fate.count
        self._tell(Done(tuple(self._tallies)))
        say(self._recording.told())
        if missing := [f"{self._missing[fate]:,} {words}" for fate, words in _FATES.items() if self._missing[fate]]:
            say(f"not recorded: {', '.join(missing)}")

    async def _write_regularly(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if self._unwritten and time.monotonic() >= self._next:
                self._write()
            self._acknowledge(self._left_out)

    def _write(self) -> bool:
        """Whether it is all in the file."""
        began = time.monotonic()
        try:
            self._recording.write()
        except OSError as error:
            trouble = f"can't write the recording: {error.strerror or error}"
            if trouble != self._trouble:
                self._trouble = trouble
                say(f"{trouble}\n  {MEANWHILE}")
                self._tell(State(self._paused, trouble))
            return False
        if self._trouble:
            self._trouble = ""
            say("the recording can be written again")
            self._tell(State(self._paused))
        self._acknowledge(self._unwritten)
        self._acknowledge(self._left_out)
        now = time.monotonic()
        self._next = now + (now - began) / SHARE
        return True

    def _acknowledge(self, numbers: list[int]) -> None:
        if numbers:
            self._tell(Done(tuple(numbers)))
            numbers.clear()

    def _tell(self, message: Done | State) -> None:
        if not self._writer.is_closing():
            self._writer.write(frame(message))


_FATES = {
    "skipped:too-large": "too large (proxy.max_body)",
    "skipped:streamed": "streamed",
    "skipped:upgrade": "upgraded to another protocol",
    "skipped:excluded": "mirrored by another harness",
    "skipped:paused": "while paused",
    "failed": "without a whole answer",
    "shed": "shed, because the queue was full",
    "odd": "with an address that can't be written down",
}
"""What becomes of requests that aren't recorded, in words."""


class Transcriber:
    """Makes entries of what the proxy has captured."""

    def __init__(self, sides: Sides, table: RouteTable, redactor: Redactor) -> None:
        self._sides = sides
        self._table = table
        self._redactor = redactor

    def entry(self, captured: Captured) -> Recorded | None:
        """The entry, without secrets; None where its target can't be written down."""
        exchange = captured.exchange()
        request, side = exchange.request, exchange.side
        if not is_writable(request):
            return None
        # A connection's name tells nothing; but what is in a recording is of this key alone.
        client = self._redactor.principal(request.headers) or f"connection:{self._digest(captured.client)}"
        route = self._table.name_for(side, request.method, self._sides.relative(side, request.target))
        redacted = self._redactor.pair(exchange, route=route).exchanges[0]
        return entry_of(redacted, self._sides.of(side).origin, client)

    def _digest(self, text: str) -> str:
        return self._redactor.digest(text.encode())[:8].hex()
