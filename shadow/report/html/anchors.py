"""Names for places in a page that stay the same from report to report, so that links to them do."""

from __future__ import annotations

import re
from hashlib import blake2b

__all__ = ["anchor"]


def anchor(route: str) -> str:
    """``GET /orders/{orderId}`` → ``get-orders-orderid-ee02c2c433``; the digest keeps apart what words lose."""
    words = "-".join(re.findall(r"[a-z0-9]+", route.lower()))[:60].strip("-")
    digest = blake2b(route.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    return f"{words}-{digest}" if words else digest
