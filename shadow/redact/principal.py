"""Who is asking, without writing down who it is."""

from __future__ import annotations

from shadow.exchange import Headers
from shadow.redact.marks import Marker
from shadow.session import identity

__all__ = ["principal", "principal_of"]


def principal(headers: Headers, marker: Marker) -> str:
    """Keyed digest of what makes the request somebody's (`shadow.session`); "" for an anonymous one. Never raises."""
    return principal_of(identity(headers), marker)


def principal_of(who: str, marker: Marker) -> str:
    """The same of an `identity`."""
    if not who:
        return ""
    kind = who.partition(":")[0]
    return f"{kind}:{marker.digest(who.encode('utf-8', 'surrogatepass')).hex()}"
