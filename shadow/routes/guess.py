"""Without an inventory: the template that a path probably comes from, told from the path alone.

A segment that looks like an identifier becomes a parameter; anything else stays as it is. The same path always gives
the same template, on every machine, whatever was seen before; so a wrong guess is wrong in one place only, and a
``[[route]]`` block or an inventory corrects it.
"""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import quote, unquote

from shadow.routes.octets import octets
from shadow.routes.path_secrets import secret_segments
from shadow.session import is_session_cookie

__all__ = ["guess_template"]

_LOOKS: tuple[tuple[str, str], ...] = (
    # parameter, what the whole segment looks like (percent-decoded)
    ("id", r"\d+"),
    ("id", r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),  # UUID, RFC 9562
    ("id", r"(?=.*\d)(?:[0-9a-f]{12,}|[0-9A-F]{12,})"),  # MongoDB's ObjectId, digests, UUIDs without hyphens
    ("id", r"(?=.*\d)[0-7][0-9A-HJKMNP-TV-Z]{25}|(?=.*\d)[0-7][0-9a-hjkmnp-tv-z]{25}"),  # ULID
    ("id", r"[A-Za-z]{2,12}_(?=.*\d)[0-9A-Za-z]{8,}"),  # cus_9s6XKzkNRiz8i3
    ("id", r"[A-Z]{1,6}-?\d{3,}|[A-Z]{1,6}(?:-\d+)+"),  # ORD-2024-0017, A12345
    ("date", r"\d{4}-\d\d(?:-\d\d)?(?:[T ]\d\d:?\d\d.*)?"),  # RFC 3339
    ("email", r"[^@\s/]+@[^@\s/]+\.[^@\s/.]+"),
    ("phone", r"\+\d{6,15}"),  # E.164
    ("id", r"eyJ[\w-]+\.[\w-]+\.[\w-]*"),  # JWT, RFC 7519
    ("id", r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w=+/-]{16,}"),  # nano ids, base64: a slug has no capitals
    ("id", r".{101,}"),  # nobody names a resource like that
)
_PARAMETERS = tuple((name, re.compile(look, re.ASCII | re.DOTALL)) for name, look in _LOOKS)
_KEPT = "-._~!$&'()+,;=:@"
"""What a segment may hold besides letters and digits (RFC 3986 §3.3), less the ``*`` of route globs."""


def guess_template(path: str) -> str:
    """``/orders/17/items/9f8e7d6c5b4a3210`` → ``/orders/{id}/items/{id2}``; a trailing slash doesn't matter.

    The result is printable ASCII without spaces, and braces stand only around parameters.
    """
    seen: Counter[str] = Counter()
    segments = []
    named = _without_sessions(path).rstrip("/") or "/"
    decoded = [unquote(raw, errors="surrogateescape") for raw in named.split("/")]
    for segment, secret in zip(decoded, secret_segments(decoded), strict=True):
        # A route's name is written down, and sent to people.
        name = next((name for name, looks in _PARAMETERS if looks.fullmatch(segment)), "id" if secret else "")
        if name:
            seen[name] += 1
            segments.append(f"{{{name}{seen[name] if seen[name] > 1 else ''}}}")
        else:
            segments.append(quote(octets(segment), safe=_KEPT))
    return "/".join(segments)


def _without_sessions(path: str) -> str:
    """The path without what a servlet container writes into the links of clients that take no cookies."""
    return _PARAMETER.sub(lambda found: "" if is_session_cookie(found[1]) else found[0], path) if ";" in path else path


_PARAMETER = re.compile(r";([^;=/]+)=[^;/]*")
