"""`shadow demo`: the whole thing in a minute, on two small APIs with known faults."""

from __future__ import annotations

from pathlib import Path

import click

from shadow.demo import routes
from shadow.demo.run import demonstrate
from shadow.demo.show import Show
from shadow.errors import ExitCode, UsageError
from shadow.report.terminal.console import terminal_console

__all__ = ["command"]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("shadow-demo"),
    show_default=True,
    metavar="DIR",
    help="Folder for the demo's shadow.toml, store and report; the previous demo's files in it are replaced.",
)
@click.option("--fixed", is_flag=True, help="Run the corrected Lambdas: all that is mirrored is ready.")
@click.option("--history", is_flag=True, help="Run two versions, one after the other: what got better, and what worse.")
@click.option("--noise", is_flag=True, help="Let no answer of either side repeat itself; the verdicts are the same.")
@click.option("--keep", is_flag=True, help="Leave both sides and the proxy running until Ctrl-C, to play with.")
def command(out: Path, *, fixed: bool, history: bool, noise: bool, keep: bool) -> ExitCode:
    """Try the whole thing in a minute: two APIs with known faults, a real mitmdump, traffic, verdicts, a report.

    Exits 0 only if each verdict is the one that was planted, else 4.
    """
    if fixed and history:
        raise UsageError("--fixed runs one version and --history two: choose one of them")
    releases = (routes.fixed(),) if fixed else routes.earlier_and_later() if history else (routes.first_port(),)
    outcome = demonstrate(out, Show(terminal_console()), releases, noise=noise, keep=keep)
    return ExitCode.HARNESS if outcome.faults else ExitCode.READY
