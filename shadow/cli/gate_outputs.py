"""Where the result of `shadow gate` goes besides stdout: files, and what GitHub Actions offers a step."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from shadow.config.settings import Settings
from shadow.report.document import Document

__all__ = ["PRINTED", "Output", "outputs_of", "plain_text", "tell_github", "write_files"]

PRINTED = ("text", "json", "junit", "markdown", "cutover")
"""The formats of `--format`."""
_WRITTEN = (*PRINTED, "html")


class Output(msgspec.Struct, frozen=True):
    format: str
    file: Path


def outputs_of(texts: Sequence[str]) -> tuple[Output, ...]:
    """`FORMAT=FILE` of each `--write`. Raises click's BadParameter."""
    outputs = []
    for text in texts:
        name, equals, file = text.partition("=")
        if name not in _WRITTEN:
            known = ", ".join(_WRITTEN)
            raise click.BadParameter(f'"{name}" is not among {known}; write FORMAT=FILE, as in junit=junit.xml')
        if not equals or not file:
            raise click.BadParameter(f'"{text}" names no file; write FORMAT=FILE, as in {name}=FILE')
        if file == "-":
            raise click.BadParameter(f"{text}: what is printed is chosen with --format")
        outputs.append(Output(name, Path(file)))
    files = [output.file.absolute() for output in outputs]
    if twice := next((file for file in files if files.count(file) > 1), None):
        raise click.BadParameter(f"{twice} is named twice")
    return tuple(outputs)


def write_files(outputs: Sequence[Output], found: Document, told: str) -> list[str]:
    """Write each; returns one message for each that couldn't be written, which keeps no other from being."""
    from shadow.report import FORMATS
    from shadow.report.files import replace_file

    faults = []
    for output in outputs:
        content = plain_text(found, told).encode() if output.format == "text" else FORMATS[output.format].render(found)
        try:
            replace_file(output.file, content)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            faults.append(f"--write {output.format}={output.file} can't be written: {why}")
    return faults


def plain_text(found: Document, told: str) -> str:
    """The table and the reason of the exit code, as they are printed where there is no terminal."""
    from rich.console import Console

    from shadow.cli.verdict_lines import print_verdicts
    from shadow.report.terminal.console import printable

    text = io.StringIO()
    console = Console(file=text, force_terminal=False, color_system=None, highlight=False)
    print_verdicts(console, found.verdicts)
    for line in told.split("\n"):
        console.print(printable(console, line), soft_wrap=True)
    return text.getvalue()


def tell_github(found: Document, settings: Settings | None) -> None:
    """The step summary where a step has one, and annotations where the step is one of GitHub Actions."""
    from shadow.report.annotations import annotate
    from shadow.report.step_summary import append_summary

    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        trouble = append_summary(found, Path(summary))
        if trouble:
            click.echo(f"warning: the step summary is left out: {trouble}", err=True)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        file, lines = _places(found, settings)
        for line in annotate(found, file, lines):
            click.echo(line, err=True)


def _places(found: Document, settings: Settings | None) -> tuple[str, dict[str, int]]:
    """The configuration's path in the repository, and each route's line in it; "" where it isn't there."""
    from shadow.config.route_lines import line_of_route

    if settings is None or settings.source is None:
        return "", {}
    source = settings.source.resolve()
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    try:
        text = source.read_text("utf-8-sig")
        file = source.relative_to(root).as_posix()
    except (OSError, ValueError):
        return "", {}
    return file, {one.route: line_of_route(settings, text, one.route) for one in found.verdicts if one.required}
