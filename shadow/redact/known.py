"""What is known to be secret in a pair, and takes it out of whatever else is shown of the pair, also in pieces.

A difference shows a window of a value, or an attribute without the one that names it; then the text alone doesn't tell
that it is a secret. The whole bodies do.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from urllib.parse import quote, quote_plus

from shadow.redact.marks import MARK, Marker
from shadow.routes.octets import octets

__all__ = ["LEAST", "Known", "is_word", "spellings"]

_PIECE = 6
"""Characters of a secret that are a piece of it; fewer are taken for chance."""
LEAST = 4
"""Characters of a secret that is looked for as a whole value."""
_MOST = 256 * 1024
"""Characters of a pair's secrets that are looked for; where there are more, nothing that is shown is trusted."""
_PLAIN = re.compile(r"[\w.~-]+", re.ASCII)
"""What every format spells alike."""
_COMMON = frozenset({"string", "number", "boolean", "object", "became", "header", "missing", "cookie", "false", "true"})
"""Words of our own sentences, and names of types, that are nobody's secret."""


class Known:
    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = frozenset(secrets) - _COMMON

    def is_one(self, value: object, *, least: int | None = None) -> bool:
        """Whether a text or number is as a whole one of the secrets of at least so many characters."""
        if value is None or isinstance(value, bool | list | dict):
            return False
        text = str(value)
        return len(text) >= (LEAST if least is None else least) and text in self._secrets

    def hidden(self, text: str, marker: Marker) -> str:
        """The text with every piece of a secret replaced by its mark."""
        return self._rewritten(text, lambda piece: piece if piece in _COMMON else marker.mark("string", piece))

    def hidden_name(self, name: str, marker: Marker) -> str:
        """The same for the name of a member; a name that is a word like others stays, whatever passwords there are."""
        return self._rewritten(name, lambda piece: piece if is_word(piece) else marker.mark("string", piece))

    def _rewritten(self, text: str, mark: Callable[[str], str]) -> str:
        if len(text) < _PIECE or not self._secrets:
            return text
        pieces: list[str] = []
        copied = 0
        for start, end in self._runs(text):
            pieces += [text[copied:start], mark(text[start:end])]
            copied = end
        return "".join([*pieces, text[copied:]])

    def _runs(self, text: str) -> Iterator[tuple[int, int]]:
        """Where pieces of secrets are, those that overlap as one; marks are left alone."""
        at = 0
        for mark in (*MARK.finditer(text), None):
            stop = mark.start() if mark else len(text)
            start = end = -1
            for place in range(at, stop - _PIECE + 1):
                if self._pieces is None or text[place : place + _PIECE] in self._pieces:
                    if place > end and end >= 0:
                        yield start, end
                        start = place
                    start = place if end < 0 else start
                    end = place + _PIECE
            if end >= 0:
                yield start, end
            at = mark.end() if mark else stop

    @cached_property
    def _pieces(self) -> frozenset[str] | None:
        """None where there is too much to look for: then everything is one."""
        if sum(map(len, self._secrets)) > _MOST:
            return None
        return frozenset(
            spelled[start : start + _PIECE]
            for secret in self._secrets
            for spelled in spellings(secret)
            for start in range(len(spelled) - _PIECE + 1)
        )


def spellings(secret: str) -> set[str]:
    """A secret as a sentence, a form, a link or markup spells it."""
    if _PLAIN.fullmatch(secret):
        return {secret}
    raw = octets(secret)
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(raw, safe=""),
        quote_plus(raw),
        html.escape(secret),
    }


def is_word(piece: str) -> bool:
    """Whether it may be a name like any other, and not just a secret."""
    return piece.isascii() and piece.replace("_", "").isalpha()
