"""XML and HTML as JSON-like documents, always in the same way.

An element is an object: `@name` for an attribute, `#text` for its text (a list where it stands in several places), and
for each name of child elements a list of them, also of one. Names are local; `@xmlns` is the namespace where it is
another than the parent's, so that prefixes don't matter but namespaces do. Where an element has children of more than
one name (text counts as one), `#order` says in which order they come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from shadow.compare.documents.reader import UnreadableError

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["MOST_ATTRIBUTES", "Element", "document", "elements"]

MOST_ATTRIBUTES = 200
"""Attributes of one element that are read; to look up each takes libxml2 linear time."""
_DEEPEST = 256
"""Elements within each other; libxml2's own limit."""
_XML = "http://www.w3.org/XML/1998/namespace"


class Element(msgspec.Struct, eq=False):
    """An element, free of the parser that has read it; its texts may be tidied in place."""

    name: str
    namespace: str
    attributes: dict[str, str]
    children: list[Element | str]
    """No two texts stand side by side; empty ones don't count."""


def elements(root: _Element, depth: int = 1) -> Element:
    """lxml's element with all that is in it; raises UnreadableError where there is too much."""
    if depth > _DEEPEST:
        raise UnreadableError(f"elements are nested deeper than {_DEEPEST} levels", too_deep=True)
    if len(root.attrib) > MOST_ATTRIBUTES:
        raise UnreadableError(f"an element has more than {MOST_ATTRIBUTES} attributes", too_deep=True)
    namespace, name = _split(root.tag)
    attributes = {_attribute(str(key)): str(value) for key, value in root.attrib.items()}
    found = Element(name, namespace, attributes, [root.text] if root.text else [])
    children = found.children
    for child in root:
        if not isinstance(child.tag, str):
            raise UnreadableError("there is something other than elements and text")
        children.append(elements(child, depth + 1))
        if child.tail:
            children.append(child.tail)
    return found


def document(root: Element, doctype: str | None) -> dict[str, Any]:
    """The document: its root element under its name, and its document type declaration, if it has one."""
    value: dict[str, Any] = {root.name: _value(root, "")}
    if doctype is not None:
        value["#doctype"] = doctype
    return value


def _value(element: Element, around: str) -> dict[str, Any]:
    value: dict[str, Any] = {f"@{name}": text for name, text in element.attributes.items()}
    if element.namespace != around:
        value["@xmlns"] = element.namespace
    order: list[str] = []
    texts: list[str] = []
    for child in element.children:
        if isinstance(child, Element):
            order.append(child.name)
            value.setdefault(child.name, []).append(_value(child, element.namespace))
        elif child:
            order.append("#text")
            texts.append(child)
    if texts:
        value["#text"] = texts[0] if len(texts) == 1 else texts
    if len(set(order)) > 1:
        value["#order"] = " ".join(order)
    # The order of names means nothing, and so is always the same.
    return dict(sorted(value.items()))


def _split(tag: str) -> tuple[str, str]:
    """lxml's `{namespace}name`."""
    if tag.startswith("{"):
        namespace, _, name = tag[1:].rpartition("}")
        return namespace, name
    return "", tag


def _attribute(key: str) -> str:
    namespace, name = _split(key)
    return f"xml:{name}" if namespace == _XML else key
