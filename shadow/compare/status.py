"""Compares the status codes of a pair."""

from __future__ import annotations

from http import HTTPStatus

from shadow.compare.description import described
from shadow.compare.difference import Difference
from shadow.compare.gateways import gateway_error
from shadow.exchange import Response

__all__ = ["status_differences"]


def status_differences(legacy: Response, candidate: Response) -> list[Difference]:
    """One difference where the statuses are not the same; its class says whose fault it looks like."""
    if legacy.status == candidate.status:
        return []
    said = gateway_error(candidate) or gateway_error(legacy)
    if said:
        class_ = "gateway-error"
    elif candidate.status >= 500 > legacy.status:
        class_ = "server-error"
    else:
        class_ = "status"
    return [
        described(
            "status",
            "status",
            "status-changed",
            class_,
            legacy.status,
            candidate.status,
            summary=f"status {_named(legacy.status)} became {_named(candidate.status)}",
            explained=said or "",
            detail=[legacy.status, candidate.status],
        )
    ]


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
