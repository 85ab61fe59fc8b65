"""Secrets in XML and HTML, by the names of elements and attributes; every other byte stays as it is.

The text is scanned instead of parsed, for it may be a page that no parser takes, a piece of one, or no markup at all.
Linear in its length.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from shadow.compare.bodies.html_elements import VOID
from shadow.compare.documents.selectors import Place
from shadow.redact.marks import Marker
from shadow.redact.names import bare
from shadow.redact.sensitive import Sensitive

__all__ = ["redact_markup"]

_TOKEN = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)
    | <!(?P<declaration>(?:
            [^>"'\[]++|"[^"]*+"|'[^']*+'|["']
          | \[(?:[^\]"']++|"[^"]*+"|'[^']*+'|["'])*+(?:\]|\Z)
        )*+)(?:>|\Z)
    | <(?P<end>/?)(?P<name>[^\W\d][^\s/<>"'=]*+)
        (?P<attributes>(?:[^>"'<]++|"[^"]*+"|'[^']*+'|["'])*+)
        (?:>|(?=<)|\Z)
    | (?P<text>[^<]++|<)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Matches anywhere, and fails nowhere in the middle: a tag that is not ended ends before the next one."""
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:(\s*+=\s*+)("[^"]*+"|'[^']*+'|[^\s"'>]++|["'][^"']*+)?+)?+""")
_ENTITY = re.compile(r"""(<!ENTITY\s+(?:%\s+)?[^\s"'>]+\s+)("[^"]*"|'[^']*')""")
"""What an entity stands for may be used as a secret anywhere."""
_SCRIPT_END = re.compile(r"</script(?=[\s/>])", re.IGNORECASE)
_CLOSING = re.compile(r"</([^\W\d][^\s/<>\"'=]*)")
_NAMING = frozenset({"name", "key", "id", "property"})
"""Attributes whose value names what is in another one, or in the element: ``<input name="csrf_token" value="x">``."""
_NAMED = frozenset({"value", "content"})
_HARMLESS = frozenset(
    {"type", "id", "name", "key", "property", "class", "lang", "encoding", "encodingtype", "valuetype", "for"}
)
"""Attributes of a secret element that say what it is."""
_AROUND = frozenset(
    {
        *("a", "article", "aside", "body", "details", "dialog", "div", "dl", "fieldset", "footer", "form", "frame"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "iframe", "label", "legend", "li", "main", "map", "nav"),
        *("ol", "p", "section", "slot", "summary", "table", "template", "ul"),
    }
)
"""HTML's elements that are named for something else than their text."""


class _Open(NamedTuple):
    name: str
    place: Place[bool]
    secret: bool
    children: Counter[str]
    is_list: bool


def redact_markup(text: str, sensitive: Sensitive, marker: Marker, redact_script: Callable[[str], str]) -> str:
    """``redact_script`` is for scripts, whose content is no markup."""
    return _Scan(text, sensitive, marker, redact_script).redacted()


class _Scan:
    def __init__(
        self, text: str, sensitive: Sensitive, marker: Marker, redact_script: Callable[[str], str] | None
    ) -> None:
        self._whole = text
        self._sensitive = sensitive
        self._marker = marker
        self._script = redact_script
        self._closed = set(_CLOSING.findall(text))
        """Names of elements that are ended somewhere: no other is taken to have content."""
        self._open: list[_Open] = [_Open("", sensitive.root, False, Counter(), False)]
        self._names: Counter[str] = Counter()
        self._next = False
        """Whether the text that comes next is secret, though no element around it is."""

    def redacted(self) -> str:
        pieces = []
        at = 0
        while found := _TOKEN.match(self._whole, at):
            pieces.append(self._token(found))
            at = found.end()
            if self._script and found["name"] and not found["end"] and found["name"].lower() == "script":
                end = _SCRIPT_END.search(self._whole, at)
                content = self._whole[at : end.start() if end else len(self._whole)]
                pieces.append(self._within_script(content))
                at += len(content)
        return "".join(pieces)

    def _within_script(self, content: str) -> str:
        if self._open[-1].secret and content.strip():
            return self._marked(content, decoded=True)
        assert self._script is not None
        # XML has elements of that name, too.
        inner = _Scan(content, self._sensitive, self._marker, None).redacted() if "</" in content else content
        return self._script(inner)

    def _token(self, found: re.Match[str]) -> str:
        whole = found[0]
        if found["text"] or found["data"]:
            return self._text(whole, found["data"])
        if found["declaration"]:
            return _ENTITY.sub(lambda entity: entity[1] + self._quoted(entity[2]), whole)
        self._next = False
        if not found["name"]:
            return whole
        if found["end"]:
            self._end(found["name"])
            return whole
        return self._start(found["name"], found["attributes"], whole)

    def _text(self, whole: str, data: str | None) -> str:
        said = whole if data is None else data
        around = self._open[-1]
        if not said.strip():
            return whole
        if self._next or around.secret or around.place.step("#text").payloads:
            return self._marked(said, decoded=data is None)
        return whole

    def _start(self, name: str, said: str, whole: str) -> str:
        around, local = self._open[-1], bare(name)
        place = around.place.step(local)
        secret = around.secret or bool(place.payloads) or self._sensitive.field(local)
        if around.is_list:
            place = place.step(around.children[local])
            around.children[local] += 1
            secret = secret or bool(place.payloads)
        read = [(bare(key).lower(), value) for key, _, value in _ATTRIBUTE.findall(said)]
        named = any(key in _NAMING and self._names_secret(value) for key, value in read)

        def attribute(found: re.Match[str]) -> str:
            key = bare(found[1])
            lower = key.lower()
            hides = (
                self._sensitive.field(key)
                or bool(place.step(f"@{key}").payloads)
                or (secret and lower not in _HARMLESS and not found[1].lower().startswith("xmlns"))
                or (named and lower in _NAMED)
            )
            return found[1] + found[2] + self._quoted(found[3]) if hides and found[3] else found[0]

        within = secret or (named and local.lower() not in _AROUND)
        if name in self._closed and not whole.endswith("/>"):
            self._names[name] += 1
            self._open.append(_Open(name, place, within, Counter(), True))
        elif not whole.endswith("/>") and (secret or (within and name.lower() not in VOID)):
            self._next = True
        head = f"<{name}"
        return f"{head}{_ATTRIBUTE.sub(attribute, said)}{whole[len(head) + len(said) :]}"

    def _end(self, name: str) -> None:
        if not self._names[name]:
            return
        while len(self._open) > 1:
            ended = self._open.pop()
            self._names[ended.name] -= 1
            if ended.name == name:
                return

    def _names_secret(self, value: str) -> bool:
        name = html.unescape(value.strip("\"'"))
        return bool(name) and self._sensitive.field(name)

    def _quoted(self, value: str) -> str:
        """An attribute's value, or an entity's, in quotes; without those that end it where they are cut off."""
        quote = value[0] if value[0] in "\"'" else ""
        inner = value[1:].removesuffix(quote) if quote else value
        if not inner.strip():
            return value
        self._marker.spelled(inner)
        mark = self._marker.mark("string", html.unescape(inner))
        # A mark has a space in it, which would end a value without quotes.
        return f"{quote}{mark}{value[1 + len(inner) :]}" if quote else f'"{mark}"'

    def _marked(self, said: str, *, decoded: bool) -> str:
        """A text with its mark in place of what it says, white space around it aside."""
        secret = said.strip()
        self._marker.spelled(secret)
        mark = self._marker.mark("string", html.unescape(secret) if decoded else secret)
        return mark if not decoded else said.replace(secret, mark, 1)
