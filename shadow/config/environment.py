"""``${VAR}`` and ``${VAR:-default}`` in strings, from the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shadow.config.problems import Problem, key_path

__all__ = ["escaped", "expand"]

_REFERENCE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^{}]*)?\}|\$\{")


def expand(data: dict[str, Any], environment: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The data with every reference in every string value, at any depth, replaced; and what could not be.

    As in a shell, the default also replaces a variable that is set but empty. ``$${`` gives a plain ``${``. A string
    with a problem is left as it was.
    """
    problems: list[Problem] = []

    def walk(value: Any, steps: tuple[str | int, ...]) -> Any:
        match value:
            case dict():
                return {key: walk(item, (*steps, key)) for key, item in value.items()}
            case list():
                return [walk(item, (*steps, index)) for index, item in enumerate(value)]
            case str() if "${" in value:
                found = [Problem(key_path(steps), sentence) for sentence in _wrong(value, environment)]
                problems.extend(found)
                return value if found else _REFERENCE.sub(lambda match: _replacement(match, environment), value)
        return value

    return walk(data, ()), problems


def escaped(text: str) -> str:
    """Text that expands to ``text`` itself."""
    return text.replace("${", "$${")


def _replacement(reference: re.Match[str], environment: Mapping[str, str]) -> str:
    name, default = reference["name"], reference["default"]
    if name is None:
        return "${"
    if default is not None:
        return environment.get(name) or default.removeprefix(":-")
    return environment[name]


def _wrong(text: str, environment: Mapping[str, str]) -> Iterator[str]:
    for reference in _REFERENCE.finditer(text):
        name = reference["name"]
        if reference[0] == "${":
            yield "has a `${` that is neither ${VAR} nor ${VAR:-default}; write `$${` for a plain `${`"
        elif name is not None and name not in environment and reference["default"] is None:
            yield f"the environment variable {name} is not set; set it, or give a default: ${{{name}:-…}}"
        elif name is not None and not _is_text(environment.get(name, "")):
            yield f"the environment variable {name} is not valid UTF-8"


def _is_text(value: str) -> bool:
    # The operating system's bytes that are not UTF-8 arrive as lone surrogates, which nothing can write again.
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
