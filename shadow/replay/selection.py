"""Which recorded requests are sent, and as what."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

from shadow.config import Settings, glob_matches
from shadow.exchange import Exchange, Request, Response, Side, TransportFailure
from shadow.mirror.policy import is_mirrored, sampled
from shadow.pipeline.asking import NOT_ASKED
from shadow.pipeline.replayed import is_marked
from shadow.recordings.entry import Recorded
from shadow.redact import Redactor
from shadow.replay.options import Options
from shadow.routes import RouteTable
from shadow.routes.sides import BaseUrl, Sides
from shadow.session import identity

__all__ = ["Chosen", "Left", "Selection", "placed"]


class Left(StrEnum):
    """Why a recorded request is none of this replay's; such requests are no evidence, not even as skipped."""

    ELSEWHERE = "not under a base URL"
    MIRRORED = "mirrored by a harness"
    OTHER_ROUTE = "of other routes"
    NOT_SAMPLED = "not in the sample"
    REPEATED = "repeated"
    NO_ANSWER = "without a recorded answer of legacy that could be compared"
    OTHER_KEY = "with secrets in the answer that were redacted with another `redact.key`"


class Chosen(NamedTuple):
    """A request to send."""

    number: int
    """Its place among all entries of all files, counted from 1."""
    exchange: Exchange
    """``side`` is the one that it was recorded of, whose base URL its target is under. ``request`` is as it is sent,
    but as it was recorded where its recorded answer is compared; ``response`` is that answer (its status alone, where
    that is not compared), or `NOT_ASKED`."""
    recorded: Request
    """As it was recorded, with its credentials: by these its session is known. Never to be sent or written down."""
    client: str
    address: str
    started: float | None
    """When it was recorded, in seconds since the epoch."""
    secret: bool
    """What was sent isn't known any more, or must not be sent again."""

    @property
    def size(self) -> int:
        """Bytes that it holds in memory, about."""
        response = self.exchange.response
        answered = len(response.body) if isinstance(response, Response) else 0
        return 2_000 + len(self.recorded.body) + answered


def placed(entry: Recorded, base: BaseUrl | None, sides: Sides) -> tuple[Side, str] | None:
    """The side that a recorded request was for, and its target there; None where it is under no base URL.

    What is under ``base`` counts as legacy's. Of a request without a server only the path can tell.
    """
    target = entry.request.target
    if not entry.host:
        return None if (side := sides.by_path(target)) is None else (side, target)
    where = (entry.scheme, entry.host, entry.port, target)
    if base is not None and Sides(base, base).by_url(*where) is not None:
        return Side.LEGACY, Sides(base, sides.legacy).rebase(target, Side.LEGACY, Side.CANDIDATE)
    side = sides.by_url(*where)
    return None if side is None else (side, target)


class Selection:
    """Chooses entry by entry, in their order; the same entries in the same order are always chosen alike."""

    def __init__(self, options: Options, settings: Settings, table: RouteTable, redactor: Redactor) -> None:
        self._options = options
        self._sides = Sides.from_urls(settings.legacy.url, settings.candidate.url)
        self._table = table
        self._redactor = redactor
        self._seen: set[bytes] = set()
        self.chosen = 0
        self.without_credentials = 0
        """Requests of these that were recorded with credentials which are not sent."""

    @property
    def full(self) -> bool:
        """Whether there are as many as are wanted."""
        return bool(self._options.limit) and self.chosen >= self._options.limit

    def choose(self, entry: Recorded, number: int, file: str) -> Chosen | Left:
        """``file`` tells files apart, whose clients are not the same."""
        found = placed(entry, self._options.base, self._sides)
        if found is None:
            return Left.ELSEWHERE
        side, target = found
        if is_mirrored(entry.request.headers):
            return Left.MIRRORED
        method = entry.request.method
        relative = self._sides.relative(side, target)
        route = self._table.name_for(side, method, relative)
        if not self._is_wanted(route):
            return Left.OTHER_ROUTE
        recorded = msgspec.structs.replace(entry.request, target=target)
        client = f"{file}:{entry.client}" if entry.client else f"{file}#{number}"
        if not sampled(f"{self._options.seed}:{identity(recorded.headers) or client}", self._options.sample):
            return Left.NOT_SAMPLED
        if self._options.recorded_legacy and not (side is Side.LEGACY and _comparable(entry.response)):
            return Left.NO_ANSWER
        if self._options.recorded_legacy and self._has_other_marks(entry):
            return Left.OTHER_KEY
        request = self._to_send(recorded)
        if self._options.dedupe and self._is_repeated(request, relative):
            return Left.REPEATED
        self.chosen += 1
        self.without_credentials += len(request.headers) < len(recorded.headers)
        return Chosen(
            number=number,
            # What is secret in a recorded answer is known by the request that was answered.
            exchange=Exchange(
                side,
                recorded if self._options.recorded_legacy else request,
                self._answer(entry.response),
                0.0,
                0.0,
            ),
            recorded=recorded,
            client=client,
            # Of requests that are by themselves, writes must not overtake what the file has before them.
            address=f"{file}:{entry.address}" if entry.address or not entry.client else "",
            started=entry.started,
            secret=self._is_secret(entry, recorded, route),
        )

    def _is_wanted(self, route: str) -> bool:
        wanted = self._options.routes
        return not wanted or any(glob_matches(glob, route) for glob in wanted)

    def _has_other_marks(self, entry: Recorded) -> bool:
        """Whether its answer holds marks of another key, which those in the candidate's answer would never equal."""
        if entry.key in ("", self._redactor.key_name):
            return False
        return entry.response is not None and is_marked(entry.response)

    def _to_send(self, recorded: Request) -> Request:
        if self._options.keep_auth:
            return recorded
        return msgspec.structs.replace(recorded, headers=self._redactor.without_credentials(recorded.headers))

    def _answer(self, response: Response | None) -> Response | TransportFailure:
        if response is None:
            return NOT_ASKED
        return response if self._options.recorded_legacy else Response(response.status, [])

    def _is_secret(self, entry: Recorded, recorded: Request, route: str) -> bool:
        if not entry.can_be_sent:
            return True
        # A token in a query is a recorded credential like one in a header, but can't be left out like that.
        return not self._options.keep_auth and self._redactor.holds_credentials(recorded, route)

    def _is_repeated(self, request: Request, relative: str) -> bool:
        who = identity(request.headers) if self._options.keep_auth else ""
        parts = [part.encode("utf-8", "surrogateescape") for part in (request.method, relative, who)]
        digest = self._redactor.digest(b"\0".join([*parts, request.body]))
        if digest in self._seen:
            return True
        self._seen.add(digest)
        return False


_PARTIAL = {101, 206, 304, 412, 416}
"""What a client got because of what it had already, or asked for: the candidate is asked without such conditions."""


def _comparable(response: Response | None) -> bool:
    return response is not None and response.status not in _PARTIAL
