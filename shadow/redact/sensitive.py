"""What is secret by its place: the built-in names anywhere, and the JSONPaths of shadow.toml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from shadow.compare.documents.selectors import Matcher, Place, located
from shadow.config.jsonpath import Path, parse_path
from shadow.redact.names import FRAGMENTS, is_secret_name, normal

__all__ = ["Sensitive"]

_KEYS = re.compile(r"[^\[\].]+")


class Sensitive:
    """Built once from shadow.toml's JSONPaths, which were checked when it was read."""

    def __init__(self, paths: Iterable[str]) -> None:
        parsed = [parse_path(path) for path in paths]
        self._fixed = [path for path in parsed if path.steps is not None]
        self._evaluated = [path for path in parsed if path.steps is None]
        self._matcher = _matcher(self._fixed)
        self.fragments = _fragments(self._fixed) if not self._evaluated else None
        """In normal form; every document with a secret place holds one of them. None where that can't be said."""

    @property
    def root(self) -> Place[bool]:
        """Where a walk starts that needs no parsed document."""
        return self._matcher.root

    def root_for(self, text: str) -> Place[bool]:
        """Where a walk through this JSON text starts: paths with filters or slices depend on what it holds."""
        if not self._evaluated:
            return self._matcher.root
        try:
            document: Any = json.loads(text)
        except (ValueError, RecursionError):
            return self._matcher.root
        found = [place for path in self._evaluated for place in located(path, document)]
        return _matcher([*self._fixed, *found]).root

    def field(self, name: str) -> bool:
        """Whether a query parameter or form field of that name is secret; ``user[password]`` is ``$.user.password``."""
        place = self.root
        for key in _KEYS.findall(name) or [name]:
            place = place.step(key)
            if is_secret_name(key) or place.payloads:
                return True
        return is_secret_name(name) or bool(self.root.step(name).payloads)

    def path(self, text: str) -> bool:
        """Whether the place that a difference's path names (``$.items[3]['odd name']``) is, or lies in, a secret."""
        place = self.root
        if place.payloads:
            return True
        for key in _location(text):
            place = place.step(key)
            if place.payloads or (isinstance(key, str) and is_secret_name(key)):
                return True
        return False


_STEP = re.compile(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]|\[(\d{1,9})\]", re.DOTALL)


def _location(text: str) -> Iterator[str | int]:
    for name, quoted, index in _STEP.findall(text):
        if quoted:
            yield _unquoted(quoted)
        else:
            yield name or int(index or 0)


def _unquoted(quoted: str) -> str:
    escaped = quoted.replace("\\'", "'").replace('"', '\\"')
    try:
        return str(json.loads(f'"{escaped}"', strict=False))
    except ValueError:
        return quoted


def _matcher(paths: list[Path]) -> Matcher[bool]:
    return Matcher((path.steps, True) for path in paths if path.steps is not None)


def _fragments(paths: list[Path]) -> tuple[bytes, ...] | None:
    own = []
    for path in paths:
        names = [key for step in path.steps or () for key in step.selectors if isinstance(key, str)]
        longest = max(map(normal, names), key=len, default="")
        # A name that JSON may spell in several ways is no fragment to look for.
        if not re.fullmatch(r"\w+", longest, re.ASCII):
            return None
        own.append(longest.encode())
    return (*FRAGMENTS, *own)
