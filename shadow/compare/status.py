"""Compares the status codes of a pair."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from shadow.compare.description import described
from shadow.compare.difference import Difference
from shadow.compare.gateways import recognised
from shadow.exchange import Response

__all__ = ["status_differences"]


def status_differences(legacy: Response, candidate: Response) -> list[Difference]:
    """One difference where the statuses are not the same; its class says whose fault it looks like."""
    if legacy.status == candidate.status:
        return []
    class_, explained = "", ""
    for side, response in (("", candidate), ("legacy's own gateway, ", legacy)):
        if error := recognised(response):
            class_, explained = "gateway-error", f"{side}{error.gateway}: {error.message}; {error.advice}"
            break
    return [
        described(
            "status",
            "status",
            "status-changed",
            class_ or _class(legacy.status, candidate.status),
            legacy.status,
            candidate.status,
            summary=f"status {_named(legacy.status)} became {_named(candidate.status)}",
            explained=explained,
            detail=(legacy.status, candidate.status),
        )
    ]


_REDIRECTS = {300, 301, 302, 303, 307, 308}


def _is_success(status: int) -> bool:
    return 200 <= status < 400


def _one_of(*statuses: int) -> Callable[[int, int], bool]:
    """Whether one side succeeds and the other says one of these."""
    return lambda a, b: (a in statuses and _is_success(b)) or (b in statuses and _is_success(a))


_CLASSES: tuple[tuple[str, Callable[[int, int], bool]], ...] = (
    ("server-error", lambda legacy, candidate: candidate >= 500 > legacy),
    ("success-code", lambda legacy, candidate: legacy // 100 == candidate // 100 == 2),
    ("auth", _one_of(401, 403, 407)),
    ("not-found", _one_of(404, 410)),
    (
        "redirect",
        lambda legacy, candidate: bool(_REDIRECTS & {legacy, candidate}) and all(map(_is_success, (legacy, candidate))),
    ),
    ("status", lambda legacy, candidate: True),  # noqa: ARG005 - whatever is left
)
"""Tried in this order."""


def _class(legacy: int, candidate: int) -> str:
    return next(name for name, holds in _CLASSES if holds(legacy, candidate))


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
