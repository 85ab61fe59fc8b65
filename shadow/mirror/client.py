"""Sends requests to one side: exact bytes, no cookies, no redirects, no proxy from the environment.

Only httpx's transport is used (and its `Auth` flows), not its client: the client parses the `Location` of every
redirect even when it does not follow it, and fails on one that it can't parse, which legacy APIs do send.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from types import TracebackType
from typing import Any, Self

import httpx

from shadow.config.settings import SideSettings
from shadow.errors import ConfigError
from shadow.exchange import Exchange, Request, Response, Side, TransportFailure
from shadow.mirror.auth import load_auth
from shadow.routes.sides import BaseUrl

__all__ = ["BodyTooLargeError", "SideClient", "UnsendableError"]


class UnsendableError(Exception):
    """The client's request can't be sent on as it is (a target with bytes that HTTP does not allow)."""


class BodyTooLargeError(Exception):
    """The response's body is larger than what is compared."""


class SideClient:
    """Owns the connections to one side. ``max_body`` in bytes; at most ``connections`` requests at once."""

    def __init__(self, side: Side, settings: SideSettings, *, connections: int, max_body: int) -> None:
        self.side = side
        self._timeout = settings.timeout
        self._timeouts = httpx.Timeout(settings.timeout).as_dict()
        self._max_body = max_body
        origin = BaseUrl.parse(settings.url).origin
        # The client's target never becomes part of this URL, so no target can lead to another host.
        self._url = httpx.URL(scheme=origin.scheme, host=origin.host, port=origin.port, path="/")
        self._auth = load_auth(settings.auth, f"{side}.auth") or httpx.Auth()
        self._transport = httpx.AsyncHTTPTransport(
            verify=_tls(settings, side),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def send(self, request: Request) -> Exchange:
        """Send the request as it is; its exchange has a `TransportFailure` where no complete response came.

        Raises UnsendableError and BodyTooLargeError.
        """
        started, clock = time.time(), time.perf_counter()
        response: Response | TransportFailure
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._send(request)
        except (TimeoutError, httpx.TimeoutException):
            response = TransportFailure("timeout", f"no complete response within {self._timeout:g} s")
        except (httpx.LocalProtocolError, UnicodeEncodeError) as error:
            raise UnsendableError(str(error)) from error
        except (httpx.RequestError, OSError) as error:
            response = TransportFailure("connection", f"{type(error).__name__}: {error}".rstrip(": "))
        return Exchange(self.side, request, response, started, time.perf_counter() - clock)

    async def _send(self, request: Request) -> Response:
        """Send the request and whatever requests the side's auth needs around it; the last response counts."""
        flow = self._auth.async_auth_flow(self._outgoing(request))
        try:
            outgoing = await anext(flow)
            while True:
                response = await self._transfer(outgoing)
                try:
                    outgoing = await flow.asend(_for_auth(response, outgoing))
                except StopAsyncIteration:
                    return response
        finally:
            await flow.aclose()

    def _outgoing(self, request: Request) -> httpx.Request:
        if not request.method.isascii():
            raise UnsendableError(f"the method {request.method!r} is not ASCII")
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
        lengths = {value for name, value in headers if name.lower() == b"content-length"}
        if lengths - {b"%d" % len(request.body)}:
            raise UnsendableError(f"the request's Content-Length is not that of its {len(request.body)} bytes of body")
        if request.body and not _FRAMING & {name.lower() for name, _ in headers}:
            # An HTTP/2 client needs neither header to send a body, an HTTP/1.1 server does (RFC 9112 §6.3).
            headers.append((b"Content-Length", b"%d" % len(request.body)))
        outgoing = httpx.Request(
            request.method,
            self._url,
            headers=headers,
            # `content` would add a Content-Length beside the client's Transfer-Encoding; a stream adds nothing.
            stream=httpx.ByteStream(request.body),
            extensions={"target": request.target.encode("latin-1"), "timeout": self._timeouts},
        )
        # httpx writes it in upper case, but methods are case-sensitive (RFC 9110 §9.1): `patch` may well be refused.
        outgoing.method = request.method
        return outgoing

    async def _transfer(self, outgoing: httpx.Request) -> Response:
        answer = await self._transport.handle_async_request(outgoing)
        stream: Any = answer.stream
        try:
            body = bytearray()
            # Not `aiter_raw`, which hands the connection on to the next request before one can look at it.
            async for piece in stream:
                body += piece
                if len(body) > self._max_body:
                    raise BodyTooLargeError
            if _more_than_a_response(stream):
                # The connection would be used again, and what is left taken for the answer to the next request.
                await answer.extensions["network_stream"].aclose()
        finally:
            await answer.aclose()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw]
        return Response(answer.status_code, headers, bytes(body))


def _more_than_a_response(stream: Any) -> bool:
    """Whether the server sent bytes beyond the length that it declared: h11 knows, and httpcore tells nobody."""
    try:
        surplus: bytes = stream._httpcore_stream._stream._connection._h11_state.trailing_data[0]
    except AttributeError:  # another httpcore than those that this was written for
        return False
    return surplus != b""


_FRAMING = {b"content-length", b"transfer-encoding"}


def _for_auth(response: Response, request: httpx.Request) -> httpx.Response:
    """The response as an auth flow may look at it, for a challenge or a token."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    return httpx.Response(response.status, headers=headers, stream=httpx.ByteStream(response.body), request=request)


def _tls(settings: SideSettings, side: Side) -> ssl.SSLContext:
    if settings.verify is False:
        context = ssl._create_unverified_context()  # noqa: S323 - the user said `verify = false`
    else:
        try:
            context = ssl.create_default_context(cafile=None if settings.verify is True else str(settings.verify))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"{side}.verify: {settings.verify} is not a CA bundle that can be read ({error})"
            ) from error
    if settings.client_cert:
        try:
            context.load_cert_chain(*map(str, settings.client_cert))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"{side}.client_cert: can't be loaded ({error})") from error
    return context
