"""Takes out of a page the white space that doesn't show (CSS Text §4, with the HTML standard's own style sheet).

Runs become one space; beside what begins a line there is none; between what stands in one line one space stays, because
`<b>a</b> <b>c</b>` is not `<b>a</b><b>c</b>`.
"""

from __future__ import annotations

import re

from shadow.compare.bodies.elements import Element
from shadow.compare.bodies.html_elements import ATOMIC, BLOCK, HIDDEN, SPACED

__all__ = ["collapse"]

_RUN = re.compile(r"[ \t\n\r\f]+")
_DRAWINGS = {"svg", "math"}
_WITHIN_TEXT = {"tspan", "textpath", "a"}
"""What stands in the lines of a drawing's texts; white space beside its other elements, and a formula's, is layout."""


def collapse(root: Element) -> None:
    """Tidy all texts of the page in place."""
    _Line().element(root, drawn=False)


class _Line:
    """Where in a line of the page we are."""

    def __init__(self) -> None:
        self._spaced = True
        """A space here would not show: the line begins, or there is one already."""
        self._last: tuple[list[Element | str], int] | None = None
        """The text that ends in that space, which would not show at the end of the line."""

    def element(self, element: Element, *, drawn: bool) -> None:
        name = element.name.lower()
        if name in HIDDEN:
            return
        begins = name in BLOCK or name == "pre" or (drawn and name not in _WITHIN_TEXT)
        if begins:
            self._end()
        if name in ATOMIC:
            # It has lines of its own; in the line it stands in, it is no space.
            self._ink()
            _Line()._children(element, drawn=name in _DRAWINGS)
        elif _is_spaced(element):
            self._ink()
        else:
            self._children(element, drawn=drawn and name != "foreignobject")
        if begins:
            self._end()

    def _children(self, element: Element, *, drawn: bool) -> None:
        if _is_spaced(element):
            return
        children = element.children
        for index, child in enumerate(children):
            if isinstance(child, Element):
                self.element(child, drawn=drawn)
                continue
            text = _RUN.sub(" ", child)
            if self._spaced:
                text = text.removeprefix(" ")
            children[index] = text
            if text:
                self._spaced = text.endswith(" ")
                self._last = (children, index) if self._spaced else None
        if element.name.lower() in ATOMIC:
            self._end()

    def _end(self) -> None:
        """A line ends here, and another begins."""
        if self._last is not None:
            children, index = self._last
            children[index] = str(children[index])[:-1]
        self._spaced, self._last = True, None

    def _ink(self) -> None:
        """Something stands here that is no space."""
        self._spaced, self._last = False, None


def _is_spaced(element: Element) -> bool:
    return element.name.lower() in SPACED or "white-space" in element.attributes.get("style", "")
