"""Addresses that keys take: a side's base URL, where the proxy listens, where the store is.

Each check returns the address or raises ValueError in words that follow the key ("must start with …").
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["CONTROL", "check_base_url", "check_listen", "check_store_url"]

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Control characters and line breaks, which no address, path or header has."""


def check_base_url(url: str) -> str:
    """A side's base URL, normalised: scheme and host in lower case, no default port, no trailing slash.

    Raises ValueError, in words that follow the key, for what is not an http(s) URL with a host, or has more than
    scheme, host, port and path.
    """
    if CONTROL.search(url) or " " in url or not url.isascii():
        raise ValueError("must be ASCII without spaces (the path percent-encoded, the host in its xn-- form)")
    scheme, separator, rest = url.partition("://")
    if "@" in re.split("[/?#]", rest, maxsplit=1)[0] or (not separator and "@" in scheme):
        # The URL is not repeated: it holds a password.
        raise ValueError("must not contain a user or password; send credentials with `headers` or `auth`")
    if not separator or scheme.lower() not in _PORTS:
        raise ValueError(f'must start with http:// or https://, not "{url}"')
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(f"is not a URL: {error}") from None
    if not _HOST.fullmatch(host) or port == 0:
        raise ValueError(f'must have a host, and a port from 1 to 65535 if any, not "{parts.netloc}"')
    if "?" in url or "#" in url:
        raise ValueError("must not have a query or a fragment (`?…`, `#…`); it is the start of every URL of this side")
    netloc = parts.netloc.lower().removesuffix(":").removesuffix(f":{_PORTS[parts.scheme]}")
    return f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}"


def check_listen(address: str) -> str:
    """The address itself. Raises ValueError for what is not host:port, with an IPv6 host in brackets."""
    found = _LISTEN.fullmatch(address)
    if found is None or int(found[1]) > 65535:
        raise ValueError(f'must be host:port, such as "127.0.0.1:8080" or "[::1]:8080", not "{address}"')
    return address


def check_store_url(url: str) -> str:
    """The URL itself. Raises ValueError for what is neither a SQLite file nor a PostgreSQL database.

    No message repeats the URL, which may hold a password.
    """
    if CONTROL.search(url):
        raise ValueError("must not contain line breaks or other control characters")
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("sqlite", "postgresql+psycopg"):
        wanted = (
            "postgresql+psycopg://" if scheme.startswith("postgres") else "sqlite:///FILE or postgresql+psycopg://…"
        )
        raise ValueError(f"must start with {wanted}")
    if scheme == "sqlite" and (
        not rest.startswith("/") or rest.startswith("/file:") or rest.partition("?")[0] in ("/", "/:memory:")
    ):
        raise ValueError("must name a file, such as sqlite:///shadow.db; several processes share it")
    if scheme != "sqlite":
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise ValueError("is not a URL; percent-encode what is special in user and password") from None
    return url


_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[\w.~-]+|[0-9A-Fa-f:.]+(?:%[\w.~-]+)?", re.ASCII)
_LISTEN = re.compile(r"(?:\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[^\s:\[\]/@]+):(\d{1,5})", re.ASCII)
