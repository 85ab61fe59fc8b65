"""What ids look like: those that machines make up, and the member names that are data rather than schema.

A regular expression knows an id of one kind (a UUID, a digest); random tokens (NanoID, KSUID, Firebase, Stripe …) have
no form of their own and are told by their texture: cut where the case or the kind of character changes, they fall
into pieces of two characters or so, where camelCase falls into words. The bounds come from the 78,000 names of members
and constants in AWS's service models, none of which is taken for a token, and from random tokens: of those of 20
characters and more 19 in 20 are, of those of 12 to 19 five in six.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["LONGEST", "generated_shape", "is_id"]

LONGEST = 200
"""Characters of what may be an id; longer texts are none."""

_SEPARATORS = "_:|#./-"

_BARE = {
    "uuid": r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?",  # RFC 9562 §4
    "ulid": r"[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-7][0-9a-hjkmnp-tv-z]{25}",  # github.com/ulid/spec; lower case: TypeID
    "push id": r"-[A-Za-z0-9_-]{19}",  # Firebase
    "jwt": r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",  # RFC 7519 §3
    "hex": r"(?=[A-Fa-f]*[0-9])(?=[0-9]*[A-Fa-f])(?:[A-Z]{2})?(?:[0-9a-f]{16,}|[0-9A-F]{16,})",  # with Twilio's prefix
    "address": r"0x[0-9a-fA-F]+",
}
_BARE_SHAPES = [(name, re.compile(pattern, re.ASCII)) for name, pattern in _BARE.items()]

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_WORD = re.compile(r"(?=[^aeiou]*[aeiou])[a-z]{4,}", re.IGNORECASE)
"""Random letters read like a word now and then."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_ONE_CASE = re.compile(r"[a-z0-9]+|[A-Z0-9]+")
_WORDS = re.compile(rf"(?:[A-Za-z]+[{_SEPARATORS}])+")
_TYPE_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9{_SEPARATORS}]*[{_SEPARATORS}]")

_STANDARDS = r"(?!(?:iso|iec|ieee|rfc|din|en|ansi|cp|windows|utf|sha|md|ean|upc|gs|hs|naics|sic|year|fy)[_.-]?\d)"
"""What precedes a number that belongs to a name: `iso_20022`, `rfc-3339`."""
_WRITTEN = re.compile(
    rf"""
      (?i:{_STANDARDS})[A-Za-z]+\d{{6,}}                                    # SKU0012345
    | (?i:{_STANDARDS})(?:[A-Za-z]+[_.-])+\d{{5,}}                          # item-48151623
    | [a-z][a-z_-]*/\d+                                                     # order/42
    | [A-Za-z][A-Za-z_-]*=\d+                                               # id=42
    | \d{{4}}-?\d\d-?\d\d[Tt\ ]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?    # ISO 8601
    | \d{{4}}-?(?:W\d\d(?:-\d)?|Q[1-4]|H[12])                               # 2024-W05, 2024-Q1
    | (?:Q[1-4]|H[12])[- ]?\d{{4}}                                          # Q1 2024
    | \d{{1,2}}:\d\d(?::\d\d)?\ ?[AaPp][Mm]                                 # 10:30 am
    | [^@\s]+@(?!odata\.|microsoft\.)[^@\sA-Z.]+(?:\.[^@\sA-Z.]+)+          # an e-mail address, no OData annotation
    | [a-z][a-z0-9+.-]*://\S*                                               # a URL
    | /\S*                                                                  # a path
    | arn:[a-z-]+:\S+                                                       # an AWS resource
    | (?:[0-9A-Fa-f]{{2}}[:-]){{5}}[0-9A-Fa-f]{{2}}                         # a MAC address
    | [0-9A-Fa-f]{{0,4}}(?::[0-9A-Fa-f]{{0,4}}){{2,7}}(?:%[a-z0-9]+)?(?:/\d+)?              # an IPv6 address
    | [A-Z]\d(?=[A-Z]*\d)[A-Z0-9]{{7,9}}                                    # Slack's U024BE7LH
    | (?:[A-Za-z0-9+/_-]{{4}})+(?:[A-Za-z0-9+/_-]{{2}}==|[A-Za-z0-9+/_-]{{3}}=)             # padded base64
    """,
    re.VERBOSE | re.ASCII,
)
_NO_LETTERS = re.compile(r"(?=[^0-9]*[0-9])[^_A-Za-z\u0080-\U0010ffff][^A-Za-z\u0080-\U0010ffff]*")
"""Numbers, dates, ranges, IPv4 addresses, telephone numbers. What isn't ASCII counts as a letter, for which
characters are letters depends on Python's version of Unicode, and fingerprints must not."""
_PARTED = re.compile(r"[:#|]")
_REDACTED = re.compile(r"\[redacted [a-z]+:[0-9a-f]{16}(?: \d+ bytes)?\]", re.ASCII)
"""What stands in a stored pair for a name, or a piece of one, that was secret by its looks: an id of some kind."""
_SOME_ID = "00000000-0000-4000-8000-000000000000"


def is_id(name: str) -> bool:
    """Whether a member name is one of many that mean the same thing: an id, a number, a date, an address, a URL."""
    return len(name) <= LONGEST and _is_id(name)


@lru_cache(maxsize=4096)
def _is_id(name: str) -> bool:
    if "[redacted " in name:
        name = _REDACTED.sub(_SOME_ID, name)
    if _NO_LETTERS.fullmatch(name) or _WRITTEN.fullmatch(name) or generated_shape(name):
        return True
    if name.startswith("urn:"):  # SCIM names its schemas so (RFC 7643 §10); a UUID's URN was found above
        return False
    parts = _PARTED.split(name)
    return len(parts) > 1 and any(_is_id(part) for part in parts)


def generated_shape(text: str) -> str:
    """What an id that a machine made up looks like, in a word that two such ids share; "" for anything else.

    A prefix (`cus_NffrFeUfNV2Hib`) is part of the shape, as is the length of what has no form of its own.
    """
    if not 8 <= len(text) <= LONGEST:
        return ""
    return _fixed(text) or _prefixed(text, _WORDS) or _token(text) or _prefixed(text, _TYPE_NAME)


def _fixed(text: str) -> str:
    for name, pattern in _BARE_SHAPES:
        if pattern.fullmatch(text):
            return f"{name} {len(text)}" if name in ("hex", "address") else name
    return ""


def _prefixed(text: str, prefixes: re.Pattern[str]) -> str:
    """The shape of what follows a prefix; hyphens are part of a UUID, so that is looked for first."""
    for at in (len(text) - 36, max(map(text.rfind, _SEPARATORS)) + 1):
        prefix, rest = text[: max(0, at)], text[at:]
        if prefixes.fullmatch(prefix) and (shape := _fixed(rest) or _token(rest, prefixed=True)):
            return prefix + shape
    return ""


def _token(text: str, *, prefixed: bool = False) -> str:
    return f"token {len(text)}" if _is_random(text, prefixed=prefixed) else ""


def _is_random(text: str, *, prefixed: bool) -> bool:
    if len(text) < (10 if prefixed else 16) or not _TOKEN.fullmatch(text):
        return False
    pieces: list[str] = _PIECES.findall(text)
    numbers = sum(piece[0].isdigit() for piece in pieces)
    mean = len(text) / len(pieces) if pieces else LONGEST
    if _ONE_CASE.fullmatch(text):
        # CUID, and ids in base 32 and 36.
        if len(text) >= 24:
            return numbers >= 3
        return len(text) >= 12 and mean <= 3.0 and numbers >= (2 if prefixed else 4)
    if text.lower() == text or text.upper() == text:
        return False  # snake_case with numbers in it
    if sum(_WORD.fullmatch(piece) is not None for piece in pieces) >= len(text) / 8:
        return False
    if len(text) >= 20:
        return mean <= (2.9 if numbers else 2.6)
    return numbers > 0 and mean <= (2.8 if prefixed else 2.5)
