"""The one who takes secrets out of whatever is about to be written."""

from __future__ import annotations

import re

from shadow.compare.difference import Difference
from shadow.config import Settings
from shadow.exchange import Exchange, Headers, Request, header
from shadow.redact.detectors import DETECTORS, EMAILS
from shadow.redact.forms import secrets_in_paths
from shadow.redact.key import redact_key
from shadow.redact.marks import Marker
from shadow.redact.pairs import ExchangeRedactor, PairRedactor
from shadow.redact.principal import principal, principal_of
from shadow.redact.sensitive import Sensitive
from shadow.redact.text import looks_secret

__all__ = ["Redactor"]

_OPAQUE = re.compile(r"(?:image|audio|video|font)/|application/(?:octet-stream|pdf|zip|gzip|wasm)\b", re.IGNORECASE)
"""Media types of what is no text and no document with fields."""


class Redactor:
    """Replaces secrets by typed, keyed digests: ``[redacted string:3f9a1c22e07b4d58]``.

    Equal secrets become equal digests and different ones different digests, whether they stand in a header, a query,
    a form or a JSON document. What is already redacted stays as it is. No method raises for anything that a request
    or response can hold.
    """

    def __init__(
        self, key: bytes, *, headers: tuple[str, ...] = (), paths: tuple[str, ...] = (), emails: bool = False
    ) -> None:
        """``headers`` and ``paths`` (checked JSONPaths) come on top of the built-in lists, and so do ``emails``."""
        self._key = key
        self._marker = Marker(key)
        self._sensitive = Sensitive(paths, frozenset(map(str.lower, headers)), emails=emails)
        self._redactor = ExchangeRedactor(self._sensitive, self._marker)

    @classmethod
    def from_settings(cls, settings: Settings) -> Redactor:
        """Makes and keeps a key where shadow.toml has none. Raises ConfigError where that can't be done."""
        redact = settings.redact
        return cls(redact_key(settings), headers=tuple(redact.headers), paths=tuple(redact.paths), emails=redact.emails)

    @property
    def key_name(self) -> str:
        """8 hex digits that name the key and tell nothing of it: what was redacted with another one can't be compared
        with what was redacted with this."""
        return self._marker.digest(b"the name of this key")[:4].hex()

    def digest(self, data: bytes) -> bytes:
        """16 bytes that nobody can make, or test a guess against, without the key."""
        return self._marker.digest(data)

    def principal(self, headers: Headers) -> str:
        """Who is asking, as a keyed digest; "" for an anonymous request."""
        return principal(headers, self._marker)

    def principal_of(self, identity: str) -> str:
        """The same, of what `shadow.session.identity` says."""
        return principal_of(identity, self._marker)

    def without_credentials(self, headers: Headers) -> Headers:
        """The headers without those that hold a secret, which are credentials."""
        redact = self._redactor.headers.value
        return [(name, value) for name, value in headers if redact(name, value) == value]

    def holds_credentials(self, request: Request, route: str = "") -> bool:
        """Whether a secret can be seen in the request's target or body, which can't be left out as a header can.

        ``route`` is as in `pair`.
        """
        redactor = self._redactor
        if redactor.target(request.target) != request.target:
            return True
        if secrets_in_paths(route.partition(" ")[2], [request.target]):
            return True
        _, body, changed = redactor.bodies.message(request.headers, request.body)
        if changed and body.startswith(b"[redacted binary:"):
            # Nobody can look into it; but an image is none, and a form that can't be read may hold some.
            return not _is_opaque(request.headers)
        return changed

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be written down."""
        return self.pair(exchange).exchanges[0]

    def pair(self, *exchanges: Exchange, route: str = "") -> PairRedactor:
        """The exchanges of a pair, by which what is secret in their differences is known, too.

        What stands in their paths for a parameter that has a secret name in ``route``, such as ``GET /s/{token}``, is
        secret.
        """
        return PairRedactor(exchanges, self._key, self._sensitive, route.partition(" ")[2])

    def difference(self, difference: Difference) -> Difference:
        """The difference as it may be written down, as far as it tells itself what is secret; see `pair`."""
        return self.pair().difference(difference)

    def hides(self, path: str, text: str) -> bool:
        """Whether a text of a body is secret: by its place (a path such as ``$.items[*].state``), or by its looks; an
        e-mail address always is."""
        return self._sensitive.path(path.replace("[*]", "[0]")) or looks_secret(text, (*DETECTORS, *EMAILS))

    def stands_for(self, shown: str, text: str) -> bool:
        """Whether ``shown`` is the text with secrets in it replaced, as far as that can be told soon."""
        return self._marker.stands_for(shown, text)

    def text(self, text: str) -> str:
        """Any text, such as the message of a failure, as it may be written down."""
        return self._redactor.bodies.text(text)


def _is_opaque(headers: Headers) -> bool:
    return not header(headers, "content-encoding") and _OPAQUE.match(header(headers, "content-type")) is not None
