"""A second, independent look at a page: is everything that it says in the tree that libxml2 has made of it?

The tags and texts are read by the rules of HTML's tokenizer (§13.2.5), which need no tree. All start tags, attributes
and texts must be in the tree in the same order, and all elements that must be ended must be, so that no guess of the
parser's decides where they end.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from shadow.compare.bodies.elements import MOST_ATTRIBUTES, Element
from shadow.compare.bodies.html_elements import BOOLEAN, OPTIONAL_END, RAW, RCDATA, VOID

__all__ = ["Tags"]

_ATTRIBUTE = re.compile(
    r"""([^ \t\n\f/>][^ \t\n\f/>=]*+)(?:[ \t\n\f]*+=[ \t\n\f]*+("[^"]*+"|'[^']*+'|[^ \t\n\f"'>][^ \t\n\f>]*+|))?+"""
)
_TOKEN = re.compile(
    rf"""
      <!--(?:-?>|.*?(?:--!?>|\Z))                                       # a comment
    | <(?:[!?]|/(?![A-Za-z]))[^>]*+(?:>|\Z)                             # a declaration, or what is none
    | <(?P<end>/?)(?P<name>[A-Za-z][^ \t\n\f/>]*+)
        (?P<attributes>(?:[ \t\n\f]|/(?!>)|{_ATTRIBUTE.pattern})*+)
        (?P<last>/?>|\Z)
    | (?P<text>[^<]++|<)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Matches anywhere, and never looks at a character often: a page is hostile."""
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([A-Za-z0-9]+;?)(=?))")
_BLANK = re.compile(r"[ \t\n\r\f]+")
_MOST = 100_000
"""Attributes of one page that are read."""
_FOREIGN = ("svg", "math")
_IMPLIED = {"html", "head", "body"}
"""Elements that are there without their tags. (Older versions of libxml2 add `p` as well, which is none of these.)"""


class _Start(NamedTuple):
    name: str
    attributes: dict[str, str]


class Tags:
    """The tags and texts of a page."""

    def __init__(self, text: str) -> None:
        self._open: Counter[str] = Counter()
        self._well_ended = True
        self._attributes = 0
        try:
            self._items = list(_joined(self._read(text)))
        except ValueError:  # a character reference of more than 4,300 digits
            self._items, self._well_ended = [], False

    @property
    def certain(self) -> bool:
        """Whether nothing is left to be guessed: all elements that must be ended are, and nothing else."""
        return self._well_ended and not any(
            count for name, count in self._open.items() if name not in OPTIONAL_END and name not in VOID
        )

    @property
    def most_attributes(self) -> int:
        """How many attributes the tag has that has most."""
        return max((len(item.attributes) for item in self._items if isinstance(item, _Start)), default=0)

    def are_in(self, root: Element) -> bool:
        """Whether the tree holds all that the page says, and adds to it no more than tags that were left out."""
        said = iter(self._items)
        waiting = next(said, None)
        for item in _joined(_kept(root)):
            if item == waiting:
                waiting = next(said, None)
            elif not (isinstance(item, _Start) and item.name in _IMPLIED and not item.attributes):
                return False
        return waiting is None

    def _read(self, text: str) -> Iterator[_Start | str]:
        position = 0
        while position < len(text) and self._attributes <= _MOST and (found := _TOKEN.match(text, position)):
            position = found.end()
            if found["text"]:
                yield html.unescape(found["text"])
            elif found["name"] and not found["last"]:
                self._well_ended = False
            elif found["end"]:
                self._end(_lower(found["name"]))
            elif found["name"]:
                start = _Start(_lower(found["name"]), _attributes(found["attributes"]))
                yield start
                self._start(start.name, closed=found["last"] == "/>")
                self._attributes += len(start.attributes)
                if start.name in RAW or start.name in RCDATA:
                    end = re.compile(rf"</{start.name}(?=[ \t\n\f/>])", re.IGNORECASE).search(text, position)
                    content = text[position : end.start() if end else len(text)]
                    yield html.unescape(content) if start.name in RCDATA else content
                    position += len(content)
            elif found[0].startswith("<![CDATA[") and any(self._open[name] for name in _FOREIGN):
                # Text in a drawing or formula (§13.2.5.42), of which libxml2 knows nothing.
                self._well_ended = False
        if self._attributes > _MOST:
            self._well_ended = False

    def _start(self, name: str, *, closed: bool) -> None:
        if closed and name not in VOID:
            if not any(self._open[foreign] for foreign in _FOREIGN) and name not in _FOREIGN:
                # To a browser `<b/>` is `<b>`, to libxml2 it is `<b></b>`.
                self._well_ended = False
            return
        self._open[name] += 1

    def _end(self, name: str) -> None:
        self._open[name] -= 1
        if self._open[name] < 0 or name in VOID:
            self._well_ended = False


def _kept(root: Element) -> Iterator[_Start | str]:
    waiting: list[Element | str] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        else:
            yield _Start(item.name, {name: _spelled(name, value) for name, value in item.attributes.items()})
            waiting.extend(reversed(item.children))


def _joined(items: Iterator[_Start | str]) -> Iterator[_Start | str]:
    """Texts without white space, those that no start tag parts in one."""
    texts: list[str] = []
    for item in items:
        if isinstance(item, str):
            texts.append(_BLANK.sub("", item))
            continue
        if text := "".join(texts):
            yield text
        texts.clear()
        yield item
    if text := "".join(texts):
        yield text


def _attributes(text: str) -> dict[str, str]:
    """Of an attribute that occurs twice the first counts (§13.2.5.33). One more than are read tells enough."""
    found: dict[str, str] = {}
    for attribute in islice(_ATTRIBUTE.finditer(text), MOST_ATTRIBUTES + 1):
        name, value = _lower(attribute[1]), attribute[2] or ""
        if value[:1] in {'"', "'"}:
            value = value[1:-1]
        found.setdefault(name, _spelled(name, _REFERENCE.sub(_resolved, value)))
    return found


def _spelled(name: str, value: str) -> str:
    return "" if name in BOOLEAN and value.lower() == name else value


def _resolved(reference: re.Match[str]) -> str:
    """A character reference in an attribute: without a semicolon it is none if it could go on (§13.2.5.73)."""
    name = reference[1]
    if name is None:
        return html.unescape(reference[0])
    from html.entities import html5

    if name in html5 and (name.endswith(";") or not reference[2]):
        return html5[name] + reference[2]
    return reference[0]


def _lower(name: str) -> str:
    """In lower case as far as it is ASCII, as HTML has it."""
    return name.encode("utf-8", "replace").lower().decode()
