"""How bodies pass, what is kept of them, and when somebody else's wishes come first."""

from __future__ import annotations

import types

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.addons import disable_h2c, modifybody
from mitmproxy.test import taddons, tflow, tutils

from shadow.proxy.streaming import BodiesNeeded, Tee, drop_h2c, give_back, has_body, how_to_pass

MAX_BODY = 100


def fields(**headers: str) -> http.Headers:
    return http.Headers(**headers)


# -- how ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"content-type": "text/event-stream"}, True),
        ({"Content-TYPE": "Text/Event-Stream; charset=utf-8"}, True),
        ({"content-type": "application/grpc-web+proto", "content-length": "5"}, True),
        ({"content-type": "multipart/x-mixed-replace; boundary=x"}, True),
        ({"content-length": "100"}, False),
        ({"content-length": "101"}, True),
        ({"CONTENT-LENGTH": "101"}, True),
        ({"content-length": "9" * 5000}, True),
        ({"content-length": "-1"}, False),
        ({"content-length": "lots"}, False),
        ({"content-length": "\N{SUPERSCRIPT TWO}00"}, False),
    ],
)
@pytest.mark.parametrize("kind", [tutils.treq, tutils.tresp])
def test_event_streams_and_large_bodies_pass_as_they_come_and_small_ones_are_collected(kind, headers, passes):
    message = kind(headers=http.Headers([(k.encode(), v.encode()) for k, v in headers.items()]))
    assert how_to_pass(message, MAX_BODY, needed=False) is passes
    assert how_to_pass(message, MAX_BODY, needed=True) is passes


@pytest.mark.parametrize(
    "message",
    [
        tutils.tresp(headers=fields(transfer_encoding="chunked")),
        tutils.tresp(headers=fields(content_type="application/json")),
        tutils.tresp(headers=fields(transfer_encoding="chunked", content_length="5")),
        tutils.treq(headers=fields(transfer_encoding="chunked")),
        tutils.treq(headers=fields(), http_version=b"HTTP/2.0"),
    ],
    ids=["chunked", "to the end of the connection", "chunked whatever else is said", "request", "HTTP/2 request"],
)
def test_a_body_of_unknown_length_is_copied_while_it_passes_unless_it_is_needed_whole(message):
    assert isinstance(how_to_pass(message, MAX_BODY, needed=False), Tee)
    assert how_to_pass(message, MAX_BODY, needed=True) is False


def test_an_http_1_request_that_announces_no_body_has_none():
    assert how_to_pass(tutils.treq(headers=fields(host="a")), MAX_BODY, needed=False) is False


@pytest.mark.parametrize(
    ("method", "status", "has"),
    [
        ("GET", 200, True),
        ("POST", 500, True),
        ("HEAD", 200, False),
        ("GET", 204, False),
        ("GET", 304, False),
        ("GET", 101, False),
    ],
)
def test_some_responses_can_have_no_body(method, status, has):
    flow = tflow.tflow(req=tutils.treq(method=method.encode()), resp=tutils.tresp(status_code=status))
    assert has_body(flow) is has


# -- the copy ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=40)), st.integers(0, 120))
def test_every_byte_passes_and_the_copy_is_whole_or_not_there(pieces, limit):
    tee = Tee(limit)
    sent = [part for piece in [*pieces, b""] for part in tee(piece)]
    whole = b"".join(pieces)
    assert b"".join(sent) == whole
    assert b"" not in sent
    assert tee.outgrown is (len(whole) > limit)
    assert tee.take() == (None if tee.outgrown else whole)
    assert tee.take() is None


def passed(request: bytes, response: bytes) -> http.HTTPFlow:
    flow = tflow.tflow(req=tutils.treq(content=None), resp=tutils.tresp(content=None))
    assert flow.response is not None
    for message, body in ((flow.request, request), (flow.response, response)):
        message.stream = tee = Tee(MAX_BODY)
        tee(body)
    return flow


def test_the_flow_gets_the_copies_as_if_nothing_had_passed_by():
    flow = passed(b"question", b"answer")
    give_back(flow)
    assert flow.response is not None
    assert (flow.request.raw_content, flow.response.raw_content) == (b"question", b"answer")


def test_half_a_request_is_not_given_back():
    flow = passed(b"quest", b"answer")
    flow.request.timestamp_end = None
    give_back(flow)
    assert flow.response is not None
    assert (flow.request.raw_content, flow.response.raw_content) == (None, b"answer")


def test_what_somebody_else_has_put_there_stays():
    flow = passed(b"", b"")
    flow.request.data.content, flow.response.data.content = b"theirs", b"theirs too"
    give_back(flow)
    assert (flow.request.raw_content, flow.response.raw_content) == (b"theirs", b"theirs too")


# -- others ------------------------------------------------------------------------------------------------------------


class Hooks:
    """A user's addon with these hooks."""

    def __init__(self, *hooks: str) -> None:
        for hook in hooks:
            setattr(self, hook, lambda flow: None)


def script(**hooks: object) -> types.ModuleType:
    module = types.ModuleType("theirs")
    vars(module).update(hooks)
    return module


@pytest.mark.parametrize(
    ("addon", "request_needed", "response_needed"),
    [
        (Hooks("requestheaders"), True, False),
        (Hooks("request"), True, False),
        (Hooks("response"), False, True),
        (Hooks("responseheaders", "error", "websocket_message"), False, False),
        (script(response=lambda flow: None), False, True),
        (script(addons=[Hooks("request")]), True, False),
        (modifybody.ModifyBody(), False, False),
    ],
    ids=["requestheaders", "request", "response", "others", "a script", "in a script", "mitmproxy's own"],
)
def test_an_addon_of_the_users_that_may_look_at_bodies_gets_them_whole(addon, request_needed, response_needed):
    needed = BodiesNeeded()
    with taddons.context() as context:
        context.master.addons.add(addon)
        needed.look()
        assert (needed.request, needed.response) == (request_needed, response_needed)
        context.master.addons.remove(addon)
        needed.look()
        assert (needed.request, needed.response) == (False, False)


@pytest.mark.parametrize(
    ("option", "value", "request_needed", "response_needed"),
    [
        ("modify_body", ["/a/b"], True, True),
        ("map_local", ["|a|/tmp"], True, False),
        ("body_size_limit", "1m", True, True),
    ],
)
def test_so_do_options_that_act_on_whole_messages(option, value, request_needed, response_needed):
    needed = BodiesNeeded()
    with taddons.context() as context:
        kind = str if isinstance(value, str) else list
        if option not in context.options:
            context.options.add_option(option, kind, kind(), "")
        needed.look()
        assert (needed.request, needed.response) == (False, False)
        context.options.update(**{option: value})
        needed.look()
        assert (needed.request, needed.response) == (request_needed, response_needed)


def test_the_offer_of_http_2_is_taken_out_of_a_passing_request_as_mitmproxy_would():
    offer = fields(upgrade="h2c", connection="Upgrade, HTTP2-Settings", http2_settings="AAMAAABkAARAAAAA")
    flow = tflow.tflow(req=tutils.treq(headers=offer))
    with taddons.context() as context:
        drop_h2c(flow)
        assert "upgrade" in flow.request.headers
        context.master.addons.add(disable_h2c.DisableH2C())
        drop_h2c(flow)
    assert flow.request.headers == fields()
