"""The octets that text from a request target stands for."""

from __future__ import annotations

import re

__all__ = ["octets"]

_LONE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")


def octets(text: str) -> bytes:
    """UTF-8, with each byte that wasn't as `surrogateescape` keeps it.

    Any other surrogate never was on a wire, but a recording can hold one as a JSON escape; it becomes U+FFFD, as in
    WHATWG's encoders.
    """
    return _LONE.sub("\ufffd", text).encode("utf-8", "surrogateescape")
