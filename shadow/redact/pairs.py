"""A pair without its secrets: both exchanges, and their differences, in which pieces of secrets are known for such."""

from __future__ import annotations

import re
from functools import cached_property, partial
from typing import Any

import msgspec

from shadow.compare.difference import Difference
from shadow.exchange import Exchange, Request, Response
from shadow.redact.bodies import BodyRedactor
from shadow.redact.differences import Words, redact_difference, redact_parsed
from shadow.redact.forms import redact_target
from shadow.redact.known import LEAST, Known, is_word
from shadow.redact.marks import Marker, NotingMarker
from shadow.redact.sensitive import Sensitive, location

__all__ = ["ExchangeRedactor", "PairRedactor"]

_ADDRESS = re.compile(r"[^\s@:/]{1,64}@[^\s@:/]{1,190}\.[A-Za-z]{2,24}")
"""An e-mail address, as a key of a map."""
_ATTRIBUTES = ("['@value']", "['@content']")
"""What such an attribute holds, another one says (``<input name="csrf_token" value="x">``), and the path doesn't: it is
secret where the pair says so, of whatever length, and always where there is no pair to look at."""


class ExchangeRedactor:
    """Takes the secrets out of exchanges, with marks made by ``marker``."""

    def __init__(self, sensitive: Sensitive, marker: Marker) -> None:
        self.bodies = BodyRedactor(sensitive, marker)
        self.headers = self.bodies.headers

    def exchange(self, exchange: Exchange) -> Exchange:
        request, response = self.request(exchange.request), exchange.response
        if isinstance(response, Response):
            headers, body, _ = self.bodies.message(response.headers, response.body)
            redacted = Response(response.status, self.headers.headers(headers), body)
            return msgspec.structs.replace(exchange, request=request, response=redacted)
        failure = msgspec.structs.replace(response, message=self.bodies.text(response.message))
        return msgspec.structs.replace(exchange, request=request, response=failure)

    def request(self, request: Request) -> Request:
        headers, body, _ = self.bodies.message(request.headers, request.body)
        return Request(request.method, self.target(request.target), self.headers.headers(headers), body)

    def target(self, target: str) -> str:
        return redact_target(target, self.bodies.field, self.bodies.value)


class PairRedactor:
    """The exchanges that belong together, and their differences.

    Redacts the exchanges when they are first asked for, or when a difference shows text, and only once.
    """

    def __init__(self, originals: tuple[Exchange, ...], key: bytes, sensitive: Sensitive) -> None:
        self.originals = originals
        self._key = key
        self._sensitive = sensitive

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchanges as they may be written down."""
        return self._redacted[0]

    def difference(self, difference: Difference) -> Difference:
        """The difference as it may be written down; its fingerprint, kind, class and severity stay."""
        marker = NotingMarker(self._key)
        redactor = ExchangeRedactor(self._sensitive, marker)
        known = self._known if _shows_text(difference) else Known(())

        def text(said: str) -> str:
            # The sentence quotes the values, cut at other places.
            return Known(marker.noted).hidden(known.hidden(redactor.bodies.text(said), marker), marker)

        return redact_difference(
            difference,
            Words(
                value=partial(self._value, difference, redactor, marker, known),
                text=text,
                name=partial(_name, redactor, marker, known),
            ),
        )

    def _value(
        self, difference: Difference, redactor: ExchangeRedactor, marker: Marker, known: Known, value: Any
    ) -> Any:
        if difference.where == "body" and self._sensitive.path(difference.path):
            return marker.value(value)
        valued = difference.path.endswith(_ATTRIBUTES)
        if (valued and not self.originals) or known.is_one(value, least=1 if valued else None):
            return marker.value(value)
        if difference.where == "header":
            if not isinstance(value, str):
                return value
            return known.hidden(redactor.headers.shown(difference.path, value), marker)
        return redact_parsed(
            value, self._sensitive, marker, lambda text: known.hidden(redactor.bodies.text(text), marker)
        )

    @property
    def _known(self) -> Known:
        return self._redacted[1]

    @cached_property
    def _redacted(self) -> tuple[tuple[Exchange, ...], Known]:
        marker = NotingMarker(self._key)
        redactor = ExchangeRedactor(self._sensitive, marker)
        return tuple(map(redactor.exchange, self.originals)), Known(marker.noted)


def _name(redactor: ExchangeRedactor, marker: NotingMarker, known: Known, name: str) -> str:
    redacted = known.hidden_name(redactor.bodies.value(name), marker)
    return _ADDRESS.sub(lambda found: marker.mark("string", found[0]), redacted)


def _shows_text(difference: Difference) -> bool:
    """Whether more may be shown of a body or a header than small numbers, and names that are words."""
    return (
        '"' in difference.summary
        or "(" in difference.summary
        or any(len(str(value)) >= LEAST for value in (difference.legacy, difference.candidate) if value is not None)
        or not all(isinstance(key, int) or is_word(key) for key in location(difference.path))
    )
