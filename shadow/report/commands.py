"""Commands that a reader copies from a report."""

from __future__ import annotations

import re

from shadow.config.route_settings import glob_of
from shadow.report.log_text import for_log
from shadow.report.visible import visible
from shadow.verdict.model import JudgedDifference
from shadow.verdict.wording import accept_command

__all__ = ["accept_words", "typable"]


def accept_words(judged: JudgedDifference, route: str, reason: str = "'…'") -> list[str]:
    """The words of the `shadow accept` that accepts this group on this route, and works when it is pasted."""
    return accept_command(judged.evidence.fingerprint, typable(route), elsewhere=judged.elsewhere, reason=reason)


def typable(route: str) -> str:
    """The name, or a glob where it holds what nobody can type, or what a CI job would obey."""
    return _CODE_POINT.sub("*", for_log(visible(glob_of(route))))


_CODE_POINT = re.compile(r"‹U\+[0-9A-F]+›|[⇥↵]")
"""What `visible` and `for_log` write for a character."""
