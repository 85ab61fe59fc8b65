"""`shadow gate`: exit 0 only if every required route is ready."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from shadow.cli.gate_outputs import PRINTED, Output, outputs_of, tell_github, write_files
from shadow.cli.options import config_option
from shadow.cli.route_choice import the_routes
from shadow.config.load import load_settings
from shadow.config.settings import Settings
from shadow.errors import ExitCode, ShadowError
from shadow.report.document import Document
from shadow.report.log_text import for_log
from shadow.report.notes import mixed_builds
from shadow.report.visible import clip, visible
from shadow.verdict import gate_exit_code, gate_sentence
from shadow.verdict.model import RouteVerdict

__all__ = ["command", "judge"]


@click.command("gate")
@click.argument("routes", nargs=-1, metavar="[ROUTE]…")
@click.option(
    "--format",
    "format_",
    type=click.Choice(PRINTED),
    default="text",
    show_default=True,
    help="What is printed; the exit code is the same, and its reason is on stderr where stdout is a file format.",
)
@click.option(
    "--write",
    "outputs",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Also write FILE, whatever the exit code: text, json, junit, markdown, cutover or html. Repeatable.",
    callback=lambda _context, _option, value: outputs_of(value),
)
@click.option(
    "--allow-inconclusive",
    is_flag=True,
    help="Exit 0 also with inconclusive routes, if at least one required route is ready, none is not ready, and none "
    "lacks credentials.",
)
@config_option
def command(
    routes: tuple[str, ...],
    format_: str,
    outputs: tuple[Output, ...],
    config: Path | None,
    *,
    allow_inconclusive: bool,
) -> ExitCode:
    """Judge every route by the evidence in the store, and exit with the answer for CI.

    With ROUTEs only these are asked for: a name (`'GET /orders/{orderId}'`) whether it is required or not, a glob
    (`'GET /orders*'`) those of the required routes that it matches.

    In GitHub Actions the Markdown report is appended to the step's summary, and the worst routes are annotated.

    \b
    Exit codes:
      0  every required route is ready
      1  at least one is not ready
      2  the command or the configuration is wrong
      3  none is not ready, but at least one is inconclusive, or none is required
      4  the harness itself failed: there is no store, it can't be read, or a FILE can't be written
    """
    return judge(config, routes, format_, outputs, allow_inconclusive=allow_inconclusive)


def judge(
    config: Path | None,
    routes: tuple[str, ...] = (),
    format_: str = "text",
    outputs: tuple[Output, ...] = (),
    *,
    allow_inconclusive: bool = False,
) -> ExitCode:
    """Judge, print, write the ``outputs``, and say why it exits as it does; returns with what."""
    settings = None
    try:
        settings = load_settings(config)
        found = _judged(settings, routes, with_standings="cutover" in {format_, *(one.format for one in outputs)})
    except ShadowError as error:
        _tell_failure(error, format_, outputs, settings)
        raise
    except Exception as error:
        traceback.print_exc()
        fault = ShadowError(f"a fault of shadow's own ({type(error).__name__}); the log has more, please report it")
        _tell_failure(fault, format_, outputs, settings)
        raise fault from error
    for note in found.notes:
        click.echo(f"note: {for_log(visible(clip(note.sentence, 500)))}", err=True)
    code = gate_exit_code(found.verdicts, allow_inconclusive)
    reason = gate_sentence(found.verdicts, allow_inconclusive)
    faults = write_files(outputs, found, f"exit {int(code)}: {reason}")
    if faults and code is not ExitCode.NOT_READY:
        code = ExitCode.HARNESS
    told = f"exit {int(code)}: {reason}{'; a file could not be written' if faults else ''}"
    _print(format_, found, told, [] if faults else outputs)
    if mixed := mixed_builds(found.verdicts):
        click.echo(f"note: {mixed}", err=True)
    for trouble in faults:
        click.echo(for_log(f"shadow: {trouble}"), err=True)
    tell_github(found, settings)
    return code


def _judged(settings: Settings, routes: tuple[str, ...], *, with_standings: bool) -> Document:
    from shadow.report import build, standing
    from shadow.store import open_store

    with open_store(settings, create=False) as store:
        found = build.document(settings, store, time.time())
        if routes:
            found = msgspec.structs.replace(found, verdicts=_narrowed(found.verdicts, routes))
        return standing.with_standings(found, settings, store) if with_standings else found


def _narrowed(verdicts: tuple[RouteVerdict, ...], wanted: tuple[str, ...]) -> tuple[RouteVerdict, ...]:
    meant = the_routes(wanted, [verdict.route for verdict in verdicts])
    return tuple(
        msgspec.structs.replace(verdict, required=verdict.required or meant[verdict.route])
        for verdict in verdicts
        if verdict.route in meant
    )


def _print(format_: str, found: Document, told: str, written: Sequence[Output]) -> None:
    if format_ != "text":
        _print_document(format_, found)
        click.echo(told, err=True)
        return
    from shadow.cli.verdict_lines import print_verdicts
    from shadow.report.terminal.console import terminal_console
    from shadow.report.terminal.writer import Writer

    console = terminal_console()
    print_verdicts(console, found.verdicts)
    page = Writer(console)
    for output in written:
        page.line(f"written: {output.file} ({output.format})", hang=2)
    page.line(told, hang=2)


def _print_document(format_: str, found: Document) -> None:
    from shadow.report import FORMATS
    from shadow.report.terminal.console import unbroken_pipe

    content = FORMATS[format_].render(found)
    with unbroken_pipe():
        click.echo(content, nl=False)


def _tell_failure(error: ShadowError, format_: str, outputs: tuple[Output, ...], settings: Settings | None) -> None:
    """Say it wherever a result was expected, so that nobody takes an old file, or none, for one."""
    found = Document(generated_at=time.time(), legacy="", candidate="", failure=str(error))
    if settings is not None:
        found = msgspec.structs.replace(
            found,
            legacy=settings.legacy.url,
            candidate=settings.candidate.url,
            legacy_version=settings.legacy.version,
            candidate_version=settings.candidate.version,
        )
    if format_ != "text":
        _print_document(format_, found)
    for trouble in write_files(outputs, found, f"exit {int(error.exit_code)}: {error}"):
        click.echo(for_log(f"shadow: {trouble}"), err=True)
    tell_github(found, settings)
