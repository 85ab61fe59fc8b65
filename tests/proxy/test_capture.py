"""What to make of a flow."""

from __future__ import annotations

import pytest
from mitmproxy import http
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow, tutils
from mitmproxy.websocket import WebSocketData

from shadow.exchange import Side
from shadow.mirror import policy
from shadow.pipeline.handover import Fate, Tally, frame
from shadow.proxy.capture import HOPS, MIRROR_HEADER, answering_side, broken_off, goes_round, path_of, skip_reason
from shadow.proxy.streaming import Tee
from shadow.routes.sides import Sides

SIDES = Sides.from_urls("https://legacy.example.com/kong", "https://candidate.example.com:8443")
SHARED = Sides.from_urls("https://api.example.com/kong", "https://api.example.com")
MAX_BODY = 100


def flow(
    mode: str = "reverse:https://legacy.example.com",
    *,
    scheme: str = "https",
    host: str = "legacy.example.com",
    port: int = 443,
    target: bytes = b"/kong/orders",
    headers: http.Headers | None = None,
    body: bytes | None = b"",
    status: int = 200,
    answer_headers: http.Headers | None = None,
    answer: bytes | None = b"ok",
) -> http.HTTPFlow:
    request = tutils.treq(
        host=host, port=port, scheme=scheme.encode(), path=target, headers=headers or http.Headers(), content=body
    )
    response = tutils.tresp(status_code=status, headers=answer_headers or http.Headers(), content=answer)
    made = tflow.tflow(req=request, resp=response)
    made.client_conn.proxy_mode = ProxyMode.parse(mode)
    return made


# -- whose request it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "side"),
    [
        (b"/kong/orders", Side.LEGACY),
        (b"/kong?x=1", Side.LEGACY),
        (b"/kongfoo", Side.CANDIDATE),
        (b"/orders?next=/kong/x", Side.CANDIDATE),
        (b"/kong/../orders", None),
        (b"*", None),
    ],
)
def test_behind_a_reverse_proxy_the_path_decides_whatever_the_host(target, side):
    assert answering_side(flow(target=target, scheme="http", host="elsewhere.example.com", port=80), SIDES) is side


@pytest.mark.parametrize(
    ("scheme", "host", "port", "target", "side"),
    [
        ("https", "legacy.example.com", 443, b"/kong/x", Side.LEGACY),
        ("https", "legacy.example.com", 443, b"/other", None),
        ("https", "candidate.example.com", 8443, b"/x", Side.CANDIDATE),
        ("https", "candidate.example.com", 443, b"/x", None),
        ("http", "legacy.example.com", 443, b"/kong/x", None),
        ("https", "LEGACY.example.com", 443, b"/kong/x", Side.LEGACY),
        ("https", "elsewhere.example.com", 443, b"/kong/x", None),
    ],
)
def test_in_a_forward_proxy_scheme_host_port_and_path_decide(scheme, host, port, target, side):
    assert answering_side(flow("regular", scheme=scheme, host=host, port=port, target=target), SIDES) is side


def test_a_transparent_proxy_knows_an_address_only_so_the_host_header_counts():
    request = flow("transparent", host="192.0.2.1", headers=http.Headers(host="legacy.example.com"))
    assert answering_side(request, SIDES) is Side.LEGACY


@pytest.mark.parametrize("mode", ["regular", "upstream:http://proxy.example.com:3128"])
def test_where_the_client_names_the_server_its_host_header_makes_no_side_of_a_stranger(mode):
    request = flow(mode, host="evil.example.com", headers=http.Headers(host="legacy.example.com"))
    assert answering_side(request, SIDES) is None


@pytest.mark.parametrize("mode", ["reverse:https://api.example.com", "regular"])
@pytest.mark.parametrize(("target", "side"), [(b"/kong/x", Side.LEGACY), (b"/x", Side.CANDIDATE)])
def test_on_a_shared_host_the_longest_base_wins(mode, target, side):
    assert answering_side(flow(mode, host="api.example.com", target=target), SHARED) is side


# -- the path ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/kong/a%2Fb?x=1?y", "/kong/a%2Fb"),
        (b"/kong", "/kong"),
        (b"*", "*"),
        (b"/caf\xc3\xa9", "/caf\xc3\xa9"),
        (b"/\xff\xfe", "/\xff\xfe"),
    ],
)
def test_the_path_is_the_target_without_its_query(target, path):
    assert path_of(flow(target=target)) == path


def test_a_path_of_any_bytes_can_be_handed_over():
    every_byte = bytes(set(range(256)) - {ord("?")})
    fate = Fate("shed", Side.LEGACY, "GET", path_of(flow(target=b"/" + every_byte)), True, 1)
    assert fate.path.encode("latin-1") == b"/" + every_byte
    assert frame(Tally(1, 1, (fate,)))


# -- what can't be compared -------------------------------------------------------------------------------------------


def test_a_complete_exchange_is_compared():
    assert skip_reason(flow(), MAX_BODY) == ""


def test_bodies_up_to_the_largest_size_are_compared():
    assert skip_reason(flow(body=b"x" * 100, answer=b"x" * 100), MAX_BODY) == ""


@pytest.mark.parametrize("large", [{"body": b"x" * 101}, {"answer": b"x" * 101}], ids=["request", "response"])
def test_a_body_that_turned_out_too_large_is_skipped(large):
    assert skip_reason(flow(**large), MAX_BODY) == "too-large"


@pytest.mark.parametrize("part", ["request", "response"])
@pytest.mark.parametrize(("length", "reason"), [("101", "too-large"), ("", "streamed"), ("100", "streamed")])
def test_a_body_that_passed_by_is_skipped_and_its_length_tells_why(part, length, reason):
    fields = http.Headers(content_length=length) if length else http.Headers()
    passed = {"request": {"body": None, "headers": fields}, "response": {"answer": None, "answer_headers": fields}}
    assert skip_reason(flow(**passed[part]), MAX_BODY) == reason


@pytest.mark.parametrize(("size", "reason"), [(100, "streamed"), (101, "too-large")])
def test_a_copy_that_is_not_there_was_given_up_or_is_not_complete(size, reason):
    """A request whose response came first was still on its way when that was captured."""
    passing = flow(body=None)
    passing.request.stream = tee = Tee(MAX_BODY)
    tee(b"x" * size)
    assert skip_reason(passing, MAX_BODY) == reason


def test_a_client_that_leaves_a_passing_response_ends_it_and_nothing_has_failed():
    gone = flow(answer=None)
    assert gone.response is not None
    gone.client_conn.state = ConnectionState.CAN_WRITE
    assert broken_off(gone, MAX_BODY) == "failed"
    gone.response.stream = True
    assert broken_off(gone, MAX_BODY) == "skipped:streamed"
    gone.response.headers["content-length"] = "101"
    assert broken_off(gone, MAX_BODY) == "skipped:too-large"
    gone.client_conn.state = ConnectionState.OPEN
    assert broken_off(gone, MAX_BODY) == "failed"
    assert broken_off(gone, MAX_BODY, by_us=True) == "skipped:too-large", "so does the end of the proxy"
    gone.response = None
    gone.client_conn.state = ConnectionState.CLOSED
    assert broken_off(gone, MAX_BODY) == broken_off(gone, MAX_BODY, by_us=True) == "failed"


def test_a_mirrored_request_that_gets_no_answer_is_excluded_all_the_same():
    back = flow(headers=http.Headers(X_SHADOW_MIRROR="1"), answer=None)
    assert broken_off(back, MAX_BODY) == "skipped:excluded"


def test_a_switch_of_protocols_is_skipped():
    assert skip_reason(flow(status=101), MAX_BODY) == "upgrade"
    websocket = flow()
    websocket.websocket = WebSocketData()
    assert skip_reason(websocket, MAX_BODY) == "upgrade"


def test_a_mirrored_request_that_came_back_is_excluded_before_anything_else():
    back = flow(headers=http.Headers(X_SHADOW_MIRROR="1"), body=None)
    assert skip_reason(back, MAX_BODY) == "excluded"


def test_the_mark_is_the_one_that_mirrored_requests_carry():
    assert policy.MIRROR_HEADER.lower() == MIRROR_HEADER


# -- mirrored requests ------------------------------------------------------------------------------------------------


def passing(mark: str | None, harnesses: int) -> list[tuple[bool, str | None]]:
    """What each of so many harnesses in a row says of a request, and the mark with which it leaves."""
    request = flow(headers=http.Headers([(b"X-Shadow-Mirror", mark.encode())]) if mark is not None else None)
    return [(goes_round(request), request.request.headers.get(MIRROR_HEADER)) for _ in range(harnesses)]


def test_a_mirrored_request_passes_some_harnesses_and_then_no_more():
    found = passing("1", HOPS + 1)
    assert [stopped for stopped, _ in found] == [False] * (HOPS - 1) + [True, True]
    assert [mark for _, mark in found] == [*(str(n) for n in range(2, HOPS + 1)), str(HOPS), str(HOPS)]


@pytest.mark.parametrize("mark", ["", "yes", "-5", "1e9", "\xb2", "9" * 5000, "1, 1"])
def test_a_mark_that_counts_nothing_is_as_good_as_the_first(mark):
    assert passing(mark, 1) == [(False, "2")]


def test_a_clients_own_request_is_not_touched():
    assert passing(None, HOPS + 1) == [(False, None)] * (HOPS + 1)
