"""In which form a recording is, by its first bytes; its name says nothing."""

from __future__ import annotations

import re
from enum import StrEnum

from shadow.recordings.lines import is_url_line

__all__ = ["BOM", "HEAD", "Form", "UnknownFormError", "recognise"]

HEAD = 64 * 1024
"""Bytes that are looked at."""
BOM = b"\xef\xbb\xbf"


class Form(StrEnum):
    """The forms that are read, as the user reads them."""

    FLOWS = "mitmproxy flows"
    HAR = "HAR"
    JSON_LINES = "JSON lines"
    URLS = "list of URLs"
    GOREPLAY = "GoReplay"
    NEWMAN = "newman report"


class UnknownFormError(Exception):
    """No form that is read; ``str(error)`` goes on after the recording's name."""


_FLOW = re.compile(rb"\d{1,12}:\d{1,3}:[a-z_]{1,40}[,;]")
"""A tnetstring that holds a member's name; before mitmproxy 1.0 names were bytes (`,`), now they are texts (`;`)."""
_PAYLOAD = re.compile(rb"[123] [0-9A-Za-z_-]{1,100} \d{1,19}(?: -?\d{1,19})?\r?\n")
_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)"(\s*:)?|[{}\[\]]', re.DOTALL)
_OURS = frozenset({"shadow", "url", "method", "at"})
_CAPTURES = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x0a\x0d\x0d\x0a")

_READ = (
    "read are mitmproxy's flows (mitmdump -w), HAR, shadow's JSON lines, lists of URLs, GoReplay's files and newman's "
    "JSON reports, also packed with gzip"
)
_COLLECTION = (
    "is a Postman collection: it says what could be sent, not what was; run it with newman and give its report "
    "(newman run FILE --reporters json), or send its requests through mitmdump -w"
)


def recognise(head: bytes) -> Form:
    """The form that begins with ``head``, which has no byte order mark and is not packed. Raises UnknownFormError."""
    if _FLOW.match(head):
        return Form.FLOWS
    if _PAYLOAD.match(head):
        return Form.GOREPLAY
    _refuse(head)
    text = head.decode("utf-8", "replace").lstrip()
    if text.startswith("{"):
        return _of_names(_names(text))
    if text.startswith("["):
        raise UnknownFormError("is a JSON list; one JSON object per line is read, without brackets around them")
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), None)
    if first is None or is_url_line(first):
        return Form.URLS
    raise UnknownFormError(f"is in no form that is read; {_READ}")


def _refuse(head: bytes) -> None:
    """Raises UnknownFormError for what is no text."""
    if head.startswith(b"PK\x03\x04"):
        raise UnknownFormError("is a zip archive; unzip it and give the .har file that is in it")
    if head.startswith(b"\x1f\x8b"):
        raise UnknownFormError("is packed with gzip twice; unpack it once")
    if head.startswith(_CAPTURES):
        raise UnknownFormError(
            "is a capture of network packets (pcap); record with mitmdump -w instead, or turn it into a HAR file"
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[:2].count(0) == 1:
        raise UnknownFormError("is text in UTF-16; write it as UTF-8 (iconv -f UTF-16 -t UTF-8)")
    if b"\0" in head:
        raise UnknownFormError(f"is binary, and no form that is read; {_READ}")


def _of_names(names: set[str]) -> Form:
    if "log" in names:
        return Form.HAR
    if "run" in names or ("collection" in names and "info" not in names):
        return Form.NEWMAN
    if {"openapi", "swagger"} & names:
        raise UnknownFormError(
            "is an OpenAPI document, which says what requests there may be; requests that were recorded are needed"
        )
    if "_postman_id" in names or {"info", "item"} <= names or {"info", "auth"} <= names:
        raise UnknownFormError(_COLLECTION)
    if names & _OURS:
        return Form.JSON_LINES
    raise UnknownFormError(f"is JSON, but in no form that is read; {_READ}")


def _names(text: str) -> set[str]:
    """The names of the first object's members, as far as the text goes."""
    names: set[str] = set()
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1 and token[2]:
            names.add(token[1])
    return names
