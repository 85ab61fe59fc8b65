"""What is secret: by its place the built-in names anywhere, and the JSONPaths of shadow.toml; by its looks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from shadow.compare.documents.selectors import Matcher, Place, located
from shadow.config.jsonpath import ANY, Path, Step, parse_path
from shadow.redact.detectors import DETECTORS, EMAILS
from shadow.redact.names import FRAGMENTS, is_secret_header, is_secret_name, normal

__all__ = ["STEP", "Sensitive", "location", "step_name"]

_LINE_ENDS = re.compile(r"[\n\x1e]")
_KEYS = re.compile(r"[^\[\].]+")


class Sensitive:
    """Built once from shadow.toml's JSONPaths, which were checked when it was read."""

    def __init__(self, paths: Iterable[str], headers: frozenset[str] = frozenset(), *, emails: bool = False) -> None:
        """``headers``: further names of secret headers, in lower case; ``emails``: whether addresses are secrets."""
        self.detectors = (*DETECTORS, *EMAILS) if emails else DETECTORS
        """What is secret by its looks."""
        looks = {look for one in self.detectors for look in one.beside or (one.fragment,) if look}
        self.looks = tuple(look.encode() for look in looks)
        """Lower-case; every text with something that a detector finds holds one of them (card numbers aside)."""
        self._headers = headers
        parsed = [parse_path(path) for path in paths]
        self._fixed = [path for path in parsed if path.steps is not None]
        self._evaluated = [path for path in parsed if path.steps is None]
        self._matcher = _matcher(self._fixed)
        self._lines = _matcher([*self._fixed, *_without_index(self._fixed)])
        self._shown = _matcher([*self._fixed, *_within(self._fixed)])
        self.names = _names(self._fixed) if not self._evaluated else None
        """Every document with a secret place of shadow.toml's has a member with one of these names. None where that
        can't be said."""
        self.fragments = _fragments(self.names)
        """In normal form; every text with a secret place holds one of them. None where that can't be said."""

    @property
    def root(self) -> Place[bool]:
        """Where a walk starts that needs no parsed document."""
        return self._matcher.root

    def root_for(self, text: str) -> Place[bool]:
        """Where a walk through this JSON text starts: paths with filters or slices depend on what it holds."""
        if not self._evaluated:
            return self._matcher.root
        return _matcher([*self._fixed, *self._found(text)]).root

    def root_for_lines(self, text: str) -> Place[bool]:
        """Where a walk through each of several JSON texts starts: as a document, or as an item of a list of them."""
        if not self._evaluated:
            return self._lines.root
        lines = [line for line in _LINE_ENDS.split(text) if line.strip()]
        found = [path for line in lines for path in self._found(line)]
        listed = self._found(f"[{','.join(lines)}]")
        return _matcher([*self._fixed, *_without_index(self._fixed), *found, *_without_index(listed)]).root

    def part(self, name: str, index: int) -> Place[bool]:
        """Where the body of a multipart body's part is, by its field's name or, without one, by its number."""
        place = self.root.step(name).step(index) if name else self.root.step(index)
        return place.step("body")

    def header(self, name: str) -> bool:
        return is_secret_header(name) or name.strip().lower() in self._headers

    def field(self, name: str) -> bool:
        """Whether a query parameter or form field of that name is secret; ``user[password]`` is ``$.user.password``."""
        place = self.root
        for key in _KEYS.findall(name) or [name]:
            place = place.step(key)
            if is_secret_name(key) or place.payloads:
                return True
        return is_secret_name(name) or bool(self.root.step(name).payloads)

    def path(self, text: str) -> bool:
        """Whether the place that a difference's path names (``$.items[3]['odd name']``) is, or lies in, a secret.

        A path of shadow.toml that was written for a document also counts in each line, and in each part, of several.
        """
        if self.root.payloads:
            return True
        place, around = self._shown.root, None
        for key in location(text):
            place = place.step(key)
            if place.payloads:
                return True
            if isinstance(key, str):
                if around is None and self.field(key):
                    return True
                if any(map(is_secret_name, (key, *_KEYS.findall(key)))) or (around == "headers" and self.header(key)):
                    return True
            around = key
        return False

    def _found(self, text: str) -> list[Path]:
        try:
            document: Any = json.loads(text)
        except (ValueError, RecursionError):
            return []
        return [place for path in self._evaluated for place in located(path, document)]


STEP = re.compile(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]|\[(\d{1,9})\]", re.DOTALL)
"""A step of a location: a name, a name in quotes, or an index."""


def location(text: str) -> Iterator[str | int]:
    """The names and indexes in a difference's path."""
    for step in STEP.finditer(text):
        yield int(step[3]) if step[3] else step_name(step)


def step_name(step: re.Match[str]) -> str:
    """The member that a step names."""
    return step[1] or _unquoted(step[2] or "")


def _unquoted(quoted: str) -> str:
    escaped = quoted.replace("\\'", "'").replace('"', '\\"')
    try:
        return str(json.loads(f'"{escaped}"', strict=False))
    except ValueError:
        return quoted


def _matcher(paths: list[Path]) -> Matcher[bool]:
    return Matcher((path.steps, True) for path in paths if path.steps is not None)


def _without_index(paths: Iterable[Path]) -> list[Path]:
    """The paths into the items of a list, as each item sees them."""
    return [
        Path(path.text, path.steps[1:])
        for path in paths
        if path.steps and any(key is ANY or isinstance(key, int) for key in path.steps[0].selectors)
    ]


def _within(paths: Iterable[Path]) -> list[Path]:
    """The paths into a document, as they are where it is one of several lines, or a part of a multipart body."""
    found = []
    for path in paths:
        steps = path.steps or ()
        found += [Path("", (Step((ANY,)), *steps)), Path("", (Step(("body",), deep=True), *steps))]
    return found


def _names(paths: list[Path]) -> frozenset[str] | None:
    own: set[str] = set()
    for path in paths:
        # Of each step that takes names only; which of several it is doesn't matter here.
        steps = [[key for key in step.selectors if isinstance(key, str)] for step in path.steps or ()]
        named = [
            names for names, step in zip(steps, path.steps or (), strict=True) if len(names) == len(step.selectors)
        ]
        if not named:
            return None
        own.update(max(named, key=lambda names: min(len(normal(name)) for name in names)))
    return frozenset(own)


def _fragments(names: frozenset[str] | None) -> tuple[bytes, ...] | None:
    # A name that JSON may spell in several ways is no fragment to look for.
    if names is None or not all(re.fullmatch(r"\w+", normal(name), re.ASCII) for name in names):
        return None
    return (*FRAGMENTS, *(normal(name).encode() for name in names))
