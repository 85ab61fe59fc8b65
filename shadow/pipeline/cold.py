"""Was it a cold start? From outside only three things tell."""

from __future__ import annotations

import base64
import binascii
import re

from shadow.evidence.observation import ColdStart
from shadow.exchange import Exchange, Response, header

__all__ = ["IDLE", "cold_start", "init_duration"]

IDLE = 300.0
"""Seconds without a request after which a Lambda may have gone cold."""
_IN_LOG = re.compile(rb"\b(?:Init|Restore) Duration: (\d+(?:\.\d+)?) ms")
_IN_TIMING = re.compile(r"(?:^|,)\s*init\s*(?:;[^,]*?)?;\s*dur\s*=\s*\"?(\d+(?:\.\d+)?)", re.IGNORECASE)


def cold_start(tries: list[Exchange], *, idle: bool) -> ColdStart | None:
    """What the candidate's tries to answer one request, the last of which it answered, say of its start.

    ``idle``: nothing had been asked of the route for `IDLE` seconds. The strongest sign is named.
    """
    took = sum(one.duration for one in tries) * 1000
    answer, before = tries[-1].response, tries[:-1]
    if any(not isinstance(one.response, Response) and one.response.kind == "timeout" for one in before):
        return ColdStart("timeout", took)
    if isinstance(answer, Response) and init_duration(answer) is not None:
        return ColdStart("init", took)
    return ColdStart("idle", took) if idle else None


def init_duration(response: Response) -> float | None:
    """Milliseconds that the function's start took, where the response tells; None where it doesn't.

    Lambda writes `Init Duration` (or, with SnapStart, `Restore Duration`) into the REPORT line of its log, whose tail
    a direct invocation returns (`X-Amz-Log-Result`, base64:
    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). An application may say it itself as the metric
    `init` of `Server-Timing` (https://www.w3.org/TR/server-timing/).
    """
    if found := _IN_TIMING.search(header(response.headers, "server-timing")):
        return float(found[1])
    try:
        log = base64.b64decode(header(response.headers, "x-amz-log-result"), validate=True)
    except (binascii.Error, ValueError):
        return None
    in_log = _IN_LOG.search(log)
    return float(in_log[1]) if in_log else None
