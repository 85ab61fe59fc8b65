"""``@pytest.mark.shadow_accept(…)``: what a test's comparisons accept, and whether there was anything to accept.

A marker on a test belongs to that test; one on a class, a module or a parametrized function to all its tests, so it is
enough that it covers something in one of them. With pytest-xdist no process sees all of these, and none is blamed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from shadow.config import Settings
from shadow.config.load import check_accept
from shadow.config.settings import Accept
from shadow.errors import ConfigError
from shadow.evidence.route_evidence import RouteEvidence
from shadow.pytest_plugin import ShadowAcceptWarning
from shadow.verdict.acceptance import unused

__all__ = ["MARKER", "Marked", "marked"]

MARKER = "shadow_accept"


@dataclass
class Marked:
    """One marker, as it holds for one test, or for several."""

    accept: Accept
    words: str
    compared: bool = False
    used: bool = False
    failed: bool = False
    """Whether a comparison has failed: then something else may have come later that it covers."""

    def note(self, settings: Settings, evidence: RouteEvidence, *, failed: bool) -> None:
        """A comparison has taken place."""
        self.compared = True
        self.failed = self.failed or failed
        alone = settings.model_copy(update={"accept": [self.accept]})
        self.used = self.used or not unused(alone, [evidence])

    def report(self, scope: pytest.Item | pytest.Collector) -> None:
        """Nothing more will come: warn where it was of no use."""
        if self.compared and not self.used and not self.failed:
            scope.warn(ShadowAcceptWarning(f"{self.words} covers nothing that was compared; delete it, or correct it"))


_KNOWN = pytest.StashKey[dict[int, Marked]]()


def marked(item: pytest.Item) -> list[Marked]:
    """The markers that hold for a test, the closest first. Raises ConfigError for one that is wrong."""
    return [_marked(item, scope, mark) for scope, mark in _scopes(item)]


def _scopes(item: pytest.Item) -> Iterator[tuple[pytest.Item | pytest.Collector, pytest.Mark]]:
    for node, mark in item.iter_markers_with_node(MARKER):
        several = node is item and hasattr(item, "callspec")
        scope = item.parent if several else node
        assert isinstance(scope, pytest.Item | pytest.Collector)
        yield scope, mark


def _marked(item: pytest.Item, scope: pytest.Item | pytest.Collector, mark: pytest.Mark) -> Marked:
    known = scope.stash.setdefault(_KNOWN, {})
    found = known.get(id(mark))
    if found is None:
        found = known[id(mark)] = Marked(_checked(mark, item), _words(mark))
        if scope is item or not hasattr(item.config, "workerinput"):
            scope.addfinalizer(partial(_finish, scope, mark))
    return found


def _finish(scope: pytest.Item | pytest.Collector, mark: pytest.Mark) -> None:
    scope.stash[_KNOWN].pop(id(mark)).report(scope)


def _checked(mark: pytest.Mark, item: pytest.Item) -> Accept:
    where = f"{_words(mark)} of {item.nodeid}"
    if mark.args:
        raise ConfigError(f'{where} must name its keys: @pytest.mark.{MARKER}(path="$.id", reason="…")')
    block = {key: value for key, value in mark.kwargs.items() if value is not None}
    return check_accept({key: _as_toml(value) for key, value in block.items()}, where)


def _as_toml(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _words(mark: pytest.Mark) -> str:
    given: Sequence[str] = [*map(repr, mark.args), *(f"{key}={value!r}" for key, value in mark.kwargs.items())]
    return f"@pytest.mark.{MARKER}({', '.join(given)})"
