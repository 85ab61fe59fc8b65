"""The store, as the rest of shadow sees it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

from sqlalchemy import select

from shadow.config import Settings
from shadow.config.settings import Store as StoreSettings
from shadow.errors import StoreError
from shadow.evidence.observation import Epoch, Observation
from shadow.evidence.past import PastEvidence
from shadow.evidence.route_evidence import RouteEvidence
from shadow.store import schema
from shadow.store.batch import Batch
from shadow.store.coordination import (
    Proxy,
    forget_proxy,
    is_paused,
    last_forgotten,
    note_forgotten,
    report_alive,
    set_paused,
    take_lease,
    used_key,
)
from shadow.store.database import Database
from shadow.store.history import read_history
from shadow.store.packing import unpack
from shadow.store.place import Place
from shadow.store.reading import read_evidence, read_served
from shadow.store.recorded import RecordedEpoch, RecordedPair, carry_over, pieces, read_pairs, recorded_epochs, waiting
from shadow.store.revision import read_revision
from shadow.store.status import Status, read_status
from shadow.store.upkeep import forget, prune
from shadow.store.writing import add_batch, committed, enter_numbers, numbers_of, strike_out

__all__ = ["Store", "open_store"]


def open_store(settings: Settings, *, create: bool = False) -> Store:
    """Open the store of these settings, as a context manager or to be closed.

    Raises StoreMissingError where there is none (unless ``create`` says to make one), StoreVersionError where a newer
    version of shadow made it, and StoreError where it can't be used.
    """
    return Store(Database(Place.from_url(settings.store.url), create=create), settings.store)


class Store:
    """Where evidence, examples and the ledger are kept. Many processes may use one store at once.

    Each method is one transaction, and raises StoreError where that fails: then nothing has changed. Times are
    seconds since the epoch; where ``now`` is left out, it is the clock's.
    """

    def __init__(self, database: Database, settings: StoreSettings) -> None:
        self._database = database
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    # -- evidence -------------------------------------------------------------------------------------------------

    def record(
        self,
        observations: Sequence[Observation],
        *,
        run: str = "",
        numbers: Iterable[int] = (),
        oldest: int = 0,
        now: float | None = None,
    ) -> None:
        """Add observations to the evidence, and the exchange ``numbers`` of ``run`` that they come from to its ledger.

        Numbers below ``oldest`` are struck out. May be called again after an error: a batch that got through after
        all, because only the news of it was lost, is not counted twice.
        """
        entered = sorted(set(numbers))
        batch = Batch(observations)
        with self._database.writing() as connection:
            if observations and entered and len(committed(connection, run, entered)) == len(entered):
                return
            add_batch(
                connection,
                batch,
                examples=self._settings.examples,
                everything=self._settings.record == "all",
            )
            if run:
                enter_numbers(connection, run, entered, oldest=oldest, now=_or_clock(now))

    def use_key(self, name: str) -> None:
        """To be called before anything is recorded, with `Redactor.key_name`: under another key the same request has
        another digest, and would count as a distinct one. Raises StoreError where the evidence is of another key."""
        with self._database.writing() as connection:
            known = used_key(connection, name)
        if known != name:
            raise StoreError(
                f"the evidence in {self._database.place} was counted under another redaction key ({known}, not "
                f"{name}), under which the same requests look like others: give back the key (redact.key, or the file "
                "*.redact-key beside the store), or start afresh with `shadow forget`"
            )

    def committed(self, run: str, numbers: Iterable[int]) -> set[int]:
        """Which of the run's numbers are recorded (and not struck out since)."""
        with self._database.reading() as connection:
            return committed(connection, run, sorted(set(numbers)))

    def ledger(self, run: str) -> set[int]:
        """All numbers of the run that are recorded (and not struck out since)."""
        with self._database.reading() as connection:
            return numbers_of(connection, run)

    def strike_out(self, run: str) -> None:
        """Forget all numbers of the run, which is over."""
        with self._database.writing() as connection:
            strike_out(connection, run)

    def evidence(self, settings: Settings, now: float) -> list[RouteEvidence]:
        """The evidence of each route's current epoch, by route, no older than the route's `verdict.max_age`."""
        with self._database.reading() as connection:
            return read_evidence(connection, settings, now)

    def history(self, settings: Settings) -> dict[str, tuple[PastEvidence, ...]]:
        """Route → what its past epochs have shown, however long ago, those that answered last first."""
        with self._database.reading() as connection:
            return read_history(connection, settings)

    def served(self, settings: Settings, now: float) -> set[str]:
        """The routes between these base URLs that legacy answered with 2xx or 3xx, no longer ago than the route's
        `verdict.max_age`, under whatever versions and rules."""
        with self._database.reading() as connection:
            return read_served(connection, settings, now)

    def recordings(self, route: str | None = None) -> Iterator[Observation]:
        """The observations with the pairs that `store.record = "all"` has kept, the oldest first."""
        query = select(schema.pairs.c.epoch, schema.pairs.c.id).where(schema.pairs.c.recorded == 1)
        if route is not None:
            mine = select(schema.epochs.c.id).where(schema.epochs.c.route == route)
            query = query.where(schema.pairs.c.epoch.in_(mine))
        with self._database.reading() as connection:
            keys = connection.execute(query.order_by(schema.pairs.c.at, schema.pairs.c.id)).all()
        # One transaction each: a reader that takes its time must not hold up the upkeep of the file.
        for epoch, pair in keys:
            one = select(schema.pairs.c.observation).where(schema.pairs.c.epoch == epoch, schema.pairs.c.id == pair)
            with self._database.reading() as connection:
                content = connection.scalar(one)
            if content is not None:
                yield unpack(content)

    def recorded(self) -> list[RecordedEpoch]:
        """The epochs with pairs that `store.record = "all"` has kept, by route."""
        with self._database.reading() as connection:
            return recorded_epochs(connection)

    def waiting(self, source: Epoch, target: Epoch) -> int:
        """How many recorded pairs of one epoch `carry_over` has not given to the other."""
        return sum(len(found) for found in self._pages(source, target))

    def pieces(self, source: Epoch, target: Epoch) -> Iterator[list[RecordedPair]]:
        """Those pairs, in pieces of a few hundred and of a few megabytes, or of one larger pair."""
        for found in self._pages(source, target):
            for ids in pieces(found):
                # One transaction each: a reader that takes its time must not hold up the upkeep of the file.
                with self._database.reading() as connection:
                    piece = read_pairs(connection, source.id, ids)
                yield piece

    def _pages(self, source: Epoch, target: Epoch) -> Iterator[list[tuple[bytes, int]]]:
        after: bytes | None = b""
        while after is not None:
            with self._database.reading() as connection:
                found, after = waiting(connection, source.id, target.id, after)
            yield found

    def carry_over(
        self, source: Epoch, compared: Sequence[tuple[bytes, Observation]], *, now: float | None = None
    ) -> int:
        """Add what comparing recorded pairs of an epoch (by id) again has shown to the epochs of these observations,
        each pair once; returns how many were added. May be called again after an error, and by several at once."""
        with self._database.writing() as connection:
            return carry_over(connection, source.id, compared, examples=self._settings.examples, now=_or_clock(now))

    def routes(self) -> list[str]:
        """All routes that there is evidence of, of whatever epoch and age."""
        with self._database.reading() as connection:
            return list(connection.scalars(select(schema.epochs.c.route).distinct().order_by(schema.epochs.c.route)))

    def forget(self, route: str | None = None) -> int:
        """Delete all evidence of a route, or of all; returns how many epochs that was."""
        with self._database.writing() as connection:
            note_forgotten(connection, time.time())
            return forget(connection, route)

    def forgotten(self) -> str:
        """Changes whenever evidence is forgotten: then what a worker remembers of it is out of date, too."""
        with self._database.reading() as connection:
            return last_forgotten(connection)

    def revision(self) -> str:
        """Changes whenever there is something else to report, which costs far less to ask than to read it all."""
        with self._database.reading() as connection:
            return read_revision(connection)

    def prune(self, now: float) -> bool:
        """Delete examples and recordings older than `store.keep`, and add up when things were compared. Returns whether
        to call again: where there is much to add up, others get their turn in between."""
        with self._database.writing() as connection:
            return prune(connection, now=now, keep=self._settings.keep)

    # -- among processes ------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Ask every proxy on this store to stop mirroring."""
        with self._database.writing() as connection:
            set_paused(connection, paused=True)

    def resume(self) -> None:
        with self._database.writing() as connection:
            set_paused(connection, paused=False)

    def paused(self) -> bool:
        with self._database.reading() as connection:
            return is_paused(connection)

    def lease(self, name: str, owner: str, seconds: float, *, now: float | None = None) -> bool:
        """Take the lease for ``seconds``, or renew it; False while another owner holds it."""
        with self._database.writing() as connection:
            return take_lease(connection, name, owner, now=_or_clock(now), seconds=seconds)

    def heartbeat(
        self,
        run: str,
        *,
        pid: int,
        host: str,
        listen: str,
        queue: int,
        shed: int,
        held: str = "",
        now: float | None = None,
    ) -> None:
        """Say that a proxy is alive; its first heartbeat is its start."""
        at = _or_clock(now)
        with self._database.writing() as connection:
            report_alive(
                connection,
                Proxy(
                    run=run,
                    pid=pid,
                    host=host,
                    listen=listen,
                    started=at,
                    last_seen=at,
                    queue=queue,
                    shed=shed,
                    held=held,
                ),
            )

    def farewell(self, run: str) -> None:
        """Say that a proxy has ended."""
        with self._database.writing() as connection:
            forget_proxy(connection, run)

    def status(self, now: float) -> Status:
        with self._database.reading() as connection:
            return read_status(connection, str(self._database.place), now)


def _or_clock(now: float | None) -> float:
    return time.time() if now is None else now
