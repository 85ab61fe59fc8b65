"""What is secret by its name. Tables; add to them in shadow.toml (`[redact]`), or here."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "CHALLENGE_HEADERS",
    "COOKIE_HEADERS",
    "FRAGMENTS",
    "SCHEME_HEADERS",
    "SECRET_HEADERS",
    "URL_HEADERS",
    "bare",
    "is_secret_header",
    "is_secret_name",
    "normal",
]

SCHEME_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "x-forwarded-authorization", "x-amzn-remapped-authorization"}
)
"""``Scheme credentials`` (RFC 9110 §11.4): the scheme is kept, because a changed one is worth seeing."""
COOKIE_HEADERS = frozenset({"cookie", "set-cookie", "set-cookie2"})
"""Each cookie's value is secret; names and attributes are kept."""
CHALLENGE_HEADERS = frozenset({"www-authenticate", "proxy-authenticate", "x-amzn-remapped-www-authenticate"})
"""``Scheme token68`` is a secret in them, parameters are none (RFC 9110 §11.6.1)."""
URL_HEADERS = frozenset({"location", "content-location", "refresh", "link", "referer"})
"""An OAuth code is passed on in their queries."""
SECRET_HEADERS = frozenset(
    {
        "x-api-key",
        "x-apikey",
        "api-key",
        "apikey",
        "x-goog-api-key",
        "x-functions-key",
        "ocp-apim-subscription-key",
        "x-amz-security-token",
        "x-amz-credential",
        "x-amz-signature",
        "x-auth-token",
        "x-access-token",
        "x-id-token",
        "x-amzn-oidc-data",
        "x-amzn-oidc-identity",
        "x-amzn-oidc-accesstoken",
        "x-csrf",
        "x-csrf-token",
        "x-xsrf-token",
        "x-session-id",
        "x-vault-token",
        "private-token",
        "x-hub-signature",
        "x-hub-signature-256",
        "stripe-signature",
        "authentication-info",
        "x-client-cert",
        "x-amzn-mtls-clientcert",
        "x-forwarded-client-cert",
        "dpop",
    }
)
_SECRET_HEADER = re.compile(r"(?:token|apikey|authorization)$|secret|password")
"""In a header's normal name, besides the list."""

_SECRET_NAME = re.compile(
    r"""
      password | passwd | passphrase | passcode
    | ^(?:new|old|current|user|login)?pwd$ | ^pass$
    | ^(?:x)?(?:access|refresh|id|auth|bearer|api|session|security|csrf|xsrf|jwt|reset|verification|activation|invite
        |magic|oauth|oauth2|client|user|login|amzsecurity|device|push|remember|csrfmiddleware|binarysecurity
        |requestverification)?tokens?$
    | ^authorization$ | ^proxyauthorization$ | ^(?:set)?cookie$
    | secret$ | ^secret | secretkey$ | secretaccesskey$
    | apikeys?$ | privatekey$ | encryptionkey$ | signingkey$ | ^(?:aws)?accesskey(?:id)?$
    | ^credentials?$ | ^jwt$ | ^bearer$ | ^jsessionid$ | ^phpsessid$ | ^sessionid$ | ^sid$
    | ^(?:x?amz)?(?:signature(?:value)?|credential)$ | ^sig$ | ^clientassertion$ | ^codeverifier$
    | ^samlresponse$ | ^assertion$
    | ^(?:otp|totp|mfa|onetime|verification|recovery|backup|pin)codes?$ | ^otp$ | ^pin$
    | ^cvv2?$ | ^cvc2?$ | ^cardnumber$ | ^creditcard(?:number)?$ | ^pan$ | ^iban$ | ^ssn$ | ^socialsecuritynumber$
    """,
    re.VERBOSE,
)
"""In the normal name of a JSON member, query parameter, form field, XML element or attribute."""

FRAGMENTS = (
    b"pass",
    b"pwd",
    b"token",
    b"authorization",
    b"cookie",
    b"secret",
    b"key",
    b"credential",
    b"jwt",
    b"bearer",
    b"sess",
    b"sid",
    b"signature",
    b"sig",
    b"assertion",
    b"verifier",
    b"saml",
    b"code",
    b"otp",
    b"pin",
    b"cvv",
    b"cvc",
    b"card",
    b"pan",
    b"iban",
    b"ssn",
    b"social",
)
"""The normal form of every name that `is_secret_name` knows holds one of these."""

_SEPARATORS = re.compile(r"[-_. ]")
_DATA = re.compile(r"\Adata-", re.IGNORECASE)


def normal(name: str) -> str:
    """``access_token``, ``Access-Token`` and ``accessToken`` are one name. Only ASCII letters lose their case."""
    lowered = name.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    return _SEPARATORS.sub("", lowered)


def bare(name: str) -> str:
    """A name in markup without what is around it: ``@token``, ``@{uri}token``, ``ns:token``, ``data-token``."""
    return _DATA.sub("", name.removeprefix("@").rpartition("}")[2].rpartition(":")[2])


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether what stands under this name (of a member, parameter, field, element or attribute) is secret."""
    if len(name) > 200:
        return False
    return _SECRET_NAME.search(normal(name)) is not None or _SECRET_NAME.search(normal(bare(name))) is not None


@lru_cache(maxsize=4096)
def is_secret_header(name: str) -> bool:
    lowered = name.lower()
    return lowered in SECRET_HEADERS or _SECRET_HEADER.search(normal(name)) is not None
