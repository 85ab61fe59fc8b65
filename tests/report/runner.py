"""How GitHub's runner reads a line that a step prints, after actions/runner's `ActionCommand.cs`."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Command", "command_in", "commands_in"]

_NAMES = {
    "set-env", "set-output", "save-state", "add-path", "add-mask", "add-matcher", "remove-matcher", "warning", "error",
    "notice", "debug", "group", "endgroup", "echo", "stop-commands", "internal-set-repo-path",
}  # fmt: skip
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    data: str


def commands_in(output: str) -> list[Command]:
    """All that a step's output tells the runner to do; it reads lines, ended by any of CR, LF and CRLF."""
    return [found for line in re.split(r"\r\n|\r|\n", output) if (found := command_in(line))]


def command_in(line: str) -> Command | None:
    return _with_colons(line.lstrip()) or _with_brackets(line)


def _with_colons(line: str) -> Command | None:
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, given = line[2:end].partition(" ")
    pairs = (pair.partition("=") for pair in given.strip().split(",") if pair)
    properties = {key: _read(value, _PROPERTY) for key, _, value in pairs if key and value}
    return Command(name.lower(), properties, _read(line[end + 2 :], _DATA)) if name.lower() in _NAMES else None


def _with_brackets(line: str) -> Command | None:
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name = line[start + 3 : end].partition(" ")[0]
    return Command(name.lower(), {}, line[end + 1 :]) if name.lower() in _NAMES else None


def _read(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for written, meant in escapes:
        text = text.replace(written, meant)
    return text
