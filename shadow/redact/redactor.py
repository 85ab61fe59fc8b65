"""The one who takes secrets out of whatever is about to be written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from shadow.compare.difference import Difference
from shadow.config import Settings
from shadow.exchange import Exchange, Headers, Request, Response
from shadow.redact.bodies import BodyRedactor
from shadow.redact.differences import redact_difference, redact_parsed
from shadow.redact.forms import redact_target
from shadow.redact.headers import HeaderRedactor
from shadow.redact.key import redact_key
from shadow.redact.marks import Marker
from shadow.redact.principal import principal
from shadow.redact.sensitive import Sensitive

__all__ = ["Redactor"]


class Redactor:
    """Replaces secrets by typed, keyed digests: ``[redacted string:3f9a1c22e07b4d58]``.

    Equal secrets become equal digests and different ones different digests, whether they stand in a header, a query,
    a form or a JSON document. What is already redacted stays as it is. No method raises for anything that a request
    or response can hold.
    """

    def __init__(self, key: bytes, *, headers: tuple[str, ...] = (), paths: tuple[str, ...] = ()) -> None:
        """``headers`` and ``paths`` (checked JSONPaths) are added to the built-in lists."""
        self._marker = Marker(key)
        self._sensitive = Sensitive(paths)
        self._bodies = BodyRedactor(self._sensitive, self._marker)
        self._headers = HeaderRedactor(frozenset(map(str.lower, headers)), self._marker, self._bodies.text)

    @classmethod
    def from_settings(cls, settings: Settings) -> Redactor:
        """Makes and keeps a key where shadow.toml has none. Raises ConfigError where that can't be done."""
        return cls(redact_key(settings), headers=tuple(settings.redact.headers), paths=tuple(settings.redact.paths))

    def digest(self, data: bytes) -> bytes:
        """16 bytes that nobody can make, or test a guess against, without the key."""
        return self._marker.digest(data)

    def principal(self, headers: Headers) -> str:
        """Who is asking, as a keyed digest; "" for an anonymous request."""
        return principal(headers, self._marker)

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be written down."""
        response = exchange.response
        if isinstance(response, Response):
            headers, body, _ = self._bodies.message(response.headers, response.body)
            redacted = Response(response.status, self._headers.headers(headers), body)
            return msgspec.structs.replace(exchange, request=self._request(exchange.request), response=redacted)
        failure = msgspec.structs.replace(response, message=self._bodies.text(response.message))
        return msgspec.structs.replace(exchange, request=self._request(exchange.request), response=failure)

    def redacts(self, request: Request) -> bool:
        """Whether the request's target or body holds a secret: then it can't be replayed from what is written."""
        return self._target(request.target) != request.target or self._bodies.message(request.headers, request.body)[2]

    def difference(self, difference: Difference) -> Difference:
        """The difference as it may be written down; its summary is rewritten where a value was secret."""
        text = self._bodies.text
        if difference.where == "header":
            value: Callable[[Any], Any] = partial(_text_only, partial(self._headers.shown, difference.path))
        elif difference.where == "body" and self._sensitive.path(difference.path):
            value = self._marker.value
        else:
            value = partial(redact_parsed, marker=self._marker, redact=text)
        return redact_difference(difference, value, text)

    def _request(self, request: Request) -> Request:
        headers, body, _ = self._bodies.message(request.headers, request.body)
        return Request(request.method, self._target(request.target), self._headers.headers(headers), body)

    def _target(self, target: str) -> str:
        return redact_target(target, self._bodies.field, self._bodies.value)


def _text_only(redact: Callable[[str], str], value: Any) -> Any:
    return redact(value) if isinstance(value, str) else value
