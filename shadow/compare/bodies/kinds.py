"""What the bodies of a pair are, by what they declare and what they look like, both looked at together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from shadow.compare.bodies.body import Body, body_of
from shadow.compare.bodies.content import Binary, Broken, Content, Structured, Text
from shadow.compare.bodies.forms import read_form
from shadow.compare.bodies.html import read_html
from shadow.compare.bodies.json_texts import read_document, read_lines, read_sequence
from shadow.compare.bodies.media_types import MediaType, Structure
from shadow.compare.bodies.multipart import read_multipart
from shadow.compare.bodies.xml import read_xml
from shadow.exchange import Response

__all__ = ["content", "contents"]


def contents(legacy: Response, candidate: Response) -> tuple[Content, Content]:
    """What both bodies are.

    Where both can be read as the same structure they are, whatever they declare: that they declare it in different
    ways is a difference of the headers. Else each is what it says it is.
    """
    one, other = body_of(legacy), body_of(candidate)
    one.shares_charset = other.shares_charset = one.type.charset == other.type.charset
    if one.nothing is None and other.nothing is None:
        # Nearly all bodies of an API are JSON and say so, and no more needs to be asked.
        likely: tuple[Structure, ...] = ("json",) if one.claim == other.claim == "json" else ()
        for structure in chain(likely, _shared(one, other)):
            left, right = _READERS[structure](one), _READERS[structure](other)
            if isinstance(left, Structured) and isinstance(right, Structured):
                return left, right
            if structure == "xml" and (isinstance(left, Text) or isinstance(right, Text)):
                # One is too large to be read, so that both are texts.
                return _plain(one), _plain(other)
    return _alone(one, other.type), _alone(other, one.type)


def content(body: Body) -> Content:
    """What one body is by its own words, where there is no other side to look at."""
    return _alone(body, body.type)


def _shared(one: Body, other: Body) -> Iterator[Structure]:
    """The structures that both may have, the likeliest first."""
    both = (one, other)
    claims = {one.claim, other.claim}
    named = claims - {""}
    if len(claims) == 1:
        # What lines and parts are made of may look like JSON as a whole, too.
        for structure in ("lines", "sequence", "multipart"):
            if structure in claims:
                yield structure
    if all(body.claim == "json" or body.begins_with("{", "[") for body in both):
        yield "json"
    if named == {"lines"} or (named <= {"json", "lines"} and all(map(_has_lines, both))):
        yield "lines"
    if named == {"form"} and all(body.claim or body.silent for body in both):
        yield "form"
    if named <= {"xml"} and all(body.claim or (_is_xml(body) and (named or body.silent)) for body in both):
        yield "xml"
    if named <= {"html"} and all(body.claim or (_is_page(body) and (named or body.silent)) for body in both):
        yield "html"


def _has_lines(body: Body) -> bool:
    """Whether there may be several JSON texts, one a line."""
    if body.claim == "lines":
        return True
    lines = [line for line in (body.utf8 or "").split("\n") if line.strip()]
    return len(lines) > 1 and (body.claim == "json" or all(line.lstrip().startswith(("{", "[")) for line in lines))


def _is_xml(body: Body) -> bool:
    return body.begins_with("<") and not _is_page(body)


def _is_page(body: Body) -> bool:
    return body.begins_with("<!doctype html", "<html")


def _alone(body: Body, other: MediaType) -> Content:
    """What one body is by its own words; JSON needs none, unless both say that they are something else."""
    if body.nothing is not None:
        return body.nothing
    if body.claim and body.claim != "html":
        return _READERS[body.claim](body)
    if (body.silent or body.type.name != other.name) and body.begins_with("{", "["):
        content = read_document(body)
        if isinstance(content, Structured):
            return content
    return _plain(body)


def _part(body: Body) -> Content:
    """What a part of a multipart body is; there is no other side to look at."""
    if body.nothing is not None:
        return body.nothing
    return _READERS[body.claim](body) if body.claim else _plain(body)


def _plain(body: Body) -> Content:
    """Text where it decodes, else bytes."""
    text = body.text
    if text is None:
        return Binary(body.raw, body.type.name)
    content = Binary(body.raw, body.type.name)
    if not body.type.is_text and ("\0" in text or (body.type.name and content.signature)):
        return content
    return Text(text)


def _xml(body: Body) -> Content:
    if body.markup is None:
        return Broken("the body is in no charset that it declares")
    return read_xml(body.markup)


def _html(body: Body) -> Content:
    return _plain(body) if body.markup is None else read_html(body.markup)


_READERS: dict[Structure, Callable[[Body], Content]] = {
    "json": read_document,
    "lines": read_lines,
    "sequence": read_sequence,
    "form": read_form,
    "multipart": lambda body: read_multipart(body, _part),
    "xml": _xml,
    "html": _html,
}
