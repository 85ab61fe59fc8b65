"""Recognises what a gateway says for itself: its own errors, and the marks that it leaves on what it forwards."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, NamedTuple

from shadow.compare.bodies.codings import UndecodableError, decoded_start
from shadow.compare.gateway_messages import ADVICE, MESSAGES, SIGNATURE_ERRORS, Condition, Mark, Message
from shadow.exchange import Headers, Response, header, header_values

__all__ = ["GatewayError", "gateway_error", "proves_nothing", "recognised", "same_backend"]


class GatewayError(NamedTuple):
    """An error that a gateway made, not the application behind it."""

    gateway: str
    message: str
    condition: Condition

    @property
    def advice(self) -> str:
        return ADVICE[self.condition]


def gateway_error(response: Response) -> str | None:
    """Which gateway made this error and what it says (`Kong: no Route matched …`), or None if it can't be told."""
    error = recognised(response)
    return f"{error.gateway}: {error.message}" if error else None


def recognised(response: Response) -> GatewayError | None:
    """The gateway's error that this response is; None for an application's own, and wherever that is in doubt.

    Only 502, 503 and 504, which are made for gateways (RFC 9110 §15.6.3 to §15.6.5), are one unless the body is
    clearly the application's: JSON or XML that says more than a gateway does.
    """
    if response.status < 400:
        return None
    body = _body(response)
    return _by_message(response, body) or _by_mark(response, body) or _by_status(response, body)


def same_backend(legacy: Response, candidate: Response) -> bool:  # noqa: ARG001 - what is asked is about a pair
    """Whether the candidate's response came from the legacy side: Kong's marks are on it.

    The candidate is reached without Kong, so a response with Kong's headers fell through to legacy (a catch-all
    route, an alias, a wrong base URL), and two alike answers of one backend prove nothing.
    """
    return _passed_kong(candidate.headers)


def proves_nothing(response: Response, expected: Collection[int]) -> bool:
    """Whether both sides saying this proves nothing: they refused or failed before the application's own code.

    ``expected`` are the statuses that count as evidence all the same.
    """
    status = response.status
    if status in expected:
        return False
    return status in {401, 403, 429} or status >= 500 or gateway_error(response) is not None


# -- the body ----------------------------------------------------------------------------------------------------------


_LONGEST = 2000
"""Bytes; gateways are brief."""
_LONGEST_FAILURE = 64 * 1024
"""Bytes of a failed function's error, which has a stack trace."""
_OWN_MEMBERS = {"message", "Message", "request_id"}
"""Members of a gateway's error body; an application's usually has more. Lambda and IAM write `Message`."""
_FAILURE_MEMBERS = {"errorMessage", "errorType", "stackTrace", "trace", "requestId", "cause"}
"""Members of a failed function's error (AWS Lambda, "error handling" of each runtime)."""


class _Body(NamedTuple):
    message: str = ""
    """What a brief error says: the `message` of an object that has little else, or a plain text."""
    page: str = ""
    """A brief HTML or XML document."""
    failure: str = ""
    """The `errorType` of a failed function."""
    is_applications: bool = False
    """Whether it is structured and says more than a gateway does."""


def _body(response: Response) -> _Body:
    try:
        start = decoded_start(response, _LONGEST_FAILURE)[: _LONGEST_FAILURE + 1]
    except UndecodableError:
        return _Body()
    text = start.decode("utf-8", "replace").strip()
    if text.startswith(("{", "[")):
        return _Body(is_applications=True) if len(start) > _LONGEST_FAILURE else _json(text)
    if text.startswith("<"):
        is_xml = text.startswith("<?xml") or "xml" in header(response.headers, "content-type").lower()
        return _Body(page=text[:_LONGEST], is_applications=is_xml and "html" not in text[:_LONGEST].lower())
    # Kong ends plain texts with the request's id.
    return _Body(message=text[:_LONGEST].partition("\nrequest_id:")[0].rstrip())


def _json(text: str) -> _Body:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return _Body(is_applications=True)
    if not isinstance(body, dict):
        return _Body(is_applications=True)
    if _is_failure(body):
        return _Body(failure=body["errorType"])
    message = body.get("message", body.get("Message"))
    if len(text) > _LONGEST or not set(body) <= _OWN_MEMBERS or not isinstance(message, str | None):
        return _Body(is_applications=True)
    return _Body(message=message or "")


def _is_failure(body: dict[str, Any]) -> bool:
    said = (body.get("errorType"), body.get("errorMessage"))
    return set(body) <= _FAILURE_MEMBERS and all(isinstance(value, str) for value in said)


# -- whose it is -------------------------------------------------------------------------------------------------------


_BALANCER = "awselb/"
"""How the Server of an Application Load Balancer begins; also in front of a Lambda, which names no server."""
_CLOUDFRONT = "generated by cloudfront (cloudfront)"
_TITLE = re.compile(r"<title>([^<]{1,100})</title>", re.IGNORECASE)
_QUOTED = 80
"""Characters of an unknown gateway's message that are shown."""
_HTTP_APIS = frozenset(
    {
        *("apigw-requestid", "content-type", "content-length", "date", "connection", "www-authenticate", "vary"),
        *("transfer-encoding", "content-encoding", "keep-alive", "alt-svc", "server", "age"),
        *("via", "x-cache", "x-amz-cf-pop", "x-amz-cf-id"),
    }
)
"""Headers of an HTTP API's own error, besides those of CORS, and what CloudFront and the way here may add. Its mark is
also on what it forwards, but an application rarely answers with no header of its own."""


def _by_message(response: Response, body: _Body) -> GatewayError | None:
    marks = _marks(response.headers)
    for message in MESSAGES:
        marked = not message.mark or message.mark in marks
        if marked and response.status in message.statuses and _says(body, message):
            return GatewayError(message.gateway, message.text, message.condition)
    return None


def _says(body: _Body, message: Message) -> bool:
    said = body.message.rstrip(".")
    if message.goes_on and (said.startswith(message.text) or (message.mark and message.text in said)):
        return True
    # Kong says the same in HTML and XML to clients that ask for them.
    return said == message.text or (message.gateway == "Kong" and f">{message.text}" in body.page)


def _by_mark(response: Response, body: _Body) -> GatewayError | None:
    kind = header(response.headers, "x-amzn-errortype").partition(":")[0].strip()
    if kind in SIGNATURE_ERRORS and not body.is_applications:
        return GatewayError("API Gateway (REST)", kind, "no-route")
    if body.failure and response.status >= 500:
        return GatewayError("Lambda", f"the function failed with {body.failure[:_QUOTED]}", "no-answer")
    by_balancer = header(response.headers, "server").lower().startswith(_BALANCER)
    if by_balancer and _title(body).startswith(f"{response.status} "):
        return GatewayError("load balancer", _title(body), _condition(response.status))
    if _CLOUDFRONT in body.page.lower():
        return GatewayError("CloudFront", _brief(response, body), _condition(response.status))
    return None


def _by_status(response: Response, body: _Body) -> GatewayError | None:
    if response.status not in (502, 503, 504) or body.is_applications:
        return None
    marks = _marks(response.headers)
    gateway = "Kong" if "kong" in marks else "API Gateway (REST)" if "rest" in marks else "a gateway"
    return GatewayError(gateway, _brief(response, body), _condition(response.status))


def _marks(headers: Headers) -> set[Mark]:
    """Whose own answer it is by its headers."""
    names = {name.lower() for name, _ in headers}
    marks: set[Mark] = set()
    if "x-kong-response-latency" in names:
        # Kong sends it instead of X-Kong-Upstream-Latency where it forwarded nothing (kong/runloop/handler.lua).
        marks.add("kong")
    if "x-amzn-errortype" in names:
        marks.add("rest")
    if "apigw-requestid" in names and all(n in _HTTP_APIS or n.startswith("access-control-") for n in names):
        marks.add("http")
    return marks


def _title(body: _Body) -> str:
    found = _TITLE.search(body.page)
    return found[1].strip() if found else ""


def _brief(response: Response, body: _Body) -> str:
    said = _title(body) or body.message
    if said:
        return said if len(said) <= _QUOTED else f"{said[:_QUOTED]}…"
    known = response.status in set(HTTPStatus)
    return f"{response.status} {HTTPStatus(response.status).phrase}" if known else str(response.status)


_CONDITIONS: dict[int, Condition] = {403: "refused", 404: "no-route", 413: "too-large", 429: "too-many", 504: "timeout"}


def _condition(status: int) -> Condition:
    return _CONDITIONS.get(status, "no-answer" if status >= 500 else "rejected")


def _passed_kong(headers: Headers) -> bool:
    if any(name.lower().startswith(("x-kong-", "kong-")) for name, _ in headers):
        return True
    # `Server: kong/3.4.0` where Kong itself answers; `Via: kong/3.4.0`, since 3.8 `Via: 1.1 kong/3.8.0`.
    return any(
        part.strip().lower().removeprefix("1.1 ").removeprefix("2 ").startswith("kong")
        for name in ("via", "server")
        for value in header_values(headers, name)
        for part in value.split(",")
    )
