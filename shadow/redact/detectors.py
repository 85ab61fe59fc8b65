"""What is secret by its looks, wherever it stands. A table: add a row, and text, JSON, forms and headers know it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from shadow.routes.path_secrets import TELLING, TOKEN

__all__ = ["DETECTORS", "EMAILS", "Detector", "is_card_number"]


class Detector(NamedTuple):
    fragment: str
    """Lower-case ASCII that every match holds (in any case): where it is missing there is nothing to look for."""
    pattern: re.Pattern[str]
    """Group ``secret`` is what must not be written down."""
    digits: int = 0
    """Digits that every match holds, with nothing but spaces and hyphens between them."""
    beside: tuple[str, ...] = ()
    """Every match holds one of these, too (in lower case)."""
    confirms: Callable[[str], bool] | None = None
    """Whether what the pattern found is one in fact."""


def is_card_number(text: str) -> bool:
    """A payment card's number: a known issuer's prefix and length, and a right check digit (ISO/IEC 7812-1, Luhn)."""
    digits = re.sub(r"[ -]", "", text)
    if _ISSUERS.fullmatch(digits) is None:
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


_ISSUERS = re.compile(
    r"""
      4\d{12} | 4\d{15} | 4\d{18}                                            # Visa
    | 5[1-5]\d{14} | 2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}       # Mastercard
    | 3[47]\d{13}                                                            # American Express
    | 3(?:0[0-5]|[68]\d)\d{11}                                               # Diners Club
    | 6(?:011|5\d\d|4[4-9]\d)\d{12,15}                                       # Discover
    | 35(?:2[89]|[3-8]\d)\d{12,15}                                           # JCB
    | 62\d{14,17}                                                            # UnionPay
    | (?:50|5[6-9]|6[37])\d{14}                                              # Maestro, at its usual length
    """,
    re.VERBOSE | re.ASCII,
)

_CARD_LIKE = (
    r"(?<!\d)(?<!\d\.)"
    r"(?:\d{13,19}|\d{4}(?:[ -]\d{4}){3}|\d{4}[ -]\d{6}[ -]\d{4,5})(?!\d)"
)
"""As one number, or in the groups that are printed on cards."""

DETECTORS = (
    # PEM (RFC 7468), also cut off before its end
    Detector(
        "private key",
        re.compile(
            r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))", re.DOTALL
        ),
    ),
    # JWT, JWS and JWE (RFC 7519, 7515, 7516): base64url of `{"`; also cut off before its first dot
    Detector("eyj", re.compile(r"(?P<secret>eyJ[\w-]{10,}(?:\.[\w-]*){0,4})", re.ASCII)),
    # AWS access key ids (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)
    *(
        Detector(prefix.lower(), re.compile(rf"(?<![A-Za-z0-9])(?P<secret>{prefix}[A-Z2-7]{{16}})(?![A-Za-z0-9])"))
        for prefix in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    # HTTP credentials (RFC 7617, RFC 6750), and not a challenge such as `Bearer authorization_uri="https://…"`
    *(
        Detector(
            scheme,
            re.compile(rf"\b{scheme}\s+(?![\w-]+=[\"'][\w/])(?P<secret>[\w~+/.:-]{{8,}}=*)", re.IGNORECASE | re.ASCII),
        )
        for scheme in ("bearer", "basic")
    ),
    # the password of a URL (RFC 3986 §3.2.1)
    Detector("://", re.compile(r"://[^\s/?#@:\"'<>]*:(?P<secret>[^\s/?#@\"'<>]+)@")),
    # OAuth's code, which always comes with its state (RFC 6749 §4.1.2)
    Detector(
        "code=", re.compile(r"[?&;]code=(?!\[redacted )(?P<secret>[^\s&\"'<>#;]{6,})(?=&[^\s\"'<>#]{0,200}?\bstate=)")
    ),
    Detector("code=", re.compile(r"\bstate=[^\s\"'<>#]{0,200}?[&;]code=(?!\[redacted )(?P<secret>[^\s&\"'<>#;]{6,})")),
    # tokens that their makers gave a prefix so that scanners find them
    Detector("gh", re.compile(r"\b(?P<secret>gh[pousr]_[A-Za-z0-9]{30,})", re.ASCII)),
    Detector("github_pat_", re.compile(r"\b(?P<secret>github_pat_\w{30,})", re.ASCII)),
    Detector("glpat-", re.compile(r"\b(?P<secret>glpat-[\w-]{20,})", re.ASCII)),
    Detector("xox", re.compile(r"\b(?P<secret>xox[abeoprs]-[\w-]{10,})", re.ASCII)),
    Detector("_live_", re.compile(r"\b(?P<secret>[rs]k_live_[A-Za-z0-9]{10,})", re.ASCII)),
    Detector("aiza", re.compile(r"(?P<secret>AIza[\w-]{35})", re.ASCII)),
    Detector("", re.compile(rf"(?P<secret>{_CARD_LIKE})", re.ASCII), digits=13, confirms=is_card_number),
    # the token in a link, which stands in its path
    Detector(
        "/",
        re.compile(
            rf"/[\w-]{{0,40}}(?i:{'|'.join(TELLING)})[\w-]{{0,40}}(?:/[^\s/?#\"'<>\\&]{{1,40}}){{0,3}}?/"
            rf"(?!\[redacted |%5Bredacted)(?P<secret>{TOKEN})",
            re.ASCII,
        ),
        beside=TELLING,
    ),
)

_LOCAL = r"\w.+~!$*-"
"""Of what people have before the ``@`` (RFC 5322 §3.2.3, RFC 6531), less what delimits addresses in other texts."""
EMAILS = tuple(
    Detector(
        at,
        # Each run of characters is tried once, from its start, so that this is linear.
        re.compile(rf"(?<![{_LOCAL}])(?P<secret>[{_LOCAL}]++{at}(?:[\w-]++\.(?=[\w-]))++[^\W\d_][\w-]++)"),
    )
    for at in ("@", "%40")
)
"""E-mail addresses, where `redact.emails` asks for it; also in a link within a text."""
