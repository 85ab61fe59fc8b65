"""WWW-Authenticate (RFC 9110 §11.6.1): a set of challenges, one or more to a header."""

from __future__ import annotations

from shadow.compare.headers.grammar import OWS, Pairs, lower, named, pair, split
from shadow.compare.headers.meaning import Meaning

__all__ = ["challenges"]

_RANDOM = {"nonce", "opaque"}
"""Parameters that are made anew for each response (RFC 7616 §3.3); that they are there counts."""


def challenges(value: str) -> Meaning:
    """Each challenge as (scheme, token68, parameters); a client takes the strongest, so their order has no meaning.

    Commas separate challenges and the parameters of one alike: what has a word before its `name=` begins another.
    """
    found: list[tuple[str, str, Pairs]] = []
    for part in split(value):
        name, equals, _ = part.partition("=")
        if equals and not _has_space(name.rstrip(OWS)):
            if not found:
                found.append(("", "", []))
            found[-1][2].append(_parameter(part))
            continue
        scheme, rest = _first_word(part)
        token68 = not rest.partition("=")[2].strip("=")
        found.append((lower(scheme), rest if token68 else "", [] if token68 else [_parameter(rest)]))
    return frozenset((scheme, token, named(pairs)) for scheme, token, pairs in found)


def _parameter(text: str) -> tuple[str, str]:
    name, value = pair(text)
    return name, "*" if name in _RANDOM else value


def _has_space(text: str) -> bool:
    return " " in text or "\t" in text


def _first_word(text: str) -> tuple[str, str]:
    head, _, rest = text.replace("\t", " ").partition(" ")
    return head, rest.lstrip(OWS)
