"""Text that is safe to print into the log of a CI job.

Runners take instructions from what a step prints, on stdout and stderr alike: GitHub's from lines that begin with
``::name`` after white space, and from ``##[name]`` anywhere in a line (actions/runner, `ActionCommand.cs`); Azure's
and TeamCity's from ``##vso[…]`` and ``##teamcity[…]``. A route's name comes from traffic and may hold any of these.
"""

from __future__ import annotations

import re

__all__ = ["for_log", "json_for_log", "xml_for_log"]

_BRACKETS = re.compile(r"##(?=\w*\[)")
_COLONS = re.compile(r"::(?=[a-z])", re.IGNORECASE)
_LINE_OF_COLONS = re.compile(rb"^([ \t]*):(?=:)", re.MULTILINE)
_BRACKETS_IN_BYTES = re.compile(rb"#(?=#\w*\[)")


def for_log(text: str) -> str:
    """The text with every beginning of an instruction broken: its first character is shown as a code point.

    Wherever it stands, for a terminal may wrap a line just before it.
    """
    return _COLONS.sub("‹U+003A›:", _BRACKETS.sub("‹U+0023›#", text))


def json_for_log(document: bytes) -> bytes:
    """The same JSON, written differently: ``##[`` can only stand in a string, and no line begins within one."""
    return _BRACKETS_IN_BYTES.sub(rb"\\u0023", document)


def xml_for_log(document: bytes) -> bytes:
    """The same XML, written differently; for documents without comments, CDATA and processing instructions."""
    return _LINE_OF_COLONS.sub(rb"\1&#58;", _BRACKETS_IN_BYTES.sub(b"&#35;", document))
