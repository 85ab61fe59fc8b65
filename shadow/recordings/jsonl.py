"""Our own recordings: one JSON object per line, each a request with its response; see docs/recordings.md.

The first line may be a header, `{"shadow": "recording/1", …}`, which says what redacted the rest. Texts are UTF-8;
bytes that are not stand as `\\udc80` … `\\udcff` in targets (PEP 383) and as base64 in bodies.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
import orjson

from shadow.exchange import Headers, Response
from shadow.recordings.entry import Part, Recorded
from shadow.recordings.error import EntryError
from shadow.recordings.sendable import latin, request_of, response_of

__all__ = ["SCHEMA", "EntryError", "Header", "decode", "encode", "header_of", "split_url"]

SCHEMA = "recording/1"
_AFTER_AUTHORITY = re.compile(r"[/?#]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,19}")
_NOT_IN_HOSTS = re.compile(r"[\x00-\x20\x7f\"<>\\^`%{|}]")
_NOT_IN_TARGETS = re.compile(r"[\x00-\x20\x7f]")
_PARTS: tuple[Part, ...] = ("target", "body", "response")


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line. ``key`` names the key that the recording was redacted with (see `Redactor.key_name`)."""

    key: str = ""
    legacy: str = ""
    candidate: str = ""
    left_out: dict[str, int] = {}
    """Route → requests that were seen, but that there was no room for."""

    def line(self) -> bytes:
        return _line(
            {"shadow": SCHEMA, **{name: value for name, value in msgspec.structs.asdict(self).items() if value}}
        )


def header_of(line: bytes) -> Header | None:
    """The header that the line is; None where it is an entry.

    Raises EntryError where it is neither, or the header of a version that is not known here.
    """
    document = _object(line)
    if (schema := document.pop("shadow", None)) is None:
        return None
    if schema != SCHEMA:
        raise EntryError(f"it says that it is {str(schema)[:40]!r}; this version of shadow knows {SCHEMA!r}")
    try:
        return msgspec.convert(document, Header)
    except msgspec.ValidationError as error:
        raise EntryError(f"its header is wrong: {error}") from error


def encode(entry: Recorded) -> bytes:
    """The entry as a line, with its line feed."""
    request = entry.request
    document: dict[str, Any] = {}
    if entry.started is not None:
        document["at"] = round(entry.started, 6)
    if entry.duration:
        document["duration"] = round(entry.duration, 6)
    if entry.client:
        document["client"] = entry.client
    document["method"] = request.method
    document["url"] = entry.origin + request.target.encode("latin-1").decode("utf-8", "surrogateescape")
    document["headers"] = request.headers
    document |= _written("body", request.body)
    if entry.response is not None:
        response = entry.response
        document["response"] = {
            "status": response.status,
            "headers": response.headers,
            **_written("body", response.body),
        }
    if entry.redacted:
        document["redacted"] = [part for part in _PARTS if part in entry.redacted]
    return _line(document)


def decode(line: bytes, where: str, *, key: str = "") -> Recorded:
    """The entry of a line; ``key`` is its header's. Raises EntryError.

    What people write by hand is read, too: only ``url`` is needed, which may be a path, and headers may be an object.
    """
    document = _object(line)
    fields = _Fields(document, "")
    method = fields.text("method", "GET")
    scheme, host, port, target = split_url(fields.text("url"))
    redacted = fields.value("redacted", list, [])
    response = fields.value("response", dict, None)
    request = request_of(method, target, fields.headers(), fields.body())
    return Recorded(
        where=where,
        request=request,
        scheme=scheme,
        host=host,
        port=port,
        response=None if response is None else _response(_Fields(response, "response."), method),
        started=fields.number("at", None),
        duration=max(0.0, fields.number("duration", 0.0) or 0.0),
        client=fields.text("client", ""),
        redacted=frozenset(part for part in _PARTS if part in redacted),
        key=key,
    )


def split_url(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and target (as latin-1) of an http(s) URL, or of a path, which has none of the former.

    Nothing is quoted, normalised or resolved, but a fragment is left out, for no client sends it. Raises EntryError.
    """
    try:
        target_of = url.encode("utf-8", "surrogateescape").decode("latin-1")
    except UnicodeEncodeError as error:
        raise EntryError("its URL is no text") from error
    if target_of.startswith("/"):
        return "", "", 0, _target(target_of)
    scheme, separator, rest = target_of.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in {"http", "https"}:
        raise EntryError(f"its URL is none of http or https, and no path ({_shown_scheme(scheme, separator)})")
    end = _AFTER_AUTHORITY.search(rest)
    authority, path = (rest, "") if end is None else (rest[: end.start()], rest[end.start() :])
    authority = authority.rpartition("@")[2]
    try:
        parts = urlsplit(f"{scheme}://{authority}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise EntryError("its URL has no host and port that can be understood") from error
    if not host or _NOT_IN_HOSTS.search(authority):
        raise EntryError("its URL has no host")
    return scheme, host, port or (443 if scheme == "https" else 80), _target(path)


def _shown_scheme(scheme: str, separator: str) -> str:
    return f"it begins with {scheme!r}" if separator and _SCHEME.fullmatch(scheme) else "there is no scheme"


def _target(path: str) -> str:
    target = path.partition("#")[0]
    if _NOT_IN_TARGETS.search(target):
        raise EntryError("its URL holds blanks or control characters")
    return target if target.startswith("/") else f"/{target}"


def _response(fields: _Fields, method: str) -> Response:
    status = fields.value("status", int, None)
    if status is None or isinstance(status, bool) or not 100 <= status <= 999:
        raise EntryError("response.status must be a number from 100 to 999")
    return response_of(status, fields.headers(), fields.body(), method=method)


class _Fields:
    """The members of an object, each of a kind that it must have."""

    def __init__(self, document: dict[str, Any], prefix: str) -> None:
        self._document = document
        self._prefix = prefix

    def value(self, name: str, kind: type, default: Any) -> Any:
        value = self._document.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise EntryError(f"{self._prefix}{name} must be {_KINDS[kind]}")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        value = self.value(name, str, default)
        if value is None:
            raise EntryError(f"it has no {self._prefix}{name}")
        assert isinstance(value, str)
        return value

    def number(self, name: str, default: float | None) -> float | None:
        value = self._document.get(name, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
            raise EntryError(f"{self._prefix}{name} must be a number")
        return float(value)

    def headers(self) -> Headers:
        given = self._document.get("headers") or []
        pairs = list(given.items()) if isinstance(given, dict) else given
        if not isinstance(pairs, list):
            raise EntryError(f"{self._prefix}headers must be a list of [name, value]")
        headers: Headers = []
        for pair in pairs:
            if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
                raise EntryError(f"{self._prefix}headers must be a list of [name, value]")
            headers.append((latin(pair[0]), latin(pair[1])))
        return headers

    def body(self) -> bytes:
        if (coded := self.value("body_base64", str, None)) is not None:
            try:
                return base64.b64decode(coded, validate=True)
            except (binascii.Error, ValueError) as error:
                raise EntryError(f"{self._prefix}body_base64 is no base64") from error
        text = self.value("body", str, "")
        try:
            return bytes(text.encode())
        except UnicodeEncodeError as error:
            raise EntryError(f"{self._prefix}body is no text") from error


_KINDS: dict[type, str] = {str: "a text", int: "a number", list: "a list", dict: "an object"}
_LARGEST = 1e15


def _written(name: str, body: bytes) -> dict[str, str]:
    if not body:
        return {}
    try:
        return {name: body.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(body).decode()}


def _object(line: bytes) -> dict[str, Any]:
    try:
        document = _parsed(line)
    except (ValueError, RecursionError) as error:
        raise EntryError("it is no JSON") from error
    if not isinstance(document, dict):
        raise EntryError("it is no JSON object")
    return document


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return json.loads(line.decode())  # the halves of surrogate pairs, which stand for bytes, are none to orjson


def _line(document: dict[str, Any]) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:  # half surrogate pairs, for bytes that are no UTF-8
        return json.dumps(document, separators=(",", ":")).encode() + b"\n"
