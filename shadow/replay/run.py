"""The replay itself: reads, sends to both sides in the recorded order of each session, judges, stores."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial

from shadow.config import Settings
from shadow.errors import ShadowError
from shadow.exchange import Side
from shadow.pipeline.brake import Brake
from shadow.pipeline.clients import open_clients
from shadow.pipeline.examine import Examiner, Place
from shadow.pipeline.lag import Lateness
from shadow.pipeline.lanes import Lanes
from shadow.pipeline.replayed import AskBoth, AskCandidate
from shadow.pipeline.switch import Switch
from shadow.recordings import Recording
from shadow.recordings.entry import Broken, Unusable
from shadow.redact import Redactor
from shadow.replay.backends import Backends
from shadow.replay.ledger import FINISHED, Done
from shadow.replay.options import Options
from shadow.replay.pace import Pace
from shadow.replay.progress import SELDOM, span
from shadow.replay.selection import Chosen, Left, Selection
from shadow.replay.sending import Sender
from shadow.replay.source import Item, Source
from shadow.replay.storing import Storing
from shadow.replay.tally import SHOWN, Tally
from shadow.routes import RouteTable
from shadow.store import Store

__all__ = ["Replay"]

WINDOW = 1_000
"""Requests that wait for their turn, or for the store, at most: read ahead, so that no session waits for another."""
WINDOW_BYTES = 64 * 2**20


class Replay:
    """One replay of some recordings, once. ``run`` is its name in the store's ledger, ``done`` what an earlier try has
    done of it; ``tally`` is kept up to date, and ``say`` gets lines for the user.
    """

    def __init__(
        self,
        settings: Settings,
        options: Options,
        recordings: Sequence[Recording],
        run: str,
        done: Done,
        tally: Tally,
        say: Callable[[str], None],
    ) -> None:
        self._settings = _for_replay(settings, options)
        self._options = options
        self._recordings = recordings
        self.run_name = run
        self._before = done
        self._say = say
        self.tally = tally
        self.stopped = False
        self._table = RouteTable.from_settings(settings)
        self._redactor = Redactor.from_settings(settings)
        self._selection = Selection(options, settings, self._table, self._redactor)
        self._source = Source(recordings)
        self._bytes = 0
        self._room = asyncio.Event()
        self._stop = asyncio.Event()
        self._failure: ShadowError | None = None

    @property
    def without_credentials(self) -> int:
        """Requests that were recorded with credentials which were not sent."""
        return self._selection.without_credentials

    @property
    def limited(self) -> bool:
        """Whether it ended with as many requests as were wanted, and what comes after them is not known."""
        return self._selection.full

    @property
    def finished(self) -> bool:
        """Whether all was replayed."""
        return not self._stop.is_set() and self.tally.fraction >= 1.0

    def note_finished(self, store: Store) -> None:
        """Have it in the ledger, so that going on with it sends nothing again. Raises StoreError."""
        store.record([], run=self.run_name, numbers=[FINISHED], oldest=FINISHED)

    def stop(self) -> None:
        """Send nothing more; what is under way is finished."""
        self.stopped = True
        self._end()

    async def run(self) -> None:
        """Replay until all is done, or `stop` is called. Raises ShadowError where it can't go on.

        In any case what was done by then is in the store.
        """
        async with AsyncExitStack() as stack:
            await self._start(stack)
            try:
                await self._feed()
            finally:
                await self._finish()
        if self._failure is not None:
            raise self._failure

    # -- its parts ------------------------------------------------------------------------------------------------

    async def _start(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        self._switch = Switch(settings, Brake.make(), paused=False)
        stack.push_async_callback(self._switch.close)
        clients = await open_clients(
            settings,
            stack,
            connections=self._options.concurrency,
            say=self._say,
            stopped=lambda: self._switch.paused,
        )
        recorded = self._options.recorded_legacy
        examiner = Examiner(
            settings,
            self._table,
            self._redactor,
            clients,
            await stack.enter_async_context(Lateness()),
            paused=lambda: self._switch.paused,
            forgotten=lambda: self._switch.forgotten,
            asker=partial(AskCandidate, redactor=self._redactor, keep_auth=self._options.keep_auth)
            if recorded
            else AskBoth,
            patient=True,
        )
        asked = (Side.CANDIDATE,) if recorded else tuple(Side)
        self._backends = Backends(examiner.breakers, lambda: self._switch.paused, asked, self.tally)
        self._lanes = Lanes(self._options.concurrency)
        self._storing = Storing(
            settings,
            self.run_name,
            self._redactor.key_name,
            on_stored=self._room.set,
            on_end=self._fail,
            say=self._say,
        )
        self._sender = Sender(
            examiner,
            self._backends,
            self._storing,
            self.tally,
            self._before,
            stopping=self._stop.is_set,
            queue=self._queue,
            say=self._say,
        )
        self._storing.start(self._before.below)
        await self._switch.look()
        self._always = [
            asyncio.create_task(self._switch.watch(lambda _: None)),
            asyncio.create_task(self._storing.show_life(lambda: self._lanes.waiting, examiner.breakers.status)),
        ]

    async def _feed(self) -> None:
        """Hand the requests to the lanes, each when it is due and there is room."""
        pace = Pace(self._options, time.monotonic())
        while not self._has_enough() and (items := await self._source.take(self._stop)):
            for item in items:
                if self._has_enough():
                    break
                if (chosen := self._look_at(item)) is None:
                    continue
                await self._until(pace.due(chosen.started, item.file, time.monotonic()))
                await self._until_there_is_room()
                if not self._stop.is_set():
                    self._queue(chosen, self._sender.begin(chosen))
            self.tally.fraction = self._source.fraction
            await asyncio.sleep(0)
        if not self._stop.is_set():
            self.tally.fraction = 1.0

    def _has_enough(self) -> bool:
        return self._stop.is_set() or self._selection.full

    async def _finish(self) -> None:
        while not self._stop.is_set():
            while self._lanes.waiting and not self._stop.is_set():
                await self._something_done()
            if self._stop.is_set() or not self._backends.settle():
                break
        if not await self._lanes.drain(self._settings.proxy.drain):
            self._say("what was under way could not be finished in time; it is sent again with --resume")
        for task in self._always:
            task.cancel()
        await asyncio.wait(self._always)
        await self._storing.finish()

    # -- one entry ------------------------------------------------------------------------------------------------

    def _look_at(self, item: Item) -> Chosen | None:
        """The request to send; None where there is none, which is counted."""
        tally, recording = self.tally, self._recordings[item.file]
        tally.entries += 1
        match item.entry:
            case Broken(where, problem):
                tally.broken[recording.name] += 1
                if (count := tally.broken[recording.name]) <= SHOWN:
                    more = "; further ones are only counted" if count == SHOWN else ""
                    self._say(f"{recording.name}, {where}: {problem}{more}")
                return None
            case Unusable(_, what):
                tally.unusable[what] += 1
                return None
            case entry:
                chosen = self._selection.choose(entry, item.number, str(item.file))
        if isinstance(chosen, Left):
            tally.left[chosen] += 1
            if chosen is Left.ELSEWHERE:
                tally.note_elsewhere(entry.origin or "no server")
            return None
        tally.chosen += 1
        if chosen.number in self._before:
            tally.before += 1
            return None
        return chosen

    def _queue(self, chosen: Chosen, place: Place, tried: int = 0) -> None:
        self._bytes += chosen.size
        self._lanes.add(partial(self._work, chosen, place, tried), place.group, place.track, alone=place.alone)

    async def _work(self, chosen: Chosen, place: Place, tried: int) -> None:
        try:
            await self._sender.send(chosen, place, tried)
        except ShadowError as error:
            self._fail(error)
        finally:
            self._bytes -= chosen.size
            self._room.set()

    # -- details --------------------------------------------------------------------------------------------------

    def _fail(self, error: ShadowError | None) -> None:
        self._failure = self._failure or error
        self._end()

    def _end(self) -> None:
        self._stop.set()
        self._room.set()

    async def _until(self, due: float) -> None:
        wait = due - time.monotonic()
        if wait <= 0:
            return
        if wait > SELDOM:
            # A recording may well have a night in it, or a clock that was wrong.
            self._say(f"as it was recorded, the next request is due in {span(wait)}")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), wait)

    async def _until_there_is_room(self) -> None:
        while not self._stop.is_set() and (
            self._lanes.waiting >= WINDOW or self._storing.waiting >= 2 * WINDOW or self._bytes > WINDOW_BYTES
        ):
            await self._something_done()

    async def _something_done(self) -> None:
        self._room.clear()
        await self._room.wait()


def _for_replay(settings: Settings, options: Options) -> Settings:
    """The settings, without what is for the load of live traffic; a replay has a sample of its own.

    Legacy's recorded answer can't be confirmed by asking again.
    """
    changed = {"sample": 1.0} | ({"confirm": 0} if options.recorded_legacy else {})
    return settings.model_copy(
        update={
            "mirror": settings.mirror.model_copy(update=changed),
            "route": [block.model_copy(update={"sample": None}) for block in settings.route],
        }
    )
