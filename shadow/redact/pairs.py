"""A pair without its secrets: both exchanges, and their differences, in which pieces of secrets are known for such."""

from __future__ import annotations

import re
from functools import cached_property, partial
from typing import Any, NamedTuple

import msgspec

from shadow.compare.difference import Difference
from shadow.exchange import Exchange, Request, Response, TransportFailure
from shadow.redact.bodies import BodyRedactor
from shadow.redact.differences import Words, redact_difference, redact_parsed
from shadow.redact.echoes import Echoes
from shadow.redact.forms import redact_target, secrets_in_paths
from shadow.redact.known import LEAST, Known, is_word
from shadow.redact.marks import Marker, NotingMarker
from shadow.redact.sensitive import Sensitive, location

__all__ = ["ExchangeRedactor", "PairRedactor"]

_ADDRESS = re.compile(r"[^\s@:/]{1,64}@[^\s@:/]{1,190}\.[A-Za-z]{2,24}")
"""An e-mail address, as a key of a map."""
_DIGEST = re.compile(r"\bblake2b ([0-9a-f]+)")
"""Of bytes that are no text, as comparing describes them."""
_ATTRIBUTES = ("['@value']", "['@content']")
"""What such an attribute holds, another one says (``<input name="csrf_token" value="x">``), and the path doesn't: it is
secret where the pair says so, of whatever length, and always where there is no pair to look at."""


class ExchangeRedactor:
    """Takes the secrets out of exchanges, with marks made by ``marker``."""

    def __init__(self, sensitive: Sensitive, marker: Marker, in_paths: frozenset[str] = frozenset()) -> None:
        """``in_paths``: further secrets that segments of a path may be."""
        self._in_paths = in_paths
        self._marker = marker
        self.bodies = BodyRedactor(sensitive, marker)
        self.headers = self.bodies.headers

    def response(self, response: Response | TransportFailure) -> Response | TransportFailure:
        if isinstance(response, TransportFailure):
            return msgspec.structs.replace(response, message=self.bodies.text(response.message))
        headers, body, _ = self.bodies.message(response.headers, response.body)
        return Response(response.status, self.headers.headers(headers), body)

    def request(self, request: Request) -> Request:
        headers, body, _ = self.bodies.message(request.headers, request.body)
        return Request(request.method, self.target(request.target), self.headers.headers(headers), body)

    def target(self, target: str) -> str:
        return redact_target(target, self.bodies.field, self._segment, partial(self._marker.mark, "string"))

    def _segment(self, text: str) -> str:
        return self._marker.mark("string", text) if text in self._in_paths else self.bodies.value(text)


class PairRedactor:
    """The exchanges that belong together, and their differences.

    Redacts the exchanges when they are first asked for, or when a difference shows text, and only once.
    """

    def __init__(self, originals: tuple[Exchange, ...], key: bytes, sensitive: Sensitive, template: str = "") -> None:
        """``template``: of the route's path, which may name a parameter ``{token}``."""
        self.originals = originals
        self._template = template
        self._key = key
        self._sensitive = sensitive

    @cached_property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchanges as they may be written down."""
        asked, marker = self._redacted.asked, Marker(self._key)
        return tuple(
            Echoes(asked, answered, marker).hidden(exchange) for exchange, answered in self._redacted.exchanges
        )

    def difference(self, difference: Difference) -> Difference:
        """The difference as it may be written down; its fingerprint, kind, class and severity stay."""
        marker = NotingMarker(self._key)
        redactor = ExchangeRedactor(self._sensitive, marker)
        known = self._known if _shows_text(difference) else Known(())

        def text(said: str) -> str:
            # The sentence quotes the values, cut at other places.
            hidden = known.hidden(redactor.bodies.text(_rekeyed(said, marker)), marker)
            return Known(marker.noted).hidden(hidden, marker)

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
            value,
            self._sensitive,
            marker,
            lambda text: known.hidden(redactor.bodies.text(_rekeyed(text, marker)), marker),
        )

    @property
    def _known(self) -> Known:
        return self._redacted.known

    @cached_property
    def _redacted(self) -> _Redacted:
        in_paths = secrets_in_paths(self._template, [each.request.target for each in self.originals])
        asking = NotingMarker(self._key)
        redactor = ExchangeRedactor(self._sensitive, asking, in_paths)
        exchanges = []
        for each in self.originals:
            answering = NotingMarker(self._key)
            response = ExchangeRedactor(self._sensitive, answering).response(each.response)
            redacted = msgspec.structs.replace(each, request=redactor.request(each.request), response=response)
            exchanges.append((redacted, answering.noted))
        return _Redacted(exchanges, asking.noted, Known(asking.noted.union(*(noted for _, noted in exchanges))))


class _Redacted(NamedTuple):
    exchanges: list[tuple[Exchange, set[str]]]
    """Each with the secrets of its response."""
    asked: set[str]
    """The secrets of the requests."""
    known: Known


def _rekeyed(text: str, marker: Marker) -> str:
    """The text with keyed digests of bytes in place of those that comparing makes, by which a PIN could be guessed."""
    return _DIGEST.sub(lambda found: f"digest {marker.digest(found[1].encode())[:8].hex()}", text)


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
