"""Verdicts in terminals of all kinds."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from shadow.cli.verdict_lines import print_verdicts
from shadow.config import Settings
from shadow.verdict import judge
from shadow.verdict.model import RouteVerdict

SETTINGS = Settings.model_validate({"legacy": {"url": "https://l.test"}, "candidate": {"url": "https://c.test"}})
Printed = Callable[..., list[str]]


def unseen(route: str) -> RouteVerdict:
    return judge(None, route, SETTINGS, 0.0, required=True)


@pytest.fixture
def printed() -> Printed:
    """The lines that come out on a terminal of so many columns (0: no terminal)."""

    def run(routes: list[str], columns: int, encoding: str = "utf-8") -> list[str]:
        bytes_ = io.BytesIO()
        file = io.TextIOWrapper(bytes_, encoding=encoding)
        print_verdicts(
            Console(file=file, width=columns or None, force_terminal=columns > 0, color_system=None, highlight=False),
            [unseen(route) for route in routes],
        )
        file.flush()
        return bytes_.getvalue().decode(encoding).splitlines()

    return run


def test_without_a_terminal_each_route_is_one_line_however_long(printed: Printed) -> None:
    lines = printed(["GET /a", "GET /" + "long/" * 60], 0)
    assert len(lines) == 2
    assert lines[0].startswith("? inconclusive  GET /a")
    assert "no request of this route has been seen" in lines[1]


@pytest.mark.parametrize("columns", [20, 40, 80, 120, 200])
def test_on_a_terminal_nothing_is_wider_than_it_and_nothing_is_lost(printed: Printed, columns: int) -> None:
    lines = printed(["GET /orders/{orderId}/items/{itemId}/history"], columns)
    assert max(map(len, lines)) <= columns
    squeezed = "".join("".join(lines).split())
    for word in ("inconclusive", "request", "seen", "sendsit"):
        assert word in squeezed


def test_control_characters_of_a_route_never_reach_the_terminal(printed: Printed) -> None:
    text = "".join(printed(["GET /\x1b[31m\u202e[bold]x"], 0))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]x" in text


def test_a_terminal_without_unicode_gets_question_marks_instead_of_a_traceback(printed: Printed) -> None:
    assert printed(["GET /é"], 0, "ascii")[0].startswith("? inconclusive  GET /?")
