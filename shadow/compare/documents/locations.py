"""Places of a document as text: the exact location, and the pattern that the same fault at other places shares."""

from __future__ import annotations

import json
import re

from shadow.compare.documents.values import Location

__all__ = ["is_id", "location_text", "pattern_text"]

_SHORTHAND = re.compile(r"[A-Za-z_]\w*", re.ASCII)
"""RFC 9535 §2.5.1.1, `member-name-shorthand`, as far as it is ASCII: parsers disagree about the rest."""

_IDS = re.compile(
    r"""
      \d{4,}                                                        # 48151623
    | (?:[A-Za-z]+[_:.-])+\d{4,}                                    # order-48151623
    | \{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?   # UUID, RFC 9562
    | (?=[a-f]*\d)(?:[a-z]+[_-])?(?:[0-9a-f]{2}){8,}                # a hex digest or ObjectId
    | (?=.*\d)(?:[a-z]+_)?[0-9A-HJKMNP-TV-Z]{26}                    # ULID
    | \d{4}-\d\d(?:-\d\d(?:[T ][\d:.,]+(?:Z|[+-][\d:]+)?)?)?        # a date
    | [^@\s]+@[^@\s]+\.[^@\s]+                                      # an e-mail address
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""Member names that are data, not schema."""


def location_text(location: Location) -> str:
    """The location as an RFC 9535 path: `$.items[3].price`, `$['odd name']`."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else _member(key) for key in location)


def pattern_text(location: Location) -> str:
    """The location with indexes as `[*]` and ids in member names as `.*`: `$.items[*].price`, `$.byId.*.name`."""
    return "$" + "".join("[*]" if isinstance(key, int) else ".*" if is_id(key) else _member(key) for key in location)


def is_id(name: str) -> bool:
    """Whether a name is one of many that mean the same thing: a long number, UUID, digest, date, address."""
    return len(name) <= 200 and _IDS.fullmatch(name) is not None


def _member(name: str) -> str:
    if _SHORTHAND.fullmatch(name):
        return f".{name}"
    # JSON escapes control characters and (with ensure_ascii only where needed) lone surrogates as RFC 9535 does.
    quoted = json.dumps(name, ensure_ascii=not _encodable(name))[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{quoted}']"


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
