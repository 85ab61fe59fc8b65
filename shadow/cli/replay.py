"""`shadow replay`: recorded traffic through both sides."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadow.cli.options import config_option
from shadow.config import Settings
from shadow.config.load import load_settings
from shadow.errors import ExitCode, ShadowError, UsageError
from shadow.redact import Redactor
from shadow.routes.sides import BaseUrl
from shadow.store import Proxy, open_store

if TYPE_CHECKING:
    from shadow.recordings import Recording
    from shadow.replay.ledger import Done
    from shadow.replay.options import Options
    from shadow.replay.progress import ProgressLine
    from shadow.replay.run import Replay

__all__ = ["command"]

INTERRUPTED = 130
"""As a shell tells a process that SIGINT has ended."""


def _base_url(_context: click.Context, _option: click.Parameter, value: str | None) -> BaseUrl | None:
    if value is None:
        return None
    try:
        base = BaseUrl.parse(value)
    except ValueError:
        base = None
    if "@" in value.partition("://")[2].partition("/")[0]:
        raise click.BadParameter("must be without user and password; recorded URLs are looked at without them, too")
    if base is None or base.origin.scheme not in {"http", "https"} or not base.origin.host or "?" in value:
        raise click.BadParameter("must be an http(s) URL with a host, such as http://127.0.0.1:8080/kong")
    return base


def _speed(_context: click.Context, _option: click.Parameter, value: str | None) -> float:
    if value is None:
        return 0.0
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)x?", value.strip())
    if found is None or not float(found[1]):
        raise click.BadParameter("must be a number of times the recorded speed: 1x, 2x, 0.5x")
    return float(found[1])


@click.command("replay", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--base",
    callback=_base_url,
    metavar="URL",
    help="What the recorded URLs begin with; each side's base URL replaces it.",
)
@click.option("--concurrency", type=click.IntRange(1, 10_000), help="Requests under way at once.  [default: mirror's]")
@click.option("--rate", type=click.FloatRange(0, min_open=True), metavar="N", help="Requests per second at most.")
@click.option("--speed", callback=_speed, metavar="Nx", help="Keep the recorded timing: 1x, 2x, 0.5x.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Send N requests at most.")
@click.option("--routes", multiple=True, metavar="GLOB", help="Only these routes ('GET /orders*'). Repeatable.")
@click.option("--sample", type=click.FloatRange(0, 1, min_open=True), default=1.0, help="Share of sessions to send.")
@click.option("--seed", default="", metavar="TEXT", help="Which sessions that are; another seed, other sessions.")
@click.option("--dedupe", is_flag=True, help="Send each distinct request once.")
@click.option("--resume", is_flag=True, help="Go on where the same replay was interrupted.")
@click.option("--keep-auth", is_flag=True, help="Send the recorded credentials, as far as shadow.toml has none.")
@click.option("--recorded-legacy", is_flag=True, help="Compare with what legacy answered then; it is not asked.")
@click.option("--gate", is_flag=True, help="Then judge all routes, and exit, as `shadow gate` does.")
@config_option
def command(
    files: tuple[str, ...],
    base: BaseUrl | None,
    concurrency: int | None,
    rate: float | None,
    speed: float,
    limit: int | None,
    routes: tuple[str, ...],
    sample: float,
    seed: str,
    config: Path | None,
    *,
    dedupe: bool,
    resume: bool,
    keep_auth: bool,
    recorded_legacy: bool,
    gate: bool,
) -> ExitCode | int:
    """Send recorded requests to both sides, and compare what they answer.

    FILEs are mitmproxy flow files, HAR, shadow's own recordings, GoReplay's .gor, newman's JSON report, or lists of
    URLs, also packed with gzip; `-` is standard input. Requests under a side's base URL are sent, those of one session
    in their order. Credentials are those of shadow.toml. Writes are sent only where a route opts in.

    \b
    Exit codes (with --gate, those of `shadow gate`):
      0    all was replayed, whatever the verdicts
      2    the command, the configuration or a recording is wrong
      4    a side gives no answers, or the store can't be written
      130  interrupted; the evidence so far is kept, and --resume goes on
    """
    from shadow.recordings import recordings_of
    from shadow.replay.options import Options

    if rate and speed:
        raise UsageError("--rate and --speed both say when requests are sent: choose one of them")
    settings = load_settings(config)
    options = Options(
        base=base,
        routes=routes,
        sample=sample,
        seed=seed,
        limit=limit or 0,
        dedupe=dedupe,
        keep_auth=keep_auth,
        recorded_legacy=recorded_legacy,
        concurrency=concurrency or settings.mirror.concurrency,
        rate=rate or 0.0,
        speed=speed,
    )
    recordings = recordings_of(files)
    return _replay(settings, options, recordings, config, resume=resume, gate=gate)


def _replay(
    settings: Settings,
    options: Options,
    recordings: Sequence[Recording],
    config: Path | None,
    *,
    resume: bool,
    gate: bool,
) -> ExitCode | int:
    from shadow.cli.gate import judge
    from shadow.cli.replay_summary import print_summary
    from shadow.pipeline.reporter import Reporter
    from shadow.replay.descriptors import make_room
    from shadow.replay.fitting import check_fit, nothing_left
    from shadow.replay.progress import ProgressLine
    from shadow.replay.run import Replay
    from shadow.replay.tally import Tally

    check_fit(recordings, settings, options)
    make_room(options.concurrency)
    tally = Tally()
    progress = ProgressLine(tally)
    run, done = _open_ledger(settings, options, recordings, progress.say, resume=resume)
    replay = Replay(settings, options, recordings, run, done, tally, progress.say)
    failure: ShadowError | None = None
    try:
        asyncio.run(_run(replay, progress))
    except ShadowError as error:
        failure = error
    if replay.finished:
        with open_store(settings) as store:
            replay.note_finished(store)
        if not tally.chosen:
            raise nothing_left(recordings, tally, settings, options)
    Reporter(settings, run).refresh(at_once=True)
    print_summary(replay, settings, with_verdicts=not gate)
    if not replay.finished and all(recording.size is not None for recording in recordings):
        click.echo(f"go on with: {_again()}")
    if failure is not None:
        raise failure
    if not replay.finished:
        return INTERRUPTED
    return judge(config) if gate else ExitCode.READY


def _again() -> str:
    """The command that goes on with this one."""
    given = sys.argv[1:]
    return shlex.join(["shadow", *given, *([] if "--resume" in given else ["--resume"])])


def _open_ledger(
    settings: Settings,
    options: Options,
    recordings: Sequence[Recording],
    say: Callable[[str], None],
    *,
    resume: bool,
) -> tuple[str, Done]:
    """The replay's name, and what was done of it before. Raises UsageError, StoreError and ShadowError."""
    from shadow.replay.ledger import Done, run_name

    piped = any(recording.size is None for recording in recordings)
    if piped and resume:
        raise UsageError("what comes by a pipe can't be resumed: give the recording as a file")
    run = f"replay:{uuid.uuid4().hex}" if piped else run_name(recordings, options, settings)
    with open_store(settings, create=True) as store:
        store.use_key(Redactor.from_settings(settings).key_name)
        if store.paused():
            raise ShadowError("mirroring is paused on this store: `shadow resume` starts it again")
        for other in store.status(time.time()).proxies:
            if other.run == run and _is_alive(other):
                raise UsageError(
                    f"this replay is under way already, in process {other.pid} on {other.host}; wait for its end"
                )
        before = Done(store.ledger(run))
        if resume:
            if not before:
                say("there is nothing to resume; the replay starts at the beginning")
            elif before.all:
                say("this replay was finished already; without --resume it is sent once more")
            return run, before
        if before and not before.all:
            say("an earlier replay of this was interrupted; this one starts again (--resume would go on there)")
        store.strike_out(run)
        return run, Done()


def _is_alive(other: Proxy) -> bool:
    """Whether the process is there that gave the last sign of life; of another machine's nobody knows better."""
    if other.host != socket.gethostname():
        return True
    if other.pid == os.getpid():
        return False  # as in a container that was started anew
    try:
        os.kill(other.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return True


async def _run(replay: Replay, progress: ProgressLine) -> None:
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, _interrupt, replay, progress)
    showing = asyncio.create_task(progress.show())
    try:
        await replay.run()
    finally:
        showing.cancel()
        await asyncio.wait([showing])
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(one)


def _interrupt(replay: Replay, progress: ProgressLine) -> None:
    if not replay.stopped:
        progress.say("interrupted: what is under way is finished, then it ends")
    replay.stop()
