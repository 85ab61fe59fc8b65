"""What gateways say when they answer for themselves: a table.

Sources: Kong's `kong/error_handlers.lua`, `kong/runloop/handler.lua`, `kong/runloop/balancer/init.lua` and the plugins
named below; AWS "Gateway response types for API Gateway" (REST API) and "Troubleshooting HTTP API Lambda integrations";
AWS "Troubleshoot your Application Load Balancers"; AWS Lambda "error handling" of each runtime.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["ADVICE", "MESSAGES", "SIGNATURE_ERRORS", "Condition", "Mark", "Message"]

Condition = Literal["no-route", "no-answer", "timeout", "too-many", "too-large", "refused", "rejected"]
"""What the gateway complains of."""

ADVICE: dict[Condition, str] = {
    "no-route": "it knows no such path or method: look at deployment and routing, not at the code",
    "no-answer": "what is behind it is down, crashed or gave no valid answer: look at its deployment and log first",
    "timeout": "what is behind it took too long or can't be reached: look at deployment and time limits first",
    "too-many": "it limits the rate: look at its settings, not at the code",
    "too-large": "it limits the size: look at its settings, not at the code",
    "refused": "it let nobody in: look at credentials and authorizers, not at the code",
    "rejected": "it refused the request before any code saw it: look at its settings",
}

Mark = Literal["", "kong", "rest", "http"]
"""What the headers must say besides, where an application may well use the same words."""


class Message(NamedTuple):
    """One thing that a gateway says, letter for letter."""

    gateway: str
    statuses: tuple[int, ...]
    text: str
    condition: Condition
    mark: Mark = ""
    goes_on: bool = False
    """Whether more may follow or, where there is a mark, precede. It is not shown: it may quote who asked for what."""


_KONG, _REST, _HTTP = "Kong", "API Gateway (REST)", "API Gateway (HTTP)"

MESSAGES: tuple[Message, ...] = (
    Message(_KONG, (404,), "no Route matched with those values", "no-route"),
    Message(_KONG, (500, 502, 503), "An invalid response was received from the upstream server", "no-answer"),
    Message(_KONG, (503,), "The upstream server is currently unavailable", "no-answer"),
    Message(_KONG, (503,), "failure to get a peer from the ring-balancer", "no-answer"),
    Message(_KONG, (503,), "name resolution failed", "no-answer"),
    Message(_KONG, (504,), "The upstream server is timing out", "timeout"),
    Message(_KONG, (500, 502), "An unexpected error occurred", "no-answer", "kong"),
    # The plugins rate-limiting, response-ratelimiting ("… for 'videos'") and request-size-limiting.
    Message(_KONG, (429,), "API rate limit exceeded", "too-many", goes_on=True),
    Message(_KONG, (413, 417), "Request size limit exceeded", "too-large"),
    # The plugins key-auth, basic-auth, jwt, acl and ip-restriction.
    Message(_KONG, (401,), "No API key found in request", "refused"),
    Message(_KONG, (401,), "Duplicate API key found", "refused", "kong"),
    Message(_KONG, (401,), "Unauthorized", "refused", "kong"),
    Message(_KONG, (401, 403), "Invalid authentication credentials", "refused", "kong"),
    Message(_KONG, (403,), "You cannot consume this service", "refused", "kong"),
    Message(_KONG, (403,), "Your IP address is not allowed", "refused", "kong"),
    Message(_KONG, (403,), "IP address not allowed", "refused", "kong", goes_on=True),
    Message(_KONG, (426,), "Please use HTTPS protocol", "rejected", "kong"),
    # What the nginx in it refuses.
    Message(_KONG, (400,), "Bad request", "rejected", "kong"),
    Message(_KONG, (404,), "Not found", "no-route", "kong"),
    Message(_KONG, (405,), "Method not allowed", "rejected", "kong"),
    Message(_KONG, (408,), "Request timeout", "timeout", "kong"),
    Message(_KONG, (413,), "Payload too large", "too-large", "kong"),
    Message(_KONG, (414,), "URI too long", "too-large", "kong"),
    Message(_KONG, (494,), "Request header or cookie too large", "too-large"),
    Message(_REST, (403,), "Missing Authentication Token", "no-route"),
    Message(_REST, (404,), "Not Found", "no-route", "rest"),
    Message(_REST, (504,), "Endpoint request timed out", "timeout"),
    Message(_REST, (504,), "Network error communicating with endpoint", "no-answer"),
    Message(_REST, (500, 502, 504), "Internal server error", "no-answer", "rest"),
    Message(_REST, (503,), "Service Unavailable", "no-answer", "rest"),
    Message(_REST, (413,), "Request Too Long", "too-large", "rest"),
    Message(_REST, (413,), "Request Entity Too Large", "too-large", "rest"),
    Message(_REST, (429,), "Too Many Requests", "too-many", "rest"),
    Message(_REST, (429,), "Limit Exceeded", "too-many", "rest"),
    Message(_REST, (401,), "Unauthorized", "refused", "rest"),
    Message(_REST, (401,), "The incoming token has expired", "refused", "rest"),
    Message(_REST, (403,), "Forbidden", "refused", "rest"),
    Message(_REST, (403,), "User is not authorized to access this resource", "refused", "rest", goes_on=True),
    Message(_REST, (403,), "is not authorized to perform: execute-api:Invoke", "refused", "rest", goes_on=True),
    Message(_REST, (400,), "Invalid request body", "rejected", "rest"),
    Message(_REST, (400,), "Missing required request parameters", "rejected", "rest", goes_on=True),
    Message(_REST, (415,), "Unsupported Media Type", "rejected", "rest"),
    Message(_HTTP, (404,), "Not Found", "no-route", "http"),
    Message(_HTTP, (500,), "Internal Server Error", "no-answer", "http"),
    Message(_HTTP, (503,), "Service Unavailable", "timeout", "http"),
    Message(_HTTP, (413,), "Request Entity Too Large", "too-large", "http"),
    Message(_HTTP, (429,), "Too Many Requests", "too-many", "http"),
    Message(_HTTP, (401,), "Unauthorized", "refused", "http"),
    Message(_HTTP, (403,), "Forbidden", "refused", "http"),
    Message(_HTTP, (400,), "Bad Request", "rejected", "http"),
)

SIGNATURE_ERRORS = {
    "MissingAuthenticationTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "UnrecognizedClientException",
}
"""`x-amzn-ErrorType`s of a REST API that takes a request for one to be signed: it does so for a path or method that it
doesn't know. The message quotes the Authorization header, so it is never shown."""
