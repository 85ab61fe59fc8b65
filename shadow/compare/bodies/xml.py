"""Reads XML (https://www.w3.org/TR/xml/) with libxml2, which is kept from the network, files and expanding entities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shadow.compare.bodies.content import Broken, Content, Structured, Text
from shadow.compare.bodies.elements import Element, document, elements
from shadow.compare.bodies.qualified_names import resolve
from shadow.compare.bodies.white_space import collapse
from shadow.compare.documents.reader import Document, UnreadableError

if TYPE_CHECKING:
    from lxml.etree import XMLSyntaxError

__all__ = ["read_xml"]

_XHTML = "http://www.w3.org/1999/xhtml"
_SVG = "http://www.w3.org/2000/svg"
_PRESERVING = {(_SVG, "text")}
"""Elements in which white space shows though they don't say so."""
_MOST = 20_000
"""Elements of one body that are read, each with two tags; an attribute takes as long as a tag."""
_WHITE = " \t\r\n"
_PROLOG = re.compile(r"\ufeff?(?:\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE\s", re.DOTALL)
_IN_DOCTYPE = re.compile(r"""<!--.*?-->|<\?.*?\?>|"[^"]*"|'[^']*'|[][>]""", re.DOTALL)
_LIMITS = ("resource limit", "excessive depth", "too big", "too long", "huge")
"""What libxml2 says where it stops at a limit of its own."""


def read_xml(text: str) -> Content:
    """The document; what is wrong with it, and where, if it is not well-formed; a text where it is very large.

    Entities that the document itself declares are resolved, as far as libxml2 thinks it no attack; any others are
    errors. Comments and processing instructions are left out. The document type is kept as it is written, because it
    may say more than is read here (default attributes, say).
    """
    from lxml import etree

    if text.count("<") + text.count("=") > 2 * _MOST:
        return Text(text)
    parser = etree.XMLParser(
        encoding="utf-8",
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        resolve_entities="internal",  # type: ignore[arg-type] # which the stubs don't know
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = elements(etree.fromstring(text.encode("utf-8", "replace"), parser))
    except etree.XMLSyntaxError as error:
        return _broken(error)
    except UnreadableError as error:
        return Broken(f"the body is XML that is not read: {error}", unfinished=True)
    resolve(root, text)
    if root.namespace == _XHTML:
        collapse(root)
    else:
        _drop_indentation(root, preserved=False)
    return Structured("xml", Document(document(root, _doctype(text))), text, ((),))


def _broken(error: XMLSyntaxError) -> Broken:
    said = re.sub(r", line \d+, column \d+( \(.*\))?$", "", (error.msg or "it is empty").replace("\n", ""))
    line, column = error.position
    limited = any(limit in said.lower() for limit in _LIMITS)
    return Broken(f"the body is not XML: {said} at line {line}, column {column}", unfinished=limited)


def _drop_indentation(element: Element, *, preserved: bool) -> None:
    """White space between elements is layout, unless it is asked to be kept or there is other text beside it."""
    space = element.attributes.get("xml:space")
    preserved = space == "preserve" or (preserved and space != "default")
    preserved = preserved or (element.namespace, element.name) in _PRESERVING
    inner = [child for child in element.children if isinstance(child, Element)]
    texts = [child for child in element.children if isinstance(child, str)]
    if inner and not preserved and not any(text.strip(_WHITE) for text in texts):
        element.children = list(inner)
    for child in inner:
        _drop_indentation(child, preserved=preserved)


def _doctype(text: str) -> str | None:
    """What stands in the well-formed document's `<!DOCTYPE …>`, its internal subset included; None without one."""
    prolog = _PROLOG.match(text)
    if prolog is None:
        return None
    inside = False
    for token in _IN_DOCTYPE.finditer(text, prolog.end()):
        if token[0] == ">" and not inside:
            return " ".join(text[prolog.end() : token.start()].split())
        if token[0] in "[]":
            inside = token[0] == "["
    return " ".join(text[prolog.end() :].split())
