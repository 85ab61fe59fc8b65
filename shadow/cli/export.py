"""`shadow export`: the pairs that `store.record = "all"` has kept, as a recording."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import click

from shadow.cli.options import config_option
from shadow.cli.route_choice import the_routes
from shadow.config.load import load_settings
from shadow.config.settings import Settings
from shadow.errors import ReportError, UsageError
from shadow.evidence.observation import Observation
from shadow.pipeline.diversity import Selection
from shadow.pipeline.recording_entry import entry_of
from shadow.pipeline.recording_file import Place, RecordingFile, check_place
from shadow.pipeline.recording_shape import Shaper
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import Header, encode
from shadow.redact import Redactor
from shadow.routes import RouteTable
from shadow.routes.sides import Sides
from shadow.store import Store, open_store

__all__ = ["command"]


@click.command("export")
@click.argument("file")
@click.argument("routes", nargs=-1, metavar="[ROUTE]…")
@click.option(
    "--keep",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Keep at most N requests, which show as many kinds of them as so few can; 0 keeps all.",
)
@config_option
def command(file: str, routes: tuple[str, ...], keep: int, config: Path | None) -> None:
    """Write the pairs that `store.record = "all"` has kept to FILE, as a recording of what legacy answered; `-` is
    stdout.

    A recording that is there is replaced. ROUTEs are names such as 'GET /orders/{orderId}', or globs.
    """
    settings = load_settings(config)
    target = None if file == "-" else Path(file).absolute()
    if target is not None:
        check_place(target)
    with open_store(settings) as store, tempfile.TemporaryFile() as spool:
        redactor = Redactor.from_settings(settings)
        exporter = _Exporter(settings, redactor, spool, keep)
        for observation in _recorded(store, routes):
            exporter.take(observation)
        if not exporter.seen:
            raise UsageError(_nothing(settings, routes))
        header = Header(
            key=redactor.key_name,
            legacy=settings.legacy.url,
            candidate=settings.candidate.url,
            left_out=dict(sorted(exporter.left_out.items())),
        )
        kept = _write(target, header, exporter.lines())
    where = "stdout" if target is None else str(target)
    count = "" if kept == exporter.seen else f"{kept:,} of "
    requests = "request" if exporter.seen == 1 else "requests"
    click.echo(f"shadow: exported {count}{exporter.seen:,} {requests} to {where}", err=True)


def _recorded(store: Store, routes: tuple[str, ...]) -> Iterator[Observation]:
    chosen = the_routes(routes, store.routes()) if routes else None
    # One after the other in time, whatever their routes: what belongs together stays together.
    return (one for one in store.recordings() if chosen is None or one.epoch.route in chosen)


class _Exporter:
    """Writes entries to ``spool``, and knows which of them are to be kept."""

    def __init__(self, settings: Settings, redactor: Redactor, spool: BinaryIO, keep: int) -> None:
        self.seen = 0
        self.left_out: Counter[str] = Counter()
        sides = Sides.from_urls(settings.legacy.url, settings.candidate.url)
        self._origin = sides.legacy.origin
        self._configured = frozenset(name.lower() for name in settings.legacy.headers)
        self._redactor = redactor
        self._shaper = Shaper(sides, RouteTable.from_settings(settings), redactor)
        self._selection = Selection[tuple[str, Place]](keep) if keep else None
        self._spool = spool

    def take(self, observation: Observation) -> None:
        if observation.example is None:
            return
        self.seen += 1
        exchange = observation.example.pair.legacy
        # What stands for a token or a cookie is always the same, and so tells whose request it was as they did.
        client = self._redactor.principal(exchange.request.headers)
        entry = entry_of(exchange, self._origin, client, self._configured)
        line = encode(entry)
        if self._selection is not None:
            self._offer(entry, observation.epoch.route, len(line))
        self._spool.write(line)

    def _offer(self, entry: Recorded, route: str, length: int) -> None:
        assert self._selection is not None
        out = self._selection.offer(self._shaper.sample(entry), (route, Place(self._spool.tell(), length)))
        if out is not None:
            self.left_out[out[0]] += 1

    def lines(self) -> Iterator[bytes]:
        """What is kept, in the order in which it came."""
        if self._selection is None:
            self._spool.seek(0)
            yield from self._spool
            return
        for place in sorted(place for _, place in self._selection):
            self._spool.seek(place.offset)
            yield self._spool.read(place.length)


def _write(target: Path | None, header: Header, lines: Iterable[bytes]) -> int:
    """How many lines that were, without the header. Raises ConfigError and ReportError."""
    if target is None:
        out, count = sys.stdout.buffer, 0
        out.write(header.line())
        for line in lines:
            out.write(line)
            count += 1
        out.flush()
        return count
    file = RecordingFile.open(target, key="")
    try:
        return len(file.replace(header, lines))
    except OSError as error:
        raise ReportError(f"can't write {target}: {error.strerror or error}; name another place") from error
    finally:
        file.close()


def _nothing(settings: Settings, routes: tuple[str, ...]) -> str:
    whose = " of these routes" if routes else ""
    if settings.store.record == "all":
        return f"no pairs{whose} have been recorded yet: send requests through the proxy first"
    return (
        f'no pairs{whose} have been recorded: set store.record = "all" in shadow.toml, and send requests through the '
        "proxy; or record traffic itself: shadow record FILE"
    )
