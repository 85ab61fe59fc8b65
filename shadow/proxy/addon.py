"""The mitmproxy addon: recognise a request, let its side answer, hand the complete exchange to a worker process.

Everything in the HTTP hooks runs in mitmdump's event loop while a client waits, so there is no parsing, no hashing of
bodies and no I/O to the other side here; and no exception of ours gets out of a hook.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Concatenate, ParamSpec

from mitmproxy import command, connection, ctx, hooks, http, tcp
from mitmproxy.addonmanager import Loader

from shadow.config.cautions import mirrored_writes
from shadow.config.load import load_settings
from shadow.config.settings import Settings
from shadow.errors import ConfigError, ShadowError
from shadow.exchange import Side
from shadow.pipeline.handover import Mark, legacy_ok
from shadow.pipeline.recording_file import KEEP, check_place
from shadow.proxy.capture import answering_side, broken_off, goes_round, method_of, path_of, skip_reason
from shadow.proxy.defaults import apply_defaults, hold_listening, listen, proxy_runs
from shadow.proxy.dispatch import dispatch_quickly
from shadow.proxy.lean import leave_out
from shadow.proxy.running import Running
from shadow.proxy.streaming import BodiesNeeded, drop_h2c, give_back, has_body, how_to_pass
from shadow.proxy.tunnels import Tunnels
from shadow.proxy.workers import Workers
from shadow.routes.sides import Sides

__all__ = ["ShadowAddon"]

logger = logging.getLogger(__name__)

P = ParamSpec("P")

_SIDE = "shadow_side"
"""Key in `flow.metadata`: the side that answers a flow which is ours and has not been counted. With the flow, and not
here, for it outlives an addon that is loaded again."""
_UPGRADED = "shadow_upgraded"
"""Key in `flow.metadata` of a WebSocket of ours."""
_QUIET = 60.0
"""Seconds between two lines on stderr about the same kind of trouble."""


def _harmless(
    hook: Callable[Concatenate[ShadowAddon, P], None],
) -> Callable[Concatenate[ShadowAddon, P], None]:
    """A hook of ours that fails must not matter to the client: log it (once a minute) and go on."""

    @functools.wraps(hook)
    def wrapper(self: ShadowAddon, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            hook(self, *args, **kwargs)
        except Exception:  # noqa: BLE001 - whatever it is, the client's answer goes first
            self._complain("hook", "a fault of shadow's own; the client was answered all the same", exc_info=True)

    return wrapper


class ShadowAddon:
    """Sits in mitmdump and mirrors what passes; with nothing but a shadow.toml it is a reverse proxy to legacy.

    Or records it, where the option `shadow_record` names a file: then nothing is mirrored, and no store is opened.
    """

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._sides: Sides | None = None
        self._listens = False
        self._record = ""
        """The file to record to; "" where it mirrors."""
        self._workers: Workers | None = None
        self._running = Running()
        self._ticker: asyncio.Task[None] | None = None
        self._needed = BodiesNeeded()
        self._tunnels = Tunnels()
        self._complained: dict[str, float] = {}
        self._ended = False
        """The workers have been told to finish: nothing more is captured."""
        self._life: set[asyncio.Future[None]] = set()

    # -- mitmproxy's life cycle ----------------------------------------------------------------------------------

    def load(self, loader: Loader) -> None:
        loader.add_option("shadow_config", str, "", "Path of shadow.toml; default: SHADOW_CONFIG, or found upward.")
        loader.add_option("shadow_lean", bool, False, "As `proxy.lean`: leave out addons that a proxy doesn't need.")
        loader.add_option("shadow_record", str, "", "Record to this file, without secrets, instead of mirroring.")
        loader.add_option("shadow_keep", int, KEEP, "How many requests a recording keeps at most; 0: all.")

    def configure(self, updated: set[str]) -> None:
        if "shadow_config" not in updated or self._settings is not None:
            return
        # Loaded again (it was edited): mitmproxy listens already, and by itself changes over to other options.
        self._listens = proxy_runs()
        if not self._listens:
            hold_listening()
        try:
            settings = load_settings(_path(ctx.options.shadow_config))
            self._sides = Sides.from_urls(settings.legacy.url, settings.candidate.url)
            record = _record()
            apply_defaults(settings)
        except ShadowError as error:
            # An error in the log before the proxy runs makes mitmproxy exit with code 1; raising would add a traceback.
            logger.error("shadow: %s", error)  # noqa: TRY400
            return
        if settings.proxy.lean or ctx.options.shadow_lean:
            leave_out()
        dispatch_quickly()
        self._settings = settings
        self._record = record
        self._workers = Workers(settings, _mark, record, ctx.options.shadow_keep)

    # Neither `running` nor `done` is `async def`: when mitmproxy loads an edited script again, it calls both from sync
    # code, and refuses coroutines.

    def running(self) -> asyncio.Future[None]:
        return self._in_background(self._run())

    def done(self) -> asyncio.Future[None]:
        return self._in_background(self._end())

    async def _run(self) -> None:
        if self._settings is None:
            return
        if not self._listens:
            await listen()
        self._look_around()
        self._ticker = asyncio.get_running_loop().create_task(self._tick())
        # Everything alive now lives as long as the process: keep the collector from walking it again and again,
        # which shows in the slowest percent of requests.
        gc.collect()
        gc.freeze()
        settings = self._settings
        logger.info("shadow: legacy %s, candidate %s", settings.legacy.url, settings.candidate.url)
        if self._record:
            logger.info("shadow: recording to %s; nothing is mirrored", self._record)
        elif writes := mirrored_writes(settings):
            logger.warning("shadow: %s", writes)
            if getattr(ctx.options, "termlog_verbosity", "") == "error":  # `-q`; this must be seen all the same
                print(f"shadow: {writes}", file=sys.stderr, flush=True)

    # -- HTTP ----------------------------------------------------------------------------------------------------

    @_harmless
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        if self._sides is None or self._settings is None or (side := answering_side(flow, self._sides)) is None:
            return
        if side is Side.CANDIDATE:
            self._to_candidate(flow)
        self._running.began(flow)
        if not self._ended:
            flow.metadata[_SIDE] = side
        if goes_round(flow):
            flow.request.stream = False  # mitmproxy can't answer a request that passes already
            flow.response = http.Response.make(508, "mirrored requests go round between harnesses\n")
            return
        # Whoever has answered already, or chosen how the body passes, knows why.
        if not flow.request.stream and flow.response is None:
            request, largest = flow.request, self._settings.proxy.max_body
            if stream := how_to_pass(request, largest, needed=self._needed.request):
                request.stream = stream
                drop_h2c(flow)

    @_harmless
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        response = flow.response
        if _SIDE not in flow.metadata or self._settings is None or response is None:
            return
        if not response.stream and has_body(flow):
            response.stream = how_to_pass(response, self._settings.proxy.max_body, needed=self._needed.response)
        if response.stream:
            self._running.say_last(flow)  # in `response` its headers will have left already

    @_harmless
    def response(self, flow: http.HTTPFlow) -> None:
        self._running.ended(flow)
        side = flow.metadata.pop(_SIDE, None)
        if side is not None and self._settings is not None and self._workers is not None:
            give_back(flow)
            self._capture(flow, side, self._settings, self._workers)
        self._running.say_last(flow)

    def _capture(self, flow: http.HTTPFlow, side: Side, settings: Settings, workers: Workers) -> None:
        request, response = flow.request, flow.response
        assert response is not None
        link = workers.of(flow)
        method, path = method_of(flow), path_of(flow)
        if reason := skip_reason(flow, settings.proxy.max_body):
            ok = legacy_ok(side, response.status_code)
            link.ledger.count(f"skipped:{reason}", side, method, path, ok=ok)
            if reason == "upgrade":
                flow.metadata[_UPGRADED] = True
                self._tunnels.opened(flow)
            return
        request_body, response_body = request.raw_content or b"", response.raw_content or b""
        target = request.data.path
        started = request.timestamp_start
        handed = link.hand_over(
            flow,
            side,
            path,
            len(request_body) + len(response_body) + len(target),
            (method, target, request.headers.fields, request_body),
            (response.status_code, response.headers.fields, response_body),
            (started, (response.timestamp_end or started) - started),
        )
        if not handed:
            what = "recorded" if self._record else "mirrored"
            self._complain("shed", f"the queue is full: {workers.shed} exchanges shed (not {what}) so far")

    @_harmless
    def error(self, flow: http.HTTPFlow) -> None:
        self._running.ended(flow)
        # Counted now, it is not ours any more: when a client has left, mitmproxy closes the connection to the backend,
        # and may then take that for the end of a body without a declared length, and the exchange for complete.
        self._count_broken_off(flow)

    def _count_broken_off(self, flow: http.HTTPFlow, *, by_us: bool = False) -> None:
        side = flow.metadata.pop(_SIDE, None)
        if side is None or self._settings is None or self._workers is None:
            return
        outcome = broken_off(flow, self._settings.proxy.max_body, by_us=by_us)
        ok = outcome != "failed" and flow.response is not None and legacy_ok(side, flow.response.status_code)
        self._workers.of(flow).ledger.count(outcome, side, method_of(flow), path_of(flow), ok=ok)

    # -- other protocols, after an upgrade -----------------------------------------------------------------------

    @_harmless
    def websocket_message(self, flow: http.HTTPFlow) -> None:
        if _UPGRADED in flow.metadata:
            self._tunnels.websocket_message(flow)

    @_harmless
    def tcp_message(self, flow: tcp.TCPFlow) -> None:
        self._tunnels.tcp_message(flow)

    @_harmless
    def client_disconnected(self, client: connection.Client) -> None:
        self._tunnels.closed(client.id)

    # -- commands ------------------------------------------------------------------------------------------------

    @command.command("shadow.pause")
    def pause(self) -> None:
        """Stop all mirroring, of every proxy on this store."""
        if self._workers is not None:
            self._workers.pause(paused=True)

    @command.command("shadow.resume")
    def resume(self) -> None:
        """Start mirroring again."""
        if self._workers is not None:
            self._workers.pause(paused=False)

    @command.command("shadow.report")
    def report(self) -> None:
        """Write the report now."""
        if self._workers is not None:
            self._workers.report()

    @command.command("shadow.status")
    def status(self) -> str:
        """What is going on, in a line."""
        return "shadow is not running" if self._workers is None else self._workers.status

    # -- details -------------------------------------------------------------------------------------------------

    def _to_candidate(self, flow: http.HTTPFlow) -> None:
        """Send the request to the candidate's own origin where the mode would send it elsewhere."""
        assert self._sides is not None
        request, origin = flow.request, self._sides.candidate.origin
        if (request.scheme, request.host, request.port) == (origin.scheme, origin.host, origin.port):
            return
        asked_for = request.headers.get("host")
        # Assigning the host rewrites the Host header too, as it must unless the user wants the client's kept.
        request.scheme, request.host, request.port = origin.scheme, origin.host, origin.port
        if ctx.options.keep_host_header and asked_for is not None:
            request.headers["host"] = asked_for

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._look_around()
            self._tell()

    @_harmless
    def _look_around(self) -> None:
        self._needed.look()

    @_harmless
    def _tell(self) -> None:
        assert self._workers is not None
        self._workers.tick()
        # In mitmdump's terminal the worker has said it; mitmproxy's and mitmweb's users read the log.
        if ctx.master.addons.get("view") is not None:
            for trouble in self._workers.troubles:
                self._complain("store", trouble)

    async def _end(self) -> None:
        """Let running requests finish, then the workers; bounded by `proxy.drain`."""
        if self._ticker is not None:
            self._ticker.cancel()
        if self._settings is None or self._workers is None:
            return
        deadline = time.monotonic() + self._settings.proxy.drain
        exits = ctx.master.should_exit.is_set()
        # When the script is only loaded again, the next one of us takes over what is running and the listening.
        if exits and (left := await self._running.drain(self._settings.proxy.drain)):
            logger.warning("shadow: %d requests were still running at the end", len(left))
            for flow in left:
                self._count_broken_off(flow, by_us=True)
        self._ended = True
        unfinished = await self._workers.stop(max(0.5, deadline - time.monotonic()))
        if exits:
            await self._running.close_connections()
        if unfinished:
            logger.warning("shadow: %d exchanges were not stored before the end and are lost", unfinished)

    def _in_background(self, work: Coroutine[None, None, None]) -> asyncio.Future[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._life.add(task)
        task.add_done_callback(self._life.discard)
        return task

    def _complain(self, kind: str, message: str, *, exc_info: bool = False) -> None:
        now = time.monotonic()
        if now - self._complained.get(kind, -_QUIET) >= _QUIET:
            self._complained[kind] = now
            logger.warning("shadow: %s", message, exc_info=exc_info)


def _path(option: str) -> Path | None:
    return Path(option).expanduser() if option else None


def _record() -> str:
    """The file to record to; "" where there is none. Raises ConfigError where that can't be."""
    if not ctx.options.shadow_record:
        return ""
    path = Path(ctx.options.shadow_record).expanduser().absolute()
    if ctx.options.shadow_keep < 0:
        raise ConfigError(f"shadow_keep must be 0 (keep all) or more, not {ctx.options.shadow_keep}")
    check_place(path)
    return str(path)


def _mark(flow: http.HTTPFlow, mark: Mark) -> None:
    flow.comment = mark.comment
    if mark.differs:
        flow.marked = ":red_circle:"
    if ctx.master.addons.get("view") is not None:
        ctx.master.addons.trigger(hooks.UpdateHook([flow]))
