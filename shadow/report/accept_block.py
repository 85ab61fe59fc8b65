"""The `[[accept]]` block of shadow.toml that accepts one group of differences, ready to copy."""

from __future__ import annotations

import datetime as dt
import re

from shadow.config.route_settings import glob_of
from shadow.config.toml_text import toml_value
from shadow.report.visible import HIDDEN, clip, visible
from shadow.verdict.acceptance import can_be_accepted
from shadow.verdict.model import JudgedDifference

__all__ = ["accept_block", "acceptable", "printable"]

_LONGEST_ROUTE = 500
_GOOD_FOR = dt.timedelta(days=90)


def acceptable(difference: JudgedDifference, route: str) -> bool:
    """Whether accepting it is a choice that the user has; nobody pastes a route that fills a page."""
    return difference.status == "open" and can_be_accepted(difference.evidence) and len(route) <= _LONGEST_ROUTE


def accept_block(difference: JudgedDifference, route: str, now: float) -> str:
    """Valid TOML whatever the route and the difference hold.

    The reason is left empty, which the configuration refuses: accepting without a reason is not on offer. ``now`` is
    in seconds since the epoch; the acceptance runs out 90 days later unless the user says otherwise.
    """
    evidence = difference.evidence
    until = dt.datetime.fromtimestamp(now, dt.UTC).date() + _GOOD_FOR
    block = f"""\
[[accept]]
# {visible(clip(f"{evidence.where} {evidence.path}: {evidence.summary}", 300))}
routes = {toml_value([glob_of(route)])}
fingerprint = {toml_value(evidence.fingerprint)}
reason = "" # why is it all right? who says so?
until = {toml_value(until)}
"""
    return printable(block)


def printable(block: str) -> str:
    """The same TOML without hidden characters."""
    return HIDDEN.sub(_escape, block)


def _escape(hidden: re.Match[str]) -> str:
    """TOML's escape: hidden characters stand only within basic strings, and line feeds between lines."""
    return hidden[0] if hidden[0] == "\n" else f"\\U{ord(hidden[0]):08x}"
