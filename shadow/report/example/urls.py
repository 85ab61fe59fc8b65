"""The URL of a request in an example."""

from __future__ import annotations

from urllib.parse import urlsplit

from shadow.evidence.observation import Example
from shadow.exchange import Side
from shadow.report.document import Document

__all__ = ["example_url"]


def example_url(example: Example, side: Side, document: Document) -> str:
    """Where that side was asked: its origin, then the request target exactly as it was on the wire."""
    base = urlsplit(document.legacy if side is Side.LEGACY else document.candidate)
    return f"{base.scheme}://{base.netloc}{example.pair.of(side).request.target}"
