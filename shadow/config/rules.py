"""Checks that look at several keys at once; a key's own checks are part of its type.

They look at the data of the file, not at models, so that they are reported together with everything else that is
wrong. A value of the wrong type is none of their business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from shadow.config.addresses import check_base_url
from shadow.config.jsonpath import selects_by_position, selects_nothing_by_name
from shadow.config.problems import Problem
from shadow.config.tables import tables_in

__all__ = ["broken_rules"]

_Rule = Callable[[dict[str, Any]], Iterator[tuple[str, str]]]
"""A table → (key, sentence) for everything that is wrong in it."""


def broken_rules(data: dict[str, Any]) -> list[Problem]:
    """Everything that is wrong between the keys of a file (after expansion)."""
    problems = [
        Problem(f"{where}.{key}", sentence)
        for name, rule in _RULES
        for where, table in tables_in(data, name)
        for key, sentence in rule(table)
    ]
    return problems + list(_same_side_twice(data))


def _one_version(side: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if side.get("version") and side.get("version_header"):
        yield "version_header", "give `version` or `version_header`, not both"


def _whole_certificate(side: dict[str, Any]) -> Iterator[tuple[str, str]]:
    files = side.get("client_cert")
    if isinstance(files, list) and len(files) not in (0, 2):
        yield "client_cert", f"must be two files, [certificate, key], not {len(files)}"


def _candidate_template(route: dict[str, Any]) -> Iterator[tuple[str, str]]:
    match, template = route.get("match"), route.get("candidate")
    if not isinstance(match, str) or not isinstance(template, str) or not template:
        return
    path = match.partition(" ")[2]
    if not template.startswith("/") or re.search(r"[?#\s]", template):
        yield "candidate", f'must be a path such as "/v2/orders/{{orderId}}", without method or query, not "{template}"'
    elif not path.startswith("/") or "*" in path:
        yield "candidate", f'needs a `match` that names one path, without `*`; this one is "{match}"'
    elif "*" in template:
        yield "candidate", f'must not contain `*`, not "{template}"'
    elif _parameters(path) != _parameters(template):
        theirs, ours = (", ".join(_parameters(text)) or "none" for text in (template, path))
        yield "candidate", f"must have the same parameters as `match`: {ours}, not {theirs}"


def _parameters(template: str) -> list[str]:
    return sorted(re.findall(r"\{[^{}]*\}", template))


def _one_way_to_compare(rule: dict[str, Any]) -> Iterator[tuple[str, str]]:
    given = [way for way in _WAYS if way in rule]
    if len(given) != 1:
        counted = f"it has {' and '.join(given)}" if given else "it has none"
        yield "path", f"needs exactly one way to compare ({', '.join(_WAYS)}) beside it; {counted}"


def _one_thing_to_accept(accept: dict[str, Any]) -> Iterator[tuple[str, str]]:
    given = [thing for thing in _THINGS if thing in accept]
    if len(given) != 1:
        counted = f"this one has {' and '.join(given)}" if given else "this one has none"
        yield given[-1] if given else "path", f"an acceptance has exactly one of {', '.join(_THINGS)}; {counted}"


def _acceptable_path(accept: dict[str, Any]) -> Iterator[tuple[str, str]]:
    path = accept.get("path")
    if not isinstance(path, str):
        return
    try:
        if selects_by_position(path):
            yield "path", f'must not use an index, a slice or a filter, which no fingerprint has; say [*] in "{path}"'
        elif selects_nothing_by_name(path) and accept.get("broad") not in (True, "true"):
            yield "path", f'"{path}" accepts whatever differs in whole bodies; name a member, or set broad = true'
    except ValueError:
        return  # Not a JSONPath, which its type reports.


def _acceptable_status(accept: dict[str, Any]) -> Iterator[tuple[str, str]]:
    status = accept.get("status")
    if isinstance(status, list) and len(status) == 2 and status[0] == status[1]:
        yield "status", f"must be [legacy's, candidate's], two that differ, not {status[0]} twice"


def _acceptable_fingerprint(accept: dict[str, Any]) -> Iterator[tuple[str, str]]:
    fingerprint = accept.get("fingerprint")
    if isinstance(fingerprint, str) and fingerprint.strip() and not re.fullmatch(r"[0-9a-f]{12}", fingerprint):
        yield "fingerprint", f'must be the 12 hex digits that reports print, not "{fingerprint}"'


def _same_side_twice(data: dict[str, Any]) -> Iterator[Problem]:
    urls = [table.get("url") for side in ("legacy", "candidate") for _, table in tables_in(data, side)]
    try:
        first, second = (check_base_url(url) for url in urls if isinstance(url, str))
    except ValueError:
        return  # Not two URLs, which their type reports.
    if first == second:
        yield Problem("candidate.url", f"must not be that of legacy ({first}): nothing would be compared")


_WAYS = ("unordered", "key", "tolerance", "as", "null_is_missing", "case", "trim", "unicode", "ordered")
_THINGS = ("path", "header", "status", "fingerprint")
_RULES: tuple[tuple[str, _Rule], ...] = (
    ("legacy", _one_version),
    ("legacy", _whole_certificate),
    ("candidate", _one_version),
    ("candidate", _whole_certificate),
    ("route", _candidate_template),
    ("compare.rule", _one_way_to_compare),
    ("accept", _one_thing_to_accept),
    ("accept", _acceptable_path),
    ("accept", _acceptable_status),
    ("accept", _acceptable_fingerprint),
)
