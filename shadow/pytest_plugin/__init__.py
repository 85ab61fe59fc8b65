"""The pytest plugin: one test per route with ``pytest --shadow``, and `shadow_compare` for tests of one's own.

pytest imports this module in every run of everybody who has shadow installed (entry point ``pytest11``). So it imports
nothing but pytest, and without ``--shadow`` it only says that its options, its fixture and its marker exist.

PYTEST_DONT_REWRITE: see `shadow`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from shadow.compare import Difference, Rules

__all__ = ["ShadowAcceptWarning", "ShadowCompare", "ShadowEvidenceWarning", "shadow_compare"]

_MARKER = (
    "shadow_accept(*, path | header | status | fingerprint, reason, until=None, routes=['*'], broad=False): "
    "a difference that this test's shadow_compare accepts; the keys are those of [[accept]] in shadow.toml"
)


class ShadowCompare(Protocol):
    """What the fixture `shadow_compare` gives, to annotate a test's argument with."""

    def __call__(
        self, legacy: Any, candidate: Any, *, route: str | None = None, rules: Rules | None = None
    ) -> list[Difference]:
        """Fail the test where the two responses differ; return the differences that don't count.

        Responses are `shadow.Response`, `httpx.Response` or `requests.Response`, in any mixture. ``route``
        (``GET /orders/{orderId}``) says which comparison rules and acceptances of shadow.toml hold; without it, those
        for all routes (``*``). ``rules`` take the place of shadow.toml's comparison rules.
        """
        ...


class ShadowAcceptWarning(pytest.PytestWarning):
    """A `shadow_accept` marker covers nothing that its tests have seen."""


class ShadowEvidenceWarning(pytest.PytestWarning):
    """Two responses say the same, but that proves nothing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("shadow", "shadow: does the candidate answer like legacy?")
    group.addoption(
        "--shadow",
        action="store_true",
        help="Collect one test per required route, judged by the evidence in the store. "
        "'shadow::GET /orders*' as an argument selects routes.",
    )
    group.addoption(
        "--shadow-config",
        metavar="FILE",
        help="shadow.toml to use; default: SHADOW_CONFIG, or found upward from here, or from the rootdir.",
    )
    group.addoption(
        "--shadow-allow-inconclusive",
        action="store_true",
        help="Skip inconclusive routes instead of failing them, if at least one selected route is ready, and except "
        "for those that lack credentials.",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("shadow"):
        from shadow.pytest_plugin.routes import RoutesPlugin

        config.pluginmanager.register(RoutesPlugin(config), "shadow-routes")


@pytest.fixture
def shadow_compare(request: pytest.FixtureRequest) -> ShadowCompare:
    """Compare a legacy and a candidate response: shadow_compare(legacy, candidate, route='GET /orders/{orderId}')."""
    from shadow.pytest_plugin.comparing import Comparer

    return Comparer(request.node)
