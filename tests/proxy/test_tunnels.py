"""What has passed through a WebSocket or another protocol does not stay in memory."""

from __future__ import annotations

import pytest
from mitmproxy.test import taddons, tflow

from shadow.proxy.tunnels import Tunnels


@pytest.fixture(autouse=True)
def context():
    with taddons.context() as made:
        for option in ("save_stream_file", "hardump"):
            if option not in made.options:
                made.options.add_option(option, str, "", "")
        yield made


def test_only_the_message_under_way_is_kept():
    flow = tflow.twebsocketflow()
    assert flow.websocket is not None
    last = flow.websocket.messages[-1]
    Tunnels().websocket_message(flow)
    assert flow.websocket.messages == [last]


def test_bytes_of_a_protocol_that_an_upgrade_led_to_are_dropped_and_those_of_other_connections_not():
    tunnels, upgraded, ours, theirs = Tunnels(), tflow.tflow(resp=True), tflow.ttcpflow(), tflow.ttcpflow()
    ours.client_conn.id, theirs.client_conn.id = upgraded.client_conn.id, "another"
    tunnels.opened(upgraded)
    for flow in (ours, theirs):
        tunnels.tcp_message(flow)
    assert (len(ours.messages), len(theirs.messages)) == (1, 2)
    tunnels.closed(upgraded.client_conn.id)
    again = tflow.ttcpflow()
    again.client_conn.id = upgraded.client_conn.id
    tunnels.tcp_message(again)
    assert len(again.messages) == 2


def test_a_user_who_records_gets_all_of_it(context):
    context.options.save_stream_file = "flows"
    flow = tflow.twebsocketflow()
    assert flow.websocket is not None
    before = list(flow.websocket.messages)
    Tunnels().websocket_message(flow)
    assert flow.websocket.messages == before
