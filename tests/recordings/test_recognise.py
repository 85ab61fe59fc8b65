from __future__ import annotations

import pytest

from shadow.recordings.recognise import HEAD, UnknownFormError, recognise
from tests.recordings.samples import one_of_each

FILES = one_of_each()


@pytest.mark.parametrize("form", FILES)
def test_every_form_is_known_by_its_beginning(form):
    assert recognise(FILES[form][:HEAD]) == form


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b' \n{ "log" : {', "HAR"),
        (b'{"comment": {"url": "{\\"openapi\\""}, "log": {"version": "1.2", "creator": {', "HAR"),
        (b'{"collection": {"info": {}, "item": [', "newman report"),
        (b'{"run": {"executions": [', "newman report"),
        (b'{"at":1.5,"client":"c","method":"GET","url":"/a","headers":[', "JSON lines"),
        (b'{"url": "/a", "response": {"body": "xxxxx', "JSON lines"),
        (b'{"shadow":"recording/9"}', "JSON lines"),
        (b"# only a comment", "list of URLs"),
        (b"\r\n\r\n  post  HTTP://h.example/a  \r\n", "list of URLs"),
        (b"/orders/\xff\n", "list of URLs"),
        (b"2 5f3a 1700000000000000000 12\r\nHTTP/1.1 200 OK\r\n", "GoReplay"),
        (b"1403:9:websocket;0:~8:response;", "mitmproxy flows"),
        (b"1403:5:error,0:~", "mitmproxy flows"),
    ],
)
def test_forms_in_other_styles(head, form):
    assert recognise(head) == form


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b'{"info": {"_postman_id": "1", "name": "orders"}, "item": []}', "Postman collection"),
        (
            b'{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/"}, "item": [',
            "run it with newman",
        ),
        (b'{"openapi": "3.1.0", "info": {', "OpenAPI"),
        (b'{"swagger": "2.0", "info": {', "OpenAPI"),
        (b"PK\x03\x04\x14\0", "unzip it"),
        (b"\xd4\xc3\xb2\xa1\x02\0", "pcap"),
        (b"\n\r\r\n\x1c\0\0\0", "pcap"),
        (b'\xff\xfe{\0"\0', "UTF-16"),
        (b'\xfe\xff\0{\0"', "UTF-16"),
        (b'{\0"\0l\0', "UTF-16"),
        (b'\0{\0"\0l', "UTF-16"),
        (b"\x7fELF\x02\x01\0\0", "binary"),
        (b"\x1f\x8b\x08", "packed with gzip twice"),
        (b'[{"url": "/a"}]', "JSON list"),
        (b'{"a": 1}', "in no form that is read"),
        (b"{", "in no form that is read"),
        (b"Dear secret,\n/orders\n", "in no form that is read"),
        (b'10.0.0.1 - - [01/Mar/2026] "GET /a" 200', "in no form that is read"),
    ],
)
def test_what_is_refused_says_what_to_do(head, words):
    with pytest.raises(UnknownFormError, match=words) as caught:
        recognise(head)
    assert "secret" not in str(caught.value)
