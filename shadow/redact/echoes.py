"""Secrets that are said again where nothing tells that they are one: `{"error": "3f9aTq… is no valid token"}`."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from urllib.parse import quote

import msgspec

from shadow.exchange import Exchange, Headers, Response
from shadow.redact.known import is_word, spellings
from shadow.redact.marks import Marker
from shadow.redact.names import COOKIE_HEADERS, SCHEME_HEADERS
from shadow.routes.octets import octets

__all__ = ["Echoes"]

_LEAST = 8
"""Characters of a secret that is looked for; a shorter one may stand anywhere by chance."""
_LONG = 16
"""Characters of a word that nobody uses but as a password."""
_MOST = 200
"""Secrets of an answer that are looked for; those of the request always are, for they are few."""


_IN_PARTS = COOKIE_HEADERS | SCHEME_HEADERS
"""Each part of these is secret by itself; a mark in other places would make other parts of them."""


class Echoes:
    """Takes whole secrets, those of a request and those of its answer, out of the target, headers and bodies."""

    def __init__(self, asked: AbstractSet[str], answered: AbstractSet[str], marker: Marker) -> None:
        secrets = asked | answered if len(answered) <= _MOST else asked
        self._found = {
            spelled: octets(marker.mark("string", secret))
            for secret in filter(_is_telling, secrets)
            for spelled in map(octets, spellings(secret))
        }
        self._longest_first = sorted(self._found, key=len, reverse=True)

    def hidden(self, exchange: Exchange) -> Exchange:
        if not self._found:
            return exchange
        request, response = exchange.request, exchange.response
        headers, body = self._message(request.headers, request.body)
        request = msgspec.structs.replace(request, target=self._target(request.target), headers=headers, body=body)
        if isinstance(response, Response):
            response = Response(response.status, *self._message(response.headers, response.body))
        else:
            response = msgspec.structs.replace(response, message=self._text(response.message))
        return msgspec.structs.replace(exchange, request=request, response=response)

    def _message(self, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        hidden = self._bytes(body)
        headers = [(name, value if name.strip().lower() in _IN_PARTS else self._text(value)) for name, value in headers]
        if hidden is not body:
            length = str(len(hidden))
            headers = [(name, length if name.lower() == "content-length" else value) for name, value in headers]
        return headers, hidden

    def _target(self, target: str) -> str:
        for spelled in self._longest_first:
            if (said := spelled.decode("utf-8", "surrogateescape")) in target:
                target = target.replace(said, quote(self._found[spelled], safe=""))
        return target

    def _text(self, text: str) -> str:
        data = octets(text)
        hidden = self._bytes(data)
        return text if hidden is data else hidden.decode("utf-8", "surrogateescape")

    def _bytes(self, data: bytes) -> bytes:
        for spelled in self._longest_first:
            if spelled in data:
                data = data.replace(spelled, self._found[spelled])
        return data


def _is_telling(secret: str) -> bool:
    """Whether it is found by more than chance; a bare number can't be replaced by a mark within JSON."""
    least = _LONG if is_word(secret) else _LEAST
    return len(secret) >= least and not _is_number(secret) and not _is_of_marks(secret)


def _is_of_marks(secret: str) -> bool:
    """Whether it has a mark in it, or is part of one itself."""
    return "[redacted" in secret or any(secret in f"[redacted {kind}:" for kind in _KINDS)


_KINDS = ("string", "number", "boolean", "list", "object", "binary")


def _is_number(text: str) -> bool:
    return text.strip("-+.eE0123456789") == ""
