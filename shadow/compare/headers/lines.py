"""The headers of one response as they are compared: by name, several of one name as one list (RFC 9110 §5.3)."""

from __future__ import annotations

from collections.abc import KeysView, Mapping
from functools import cached_property

from shadow.compare.dates import Instant, http_date
from shadow.compare.headers.grammar import OWS, lower
from shadow.exchange import Response

__all__ = ["Lines"]


class Lines:
    """Names in lower case, under ``aliases``' names for them; values without the white space around them."""

    def __init__(self, response: Response, aliases: Mapping[str, str]) -> None:
        self.status = response.status
        self._values: dict[str, list[str]] = {}
        for name, value in response.headers:
            key = lower(name.strip(OWS))
            self._values.setdefault(aliases.get(key, key), []).append(value.strip(OWS))

    def same(self, other: Lines) -> bool:
        """Whether both have the same values, in whatever order their names come."""
        return self._values == other._values

    def names(self) -> KeysView[str]:
        return self._values.keys()

    def all(self, name: str) -> list[str]:
        """The values of that name, in order."""
        return self._values.get(name, [])

    def one(self, name: str) -> str | None:
        """The values of that name as one list; None where there is none."""
        values = self._values.get(name)
        return None if values is None else ", ".join(values)

    @cached_property
    def date(self) -> Instant | None:
        """When the response was made, as it says itself."""
        return http_date(self.one("date") or "")
