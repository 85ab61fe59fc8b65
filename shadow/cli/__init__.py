"""The command line: one module per command, loaded only when it is called.

Each module ``shadow/cli/NAME.py`` has a click command (or group) called ``command``. Errors that shadow raises on
purpose end as one message on stderr and the error's exit code.
"""

from __future__ import annotations

import importlib
import sys

import click

from shadow import __version__
from shadow.errors import ExitCode, ShadowError

__all__ = ["main"]

COMMANDS: dict[str, str] = {
    "run": "Start the proxy: mitmdump with the installed addon.",
    "record": "Record traffic, without its secrets, instead of mirroring it.",
    "export": "Write a recording from the pairs in the store.",
    "demo": "Try the whole thing in a minute on two small APIs with known faults.",
    "init": "Write a commented shadow.toml.",
    "config": "Check the configuration, or print its JSON Schema.",
    "routes": "Which routes are known, and where from.",
    "report": "Write reports from the store.",
    "serve": "The report in the browser, up to date while traffic flows.",
    "replay": "Send recorded traffic to both sides, and compare.",
    "gate": "Exit 0 only if every required route is ready.",
    "explain": "One route in the terminal: evidence, reasons, differences.",
    "accept": "Accept a difference, with a reason.",
    "pause": "Stop all mirroring at once.",
    "resume": "Start mirroring again.",
    "status": "What is going on: proxies, replays, mirroring, evidence.",
    "recompare": "Compare recorded pairs again under today's rules, without traffic.",
    "forget": "Start the evidence of a route, or of all, afresh.",
}
"""Command → its one-line help (here, so that `shadow --help` imports nothing)."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"shadow.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shadow")
def _group() -> None:
    """Shadow-traffic parity testing: know that the new backend answers like the old one before you cut a route over."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit the process with an `ExitCode`."""
    try:
        result = _group.main(arguments, prog_name="shadow", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("shadow: interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except ShadowError as error:
        from shadow.report.log_text import for_log
        from shadow.report.visible import visible

        # It may name a route, which comes from traffic.
        lines = f"shadow: {error}".split("\n")
        click.echo(for_log("\n".join(map(visible, lines))), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output (`| head`) has gone; nothing is wrong.
        sys.stderr.close()
        sys.exit(ExitCode.READY)
    sys.exit(result if isinstance(result, int) else ExitCode.READY)
