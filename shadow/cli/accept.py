"""`shadow accept`: accept a difference, with a reason."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import click

from shadow.cli.options import config_option
from shadow.cli.route_choice import did_you_mean, the_route
from shadow.config.load import load_settings
from shadow.errors import UsageError
from shadow.verdict.acceptance import can_be_accepted
from shadow.verdict.model import JudgedDifference, RouteVerdict

__all__ = ["command"]


@click.command("accept")
@click.argument("fingerprint")
@click.option("--reason", required=True, help="Why this difference is all right; reports show it.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The last day on which it is accepted (UTC), such as 2027-03-01; default: for good.",
)
@click.option("--route", help="The route, where several have shown this fingerprint.")
@config_option
def command(fingerprint: str, reason: str, until: dt.datetime | None, route: str | None, config: Path | None) -> None:
    """Accept the difference with that FINGERPRINT, on the one route where it was seen.

    Appends an [[accept]] block to shadow.toml (or pyproject.toml), which stays as it is otherwise. All evidence is
    judged by it at once; no new traffic is needed.
    """
    from shadow.cli.config_blocks import append_acceptance
    from shadow.report.build import document
    from shadow.store import open_store

    last_day = _checked(reason, until)
    settings = load_settings(config)
    assert settings.source is not None, "loaded settings have a source"
    with open_store(settings, create=False) as store:
        verdicts = document(settings, store, time.time()).verdicts
    chosen, difference = _seen(verdicts, fingerprint.strip().lower(), route)
    _check_acceptable(difference, chosen)
    append_acceptance(settings.source, chosen, difference.evidence.fingerprint, reason.strip(), last_day)
    click.echo(
        f"accepted on {chosen}{f' until {last_day}' if last_day else ''}: {difference.evidence.summary}\n"
        f"written to {settings.source}"
    )


def _checked(reason: str, until: dt.datetime | None) -> dt.date | None:
    if not reason.strip():
        raise UsageError("--reason must say why this difference is all right; whoever reads the report will ask")
    last_day, today = until.date() if until else None, dt.datetime.now(dt.UTC).date()
    if last_day is not None and last_day < today:
        raise UsageError(f"--until {last_day} is past (today is {today}, UTC), so nothing would be accepted")
    return last_day


def _seen(verdicts: tuple[RouteVerdict, ...], fingerprint: str, route: str | None) -> tuple[str, JudgedDifference]:
    """The route and the difference that are meant. Raises UsageError where that is not exactly one."""
    if route is not None:
        route = the_route(route, [verdict.route for verdict in verdicts])
        verdicts = tuple(verdict for verdict in verdicts if verdict.route == route)
    known = {found.evidence.fingerprint for verdict in verdicts for found in verdict.differences}
    seen = [
        (verdict.route, found)
        for verdict in verdicts
        for found in verdict.differences
        if found.evidence.fingerprint == fingerprint
    ]
    if not seen:
        where = f" on {route}" if route else ""
        hint = did_you_mean(fingerprint, known) or "; `shadow explain ROUTE` and the report list them"
        raise UsageError(f'no difference with the fingerprint "{fingerprint}" has been seen{where}{hint}')
    if len(seen) > 1:
        routes = ", ".join(name for name, _ in seen)
        raise UsageError(f"{fingerprint} was seen on {len(seen)} routes ({routes}); say which one with --route")
    return seen[0]


def _check_acceptable(difference: JudgedDifference, route: str) -> None:
    fingerprint = difference.evidence.fingerprint
    if difference.accepted_by is not None:
        raise UsageError(f"{fingerprint} is accepted on {route} already: {difference.accepted_by.reason}")
    if difference.status != "open":
        raise UsageError(f"{fingerprint} is {_HARMLESS[difference.status]}; there is nothing to accept")
    if not can_be_accepted(difference.evidence):
        raise UsageError(
            f"{fingerprint} can't be accepted: it stands for "
            + ("answers that never came" if difference.evidence.where == "transport" else "whatever else differed")
        )


_HARMLESS = {
    "notice": "a notice, which never makes a route not ready",
    "noise": "noise, which legacy shows with itself",
}
