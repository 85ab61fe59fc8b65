"""Secrets in a difference: in both values, in its place, and in the sentence about them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from shadow.compare.difference import Difference
from shadow.redact.detectors import is_card_number
from shadow.redact.marks import MARK, Marker
from shadow.redact.names import is_secret_name
from shadow.redact.sensitive import STEP, Sensitive, step_name

__all__ = ["Words", "redact_difference", "redact_parsed"]


class Words(NamedTuple):
    """What text of each kind becomes."""

    value: Callable[[Any], Any]
    """Both values."""
    text: Callable[[str], str]
    """The sentence about them."""
    name: Callable[[str], str]
    """The name of a member."""


def redact_difference(difference: Difference, words: Words) -> Difference:
    """The fingerprint stays: it is made without values. So do kind, class and severity."""
    legacy, candidate = words.value(difference.legacy), words.value(difference.candidate)
    changed = [
        after
        for before, after in ((difference.legacy, legacy), (difference.candidate, candidate))
        if isinstance(after, str) and after != before and MARK.fullmatch(after)
    ]
    path, pattern = (_place(place, words.name) for place in (difference.path, difference.pattern))
    summary = words.text(difference.summary)
    return msgspec.structs.replace(
        difference,
        path=path,
        pattern=pattern,
        legacy=legacy,
        candidate=candidate,
        # What the sentence quotes of a value that is secret as a whole, it quotes in a spelling of its own.
        summary=_sentence(difference, summary, legacy, candidate) if changed else summary,
    )


def redact_parsed(value: Any, sensitive: Sensitive, marker: Marker, redact: Callable[[str], str]) -> Any:
    """A parsed JSON value (also of markup, or of a multipart body) without its secrets.

    ``redact`` is for the texts and names in it.
    """
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [redact_parsed(item, sensitive, marker, redact) for item in value]
    if isinstance(value, dict):
        named = _named(value)
        return {
            redact(name): marker.value(item)
            if is_secret_name(name) or name in named
            else _headers(item, sensitive, marker, redact)
            if name == "headers" and isinstance(item, dict)
            else redact_parsed(item, sensitive, marker, redact)
            for name, item in value.items()
        }
    if isinstance(value, int) and is_card_number(str(value)):
        return marker.value(value)
    return value


_NAMED = frozenset({"@value", "@content", "#text"})
_NAMING = ("@name", "@id", "@key", "@property")
_PART_NAME = re.compile(r""";\s*name="?([^";]*)""", re.IGNORECASE)


def _named(value: dict[str, Any]) -> frozenset[str]:
    """Members that are secret by what another one says: ``<input name="csrf_token" value="x">``, a form's part."""
    if any(isinstance(name := value.get(key), str) and is_secret_name(name) for key in _NAMING):
        return _NAMED
    headers = value.get("headers")
    said = headers.get("content-disposition") if isinstance(headers, dict) else None
    part = _PART_NAME.search(said) if isinstance(said, str) else None
    return frozenset({"body"}) if part and is_secret_name(part[1]) else frozenset()


def _headers(headers: dict[str, Any], sensitive: Sensitive, marker: Marker, redact: Callable[[str], str]) -> Any:
    return {
        redact(name): marker.value(item)
        if is_secret_name(name) or sensitive.header(name)
        else redact_parsed(item, sensitive, marker, redact)
        for name, item in headers.items()
    }


def _place(path: str, redact: Callable[[str], str]) -> str:
    """The path with the names that are data replaced: keys of a map may be tokens, or people's addresses."""

    def step(found: re.Match[str]) -> str:
        if found[3]:
            return found[0]
        name = step_name(found)
        redacted = redact(name)
        return found[0] if redacted == name else f"['{redacted}']"

    return STEP.sub(step, path) if path.startswith("$") else redact(path)


# -- the sentence ------------------------------------------------------------------------------------------------------

_BEFORE = re.compile(r"(?:header [^\s:]+: )?(?:(?:at least )?\d[\d,]* lines? [a-z\d, ]*; line [\d,]+: )?")
_AFTER = re.compile(r""" \([^()"'\[\]]{1,120}\)\Z""")
"""What is said around the values: how many lines differ, and what the class means."""
_VALUELESS_KINDS = frozenset({"reordered", "truncated"})
_VALUELESS_CLASSES = frozenset({"repeated-member", "malformed", "bytes", "byte-order-mark"})
"""Their sentences quote no value."""
_LONGEST = 120
"""Characters of a value that a sentence quotes."""


def _sentence(difference: Difference, summary: str, legacy: Any, candidate: Any) -> str:
    if difference.kind in _VALUELESS_KINDS or difference.class_ in _VALUELESS_CLASSES:
        return summary
    before = _BEFORE.match(summary)
    after = _AFTER.search(summary)
    return (before[0] if before else "") + _became(difference, legacy, candidate) + (after[0] if after else "")


def _became(difference: Difference, legacy: Any, candidate: Any) -> str:
    if difference.kind in {"missing", "header-missing"}:
        return f"{_shown(legacy)} is missing"
    if difference.kind in {"added", "header-added"}:
        return f"{_shown(candidate)} was added"
    return f"{_shown(legacy)} became {_shown(candidate)}"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if MARK.fullmatch(text) or len(text) <= _LONGEST:
        return text
    end = next((mark.end() for mark in MARK.finditer(text) if mark.start() < _LONGEST < mark.end()), _LONGEST)
    return text[:end] + ("…" if end < len(text) else "")
