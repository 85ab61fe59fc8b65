"""What a parameter's value looks like, in a word. A table: the first row that fits the whole value holds."""

from __future__ import annotations

import re
from urllib.parse import unquote

from shadow.compare.ids import generated_shape

__all__ = ["decoded", "shape_of"]

_LONGEST = 200
"""Characters of a value that is looked at."""

_LOOKS: tuple[tuple[str, str], ...] = (
    ("empty", r""),
    ("zero", r"0"),
    ("integer", r"[1-9]\d{0,8}"),
    ("large integer", r"[1-9]\d{9,}"),  # may be beyond 32 bits
    ("negative integer", r"-\d+"),
    ("digits", r"\d+"),
    ("decimal", r"[+-]?\d*\.\d+"),
    ("boolean", r"[Tt]rue|[Ff]alse|TRUE|FALSE"),
    ("uuid", r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),  # RFC 9562
    ("date", r"\d{4}-\d\d(?:-\d\d)?"),
    ("time", r"\d{4}-\d\d-\d\d[T ]\d\d[\d:.,Z +-]*"),  # RFC 3339
    ("hex", r"(?=[a-fA-F]*\d)(?=\d*[a-fA-F])[0-9a-fA-F]{8,}"),
    ("e-mail", r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    ("word", r"[A-Za-z]+"),
    ("slug", r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+"),
    ("letters and digits", r"[A-Za-z0-9]+"),
    ("list", r"[!-+.-~]+(?:,[!-+.-~]+)+"),
    ("text", r"[ -~]+"),
    ("control characters", r"[\x00-\x7f]+"),
)
_SHAPES = tuple(name for name, _ in _LOOKS)
_ANY = re.compile("|".join(f"({look})" for _, look in _LOOKS), re.ASCII)
_MAY_BE_GENERATED = {"slug", "letters and digits", "word"}


def shape_of(value: str) -> str:
    """`integer`, `uuid`, `slug`, `text`, `non-ascii` …: of a decoded value, which may hold anything."""
    if len(value) > _LONGEST:
        return "long text"
    found = _ANY.fullmatch(value)
    if found is None:
        return "non-ascii" if _is_unicode(value) else "not UTF-8"
    assert found.lastindex is not None, "every look is a group"
    shape = _SHAPES[found.lastindex - 1]
    return "token" if shape in _MAY_BE_GENERATED and generated_shape(value) else shape


def decoded(text: str) -> str:
    """A piece of a request target, percent-decoded; bytes that are not UTF-8 become lone surrogates."""
    return unquote(text, errors="surrogateescape") if "%" in text else text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
