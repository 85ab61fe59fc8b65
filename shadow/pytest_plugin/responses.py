"""Responses of httpx and requests → `shadow.Response`; told by what they have, for neither need be installed.

Both hand out the body decoded, with the header Content-Encoding still there. Such codings are taken out of the header,
so that nobody takes them off again. How a body was encoded is never compared, so nothing is lost by that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shadow.errors import UsageError
from shadow.exchange import Headers, Response

__all__ = ["as_response"]

_HTTPX_DECODES = ("gzip", "deflate", "br", "zstd")
"""httpx takes these off where brotli and zstandard are installed, which shadow asks for; others it leaves on."""
_URLLIB3_DECODES = ("gzip", "x-gzip", "deflate", "br", "zstd")
"""What requests takes off where its response does not say (urllib3's `HTTPResponse.CONTENT_DECODERS`)."""


def as_response(response: Any, name: str) -> Response:
    """The response as comparing takes it. ``name`` is that of the argument, for the message.

    Raises UsageError for anything else, and for a body that has not been read.
    """
    if isinstance(response, Response):
        return response
    if hasattr(response, "status_code") and hasattr(response.headers, "multi_items"):
        return _plain(response, _httpx_headers(response), _HTTPX_DECODES, name)
    if hasattr(response, "status_code") and hasattr(response, "iter_content") and hasattr(response, "raw"):
        decodes = getattr(response.raw, "CONTENT_DECODERS", _URLLIB3_DECODES)
        return _plain(response, _requests_headers(response), decodes, name)
    raise UsageError(
        f"shadow_compare takes responses of httpx or requests, or shadow.Response(status, headers, body); {name} is "
        f"{_article(type(response))}"
    )


def _plain(response: Any, headers: Headers, decoded: Iterable[str], name: str) -> Response:
    return Response(response.status_code, _without_codings(headers, decoded), _body(response, name))


def _httpx_headers(response: Any) -> Headers:
    # `raw` has the bytes of the wire; the other ways in guess an encoding.
    return [(key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers.raw]


def _requests_headers(response: Any) -> Headers:
    """requests joins headers that come more than once, which does harm to Set-Cookie; urllib3 below it doesn't."""
    sent: Any = getattr(response.raw, "headers", None)
    lines = sent.iteritems() if hasattr(sent, "iteritems") else response.headers.items()
    return [(str(key), str(value)) for key, value in lines]


def _body(response: Any, name: str) -> bytes:
    try:
        return bytes(response.content or b"")
    except (RuntimeError, OSError) as error:
        # httpx: ResponseNotRead, StreamConsumed. requests: a consumed stream, or a connection that broke.
        raise UsageError(
            f"the body of the {name} response can't be read ({type(error).__name__}); where it is streamed, call its "
            "read() (httpx; await aread() of an async one) or use its content (requests) before anything else reads it"
        ) from error


def _without_codings(headers: Headers, decoded: Iterable[str]) -> Headers:
    """The headers with those codings left that are still on the body."""
    taken_off = {coding.lower() for coding in decoded}
    kept: Headers = []
    for key, value in headers:
        if key.lower() != "content-encoding":
            kept.append((key, value))
        elif left := [coding for coding in _split(value) if coding.lower() not in taken_off]:
            kept.append((key, ", ".join(left)))
    return kept


def _split(value: str) -> list[str]:
    return [coding.strip() for coding in value.split(",") if coding.strip()]


def _article(kind: type) -> str:
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
