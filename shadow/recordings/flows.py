"""mitmproxy's own files (`mitmdump -w`), flow by flow, read by mitmproxy itself, whatever version wrote them."""

from __future__ import annotations

import gc
import math
import re
from collections.abc import Generator
from io import BytesIO
from typing import cast

from mitmproxy import flow, http
from mitmproxy.io import FlowReader

from shadow.exchange import Headers, Response
from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import EntryError
from shadow.recordings.jsonl import split_url
from shadow.recordings.sendable import authority_of, bodiless, request_of, response_of
from shadow.recordings.source import ENTRY_LIMIT, TOO_LARGE, Source

__all__ = ["entry_of", "read"]

_LENGTH = re.compile(rb"(\d{1,12}):")
_COLLECT_AFTER = 2 * 2**20
"""Bytes of flows."""
_DAMAGED = "mitmproxy can't read it: it is damaged, or a newer version of mitmproxy wrote it"


class _FrameError(Exception):
    """A flow isn't there as a whole; ``found_end`` is whether the next one begins behind it."""

    def __init__(self, problem: str, *, found_end: bool) -> None:
        self.found_end = found_end
        super().__init__(problem)


def read(source: Source) -> Generator[Recorded | Broken | Unusable, None, bool]:
    """The flows; returns whether the file was whole."""
    count, uncollected = 0, 0
    while True:
        position = source.position
        count += 1
        try:
            frame = _frame(source)
        except _FrameError as error:
            yield Broken(f"flow {count} (byte {position:,})", str(error))
            if not error.found_end:
                return False
            continue
        if frame is None:
            return True
        uncollected += len(frame)
        if uncollected > _COLLECT_AFTER:
            # mitmproxy keeps an exception that keeps the frames that keep the flow, which only this ends.
            uncollected = 0
            gc.collect(1)
        try:
            # One at a time: in a file, the reader gives up at the first flow that it can't read.
            yield entry_of(next(iter(FlowReader(BytesIO(frame)).stream())), f"flow {count}")
        except EntryError as error:
            yield Broken(f"flow {count} (byte {position:,})", str(error))
        except Exception:  # noqa: BLE001  (a state that nobody checks may raise anything, in mitmproxy or here)
            yield Broken(f"flow {count} (byte {position:,})", _DAMAGED)


def _frame(source: Source) -> bytes | None:
    """The bytes of the next flow, a tnetstring; None at the end. Raises _FrameError."""
    head = source.peek(13)
    if not head:
        return None
    if (length := _LENGTH.match(head)) is None:
        short = len(head) < 13 and head.isdigit()
        raise _FrameError(source.ending if short else "no flow begins here: the file is damaged", found_end=False)
    whole = length.end() + int(length[1]) + 1
    if whole > ENTRY_LIMIT:
        raise _FrameError(TOO_LARGE, found_end=source.skip(whole))
    frame = source.read(whole)
    if len(frame) < whole:
        raise _FrameError(source.ending, found_end=False)
    if not frame.endswith(b"}"):
        raise _FrameError("no flow ends where this one should: the file is damaged", found_end=False)
    return frame


def entry_of(recorded: flow.Flow, where: str) -> Recorded | Unusable:
    """What a flow says. Raises EntryError, and anything else where the flow's state is not what it should be."""
    if not isinstance(recorded, http.HTTPFlow):
        return Unusable(where, f"{recorded.type.upper()} flow")
    request, response = recorded.request, recorded.response
    if recorded.websocket is not None or (response is not None and response.status_code == 101):
        return Unusable(where, "WebSocket")
    if request.data.method.upper() == b"CONNECT":
        return Unusable(where, "CONNECT")
    if request.data.path == b"*":
        return Unusable(where, "OPTIONS of a whole server")
    if request.raw_content is None:
        return Unusable(where, "body that was not recorded")
    scheme, host, port, _ = split_url(f"{request.scheme}://{_bracketed(request.host)}:{request.port}/")
    sent = request_of(
        request.data.method.decode("latin-1"),
        request.data.path.decode("latin-1"),
        _headers(request),
        bytes(request.raw_content),
        authority=request.data.authority.decode("latin-1") or authority_of(scheme, host, port),
    )
    started = _time(request.timestamp_start)
    ended = None if response is None else _time(response.timestamp_end) or _time(response.timestamp_start)
    peer = cast("tuple[str, int] | None", recorded.client_conn.peername)  # none where mitmproxy replays a flow
    return Recorded(
        where=where,
        request=sent,
        scheme=scheme,
        host=host,
        port=port,
        response=None if response is None else _response(response, sent.method),
        started=started,
        duration=max(0.0, ended - started) if started and ended else 0.0,
        client=str(recorded.client_conn.id),
        address=str(peer[0]) if peer else "",
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _headers(message: http.Message) -> Headers:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers.fields]


def _time(seconds: float | None) -> float | None:
    return float(seconds) if seconds is not None and math.isfinite(seconds) else None


def _response(response: http.Response, method: str) -> Response | None:
    if not 200 <= response.status_code <= 999:
        return None
    if bodiless(method, response.status_code):
        return response_of(response.status_code, _headers(response), b"", method=method)
    if response.raw_content is None:
        return None
    return response_of(response.status_code, _headers(response), bytes(response.raw_content), method=method)
