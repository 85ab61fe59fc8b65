"""What the demo says in the terminal."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shadow.config import Settings
from shadow.demo.kong import PREFIX
from shadow.demo.routes import ROUTES, Release, fixed
from shadow.demo.tokens import mint
from shadow.errors import ExitCode
from shadow.report.terminal.verdict_rows import VerdictRow, print_rows
from shadow.verdict.model import RouteVerdict, Verdict

__all__ = ["Show"]

_GATE = {
    ExitCode.READY: "every required route is ready",
    ExitCode.NOT_READY: "at least one required route is not ready",
    ExitCode.INCONCLUSIVE: "none is not ready, but at least one is inconclusive",
}


class Show:
    """Prints to a console: a progress bar and colours on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def started(self, settings: Settings) -> None:
        self._line(f"legacy:    {settings.legacy.url}  (a Kong-like gateway and an old application)")
        self._line(f"candidate: {settings.candidate.url}  (an API-Gateway-like front and one Lambda per route)")
        self._line(f"version:   {settings.candidate.version}")
        self._line(f"proxy:     http://{settings.proxy.listen}  (a real mitmdump with shadow's addon)")

    @contextlib.contextmanager
    def traffic(self, total: int) -> Iterator[Callable[[], None]]:
        """Shows how many of ``total`` requests have been answered; what it yields is to be called for each."""
        if not self._console.is_terminal:
            yield self._plain_progress(total)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=True) as progress:
            task = progress.add_task("the apps are being used", total=total)
            yield lambda: progress.advance(task)

    def draining(self) -> None:
        self._line("all requests are answered; mitmdump finishes its comparisons and writes the report")

    def verdicts(self, verdicts: Sequence[RouteVerdict], release: Release) -> None:
        """A table, the worst first: verdict, route with the trouble planted in it, and why."""
        trouble = {planted.route: planted.trouble for planted in ROUTES}
        rows = [
            VerdictRow(
                verdict=verdict.verdict,
                name=verdict.route,
                why=_why(verdict),
                about=_planted(trouble.get(verdict.route, ""), fixed=release == fixed()),
            )
            for verdict in verdicts
        ]
        self._line("")
        print_rows(self._console, rows)
        self._line("")

    def result(self, settings: Settings, faults: Sequence[str], gate: ExitCode, release: Release) -> None:
        """Where the report is, what the gate says, and whether the verdicts are the planted ones."""
        assert settings.source is not None
        self._line(f"report: {settings.report.path}")
        self._line(f"gate:   shadow gate --config {shlex.quote(str(settings.source))}")
        self._line(f"        exits with {int(gate)}: {_GATE[gate]}")
        if faults:
            self._line("NOT what was planted:")
            for fault in faults:
                self._line(f"  {fault}")
            return
        self._line(f"all {len(ROUTES)} verdicts are the planted ones")
        if release != fixed():
            self._line("next:   shadow demo --fixed runs the corrected Lambdas")

    def playing(self, settings: Settings) -> None:
        assert settings.source is not None
        authorization = f"Authorization: Bearer {mint('player-00')}"
        url = f"http://{settings.proxy.listen}{PREFIX}/orders/1001"
        self._line("everything is running again; the report follows within seconds. Try, and end with Ctrl-C:")
        self._line(f"  curl -i -H {shlex.quote(authorization)} {url}")
        config = shlex.quote(str(settings.source))
        self._line(f"  shadow explain 'GET /orders/{{orderId}}' --config {config}")
        self._line(f"  shadow serve --open --config {config}")

    def ended(self) -> None:
        self._line("ended")

    def _plain_progress(self, total: int) -> Callable[[], None]:
        answered = 0

        def advance() -> None:
            nonlocal answered
            answered += 1
            if answered * 4 // total != (answered - 1) * 4 // total:
                self._line(f"{answered} of {total} requests answered")

        return advance

    def _line(self, text: str) -> None:
        # soft_wrap: paths and commands must stay whole, so that they can be copied.
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def _planted(trouble: str, *, fixed: bool) -> str:
    return f"{'was' if fixed else 'planted'}: {trouble}" if trouble else ""


def _why(verdict: RouteVerdict) -> str:
    if verdict.verdict is not Verdict.READY and verdict.reasons:
        return verdict.reasons[0].message
    # Short, because a table of twenty routes is long: the report has the whole sentence.
    return f"{verdict.divergence.distinct} of {verdict.requests['distinct']} distinct requests differ"
