"""Qualified names in XML's attributes and texts (`xsi:type="a:Book"`), whose prefixes mean a namespace there, too.

Which values are such names only a schema could tell. So what a prefix stands for is said beside each value that looks
like one, as `@xmlns:a`; and where a standard says that the value is one, the namespace takes the prefix's place.
"""

from __future__ import annotations

import re

from shadow.compare.bodies.elements import Element

__all__ = ["resolve"]

_DECLARED = re.compile(r"""\sxmlns:([^\s=<>"']{1,200})\s{0,20}=\s{0,20}(?:"([^"<]*)"|'([^'<]*)')""")
_NAME = re.compile(r"\s*([^\s:<>]+):([^\s:/<>]+)\s*")
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
"""XML Schema Part 1, §2.6.1."""
_CODES = {
    ("", "faultcode"),  # SOAP 1.1 §4.4
    ("http://www.w3.org/2003/05/soap-envelope", "Value"),  # SOAP 1.2 Part 1, §5.4
}


def resolve(root: Element, text: str) -> None:
    """Spell out, in place, the prefixes in all values; ``text`` is the document's source."""
    declared: dict[str, set[str]] = {}
    for prefix, quoted, single in _DECLARED.findall(text):
        declared.setdefault(prefix, set()).add(quoted or single)
    # A prefix that means several namespaces in one document is rare, and then all of them are told.
    namespaces = {prefix: " or ".join(sorted(uris)) for prefix, uris in declared.items()}
    waiting = [root] if namespaces else []
    while waiting:
        element = waiting.pop()
        _resolve(element, namespaces)
        waiting.extend(child for child in element.children if isinstance(child, Element))


def _resolve(element: Element, namespaces: dict[str, str]) -> None:
    used: dict[str, str] = {}
    for key, value in element.attributes.items():
        element.attributes[key] = _spelled(value, namespaces, used, is_name=key == _TYPE)
    children = element.children
    if len(children) == 1 and isinstance(children[0], str):
        children[0] = _spelled(children[0], namespaces, used, is_name=(element.namespace, element.name) in _CODES)
    element.attributes.update(used)


def _spelled(value: str, namespaces: dict[str, str], used: dict[str, str], *, is_name: bool) -> str:
    """The value without a prefix where it ``is_name``, else as it is, and its prefix is ``used``."""
    found = _NAME.fullmatch(value) if ":" in value else None
    if found is None or found[1] not in namespaces:
        return f"{{{value}" if is_name and value.startswith("{") else value
    if is_name:
        return f"{{{namespaces[found[1]]}}}{found[2]}"
    used[f"xmlns:{found[1]}"] = namespaces[found[1]]
    return value
