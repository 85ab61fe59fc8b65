"""Secrets in text of any kind: what looks like one, and what stands beside a secret name.

No format is parsed: this is for logs, HTML, XML, query strings in links, JSON inside JSON, documents too broken for
their own parser, and pieces of any of these, as differences show them. It rather takes too much than too little.
Linear in the text's length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from shadow.redact.detectors import DETECTORS, Detector
from shadow.redact.json_text import container, end_of_container
from shadow.redact.marks import Marker
from shadow.redact.markup import redact_markup
from shadow.redact.sensitive import Sensitive

__all__ = ["looks_secret", "redact_text", "redact_values"]


def redact_values(text: str, marker: Marker, detectors: Iterable[Detector] = DETECTORS) -> str:
    """The text with everything that looks like a secret replaced by its mark."""
    for detector in _worth_trying(text, detectors):
        text = _without(detector, text, marker)
    return text


def looks_secret(text: str, detectors: Iterable[Detector] = DETECTORS) -> bool:
    """Whether anything in the text looks like a secret."""
    return any(next(_secrets(detector, text), None) for detector in _worth_trying(text, detectors))


def redact_text(text: str, sensitive: Sensitive, marker: Marker) -> str:
    """`redact_values`, and what stands beside a secret name: ``name=value``, ``name: value``, ``<name>value</``."""
    if "<" in text:
        text = redact_markup(text, sensitive, marker, lambda script: _pairs(script, sensitive, marker))
    text = redact_values(text, marker, sensitive.detectors)
    if "=" in text or ":" in text or "%3" in text:
        text = _pairs(text, sensitive, marker)
    return _FIELD.sub(lambda found: _html_field(found, sensitive, marker), text) if "<" in text else text


_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_SHORTEST = 6
"""Characters of the shortest match of any detector: ``://:x@``."""


def _worth_trying(text: str, detectors: Iterable[Detector]) -> Iterator[Detector]:
    if len(text) < _SHORTEST:
        return
    lowered = text.lower()
    for detector in detectors:
        if (
            detector.fragment in lowered
            and (not detector.beside or any(map(lowered.__contains__, detector.beside)))
            and (not detector.digits or _has_digits(text, detector.digits))
        ):
            yield detector


def _has_digits(text: str, count: int) -> bool:
    """Ten times as fast as a pattern."""
    return len(text) >= count and b"0" * count in text.encode("utf-8", "surrogatepass").translate(_ZEROS, b" -")


def _without(detector: Detector, text: str, marker: Marker) -> str:
    pieces: list[str] = []
    copied = 0
    for start, end in _secrets(detector, text):
        pieces += [text[copied:start], marker.mark("string", text[start:end])]
        copied = end
    return "".join([*pieces, text[copied:]])


def _secrets(detector: Detector, text: str) -> Iterator[tuple[int, int]]:
    """Where they begin and end."""
    at = 0
    while found := detector.pattern.search(text, at):
        start, end = found.span("secret")
        if detector.confirms is None or detector.confirms(found["secret"]):
            yield start, end
            at = end
        else:
            at = start + 1  # a real one may begin within what looked like one


# -- beside a secret name ---------------------------------------------------------------------------------------------

_NAME = re.compile(
    r"""
      (?:(?<!\w)(?<!\w-)|(?<=%[0-9A-Fa-f][0-9A-Fa-f]))(?P<name>[^\W\d][\w-]{1,63})
      (?:\]|%5D)?\\*["']?\]?[ \t]*(?P<is>[=:]|%3[AD])\s*
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""``password=``, ``--password=``, ``password: ``, ``"password": ``, with escaped quotes as in JSON within JSON, and
percent-encoded as in a link within a link."""
_QUOTED = re.compile(r"""(\\*["'])((?:(?!\1)(?:\\.|[^\\]))*+)(\1|\\?\Z)""", re.DOTALL)
"""Also cut off before its end."""
_BARE = {
    "=": re.compile(r"""[^\s&"'<>\\]+"""),
    ":": re.compile(r"""[^\s"'<>{}\\][^\r\n"'<>{}\\]*"""),
    "%": re.compile(r"""(?:%(?!26|23|22|27|7D|2C)|[^\s&"'<>\\%])+"""),
}
"""After a colon the rest of the line: nobody knows where a phrase ends."""
_NOTHING = re.compile(r"""null(?=[\s,;&"'<>}\]]|\Z)|""|''""")
_BRACKETS = {"{", "["}
_REDACTED = re.compile(r"\[redacted |%5Bredacted%20")
_FIELD = re.compile(r"<(?:input|meta|param|attribute|property)\s[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:-]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""")


def _pairs(text: str, sensitive: Sensitive, marker: Marker) -> str:
    pieces: list[str] = []
    copied = at = 0
    while found := _NAME.search(text, at):
        at = found.end()
        if not sensitive.field(found["name"]) or _REDACTED.match(text, at) or _NOTHING.match(text, at):
            continue
        if text[at : at + 1] in _BRACKETS:
            end = end_of_container(text, at)
            pieces += [text[copied:at], marker.mark(*container(text[at:end]))]
            copied = at = end
            continue
        value = _QUOTED.match(text, at) or _BARE[found["is"][0]].match(text, at)
        if value is not None:
            pieces += [text[copied:at], _marked(value[0], marker)]
            copied = at = value.end()
    return "".join([*pieces, text[copied:]])


def _marked(value: str, marker: Marker) -> str:
    """The mark, within the quotes or white space that the value has."""
    if quoted := _QUOTED.fullmatch(value):
        marker.spelled(quoted[2])
        return quoted[1] + marker.mark("string", _unescaped(quoted[2])) + quoted[3]
    bare = value.strip()
    start = value.index(bare)
    marker.spelled(unquote(bare))
    return value[:start] + marker.mark("string", bare) + value[start + len(bare) :]


def _unescaped(inner: str) -> str:
    try:
        return str(json.loads(f'"{inner}"'))
    except ValueError:
        return inner


def _html_field(found: re.Match[str], sensitive: Sensitive, marker: Marker) -> str:
    """``<input name="csrf_token" value="x">``: the name in one attribute, the secret in another."""
    attributes = {name.lower(): value.strip("\"'") for name, _, value in _ATTRIBUTE.findall(found[0])}
    if not any(sensitive.field(attributes[key]) for key in ("name", "id", "property") if attributes.get(key)):
        return found[0]
    return _ATTRIBUTE.sub(
        lambda each: each[1] + each[2] + _marked(each[3], marker) if each[1].lower() in _VALUES else each[0], found[0]
    )


_VALUES = frozenset({"value", "content"})
