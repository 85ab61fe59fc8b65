"""newman's JSON reports (`newman run COLLECTION --reporters json`): a Postman collection's requests as they were sent.

Its `collection` comes first and holds what was to be sent; `run.executions` holds what was.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from urllib.parse import quote

from shadow.exchange import Headers, Response, header
from shadow.recordings import loose
from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import EntryError
from shadow.recordings.har_body import unpacked_response
from shadow.recordings.json_entries import read_entries
from shadow.recordings.jsonl import split_url
from shadow.recordings.sendable import authority_of, latin, request_of
from shadow.recordings.source import Source

__all__ = ["CLIENT", "entry_of", "read"]

CLIENT = "newman"
"""A report is one run, one request after the other."""

_KINDS = {"urlencoded": "application/x-www-form-urlencoded", "graphql": "application/json"}
"""The Content-Type that newman sends, but doesn't always write down."""
_PRUNED = frozenset({"GET", "HEAD", "COPY", "PURGE", "UNLOCK"})
_NO_REPORT = "it has no run.executions: it is a collection, not a report; run it with newman and give its JSON report"
_IN_URLS = "%:/?#[]@!$&'()*+,;=~"


def read(source: Source) -> Generator[Recorded | Broken | Unusable, None, bool]:
    """The executions; returns whether the file was whole."""
    return read_entries(source, ("run", "executions"), entry_of, _NO_REPORT)


def entry_of(execution: object, where: str) -> Recorded | Unusable:
    """What an execution says. Raises EntryError."""
    request = loose.member(execution, "request")
    if not isinstance(request, dict):
        raise EntryError("it has no request")
    scheme, host, port, target = split_url(_url(loose.member(request, "url")))
    if not host:
        raise EntryError("its URL has no host")
    headers = _headers(request)
    method = loose.text(request, "method") or "GET"
    declared = header(headers, "content-length")
    # The report has such a method's body though newman left it out.
    mode = "" if method in _PRUNED and not declared else loose.text(request, "body", "mode")
    body = _body(loose.member(request, "body"), mode)
    if body is None or (mode == "graphql" and declared not in {"", str(len(body))}):
        return Unusable(where, "body that was not recorded")
    if body and mode in _KINDS and not header(headers, "content-type"):
        headers.append(("Content-Type", _KINDS[mode]))
    sent = request_of(method, target, headers, body, authority=authority_of(scheme, host, port))
    took = loose.number(execution, "response", "responseTime")
    return Recorded(
        where=where,
        request=sent,
        scheme=scheme,
        host=host,
        port=port,
        response=_response(loose.member(execution, "response"), sent.method),
        duration=took / 1000 if took is not None and took > 0 else 0.0,
        client=CLIENT,
    )


def _url(url: object) -> str:
    if isinstance(url, str):
        return quote(url.strip(), safe=_IN_URLS, errors="replace")
    host = loose.text(url, "host") or ".".join(_texts(url, "host"))
    if not host:
        raise EntryError("its URL has no host")
    port = loose.number(url, "port")
    known = dict(loose.pairs(url, "variable"))
    path = "/".join(known.get(part[1:]) or part if part[:1] == ":" else part for part in _texts(url, "path"))
    path = path or loose.text(url, "path").removeprefix("/")
    query = "&".join(
        _parameter(item) for item in loose.items(url, "query") if loose.member(item, "disabled") is not True
    )
    written = f"{loose.text(url, 'protocol') or 'http'}://{host}" + ("" if port is None else f":{int(port)}")
    return written + quote(f"/{path}" + (f"?{query}" if query else ""), safe=_IN_URLS, errors="replace")


def _texts(document: object, name: str) -> list[str]:
    return [item for item in loose.items(document, name) if isinstance(item, str)]


def _parameter(item: object) -> str:
    value = loose.member(item, "value")
    return loose.text(item, "key") + (f"={value}" if isinstance(value, str) else "")


def _headers(message: object) -> Headers:
    return [(latin(name), latin(value)) for name, value in loose.pairs(message, "header")]


def _body(body: object, mode: str) -> bytes | None:
    """The body; None where the report doesn't have it: files, and what is divided by a boundary that isn't told."""
    match mode:
        case "":
            return b""
        case "raw":
            return loose.text(body, "raw").encode("utf-8", "replace")
        case "urlencoded":
            pairs = ((_quoted(name), _quoted(value)) for name, value in loose.pairs(body, "urlencoded"))
            return "&".join(f"{name}={value}" for name, value in pairs).encode()
        case "graphql":
            return _graphql(loose.member(body, "graphql"))
        case _:
            return None


def _quoted(part: str) -> str:
    return quote(part, safe="*!()~'", errors="replace")


def _graphql(query: object) -> bytes | None:
    document: dict[str, object] = {"query": loose.text(query, "query")}
    if operation := loose.text(query, "operationName"):
        document["operationName"] = operation
    if variables := loose.text(query, "variables").strip():
        try:
            document["variables"] = json.loads(variables)
        except (ValueError, RecursionError):
            return None
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _response(response: object, method: str) -> Response | None:
    headers = _headers(response)
    return unpacked_response(
        loose.number(response, "code"), headers, lambda: _stream(loose.member(response, "stream")), method=method
    )


def _stream(stream: object) -> bytes | None:
    """A Buffer of Node as JSON writes it: a list of its bytes; None where there is none."""
    data = loose.member(stream, "data")
    if not isinstance(data, list):
        return None
    try:
        return bytes(data)
    except (ValueError, TypeError):
        return None
