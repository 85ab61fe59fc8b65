"""Content-Security-Policy and Permissions-Policy: what a page may do."""

from __future__ import annotations

from shadow.compare.headers.grammar import OWS, lower, split, words
from shadow.compare.headers.meaning import Meaning

__all__ = ["content_policy", "permissions"]

_NONCE = "'nonce-"


def content_policy(value: str) -> Meaning:
    """A set of policies, which all hold at once; each a map of directives to sets of values (W3C CSP3 §2.2).

    Of a directive that a policy has twice, the first counts. A nonce is made anew for each response.
    """
    policies = set[Meaning]()
    for policy in value.split(","):
        directives: dict[str, frozenset[str]] = {}
        for directive in policy.split(";"):
            name, *values = words(directive) or [""]
            if name:
                directives.setdefault(lower(name), frozenset(map(_without_nonce, values)))
        if directives:
            policies.add(frozenset(directives.items()))
    return frozenset(policies)


def permissions(value: str) -> Meaning:
    """A map of features to sets of origins (RFC 8941 §3.2: of a name that comes twice, the last counts)."""
    features: dict[str, Meaning] = {}
    for feature in split(value):
        name, equals, origins = feature.partition("=")
        # A name alone is a true, which is no list of origins, least of all the empty one.
        origins = origins.strip(OWS) if equals else "?1"
        inner = origins[1:-1] if origins.startswith("(") and origins.endswith(")") else origins
        features[name.strip(OWS)] = frozenset(words(inner))
    return frozenset(features.items())


def _without_nonce(word: str) -> str:
    return f"{_NONCE}…'" if lower(word).startswith(_NONCE) else word
