"""Reads application/x-www-form-urlencoded bodies (https://url.spec.whatwg.org/#urlencoded-parsing)."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from shadow.compare.bodies.body import Body
from shadow.compare.bodies.content import Broken, Content, Structured
from shadow.compare.documents.reader import Document

__all__ = ["read_form"]

_MOST = 20_000
_LARGEST = 2**22
"""Fields and bytes of one body that are read."""


def read_form(body: Body) -> Content:
    """An object of the fields: a text, or a list of texts where a name repeats. `a` and `a=` are the same."""
    fields = body.raw.split(b"&", _MOST)
    if len(fields) > _MOST or len(body.raw) > _LARGEST:
        return Broken(f"the form has more than {_MOST:,} fields or {_LARGEST:,} bytes", unfinished=True)
    values: dict[str, list[str]] = {}
    for field in filter(None, fields):
        name, _, value = field.partition(b"=")
        values.setdefault(_decoded(name), []).append(_decoded(value))
    document = {name: several[0] if len(several) == 1 else several for name, several in sorted(values.items())}
    return Structured("form", Document(document), body.raw.decode("utf-8", "surrogateescape"))


def _decoded(spelled: bytes) -> str:
    """Bytes that are not UTF-8 become lone surrogates, each its own, so that different bytes stay different."""
    return unquote_to_bytes(spelled.replace(b"+", b" ")).decode("utf-8", "surrogateescape")
