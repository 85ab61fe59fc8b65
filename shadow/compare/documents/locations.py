"""Places of a document as text: the exact location, and the pattern that the same fault at other places shares."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import blake2b

from shadow.compare.documents.values import Location
from shadow.compare.ids import is_id
from shadow.compare.wording import legible

__all__ = ["MapKey", "is_id", "location_text", "pattern_text"]

_SHORTHAND = re.compile(r"[A-Za-z_]\w*", re.ASCII)
"""RFC 9535 §2.5.1.1, `member-name-shorthand`, as far as it is ASCII: parsers disagree about the rest."""

_LONGEST = 300
"""Characters of a name that are spelled out; what is longer ends with a digest, and is no path to follow any more."""


_TOLD_APART = 4096
"""Characters at both ends of a long name that, with its length, tell it from others."""


class MapKey(str):
    """A member name that is known to be one of many that mean the same thing, whatever it looks like.

    For who knows it from the name's surroundings (an object of a thousand members of one shape, say) to put into a
    `Location` in place of the name: it equals the name and is spelled like it, but a pattern leaves it out.
    """

    __slots__ = ()


def location_text(location: Location) -> str:
    """The location as an RFC 9535 path: `$.items[3].price`, `$['odd name']`; a very long one ends with a digest."""
    return legible("$" + "".join(f"[{key}]" if isinstance(key, int) else _member(key) for key in location))


def pattern_text(location: Location) -> str:
    """The location with indexes as `[*]`, and ids and `MapKey`s as `.*`: `$.items[*].price`, `$.byId.*.name`."""
    keys = ("[*]" if isinstance(key, int) else ".*" if _is_key(key) else _member(key) for key in location)
    return legible("$" + "".join(keys))


def _is_key(name: str) -> bool:
    return isinstance(name, MapKey) or is_id(name)


def _member(name: str) -> str:
    if len(name) > _LONGEST:
        # Of a name of megabytes, which may stand in every place, not more than can be read each time.
        told = f"{len(name)} {name[:_TOLD_APART]}{name[-_TOLD_APART:]}"
        digest = blake2b(told.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        name = f"{name[:_LONGEST]}… {digest}"
    return _selector(name)


@lru_cache(maxsize=1024)  # An API has few names.
def _selector(name: str) -> str:
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
