"""Who is asking, without writing down who it is."""

from __future__ import annotations

from shadow.exchange import Headers
from shadow.redact.marks import Marker
from shadow.session import identity

__all__ = ["principal"]


def principal(headers: Headers, marker: Marker) -> str:
    """Keyed digest of what makes the request somebody's (`shadow.session`); "" for an anonymous one. Never raises."""
    who = identity(headers)
    if not who:
        return ""
    kind = who.partition(":")[0]
    return f"{kind}:{marker.digest(who.encode('utf-8', 'surrogatepass')).hex()}"
