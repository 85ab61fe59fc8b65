"""Which headers are compared: the profiles as tables.

Sources: RFC 9110 and RFC 9111 (connection, transport), Kong's sources (`kong/constants.lua`, the rate-limiting and
proxy-cache plugins), AWS "API Gateway important notes" (remapped headers) and CloudFront's "response headers".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple

__all__ = ["ALIASES", "PROFILES", "Profile", "Treat"]


class Treat(StrEnum):
    """What becomes of a header."""

    COMPARE = "compare"
    LIST = "list"
    """Not compared; a notice where only one side sends it."""
    DROP = "drop"
    """Not looked at."""


class Profile(NamedTuple):
    """Rows of (names, what becomes of them); a name that ends with `*` stands for all that begin so.

    The first row that names a header counts; a header that no row names is compared.
    """

    rows: tuple[tuple[tuple[str, ...], Treat], ...]
    default: Treat = Treat.COMPARE
    weak_etags: bool = True
    """Whether weak ETags, which frameworks make from the body's bytes, are compared."""
    dropped_cookies: tuple[str, ...] = ()
    """Names (or, with `*`, beginnings) of cookies that are not looked at."""

    def drops_cookie(self, name: str) -> bool:
        """Whether the cookie of that name is not looked at."""
        return any(_fits(name, n) for n in self.dropped_cookies)

    def treat(self, name: str) -> Treat:
        """What becomes of the header of that name (lower case)."""
        for names, treat in self.rows:
            if any(_fits(name, n) for n in names):
                return treat
        return self.default


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


ALIASES = {"x-amzn-remapped-www-authenticate": "www-authenticate"}
"""A REST API renames this header on its way to the client; the two names are one header."""

_TRANSPORT = (
    "connection",
    "keep-alive",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "proxy-*",
    "date",
    "content-length",
    "content-encoding",
    "alt-svc",
    "http2-settings",
)
"""How a response travels, not what it says; bodies are compared decoded."""

_REQUEST_IDS = (
    "x-request-id",
    "x-correlation-id",
    "x-trace-id",
    "traceparent",
    "tracestate",
    "x-b3-*",
    "x-kong-request-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-amz-apigw-id",
    "apigw-requestid",
    "x-amz-cf-id",
    "x-shadow-mirror",
)
"""Different for every request by their nature."""

_KONG = (
    "x-kong-*",
    "kong-*",
    "via",
    "server",
)
_KONG_PLUGINS = (
    "ratelimit-*",
    "x-ratelimit-*",
    "retry-after",
    "x-cache-status",
    "x-cache-key",
    "age",
)
_AWS = (
    "x-amzn-remapped-*",
    "x-amzn-errortype",
    "x-cache",
    "x-amz-cf-pop",
)
_FRAMEWORK = ("x-powered-by", "x-runtime", "x-response-time", "server-timing")
_BALANCER_COOKIES = ("AWSALB*", "AWSELB*", "__cf_bm", "_cfuvid")
"""Set by load balancers and CDNs for themselves."""

PROFILES: dict[Literal["gateway", "strict", "none"], Profile] = {
    "gateway": Profile(
        (
            (_TRANSPORT, Treat.DROP),
            (_REQUEST_IDS, Treat.DROP),
            (_KONG, Treat.LIST),
            (_KONG_PLUGINS, Treat.LIST),
            (_AWS, Treat.LIST),
            (_FRAMEWORK, Treat.LIST),
        ),
        weak_etags=False,
        dropped_cookies=_BALANCER_COOKIES,
    ),
    "strict": Profile(((_TRANSPORT, Treat.DROP),)),
    "none": Profile((), default=Treat.DROP),
}
