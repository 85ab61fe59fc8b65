"""What goes out; whole connections are tested in test_transport.py and test_client.py."""

from __future__ import annotations

import httpx
from hypothesis import given
from hypothesis import strategies as st

from shadow.mirror.wire import request_bytes

TOKEN = st.text("abcXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=8).map(str.encode)
VALUE = st.binary(max_size=20).filter(lambda value: not {*b"\r\n\0"} & {*value})
HEADERS = st.lists(st.tuples(TOKEN.map(lambda name: b"x-" + name), VALUE), max_size=5)


@given(TOKEN, st.binary(min_size=1, max_size=20), HEADERS, st.binary(max_size=30))
def test_a_request_goes_out_as_given_or_not_at_all(method, target, headers, body):
    """Taken apart again at blanks and line ends, as a server does, it has the very parts that were put in."""
    headers = [*headers, (b"Host", b"h"), (b"Content-Length", b"%d" % len(body))]
    try:
        wire = request_bytes(method, target, headers, body)
    except httpx.LocalProtocolError:
        assert any(byte <= 32 or byte == 127 for byte in target)
        return
    head, _, rest = wire.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    assert first.split(b" ") == [method, target, b"HTTP/1.1"]
    assert [tuple(line.split(b": ", 1)) for line in lines] == headers
    assert rest == body
