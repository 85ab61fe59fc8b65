"""What counts as a cold start, by what can be seen from outside."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.evidence.observation import ColdStart
from shadow.exchange import Exchange, Request, Response, Side, TransportFailure
from shadow.pipeline.cold import cold_start, init_duration

REPORT = b"START\nREPORT RequestId: 1 Duration: 3.2 ms Billed Duration: 4 ms %sMemory Size: 128 MB\n"


def answer(*headers: tuple[str, str], seconds: float = 0.5) -> Exchange:
    return Exchange(Side.CANDIDATE, Request("GET", "/a", []), Response(200, list(headers)), 0.0, seconds)


def failure(kind: str, seconds: float = 6.0) -> Exchange:
    return Exchange(Side.CANDIDATE, Request("GET", "/a", []), TransportFailure(kind, "gone"), 0.0, seconds)


def log(text: bytes) -> tuple[str, str]:
    return "X-Amz-Log-Result", base64.b64encode(text).decode()


@pytest.mark.parametrize(
    ("header", "milliseconds"),
    [
        (log(REPORT % b"Init Duration: 187.53 ms "), 187.53),
        (log(REPORT % b"Restore Duration: 290 ms "), 290.0),
        (log(REPORT % b""), None),
        (("x-amz-log-result", "no base64 at all"), None),
        (("X-Amz-Log-Result", "é"), None),
        (("Server-Timing", "db;dur=53, init;dur=120.5"), 120.5),
        (("server-timing", 'init; desc="cold start"; dur="12"'), 12.0),
        (("Server-Timing", "reinit;dur=120.5"), None),
        (("Server-Timing", "init"), None),
        (("Content-Type", "text/plain"), None),
    ],
)
def test_the_init_duration_is_read_where_the_response_tells_it(header, milliseconds):
    assert init_duration(Response(200, [header])) == milliseconds


@given(st.sampled_from(["Server-Timing", "X-Amz-Log-Result"]), st.text(max_size=60))
def test_no_header_makes_it_fail(name, value):
    assert init_duration(Response(200, [(name, value)])) is None


@pytest.mark.parametrize(
    ("tries", "idle", "expected"),
    [
        ([answer()], False, None),
        ([answer()], True, ColdStart("idle", 500.0)),
        ([answer(("Server-Timing", "init;dur=120"))], False, ColdStart("init", 500.0)),
        ([answer(("Server-Timing", "init;dur=120"))], True, ColdStart("init", 500.0)),
        # Whoever asks only once has waited for nothing.
        ([failure("timeout"), answer()], False, ColdStart("timeout", 6500.0)),
        ([failure("timeout"), answer(("Server-Timing", "init;dur=120"))], True, ColdStart("timeout", 6500.0)),
        # A connection that broke says nothing of a start.
        ([failure("connection", 0.0), answer()], False, None),
        ([failure("connection", 0.0), answer()], True, ColdStart("idle", 500.0)),
    ],
)
def test_the_strongest_sign_of_a_cold_start_is_named_with_all_the_time_it_took(tries, idle, expected):
    assert cold_start(tries, idle=idle) == expected
