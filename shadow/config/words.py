"""Pydantic's errors in words for people: what is wrong with which key, and what to write instead."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from shadow.config.problems import Problem, key_path
from shadow.config.settings import AuthCommand, AuthFile, Settings, SigV4
from shadow.config.tables import keys, tables

__all__ = ["problems_of", "unknown_key"]

_Steps = tuple[str | int, ...]


def problems_of(error: ValidationError, data: dict[str, Any]) -> list[Problem]:
    """One problem per wrong key, in the order of the models; ``data`` is what was validated."""
    problems: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        steps = _steps(item["loc"], data)
        problem = Problem(key_path(steps), _sentence(item["type"], item, steps))
        problems.setdefault(problem.key, problem)
    return list(problems.values())


def unknown_key(steps: _Steps) -> str:
    """The sentence about a key that doesn't exist: the near match, or the table where it belongs."""
    key = str(steps[-1])
    own = _names_at(steps[:-1])
    near = _near(key, own)
    # `rates` in [mirror] is a slip of the pen; `sample` in [proxy], where nothing is that near, the wrong place.
    if near and difflib.SequenceMatcher(None, key.lower(), near).ratio() >= 0.8:
        return f"unknown key; did you mean `{near}`?"
    if elsewhere := [table.heading for table in tables() if key in keys(table.model)]:
        return f"unknown key here; it belongs to {_enumerated(elsewhere, 'or')}"
    if near:
        return f"unknown key; did you mean `{near}`?"
    for table in tables():
        if found := _near(key, list(keys(table.model))):
            return f"unknown key; did you mean `{found}` of {table.heading}?"
    return f"unknown key; the keys here are {_enumerated([f'`{name}`' for name in own], 'and')}"


def _near(key: str, names: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(key.lower(), names, n=1, cutoff=0.6)), None)


def _steps(loc: _Steps, data: Any) -> _Steps:
    """Pydantic's location without the steps that name a branch of a union or the key of a table."""
    steps: list[str | int] = []
    value = data
    for step in loc:
        if (isinstance(value, list) and isinstance(step, int)) or (isinstance(value, dict) and step in value):
            value = value[step]  # type: ignore[index]
            steps.append(step)
        elif isinstance(value, dict) and step is loc[-1] and step != "[key]":
            steps.append(step)  # A key that is required and isn't there.
    return tuple(steps)


def _sentence(kind: str, item: Any, steps: _Steps) -> str:
    place = re.sub(r"\[\d+\]", "[]", key_path(steps))
    if kind == "extra_forbidden":
        return unknown_key(steps)
    if kind == "missing":
        return _REQUIRED.get(place, "is required")
    if kind == "value_error":
        return str(item["ctx"]["error"])
    if (heading := _heading(place)) is not None:
        return f"must be a table, written as {heading} with {'two brackets' if heading[1] == '[' else 'one bracket'}"
    if kind not in _WANTED:
        return str(item["msg"])
    found = "" if _SECRET.match(place) else f", not {_shown(item['input'])}"
    return f"must be {_WANTED[kind](item.get('ctx', {}))}{found}{_HINTS.get(place, '')}"


def _heading(place: str) -> str | None:
    return next((table.heading for table in tables() if table.name == place.removesuffix("[]")), None)


def _names_at(steps: _Steps) -> list[str]:
    """The keys and tables that may stand at a place of the file."""
    place = ".".join(step for step in steps if isinstance(step, str))
    models: dict[str, list[type[BaseModel]]] = {table.name: [table.model] for table in tables()}
    models |= {"": [Settings], "legacy.auth": [*_AUTH], "candidate.auth": [*_AUTH]}
    nested = [table.name.rpartition(".") for table in tables()]
    return [name for outer, _, name in nested if outer == place] + [
        key for model in models.get(place, []) for key in keys(model)
    ]


_AUTH: tuple[type[BaseModel], ...] = (AuthCommand, AuthFile, SigV4)


def _shown(value: object) -> str:
    match value:
        case str():
            return json.dumps(value if len(value) <= 60 else value[:59] + "…", ensure_ascii=False)
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case dt.date() | dt.time():
            return value.isoformat()
    return str(value)


def _enumerated(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


_WANTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_type": lambda _: "text in quotes",
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "float_type": lambda _: "a number",
    "finite_number": lambda _: "a finite number",
    "bool_type": lambda _: "true or false",
    "list_type": lambda _: "a list in brackets",
    "dict_type": lambda _: 'a table such as { name = "value" }',
    "literal_error": lambda context: str(context["expected"]).replace("'", '"'),
    "greater_than": lambda context: f"more than {context['gt']:g}",
    "greater_than_equal": lambda context: f"at least {context['ge']:g}",
    "less_than": lambda context: f"less than {context['lt']:g}",
    "less_than_equal": lambda context: f"at most {context['le']:g}",
    "too_short": lambda context: f"a list of {context['min_length']}",
    "too_long": lambda context: f"a list of {context['max_length']}",
}
"""Type of pydantic's error → what the value must be."""

_REQUIRED = {
    "legacy.url": 'is required: the base URL of the legacy API, such as "https://api.example.com/kong"',
    "candidate.url": 'is required: the base URL of the new API, such as "https://api.example.com"',
    "route[].match": 'is required: the routes that the block is about, such as "PATCH /user/profile"',
    "compare.rule[].path": 'is required: the JSONPath of what is compared so, such as "$.items"',
    "accept[].reason": "is required: say why it is accepted; reports show it",
}
_HINTS = {
    "mirror.methods[]": "; these are the safe ones, a write is mirrored only where its [[route]] says so with `writes`",
}
_SECRET = re.compile(r"(legacy|candidate)\.(url|headers|auth)|redact\.key|store\.url")
"""Keys whose values are never repeated: a log of a CI job is public to many."""
