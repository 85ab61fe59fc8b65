"""`shadow config`: is the configuration right, what does it come to, can both sides be reached; its JSON Schema."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path
from urllib.parse import urlsplit

import click

from shadow.cli.options import config_option
from shadow.config.cautions import cautions, missing_files
from shadow.config.effective import effective_text
from shadow.config.load import load_settings
from shadow.config.schema import json_schema
from shadow.config.settings import Settings, SideSettings
from shadow.errors import BackendError, ConfigError
from shadow.exchange import Request, Side, TransportFailure

__all__ = ["command"]

_PATIENCE = 5.0
"""Seconds that `--connect` waits for one side, unless the side's own timeout is shorter."""


@click.group()
def command() -> None:
    """Check the configuration, or print its JSON Schema."""


@command.command()
@config_option
@click.option("--connect", is_flag=True, help="Also send one harmless GET to each side.")
def check(config: Path | None, connect: bool) -> None:
    """Validate the configuration and print what it comes to, secrets masked; warnings go to stderr."""
    settings = load_settings(config)
    if missing := missing_files(settings):
        raise ConfigError(f"{settings.source} names files that aren't there:", tuple(map(str, missing)))
    click.echo(f"# {settings.source}\n")
    click.echo(effective_text(settings), nl=False)
    for caution in cautions(settings, dt.datetime.now(dt.UTC).date()):
        click.echo(f"warning: {caution}", err=True)
    if connect:
        _connect(settings)


@command.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of shadow.toml."""
    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _connect(settings: Settings) -> None:
    """Say on stderr how each side answers. Raises BackendError when one can't be reached."""
    failures = []
    for side, answer in asyncio.run(_ask_both(settings)):
        if isinstance(answer, BackendError):
            failures.append(str(answer))
        else:
            click.echo(f"{side}.url: {_url(settings, side)} answers ({answer})", err=True)
    if failures:
        raise BackendError("\n  ".join(failures))


async def _ask_both(settings: Settings) -> list[tuple[Side, str | BackendError]]:
    answers = await asyncio.gather(_ask(Side.LEGACY, settings.legacy), _ask(Side.CANDIDATE, settings.candidate))
    return list(zip(Side, answers, strict=True))


async def _ask(side: Side, settings: SideSettings) -> str | BackendError:
    """GET the side's base URL with the side's own TLS settings, headers and credentials, as a mirrored request is."""
    from shadow.mirror.client import BodyTooLargeError, CredentialsError, SideClient

    url = urlsplit(settings.url)
    own = {"Host": url.netloc, "Accept": "*/*", "X-Shadow-Mirror": "1"}
    headers = {name: value for name, value in own.items() if name.lower() not in map(str.lower, settings.headers)}
    headers |= {name: value for name, value in settings.headers.items() if value}
    request = Request("GET", url.path or "/", list(headers.items()))
    patient = settings.model_copy(update={"timeout": min(settings.timeout, _PATIENCE)})
    async with SideClient(side, patient, connections=1, max_body=2**20, say=lambda _: None) as client:
        try:
            response = (await client.send(request)).response
        except BodyTooLargeError:
            return "with a large body"
        except CredentialsError as error:
            return BackendError(str(error))
    if isinstance(response, TransportFailure):
        return BackendError(f"{side}.url: {settings.url} can't be reached: {response.message}")
    return f"status {response.status}"


def _url(settings: Settings, side: Side) -> str:
    return (settings.legacy if side is Side.LEGACY else settings.candidate).url
