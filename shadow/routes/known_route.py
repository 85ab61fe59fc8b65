"""A route that somebody has written down, as a value."""

from __future__ import annotations

import msgspec

__all__ = ["ANY", "DEFAULT_TEMPLATE", "KnownRoute", "route_name"]

ANY = "*"
"""As a method: every method (API Gateway's ``ANY``)."""
DEFAULT_TEMPLATE = "/{default+}"
"""Template of API Gateway's ``$default`` route: whatever no other route takes, the root included."""


class KnownRoute(msgspec.Struct, frozen=True):
    """``template`` starts with ``/`` and is relative to both sides' bases; ``origin`` says where it is known from."""

    method: str
    template: str
    origin: str

    @property
    def name(self) -> str:
        return route_name(self.method, self.template)


def route_name(method: str, template: str) -> str:
    """``GET /orders/{orderId}``."""
    return f"{method.upper()} {template}"
