"""Who may read what is served, and what browsers may do with it.

A server on loopback is reachable for every page that its user's browser has open. Three of the ways in are closed
here: a name that leads to this address (DNS rebinding) by the Host header, requests that other sites make by what the
browser says of them (Fetch Metadata, https://www.w3.org/TR/fetch-metadata/), and being framed or embedded by headers.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from ipaddress import ip_address

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shadow.report.visible import clip, visible

__all__ = ["LOOPBACK", "Guard", "Refusal", "host_name", "refusal"]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names that lead to this very machine, wherever they are looked up."""

_HEADERS = {
    # The page's own policy takes the place of this one.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?", re.ASCII | re.IGNORECASE)


class Refusal(msgspec.Struct, frozen=True):
    status: HTTPStatus
    sentence: str


class Guard:
    """An ASGI application around another one: lets through what may pass, and gives every answer its headers."""

    def __init__(self, application: ASGIApp, names: frozenset[str]) -> None:
        """``names`` are those of this server, as `host_name` writes them."""
        self._application = application
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        assert scope["type"] == "http"
        refused = refusal(scope["method"], Headers(scope=scope), self._names | _address(scope))
        application = self._application if refused is None else _answer(refused)
        await application(scope, receive, send_with_headers)


def refusal(method: str, headers: Headers, names: frozenset[str]) -> Refusal | None:
    """Why this request gets no answer; None where it gets one."""
    hosts = headers.getlist("host")
    name = host_name(hosts[0]) if len(hosts) == 1 else ""
    if not name:
        return Refusal(HTTPStatus.BAD_REQUEST, "a request must say in one Host header which server it is for")
    if name not in names:
        known = ", ".join(sorted(names))
        return Refusal(
            HTTPStatus.MISDIRECTED_REQUEST,
            f"this server answers to {known}, and not to {clip(visible(name), 100)}: another site could have led your "
            "browser here. Behind a reverse proxy, start `shadow serve` with --allow-host and the name",
        )
    if method not in ("GET", "HEAD"):
        return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "this server is for reading only: GET and HEAD")
    if _is_from_elsewhere(headers, hosts[0]):
        return Refusal(HTTPStatus.FORBIDDEN, "other sites may link to this report, but not load it or parts of it")
    return None


def host_name(host: str) -> str:
    """The name in a Host header (or `--allow-host`), in lower case and without port; "" where it is none."""
    found = _HOST.fullmatch(host)
    return found[1].lower().rstrip(".") if found else ""


def _is_from_elsewhere(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    # Compared as a text, because what is no URL must be refused, too.
    if origin is not None and origin.lower().partition("://")[2] != host.lower():
        return True
    # Another port of this machine counts as the same site, but is not ours.
    if headers.get("sec-fetch-site") not in ("cross-site", "same-site"):
        return False
    # A link that somebody has followed.
    return (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) != ("navigate", "document")


def _address(scope: Scope) -> frozenset[str]:
    """The address by which the client has reached this server; a name that only leads to it can't be equal to it."""
    try:
        found = ip_address(scope["server"][0])
    except (TypeError, ValueError):
        return frozenset()
    return frozenset({f"[{found}]" if found.version == 6 else str(found)})


def _answer(refused: Refusal) -> ASGIApp:
    headers = {"Allow": "GET, HEAD"} if refused.status is HTTPStatus.METHOD_NOT_ALLOWED else None
    return PlainTextResponse(f"{refused.sentence}\n", refused.status, headers)
