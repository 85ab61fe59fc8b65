"""The ground floor: the values that travel through shadow. Imports nothing of ours.

Header values are ``str`` decoded as latin-1, which maps each byte to the code point of the same number (RFC 9110
§5.5 calls these bytes opaque), so encoding them back gives the bytes that were on the wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

import msgspec

__all__ = ["Exchange", "Headers", "Pair", "Request", "Response", "Side", "TransportFailure", "header", "header_values"]

Headers = list[tuple[str, str]]
"""Names and values in the order of the wire, duplicates kept."""


class Side(StrEnum):
    """One of the two backends that are compared."""

    LEGACY = "legacy"
    CANDIDATE = "candidate"

    @property
    def other(self) -> Side:
        return Side.CANDIDATE if self is Side.LEGACY else Side.LEGACY


class Request(msgspec.Struct, frozen=True):
    """One HTTP request.

    ``target`` is the request target in origin form (RFC 9112 §3.2.1: path and query) exactly as it was on the wire,
    including the base path of the side it was sent to; ``body`` is as on the wire, less transfer coding.
    """

    method: str
    target: str
    headers: Headers
    body: bytes = b""


class Response(msgspec.Struct, frozen=True, tag=True):
    """One HTTP response; ``body`` is as on the wire: still content-encoded (gzip, br, …), less transfer coding."""

    status: int
    headers: Headers
    body: bytes = b""


class TransportFailure(msgspec.Struct, frozen=True, tag=True):
    """No complete response came: the connection failed or the time ran out."""

    kind: Literal["timeout", "connection"]
    message: str


class Exchange(msgspec.Struct, frozen=True):
    """One request and the response of one side.

    ``started`` is in seconds since the epoch, ``duration`` in seconds from the request's first byte sent to the
    response's last byte received.
    """

    side: Side
    request: Request
    response: Response | TransportFailure
    started: float
    duration: float


class Pair(msgspec.Struct, frozen=True):
    """The exchanges of both sides for one client request; the client got the response of ``answering``."""

    legacy: Exchange
    candidate: Exchange
    answering: Side

    def of(self, side: Side) -> Exchange:
        return self.legacy if side is Side.LEGACY else self.candidate


def header_values(headers: Headers, name: str) -> Iterator[str]:
    """All values of the header ``name`` (any case), in order."""
    wanted = name.lower()
    return (value for key, value in headers if key.lower() == wanted)


def header(headers: Headers, name: str, default: str = "") -> str:
    """The first value of the header ``name`` (any case), or ``default``."""
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return default
