"""The items of one array in a JSON document of any size, each as its own bytes.

A parser for the whole document, such as ijson, ends at the first thing that it can't read; mitmproxy's own HAR files
hold lone surrogates, which some can't. Here only brackets and quotes are looked at, so that an item that is wrong costs
no other one, and its place is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import orjson

from shadow.recordings.error import EntryError
from shadow.recordings.source import CHUNK, ENTRY_LIMIT, TOO_LARGE, Source

__all__ = ["JsonItems", "ScanError", "decode"]

_BLANKS = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_PLAIN = re.compile(rb'[^\s,:"{}\[\]]+')
"""A number, true, false, null."""
_FLAT = rb'[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+"'
_RUN = re.compile(rb"(?:" + _FLAT + rb"|[{\[](?:" + _FLAT + rb")*+[}\]])*+", re.DOTALL)
"""All up to the next bracket outside of texts, or the beginning of a text whose end has not come yet; what stands in
brackets, but holds none, is passed at once."""
_OPENING = b"{["
_LARGE = 16 * 2**20
"""Bytes that are read at once at most, so that little more than the entry is in memory."""


class ScanError(Exception):
    """The document can't be read on: ``position`` is where it was noticed, ``str(error)`` why."""

    def __init__(self, position: int, problem: str) -> None:
        self.position = position
        super().__init__(problem)


class JsonItems:
    """Iterates over position and bytes of each item of the array at ``path``, member by member, in a document.

    Members before and after may be of any size. ``found`` is whether there was such an array. Raises ScanError.
    """

    def __init__(self, source: Source, path: tuple[str, ...]) -> None:
        self.found = False
        self._source = source
        self._path = path
        self._held = b""
        self._at = 0
        self._base = source.position
        """Of the first byte that is held."""

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return self._below(self._path)

    def _below(self, path: tuple[str, ...]) -> Iterator[tuple[int, bytes]]:
        first = self._next()
        if not path and first == b"[":
            self.found = True
            for _ in self._commas(b"]"):
                yield self._base + self._at, self._value(keep=True)
        elif path and first == b"{":
            for _ in self._commas(b"}"):
                name = self._name()
                if name == path[0]:
                    yield from self._below(path[1:])
                else:
                    self._value(keep=False)
        else:
            self._value(keep=False)

    def _commas(self, end: bytes) -> Iterator[None]:
        """From an opening bracket to its ``end``, once before each of what the commas separate."""
        self._at += 1
        if self._next() != end:
            while True:
                yield
                following = self._next()
                if following == end:
                    break
                if following != b",":
                    raise self._error("it is no JSON from here on")
                self._at += 1
                self._next()
        self._at += 1

    def _name(self) -> object:
        if self._next() != b'"':
            raise self._error("it is no JSON from here on")
        name = self._value(keep=True)
        if self._next() != b":":
            raise self._error("it is no JSON from here on")
        self._at += 1
        try:
            return decode(name)
        except EntryError:
            return None

    def _next(self) -> bytes:
        """The next byte that is no blank, which stays."""
        while True:
            blanks = _BLANKS.match(self._held, self._at)
            assert blanks is not None
            self._at = blanks.end()
            if self._at < len(self._held):
                return self._held[self._at : self._at + 1]
            self._more()

    def _value(self, *, keep: bool) -> bytes:
        """Pass over a value; its bytes where they are to be kept."""
        first = self._next()
        if first == b'"':
            return self._matched(_STRING)
        if first not in (b"{", b"["):
            return self._matched(_PLAIN)
        # Beyond the bracket, which might be passed with what it encloses.
        scan, depth = self._at + 1, 1
        while True:
            run = _RUN.match(self._held, scan)
            assert run is not None
            scan = run.end()
            if scan == len(self._held) or self._held[scan] == ord('"'):
                if not keep:
                    self._at = scan
                dropped = self._more()
                scan -= dropped
                continue
            depth += 1 if self._held[scan] in _OPENING else -1
            scan += 1
            if depth == 0:
                begin = self._at
                self._at = scan
                return self._held[begin:scan] if keep else b""

    def _matched(self, pattern: re.Pattern[bytes]) -> bytes:
        while True:
            match = pattern.match(self._held, self._at)
            # A number might go on in what follows.
            if match is not None and match.end() < len(self._held):
                self._at = match.end()
                return match[0]
            if match is None and pattern is _PLAIN:
                raise self._error("it is no JSON from here on")
            try:
                self._more()
            except ScanError:
                if match is None:
                    raise
                self._at = match.end()
                return match[0]

    def _more(self) -> int:
        """Hold more, and drop what lies before the place; how many bytes were dropped.

        As much again as there is already, so that a large value is not looked at again and again from its beginning.
        """
        waiting = len(self._held) - self._at
        if waiting > ENTRY_LIMIT:
            raise self._error(TOO_LARGE)
        more = self._source.read(min(waiting, _LARGE)) if waiting > CHUNK else self._source.chunk()
        if not more:
            raise ScanError(self._base + len(self._held), self._source.ending)
        dropped = self._at
        self._held = self._held[dropped:] + more
        self._base += dropped
        self._at = 0
        return dropped

    def _error(self, problem: str) -> ScanError:
        return ScanError(self._base + self._at, problem)


def decode(data: bytes) -> object:
    """What the JSON says; bytes that are no UTF-8 as lone surrogates, which mitmproxy writes, too (PEP 383).

    Raises EntryError.
    """
    try:
        return orjson.loads(data)
    except ValueError:
        pass
    try:
        return json.loads(data.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError) as error:
        raise EntryError("it is no JSON") from error
