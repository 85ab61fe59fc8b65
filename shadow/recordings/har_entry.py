"""One entry of a HAR file, whoever wrote it: browsers, Charles, Fiddler, Insomnia, mitmproxy, Playwright, Proxyman, …

Every member may be missing or of a wrong kind. mitmproxy's own reader of HAR files is not used: it gives up the whole
file at the first entry that lacks something.
"""

from __future__ import annotations

from shadow.exchange import Headers, Request, Response, header
from shadow.recordings import loose
from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import EntryError
from shadow.recordings.har_body import body_of, form, is_packed, unpacked_response
from shadow.recordings.jsonl import split_url
from shadow.recordings.sendable import authority_of, latin, request_of
from shadow.recordings.times import seconds

__all__ = ["CLIENT", "entry_of"]

CLIENT = "har"
"""A HAR file is one browser, or one run."""

_NO_REQUESTS = frozenset(
    {"about", "blob", "chrome", "chrome-extension", "data", "edge", "extension", "file", "filesystem", "javascript",
     "moz-extension", "resource", "safari-extension", "safari-web-extension", "view-source"}
)  # fmt: skip
_FROM_CACHE = ("_fromCache", "_servedFromCache", "_fromDiskCache", "_fromMemoryCache", "fromCache", "fromDiskCache",
               "_fetchedViaServiceWorker")  # fmt: skip
"""What Chrome, Safari and others say of an answer that did not come from the server."""


def entry_of(entry: object, where: str) -> Recorded | Unusable | Broken:
    """What a HAR entry says; never raises."""
    try:
        return _unusable(entry, where) or _recorded(entry, where)
    except EntryError as error:
        return Broken(where, str(error))


def _unusable(entry: object, where: str) -> Unusable | None:
    url = loose.text(entry, "request", "url").strip()
    scheme = url.partition(":")[0].lower()
    if (
        scheme in {"ws", "wss"}
        or loose.member(entry, "_webSocketMessages") is not None
        or loose.text(entry, "_resourceType") == "websocket"
        or loose.number(entry, "response", "status") == 101
    ):
        return Unusable(where, "WebSocket")
    if scheme in _NO_REQUESTS:
        return Unusable(where, f"{scheme}: URL")
    if loose.text(entry, "request", "method").upper() == "CONNECT":
        return Unusable(where, "CONNECT")
    return None


def _recorded(entry: object, where: str) -> Recorded | Unusable:
    if not isinstance(loose.member(entry, "request"), dict):
        raise EntryError("it has no request")
    method, url = loose.text(entry, "request", "method").strip(), loose.text(entry, "request", "url").strip()
    if not url:
        raise EntryError("its request has no url")
    # No client sends a blank, but some write what the user typed.
    scheme, host, port, target = split_url(url.replace(" ", "%20"))
    if not host:
        raise EntryError("its URL has no host")
    headers, authority = _headers(entry, "request")
    body = _request_body(loose.member(entry, "request"), method, headers)
    if body is None:
        return Unusable(where, "body that was not recorded")
    if _was_unpacked(body, headers):
        headers = [(name, value) for name, value in headers if name.lower() != "content-encoding"]
    request = request_of(method, target, headers, body, authority=authority or authority_of(scheme, host, port))
    took = loose.number(entry, "time")
    return Recorded(
        where=where,
        request=request,
        scheme=scheme,
        host=host,
        port=port,
        response=_response(entry, request),
        started=seconds(loose.member(entry, "startedDateTime")),
        duration=took / 1000 if took is not None and took > 0 else 0.0,
        client=CLIENT,
    )


def _headers(entry: object, message: str) -> tuple[Headers, str]:
    """The headers, and the `:authority` among them. Chrome writes several of one name as lines of one value."""
    headers: Headers = []
    authority = ""
    for name, value in loose.pairs(entry, message, "headers"):
        if name.lower() == ":authority":
            authority = latin(value)
        else:
            headers += [(latin(name), latin(line.removesuffix("\r"))) for line in value.split("\n")]
    return headers, authority


def _request_body(request: object, method: str, headers: Headers) -> bytes | None:
    """The request's body; None where it had one that is not in the file, or can't be made again from it."""
    post = loose.member(request, "postData")
    kind = loose.text(post, "mimeType") or header(headers, "content-type")
    declared = _declared(headers)
    size = loose.number(request, "bodySize") or 0
    lengths = {declared} if declared is not None else {int(size)} if size > 0 else set()
    body: bytes | None
    if text := loose.text(post, "text"):
        body = body_of(text, loose.text(post, "encoding") or loose.text(post, "_encoding"), kind, lengths)
        if kind.lower().startswith("multipart/") and declared not in {None, -1 if body is None else len(body)}:
            return None  # browsers leave out the files
        return body
    if pairs := loose.pairs(post, "params"):
        urlencoded = not kind or "x-www-form-urlencoded" in kind.lower()
        return form(pairs, lengths) if urlencoded else None
    had_one = declared > 0 if declared is not None else size > 0 and method not in {"GET", "HEAD"}
    return None if had_one else b""


def _response(entry: object, request: Request) -> Response | None:
    if _is_made_up(entry):
        return None
    headers, _ = _headers(entry, "response")
    return unpacked_response(
        loose.number(entry, "response", "status"),
        headers,
        lambda: _response_body(loose.member(entry, "response"), headers),
        method=request.method,
    )


def _response_body(response: object, headers: Headers) -> bytes | None:
    """The response's body; None where it is not in the file as a whole."""
    content = loose.member(response, "content")
    packed = header(headers, "content-encoding").strip().lower() not in {"", "identity"}
    declared = _declared(headers)
    size = loose.number(content, "size") or 0
    wire = loose.number(response, "bodySize") or 0
    if not (text := loose.text(content, "text")):
        return None if max(size, wire, declared or 0) > 0 else b""
    if declared and not packed:
        lengths = {declared}
    else:
        # mitmproxy's size is the packed one; what it was unpacked from is `compression` more.
        lengths = {int(size), int(size + (loose.number(content, "compression") or 0))} if size > 0 else set()
    kind = loose.text(content, "mimeType")
    if "charset" not in kind.lower():
        kind = header(headers, "content-type") or kind
    body = body_of(text, loose.text(content, "encoding"), kind, lengths)
    if body is not None and declared and not packed and len(body) < declared:
        return None  # cut off, as Firefox does with large ones
    return body


def _declared(headers: Headers) -> int | None:
    """What Content-Length says; None where there is none, or no number that can be meant."""
    length = header(headers, "content-length").strip()
    return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None


def _was_unpacked(body: bytes, headers: Headers) -> bool:
    coding = header(headers, "content-encoding")
    return bool(coding and body) and _declared(headers) != len(body) and not is_packed(body, coding)


def _is_made_up(entry: object) -> bool:
    """Whether the browser answered by itself: from its cache, or with the redirect to https that HSTS demands."""
    cached = any(loose.member(entry, *inside, name) for name in _FROM_CACHE for inside in ((), ("response",)))
    return cached or loose.text(entry, "response", "statusText") == "Internal Redirect"
