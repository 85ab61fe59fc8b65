"""Recordings that are lines: our own, one JSON object each (see `jsonl`), and plain lists of URLs."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import EntryError
from shadow.recordings.jsonl import decode, header_of, split_url
from shadow.recordings.sendable import request_of
from shadow.recordings.source import TOO_LARGE, Source

__all__ = ["is_url_line", "read_json_lines", "read_urls"]

_URL_LINE = re.compile(r"(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]+)?((?:https?://|/)\S*)", re.IGNORECASE)


def read_json_lines(source: Source) -> Generator[Recorded | Broken | Unusable, None, bool]:
    """Our own form; returns whether the file was whole."""
    key, whole = "", True
    for number, line, last in _lines(source):
        where = f"line {number}"
        if line is None:
            yield Broken(where, TOO_LARGE)
            continue
        try:
            if number == 1 and (head := header_of(line)) is not None:
                key = head.key
                continue
            yield decode(line, where, key=key)
        except EntryError as error:
            # Each of our lines has its line feed, so that one which lacks it and is wrong was not written to its end.
            whole = not last
            yield Broken(where, source.ending if last else str(error))
    return whole


def read_urls(source: Source) -> Generator[Recorded | Broken | Unusable, None, bool]:
    """A URL or a path per line, perhaps with a method before it; returns whether the file was whole."""
    for number, line, _ in _lines(source):
        where = f"line {number}"
        if line is None:
            yield Broken(where, TOO_LARGE)
        elif not line.startswith(b"#"):
            try:
                yield _of_url(line.decode("utf-8", "surrogateescape"), where)
            except EntryError as error:
                yield Broken(where, str(error))
    return True


def is_url_line(line: str) -> bool:
    return _URL_LINE.fullmatch(line.strip()) is not None


def _lines(source: Source) -> Iterator[tuple[int, bytes | None, bool]]:
    """Number, content, and whether the end came instead of a line feed, of the lines that are not blank."""
    for number, piece in enumerate(source.pieces(b"\n"), 1):
        line = None if piece.data is None else piece.data.strip()
        if line != b"":
            yield number, line, piece.last


def _of_url(line: str, where: str) -> Recorded:
    match = _URL_LINE.fullmatch(line)
    if match is None:
        raise EntryError("it is no URL and no path, with or without a method before it")
    scheme, host, port, target = split_url(match[2])
    return Recorded(where=where, request=request_of(match[1] or "GET", target, []), scheme=scheme, host=host, port=port)
