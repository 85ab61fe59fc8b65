"""Verdicts as the gate and `shadow status` print them: the same sentence for a route as in every report."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from shadow.report.history_view import trend_phrase
from shadow.report.terminal.verdict_rows import VerdictRow, print_rows
from shadow.report.wording import sentence
from shadow.verdict.model import RouteVerdict

__all__ = ["print_verdicts", "verdict_row"]


def print_verdicts(console: Console, verdicts: Sequence[RouteVerdict]) -> None:
    """Icon and word, route, and the one sentence that explains the verdict."""
    print_rows(console, [verdict_row(verdict) for verdict in verdicts])


def verdict_row(verdict: RouteVerdict, about: str = "") -> VerdictRow:
    """``about``: more about the route, in a few words."""
    trend = trend_phrase(verdict)
    return VerdictRow(
        verdict=verdict.verdict,
        name=verdict.route if verdict.required else f"{verdict.route} (not required)",
        why=f"{sentence(verdict)} ({trend})" if trend else sentence(verdict),
        about=about,
    )
