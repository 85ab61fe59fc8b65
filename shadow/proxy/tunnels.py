"""Connections that have switched to another protocol: they pass as they are, and leave nothing behind.

mitmproxy keeps all messages of a WebSocket, and all bytes of any other protocol, until the connection ends (mitmproxy
#6620); one that stays open for days would fill its memory.
"""

from __future__ import annotations

from mitmproxy import ctx, http, tcp

__all__ = ["Tunnels"]


class Tunnels:
    """Drops what has passed through, unless the user records it or looks at it."""

    def __init__(self) -> None:
        self._clients: set[str] = set()
        """The connections whose bytes mitmproxy takes for plain TCP."""

    def opened(self, flow: http.HTTPFlow) -> None:
        if flow.websocket is None:
            self._clients.add(flow.client_conn.id)

    def closed(self, client: str) -> None:
        self._clients.discard(client)

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        if flow.websocket is not None and not _recorded():
            # The last one is still to be sent, and other addons look for it at this place.
            del flow.websocket.messages[:-1]

    def tcp_message(self, flow: tcp.TCPFlow) -> None:
        if flow.client_conn.id in self._clients and not _recorded():
            del flow.messages[:-1]


def _recorded() -> bool:
    return bool(ctx.options.save_stream_file or ctx.options.hardump) or ctx.master.addons.get("view") is not None
