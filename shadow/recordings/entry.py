"""One request of a recording, whatever form it came in."""

from __future__ import annotations

from typing import Literal

import msgspec

from shadow.exchange import Request, Response
from shadow.recordings.sendable import authority_of

__all__ = ["Broken", "Part", "Recorded", "Unusable"]

Part = Literal["target", "body", "response"]


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded request, and what was answered where the recording has that.

    ``request`` is as it was on the wire: its target in origin form, bytes that are not ASCII as latin-1, its headers
    without HTTP/2's pseudo-headers (the Host is their ``:authority``), and no Content-Length or Transfer-Encoding that
    contradicts the body. ``response`` likewise: where the recording has its body decoded, without Content-Encoding.
    """

    where: str
    """Its place in the file: `entry 17`, `line 3`, `flow 5`."""
    request: Request
    scheme: str = ""
    """`http` or `https`; "" where the recording names no server, only a path."""
    host: str = ""
    port: int = 0
    response: Response | None = None
    """None where there was none, or it was not recorded as a whole."""
    started: float | None = None
    """Seconds since the epoch; None where the recording has no times."""
    duration: float = 0.0
    """Seconds."""
    client: str = ""
    """What came from one client, one after the other, has this in common; "" where nothing is known of that."""
    address: str = ""
    """Where the client's connection came from, "" where that is not known."""
    redacted: frozenset[Part] = frozenset()
    """What was changed because there was a secret in it. Headers are not counted: secrets in them are credentials."""
    key: str = ""
    """Names the key that it was redacted with; "" where nothing was."""

    @property
    def origin(self) -> str:
        """`https://api.example.com`, "" where the recording names no server; a port only where it is unusual."""
        if not self.host:
            return ""
        return f"{self.scheme}://{authority_of(self.scheme, self.host, self.port)}"

    @property
    def can_be_sent(self) -> bool:
        """Whether it can be sent again: what stands for a secret in its target or body is not the secret."""
        return not self.redacted & {"target", "body"}


class Broken(msgspec.Struct, frozen=True):
    """An entry that can't be read: where in the file, and what is wrong with it, both without anything secret."""

    where: str
    problem: str


class Unusable(msgspec.Struct, frozen=True):
    """An entry that is right, but is no request that could be sent: a CONNECT, a `data:` URL, a flow of UDP."""

    where: str
    what: str
    """In a few words, such as `WebSocket`; the same words for the same reason, for they are counted."""
