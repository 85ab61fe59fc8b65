"""Reads HTML with libxml2, and compares pages as text where it can't be sure to have read everything."""

from __future__ import annotations

import re

from shadow.compare.bodies.content import Content, Structured, Text
from shadow.compare.bodies.elements import MOST_ATTRIBUTES, Element, document, elements
from shadow.compare.bodies.html_elements import BOOLEAN, VOID
from shadow.compare.bodies.html_tags import Tags
from shadow.compare.bodies.white_space import collapse
from shadow.compare.documents.reader import Document, UnreadableError

__all__ = ["read_html"]

_DOCTYPE = re.compile(r"\ufeff?(?:\s+|<!--.*?-->)*+<!doctype([^>]*)>", re.DOTALL | re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\f]+")
_MOST = 8_000
"""Elements of one page that are read, each with two tags; a character reference takes as long as a tag."""
_HARMLESS = {"HTML_UNKNOWN_TAG", "DTD_ID_REDEFINED", "ERR_ENTITYREF_SEMICOL_MISSING", "ERR_NAME_REQUIRED"}
"""Complaints of libxml2 after which it reads on as it should: custom elements, `id`s that occur twice, bare `&`s."""


def read_html(text: str) -> Content:
    """The page as a document, or as text where the parser has mended or left out anything.

    libxml2 reads any bytes, but mends what is wrong in its own ways, which are not those of browsers: what is after
    `</html>` is dropped, `<b/>` is closed at once, `<b>x<p>y` ends the bold text at the paragraph. Two pages that show
    different things could become the same.
    """
    from lxml import etree

    if "\0" in text or text.count("<") + text.count("&") > 2 * _MOST:
        return Text(text)
    normal = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    tags = Tags(normal)
    if not tags.certain or tags.most_attributes > MOST_ATTRIBUTES:
        return Text(text)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        found = etree.fromstring(normal.encode("utf-8", "replace"), parser)
        if found is None or found.getnext() is not None or found.getprevious() is not None:
            return Text(text)
        if any(entry.type_name not in _HARMLESS for entry in parser.error_log):
            return Text(text)
        root = elements(found)
    except (etree.XMLSyntaxError, UnreadableError):
        return Text(text)
    if not tags.are_in(root):
        return Text(text)
    _tidy(root)
    collapse(root)
    doctype = _DOCTYPE.match(normal)
    said = None if doctype is None else " ".join(doctype[1].split()).casefold()
    return Structured("html", Document(document(root, said)), text, ((),))


def _tidy(element: Element) -> None:
    """Attributes in one spelling, and the newline gone that may follow `<pre>` (HTML §13.1.2.5)."""
    for name, value in element.attributes.items():
        if name == "class":
            element.attributes[name] = " ".join(sorted(set(_SPACE.split(value)) - {""}))
        elif name in BOOLEAN and value.lower() == name:
            element.attributes[name] = ""
    # libxml2 does not know all elements that have no content, and puts into them what follows.
    element.children = children = [lifted for child in element.children for lifted in _lifted(child)]
    if element.name in {"pre", "textarea", "listing"} and children and isinstance(children[0], str):
        children[0] = children[0].removeprefix("\n")
    for child in children:
        if isinstance(child, Element):
            _tidy(child)


def _lifted(child: Element | str) -> list[Element | str]:
    if isinstance(child, str) or child.name not in VOID or not child.children:
        return [child]
    within, child.children = child.children, []
    return [child, *(lifted for inner in within for lifted in _lifted(inner))]
