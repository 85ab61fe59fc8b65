"""What one client request has proved: the value that the pipeline writes and the store counts."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

import msgspec

from shadow.compare.difference import Difference
from shadow.compare.reach import Reach
from shadow.evidence.coverage import Feature
from shadow.exchange import Pair

__all__ = [
    "ALGORITHM",
    "RACED",
    "CandidateError",
    "ColdKind",
    "ColdStart",
    "Epoch",
    "Example",
    "LatencySample",
    "Observation",
    "Outcome",
    "SkipReason",
]

RACED = "raced"
"""The class of differences that raced with a write, beside others that are proven."""
ALGORITHM = 3
"""Version of comparing and counting; raised when evidence of before can't be added to evidence of after."""

Outcome = Literal["compared", "raced", "unproductive", "skipped", "shed", "failed", "lost"]
SkipReason = Literal[
    "", "write", "sampled", "too-large", "streamed", "upgrade", "rate", "breaker", "paused", "excluded", "redacted"
]
"""Why the other side was not asked. `redacted`: a recorded request whose target or body held a secret, so that what was
sent is not known any more, or must not be sent again."""
CandidateError = Literal["", "timeout", "connection", "5xx", "no-credentials", "expired"]
"""What kept a pair from being compared, or the candidate from answering: `no-credentials`, a side's `auth` gave none;
`expired`, a side that had served the client refused the worker its request."""


class Epoch(msgspec.Struct, frozen=True):
    """What evidence belongs to; evidence of different epochs is never added up."""

    route: str
    legacy_url: str
    candidate_url: str
    legacy_version: str
    candidate_version: str
    rules: str
    """Digest of the route's effective comparison rules."""
    algorithm: int = ALGORITHM

    @property
    def id(self) -> str:
        """32 hex digits, the same on every machine."""
        return blake2b(msgspec.json.encode(self), digest_size=16).hexdigest()


ColdKind = Literal["idle", "timeout", "init"]
"""How a cold start was told: `idle`, the first request of its route after a while, so perhaps none; `timeout`, only the
second try was answered; `init`, the candidate said so."""


class ColdStart(msgspec.Struct, frozen=True):
    """One request that met a candidate which may have had to start first; never among the `LatencySample`s."""

    kind: ColdKind
    milliseconds: float
    """How long a client would have waited, what timed out before included."""


class LatencySample(msgspec.Struct, frozen=True):
    """How long both sides took for the same request, sent by the same worker, in milliseconds."""

    legacy_ms: float
    candidate_ms: float


class Example(msgspec.Struct, frozen=True):
    """A whole pair, already redacted, kept so that people can look at both bodies."""

    pair: Pair
    differences: tuple[Difference, ...]


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What one client request has proved (or, with ``weight`` > 1, what became of several that were never looked at).

    ``distinct`` (16 bytes) is set exactly when ``outcome`` is ``compared``. ``signature`` holds the sorted
    fingerprints of the pair's differences, notices left out; the empty signature is a match. ``noise`` holds those of
    them that are differences which legacy has with itself; these have fingerprints of their own. All values in
    ``differences`` and ``example`` are already redacted.
    """

    epoch: Epoch
    at: float
    """Seconds since the epoch."""
    outcome: Outcome
    skip: SkipReason = ""
    weight: int = 1
    legacy_ok: bool = False
    """Legacy answered 2xx or 3xx."""
    distinct: bytes | None = None
    signature: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    noise: tuple[str, ...] = ()
    unconfirmed: bool = False
    """The sides differed, but could not be asked again (or it is a recorded pair that is compared again), or legacy
    refused or failed then."""
    candidate_error: CandidateError = ""
    cold: tuple[ColdStart, ...] = ()
    same_backend: bool = False
    """The candidate's response carried the legacy side's marks: it fell through to legacy."""
    latency: tuple[LatencySample, ...] = ()
    reach: tuple[Reach, ...] = ()
    """What the pair's comparison rules found in it, each rule once, as far as they were asked."""
    features: tuple[Feature, ...] = ()
    """What kind of request it was, of a compared one that the worker has not looked at lately."""
    example: Example | None = None
