"""The connections to both sides, as everybody needs them who sends requests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

from shadow.config import Settings
from shadow.exchange import Side
from shadow.mirror.client import SideClient
from shadow.mirror.translation import side_settings

__all__ = ["open_clients"]


async def open_clients(
    settings: Settings,
    stack: AsyncExitStack,
    *,
    connections: int,
    say: Callable[[str], None],
    stopped: Callable[[], bool],
) -> dict[Side, SideClient]:
    """A client for each side, which ``stack`` closes; the rest as for `SideClient`. Raises ConfigError."""
    clients = {}
    for side in Side:
        client = SideClient(
            side,
            side_settings(settings, side),
            connections=connections,
            max_body=settings.proxy.max_body,
            say=say,
            stopped=stopped,
        )
        clients[side] = await stack.enter_async_context(client)
    return clients
