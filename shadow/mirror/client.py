"""Sends requests to one side: exact bytes, no cookies, no redirects, no proxy from the environment.

Only httpx's transport is used (and its `Auth` flows), not its client: the client parses the `Location` of every
redirect even when it does not follow it, and fails on one that it can't parse, which legacy APIs do send.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import httpx

from shadow.config.settings import SideSettings
from shadow.errors import ConfigError
from shadow.exchange import Exchange, Request, Response, Side, TransportFailure
from shadow.mirror.auth import load_auth
from shadow.mirror.policy import SAFE_METHODS, effective_method
from shadow.mirror.reply import BodyTooLargeError
from shadow.mirror.tokens import PATIENCE, CredentialsError, SideAuth
from shadow.mirror.transport import ExactTransport, WithdrawnError
from shadow.routes.sides import BaseUrl
from shadow.session import identity

__all__ = ["BodyTooLargeError", "CredentialsError", "SideClient", "UnsendableError", "WithdrawnError"]

QUIET = 60.0
"""Seconds between two lines about credentials that can't be got."""


class UnsendableError(Exception):
    """The client's request can't be sent on as it is (a target with bytes that HTTP does not allow)."""


class SideClient:
    """Owns the connections to one side. ``max_body`` in bytes; at most ``connections`` requests at once, and none of
    the clients' while ``stopped`` says so. ``say`` gets a line about credentials that can't be got, once a minute.
    """

    def __init__(
        self,
        side: Side,
        settings: SideSettings,
        *,
        connections: int,
        max_body: int,
        say: Callable[[str], None] = lambda line: print(f"shadow: {line}", file=sys.stderr, flush=True),
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.side = side
        self._say = say
        self._timeout = settings.timeout
        origin = BaseUrl.parse(settings.url).origin
        # The client's target never becomes part of this URL, so no target can lead to another host.
        self._url = httpx.URL(scheme=origin.scheme, host=origin.host, port=origin.port, path="/")
        self._auth = load_auth(settings.auth, f"{side}.auth")
        self._complained = float("-inf")
        self._own_identity = ""
        tls = _tls(settings, side)
        self._transport = ExactTransport(
            origin,
            tls if origin.scheme == "https" else None,
            connections=connections,
            max_body=max_body,
            stopped=stopped,
        )
        self._elsewhere = httpx.AsyncHTTPTransport(verify=tls, trust_env=False)
        """For what the side's auth asks of others, such as a token endpoint."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()
        await self._elsewhere.aclose()

    async def send(self, request: Request) -> Exchange:
        """Send the request as it is; its exchange has a `TransportFailure` where no complete response came.

        Raises UnsendableError, BodyTooLargeError, CredentialsError where the side's `auth` gives none, and
        WithdrawnError where sending was stopped before any of it was sent.
        """
        await self.ready()
        try:
            return await self._exchange(request)
        except CredentialsError as error:
            self._complain(error)
            raise

    async def ready(self) -> None:
        """Have the credentials at hand. Raises CredentialsError where the side's `auth` gives none, as far as can be
        told before a request is sent."""
        if isinstance(self._auth, SideAuth):
            try:
                await self._auth.ready()
            except CredentialsError as error:
                self._complain(error)
                raise

    def asked_as(self, request: Request) -> str:
        """Who asks, by a request that was sent (see `session.identity`, which may tell a secret).

        Where the side has an `auth` of its own, that decides: the subject of its token, which stays when tokens are
        renewed; else the `auth` as such, for it is one and the same however often its token changes.
        """
        return self._own_identity or identity(request.headers)

    async def _exchange(self, request: Request) -> Exchange:
        started, clock = time.time(), time.perf_counter()
        response: Response | TransportFailure
        try:
            response = await self._send(request)
        except (TimeoutError, httpx.TimeoutException):
            response = TransportFailure("timeout", f"no complete response within {self._timeout:g} s")
        except (httpx.LocalProtocolError, UnicodeEncodeError) as error:
            raise UnsendableError(str(error)) from error
        except (httpx.RequestError, OSError) as error:
            response = TransportFailure("connection", _said(error))
        return Exchange(self.side, request, response, started, time.perf_counter() - clock)

    async def _send(self, request: Request) -> Response:
        """Send the request and whatever requests the side's auth needs around it; the last response counts."""
        plain = self._outgoing(request)
        if self._auth is None:
            return await self._transfer(plain)
        flow = self._auth.async_auth_flow(plain)
        response: Response | None = None
        try:
            outgoing = await self._authorized(anext(flow))
            while outgoing is not None:
                if _is_ours(outgoing):
                    self._note_identity(outgoing)
                try:
                    response = await self._transfer(outgoing)
                except (httpx.RequestError, TimeoutError, OSError) as error:
                    if _is_ours(outgoing):
                        raise
                    # Whom a factory's flow asks for a token is neither side.
                    raise self._no_credentials(error) from error
                outgoing = await self._authorized(flow.asend(_for_auth(response, outgoing)))
        finally:
            await flow.aclose()
        if response is None:
            raise CredentialsError(f"{self.side}.auth sends no request")
        return response

    def _note_identity(self, outgoing: httpx.Request) -> None:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in outgoing.headers.raw]
        told = identity(headers)
        self._own_identity = told if told.startswith("sub:") else f"auth:{self.side}.auth"

    async def _authorized(self, step: Awaitable[httpx.Request]) -> httpx.Request | None:
        """The next request that the side's auth makes; None where it has no more. Its failures are its own."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await step
        except StopAsyncIteration:
            return None
        except CredentialsError:
            raise
        except Exception as error:
            raise self._no_credentials(error) from error

    def _no_credentials(self, error: Exception) -> CredentialsError:
        # Not its message: nobody knows what a factory's code writes into it.
        return CredentialsError(f"{self.side}.auth failed ({type(error).__name__})")

    def _complain(self, error: CredentialsError) -> None:
        if time.monotonic() - self._complained >= QUIET:
            self._complained = time.monotonic()
            self._say(f"{error}; nothing is mirrored to {self.side} until that works")

    def _outgoing(self, request: Request) -> httpx.Request:
        if not request.method.isascii():
            raise UnsendableError(f"the method {request.method!r} is not ASCII")
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
        if request.body and not _FRAMING & {name.lower() for name, _ in headers}:
            # An HTTP/2 client needs neither header to send a body, an HTTP/1.1 server does (RFC 9112 §6.3).
            headers.append((b"Content-Length", b"%d" % len(request.body)))
        outgoing = httpx.Request(
            request.method,
            self._url,
            headers=headers,
            # `content` would add a Content-Length beside the client's Transfer-Encoding; a stream adds nothing.
            stream=httpx.ByteStream(request.body),
            extensions={
                "target": request.target.encode("latin-1"),
                "once": effective_method(request) not in SAFE_METHODS,
            },
        )
        # httpx writes it in upper case, but methods are case-sensitive (RFC 9110 §9.1): `patch` may well be refused.
        outgoing.method = request.method
        return outgoing

    async def _transfer(self, outgoing: httpx.Request) -> Response:
        transport = self._transport if _is_ours(outgoing) else self._elsewhere
        async with asyncio.timeout(self._timeout):
            answer = await transport.handle_async_request(outgoing)
            try:
                assert isinstance(answer.stream, httpx.AsyncByteStream)
                body = b"".join([piece async for piece in answer.stream])
            finally:
                await answer.aclose()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw]
        return Response(answer.status_code, headers, body)


_FRAMING = {b"content-length", b"transfer-encoding"}


def _is_ours(request: httpx.Request) -> bool:
    """Whether it is the client's request, and not one that the side's auth has made up."""
    return "target" in request.extensions


def _said(error: Exception) -> str:
    """What went wrong, without the bytes of the answer that it quotes: nobody can tell what is secret in garbage."""
    return _QUOTED.sub("", f"{type(error).__name__}: {error}").rstrip(": ")


_QUOTED = re.compile(r"""\s*(?:bytearray\()?\bb(?:'.*|".*)""", re.DOTALL)


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
    context.set_alpn_protocols(["http/1.1"])
    return context
