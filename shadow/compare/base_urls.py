"""Each side names itself in links; what follows its own base URL is what the two are compared by."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from shadow.exchange import Side

__all__ = ["BaseUrls", "base_urls"]

_MARK = "\U0010ffff"
"""A noncharacter (Unicode §23.7): all but never in a text, and where it is, it is doubled."""
_STAND_IN = f"{_MARK}b"
"""Takes the base URL's place."""
_ENDS = r"(?![A-Za-z0-9_~%@:-]|\.[A-Za-z0-9])"
"""The base URL ends here: neither host nor last path segment goes on (`/kongfoo`, `host.example`, `host:81`)."""

Neutral = Callable[[str], str]


class BaseUrls:
    """Compares texts with each side's base URL taken out; either URL may be "" for not known."""

    def __init__(self, legacy: str, candidate: str) -> None:
        self._neutral = {Side.LEGACY: _neutral(legacy), Side.CANDIDATE: _neutral(candidate)}
        self._paths = {side: _path(url) for side, url in ((Side.LEGACY, legacy), (Side.CANDIDATE, candidate))}
        self.known = bool(legacy or candidate)

    def neutral(self, side: Side, text: str) -> str:
        """The text with the side's own base URL replaced by a stand-in."""
        return self._neutral[side](text)

    def same(self, legacy: str, candidate: str) -> bool:
        """Whether two texts are equal as they are, or once each side's base URL is taken out."""
        if legacy == candidate:
            return True
        return self.known and self.neutral(Side.LEGACY, legacy) == self.neutral(Side.CANDIDATE, candidate)

    def relative(self, side: Side, reference: str) -> str:
        """A URL reference (RFC 3986 §4.1) to the side itself as a path below its base; any other as it is."""
        neutral = self.neutral(side, reference)
        if neutral.startswith(_STAND_IN):
            return neutral.removeprefix(_STAND_IN) or "/"
        base = self._paths[side]
        if base and (reference == base or reference.startswith((f"{base}/", f"{base}?", f"{base}#"))):
            return reference[len(base) :] or "/"
        return reference


@lru_cache(maxsize=64)
def base_urls(legacy: str, candidate: str) -> BaseUrls:
    return BaseUrls(legacy, candidate)


def _neutral(url: str) -> Neutral:
    base = url.rstrip("/")
    if not base:
        return lambda text: text
    pattern = re.compile(re.escape(base) + _ENDS)

    def neutral(text: str) -> str:
        if _MARK in text:
            text = text.replace(_MARK, 2 * _MARK)
        return pattern.sub(_STAND_IN, text) if base in text else text

    return neutral


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""
