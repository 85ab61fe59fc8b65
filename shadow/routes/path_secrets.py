"""Secrets that stand in a path: what follows ``/reset/``, and what is too long and too random for the name of a thing.

An id that is taken for a secret costs a reader one look at an address; a secret that is taken for an id is written
down. So after a word that tells of secrets everything counts that is neither a word nor a small number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["PARAMETERS", "TELLING", "TOKEN", "secret_segments"]

PARAMETERS = re.compile(r";(?=[^;=/]+=)")
"""What parts a segment from its parameters, and them from one another (RFC 3986 §3.3): ``/orders;jsessionid=0A1B``."""

_STEMS = (
    *("reset", "recover", "forgot", "verif", "activat", "confirm", "invit", "magic", "unsubscri", "optout", "opt-out"),
    *("token", "secret", "passw", "one-time", "onetime", "otp", "session", "share", "webhook", "hooks"),
)
TELLING = tuple(stem for stem in _STEMS if not any(other != stem and other in stem for other in _STEMS))
"""A segment that has one of these in it (in lower case) tells that a secret follows."""

_IN = r"[^\s/?#\"'<>\\&]"
_WORD = r"""(?:
      v\d+
    | [a-z]{1,20}(?:[-_.][a-z]{1,20})*(?:[-_]?\d{1,2})?               # reset-password, step-2, oauth2
    | [A-Z]{1,15}(?:[-_.][A-Z]{1,15})*
    | [A-Za-z]?[a-z]{2,15}(?:[A-Z][a-z]{2,15})*(?:[A-Z]{2,4})?        # forgotPassword, userID
    | \d{4}-\d\d(?:-\d\d)?
    )"""
TOKEN = rf"""(?x:
    (?!{_WORD}(?!{_IN}))
    (?: (?={_IN}*\d){_IN}{{6,}} | \d{{4,}} | (?={_IN}*[a-z])(?={_IN}*[A-Z]){_IN}{{8,}} | {_IN}{{21,}} )
)"""
"""What is secret after a telling segment: a pattern for a whole segment, or for its beginning in a text."""

_TOKEN = re.compile(TOKEN, re.ASCII)
_RANDOM = re.compile(
    r"""
      (?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w=+~.-]{22,}                       # base64 of 16 bytes and more
    | (?=(?:.*\d){3})(?:[a-z0-9]{26,}|[A-Z0-9]{26,})                     # base32, base36
    """,
    re.VERBOSE | re.ASCII,
)
_NO_SECRET = re.compile(
    r"""
      [0-9a-fA-F]{,47}                                                  # digests up to SHA-1, ids of databases
    | [0-7][0-9A-HJKMNP-TV-Z]{25} | [0-7][0-9a-hjkmnp-tv-z]{25}          # ULID
    | (?!(?:sk|rk|tok|token|key|secret|pat)_)[A-Za-z]{2,12}_[0-9A-Za-z]{8,32}     # price_1MoBy5LkdIwHu7ixZhnattbh
    | [\w~+-]+(?:\.[\w~+-]+)*\.[a-z][a-z0-9]{1,4}                       # app.4kD9xQ.js: the name of a file
    """,
    re.VERBOSE | re.ASCII,
)
"""Random and long enough, and yet names that systems give to things."""
_ENCODED = re.compile(r"[\s/?#\"'<>\\&]", re.ASCII)
"""What a segment holds percent-encoded only, such as the slashes of base64."""


def secret_segments(segments: Sequence[str]) -> Iterator[bool]:
    """Whether each of a path's (percent-decoded) segments is a secret."""
    told = False
    for segment in segments:
        name = _ENCODED.sub("-", PARAMETERS.split(segment, maxsplit=1)[0])
        yield bool((told and _TOKEN.fullmatch(name)) or (len(name) >= 22 and _is_random(name)))
        told = told or _tells(name)


def _tells(segment: str) -> bool:
    lowered = segment.lower()
    return any(stem in lowered for stem in TELLING)


def _is_random(segment: str) -> bool:
    return _RANDOM.fullmatch(segment) is not None and _NO_SECRET.fullmatch(segment) is None
