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
import uuid
import zlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Concatenate, ParamSpec

from mitmproxy import command, connection, ctx, hooks, http, tcp
from mitmproxy.addonmanager import Loader

from shadow.config.cautions import mirrored_writes
from shadow.config.load import load_settings
from shadow.config.settings import Settings
from shadow.errors import ShadowError
from shadow.exchange import Side
from shadow.pipeline.handover import Mark, Start
from shadow.proxy.capture import (
    MIRROR_HEADER,
    answering_side,
    goes_round,
    left_midway,
    method_of,
    path_of,
    session_of,
    skip_reason,
)
from shadow.proxy.defaults import apply_defaults, hold_listening, listen, proxy_runs
from shadow.proxy.lean import leave_out
from shadow.proxy.link import WorkerLink
from shadow.proxy.streaming import BodiesNeeded, drop_h2c, give_back, has_body, how_to_pass
from shadow.proxy.tunnels import Tunnels
from shadow.routes.sides import Sides

__all__ = ["ShadowAddon"]

logger = logging.getLogger(__name__)

P = ParamSpec("P")

_SIDE = "shadow_side"
"""Key in `flow.metadata`: the side that answers a flow which is ours."""
CLOSING = 1.0
"""Seconds for clients' idle connections to close at the end."""
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
    """Sits in mitmdump and mirrors what passes; with nothing but a shadow.toml it is a reverse proxy to legacy."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._sides: Sides | None = None
        self._listens = False
        self._writes = False
        """Some route mirrors writes."""
        self._links: list[WorkerLink] = []
        self._under_way: dict[str, str] = {}
        """The running requests: flow → client connection."""
        self._answered: dict[str, float] = {}
        """Client connection → when it got its last answer; kept only while the proxy drains."""
        self._ticker: asyncio.Task[None] | None = None
        self._needed = BodiesNeeded()
        self._tunnels = Tunnels()
        self._complained: dict[str, float] = {}
        self._shed = 0
        self._drained: asyncio.Event | None = None
        """Set once the last running request has ended; there only while the proxy drains."""
        self._ended = False
        """The workers have been told to finish: nothing more is captured."""
        self._life: set[asyncio.Future[None]] = set()

    # -- mitmproxy's life cycle ----------------------------------------------------------------------------------

    def load(self, loader: Loader) -> None:
        loader.add_option("shadow_config", str, "", "Path of shadow.toml; default: SHADOW_CONFIG, or found upward.")
        loader.add_option("shadow_lean", bool, False, "As `proxy.lean`: leave out addons that a proxy doesn't need.")

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
            apply_defaults(settings)
        except ShadowError as error:
            # An error in the log before the proxy runs makes mitmproxy exit with code 1; raising would add a traceback.
            logger.error("shadow: %s", error)  # noqa: TRY400
            return
        if settings.proxy.lean or ctx.options.shadow_lean:
            leave_out()
        self._settings = settings
        self._writes = bool(mirrored_writes(settings))
        self._start_workers(settings)

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
        if writes := mirrored_writes(settings):
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
        self._under_way[flow.id] = flow.client_conn.id
        if not self._ended:
            flow.metadata[_SIDE] = side
        if goes_round(flow):
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
        if response.stream and self._drained is not None:
            _last_of_its_connection(flow)  # in `response` its headers will have left already

    @_harmless
    def response(self, flow: http.HTTPFlow) -> None:
        self._finished(flow)
        side = flow.metadata.get(_SIDE)
        if side is not None and self._settings is not None:
            give_back(flow)
            self._capture(flow, side, self._settings)
        if self._drained is not None:
            _last_of_its_connection(flow)

    def _capture(self, flow: http.HTTPFlow, side: Side, settings: Settings) -> None:
        request, response = flow.request, flow.response
        assert response is not None
        link = self._link(flow)
        method, path = method_of(flow), path_of(flow)
        if reason := skip_reason(flow, settings.proxy.max_body):
            link.ledger.count(f"skipped:{reason}", side, method, path, ok=_legacy_ok(side, response))
            if reason == "upgrade":
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
            self._shed += 1
            self._complain("shed", f"the queue is full: {self._shed} exchanges shed (not mirrored) so far")

    @_harmless
    def error(self, flow: http.HTTPFlow) -> None:
        # Not ours any more: when a client has left, mitmproxy closes the connection to the backend, and may then take
        # that for the end of a body without a declared length, and the exchange for complete.
        side = flow.metadata.pop(_SIDE, None)
        if not self._finished(flow) or side is None:
            return
        if MIRROR_HEADER in flow.request.headers:
            outcome = "skipped:excluded"
        elif self._settings is not None and (reason := left_midway(flow, self._settings.proxy.max_body)):
            outcome = f"skipped:{reason}"
        else:
            outcome = "failed"
        ok = outcome != "failed" and _legacy_ok(side, flow.response)
        self._link(flow).ledger.count(outcome, side, method_of(flow), path_of(flow), ok=ok)

    # -- other protocols, after an upgrade -----------------------------------------------------------------------

    @_harmless
    def websocket_message(self, flow: http.HTTPFlow) -> None:
        if _SIDE in flow.metadata:
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
        self._pause(paused=True)

    @command.command("shadow.resume")
    def resume(self) -> None:
        """Start mirroring again."""
        self._pause(paused=False)

    @command.command("shadow.report")
    def report(self) -> None:
        """Write the report now."""
        for link in self._links[:1]:
            link.command("report")

    @command.command("shadow.status")
    def status(self) -> str:
        """What is going on, in a line."""
        if not self._links:
            return "shadow is not running"
        waiting = sum(len(link.ledger.waiting) for link in self._links)
        size = sum(link.ledger.bytes for link in self._links) / 2**20
        paused = "paused" if any(link.state.paused for link in self._links) else "mirroring"
        if any(link.brake.wish is not None for link in self._links):
            paused += " (here only: the store has not been told yet)"
        troubles = [link.state.trouble for link in self._links if link.state.trouble]
        return "; ".join([f"{paused}, {waiting} exchanges waiting ({size:.2f} MiB), {self._shed} shed", *troubles])

    # -- details -------------------------------------------------------------------------------------------------

    def _start_workers(self, settings: Settings) -> None:
        run = uuid.uuid4().hex
        count = settings.proxy.workers
        payload = settings.model_dump_json(by_alias=True).encode()
        for index in range(count):
            start = Start(f"{run}-{index}", count, settings.proxy.listen, payload)
            self._links.append(
                WorkerLink(
                    start,
                    queue=max(1, settings.proxy.queue // count),
                    queue_bytes=settings.proxy.queue_bytes // count,
                    on_mark=_mark,
                )
            )

    def _finished(self, flow: http.HTTPFlow) -> bool:
        """Strike out a running request; False where it was none."""
        ran = self._under_way.pop(flow.id, None) is not None
        if self._drained is not None:
            self._answered[flow.client_conn.id] = time.monotonic()
            if not self._under_way:
                self._drained.set()
        return ran

    def _link(self, flow: http.HTTPFlow) -> WorkerLink:
        """The worker of the flow's session: one session always goes to the same one, so that its order is kept."""
        if len(self._links) == 1:
            return self._links[0]
        # Around a write, the connections of one address wait for each other, which they can in one worker only.
        session = session_of(flow, by_address=self._writes)
        return self._links[zlib.crc32(session.encode("utf-8", "surrogatepass")) % len(self._links)]

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
            for link in self._links:
                link.tick()
                # In mitmdump's terminal the worker has said it; mitmproxy's and mitmweb's users read the log.
                if link.state.trouble and ctx.master.addons.get("view") is not None:
                    self._complain("store", link.state.trouble)

    @_harmless
    def _look_around(self) -> None:
        self._needed.look()

    async def _end(self) -> None:
        """Let running requests finish, then the workers; bounded by `proxy.drain`."""
        if self._ticker is not None:
            self._ticker.cancel()
        if self._settings is None:
            return
        deadline = time.monotonic() + self._settings.proxy.drain
        # When the script is only loaded again, the next one of us takes over what is running and the listening.
        if ctx.master.should_exit.is_set():
            await self._drain(self._settings.proxy.drain)
        self._ended = True
        remaining = max(0.5, deadline - time.monotonic())
        await asyncio.gather(*(link.stop(remaining) for link in self._links))
        if ctx.master.should_exit.is_set():
            await self._close_connections()
        left = sum(link.ledger.unfinished() for link in self._links)
        if left:
            logger.warning("shadow: %d exchanges were not stored before the end and are lost", left)

    async def _drain(self, seconds: float) -> None:
        """Stop listening, and wait for what is under way."""
        self._drained = asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                if (server := ctx.master.addons.get("proxyserver")) is not None:
                    await server.servers.update([])
                if self._under_way:
                    await self._drained.wait()
        except TimeoutError:
            logger.warning("shadow: %d requests were still running at the end", len(self._under_way))

    async def _close_connections(self) -> None:
        """End what clients keep alive and are not using, as a server does that shuts down.

        Else mitmproxy's loop cancels their tasks, for which asyncio prints a traceback (on Python 3.11.7 and 3.12.1).
        """
        if (server := ctx.master.addons.get("proxyserver")) is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                while server.connections:
                    just_now = time.monotonic() - 0.1  # such an answer may not be written yet
                    in_use = {*self._under_way.values(), *(c for c, at in self._answered.items() if at > just_now)}
                    for handler in server.connections.values():
                        io = handler.transports.get(handler.client)
                        if io is not None and io.writer is not None and handler.client.id not in in_use:
                            io.writer.close()
                    await asyncio.sleep(0.02)

    def _in_background(self, work: Coroutine[None, None, None]) -> asyncio.Future[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._life.add(task)
        task.add_done_callback(self._life.discard)
        return task

    def _pause(self, *, paused: bool) -> None:
        for link in self._links:
            link.pause(paused=paused)

    def _complain(self, kind: str, message: str, *, exc_info: bool = False) -> None:
        now = time.monotonic()
        if now - self._complained.get(kind, -_QUIET) >= _QUIET:
            self._complained[kind] = now
            logger.warning("shadow: %s", message, exc_info=exc_info)


def _legacy_ok(side: Side, response: http.Response | None) -> bool:
    return side is Side.LEGACY and response is not None and 200 <= response.status_code < 400


def _last_of_its_connection(flow: http.HTTPFlow) -> None:
    """Else a busy client's connection would bring one request after another, until it is cut off amid one."""
    response = flow.response
    if response is not None and response.status_code != 101 and not flow.request.is_http2:
        response.headers["connection"] = "close"


def _path(option: str) -> Path | None:
    return Path(option).expanduser() if option else None


def _mark(flow: http.HTTPFlow, mark: Mark) -> None:
    flow.comment = mark.comment
    if mark.differs:
        flow.marked = ":red_circle:"
    if ctx.master.addons.get("view") is not None:
        ctx.master.addons.trigger(hooks.UpdateHook([flow]))
