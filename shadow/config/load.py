"""From a TOML file to `Settings`: read, expand, check, resolve; all problems of a file are reported at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shadow.config.environment import expand
from shadow.config.find import find_config
from shadow.config.problems import Problem
from shadow.config.resolve import resolved
from shadow.config.rules import broken_rules
from shadow.config.settings import Accept, Settings
from shadow.config.words import problems_of, unknown_key
from shadow.errors import ConfigError

__all__ = ["check_accept", "find_config", "load_settings"]


def load_settings(
    path: Path | None = None, *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """The settings in ``path``, else in the file that SHADOW_CONFIG names, else in the one found upward from ``cwd``.

    ``cwd`` and ``environment`` default to the process's. Relative paths in the file are resolved against its folder;
    `Settings.source` is the file. Raises ConfigError with every problem of the file.
    """
    environment = os.environ if environment is None else environment
    if path is None and (named := environment.get("SHADOW_CONFIG")):
        path = Path(named)
    source = find_config(cwd or Path.cwd(), path)
    data, problems = expand(_read(source), environment)
    # What has no value yet can't be judged further.
    unexpanded = {problem.key for problem in problems}
    settings, wrong = _validated(data)
    problems += [problem for problem in wrong if problem.key not in unexpanded]
    if settings is None or problems:
        raise _error(source, _in_order_of(data, problems))
    return resolved(settings, source)


def check_accept(block: Mapping[str, Any], where: str) -> Accept:
    """An `[[accept]]` block that stands elsewhere than in a file, checked as if it stood there.

    Raises ConfigError with every problem of the block; ``where`` says which block it is.
    """
    sides = {side: {"url": f"http://{side}.invalid"} for side in ("legacy", "candidate")}
    settings, problems = _validated({**sides, "accept": [dict(block)]})
    if settings is None or problems:
        own = [problem._replace(key=problem.key.removeprefix("accept[0].")) for problem in problems]
        raise ConfigError(
            f"{where} has {'a problem' if len(own) == 1 else f'{len(own)} problems'}:", tuple(map(str, own))
        )
    return settings.accept[0]


def _read(source: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(source.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{source} can't be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source} is not valid TOML: it is not UTF-8 (at byte {error.start})") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{source} is not valid TOML: {error}") from error
    if source.name != "pyproject.toml":
        return data
    tool = data.get("tool")
    table = tool.get("shadow") if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        raise ConfigError(f"{source} has no [tool.shadow] table; add one, or let `shadow init` write a shadow.toml")
    return table


def _validated(data: dict[str, Any]) -> tuple[Settings | None, list[Problem]]:
    # A side that isn't there at all lacks what an empty one lacks.
    data = {"legacy": {}, "candidate": {}} | data
    settings, problems = None, []
    if "source" in data:
        # A field of `Settings` that the loader sets, not a key.
        problems.append(Problem("source", unknown_key(("source",))))
    try:
        settings = Settings.model_validate({key: value for key, value in data.items() if key != "source"})
    except ValidationError as error:
        problems += problems_of(error, data)
    return settings, problems + broken_rules(data)


def _in_order_of(data: dict[str, Any], problems: list[Problem]) -> list[Problem]:
    """The problems in the order of the file's tables; those of tables that aren't there come first."""
    order = {table: position for position, table in enumerate(data)}
    return sorted(problems, key=lambda problem: order.get(re.split(r"[.\[]", problem.key)[0], -1))


def _error(source: Path, problems: list[Problem]) -> ConfigError:
    where = f"[tool.shadow] in {source}" if source.name == "pyproject.toml" else str(source)
    count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
    blocks = " ([0] is the first block)" if any("[" in problem.key for problem in problems) else ""
    return ConfigError(f"{where} has {count}{blocks}:", tuple(map(str, problems)))
