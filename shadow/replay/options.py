"""What a user asks of a replay."""

from __future__ import annotations

import msgspec

from shadow.routes.sides import BaseUrl

__all__ = ["Options"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `shadow replay`; its help says what they mean."""

    base: BaseUrl | None = None
    routes: tuple[str, ...] = ()
    """Globs; none: all routes."""
    sample: float = 1.0
    """Share of sessions."""
    seed: str = ""
    limit: int = 0
    """Requests at most; 0: all."""
    dedupe: bool = False
    keep_auth: bool = False
    recorded_legacy: bool = False
    concurrency: int = 64
    rate: float = 0.0
    """Requests per second; 0: as fast as they are answered."""
    speed: float = 0.0
    """Times the recorded timing; 0: regardless of it."""

    @property
    def what(self) -> bytes:
        """Tells replays apart that don't send the same requests."""
        timeless = msgspec.structs.replace(self, concurrency=0, rate=0.0, speed=0.0)
        return msgspec.json.encode(timeless)
