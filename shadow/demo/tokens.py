"""Bearer tokens of the demo's players: JSON Web Tokens (RFC 7519), signed with HS256 (RFC 7518 §3.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

from shadow.exchange import Headers, header

__all__ = ["mint", "subject"]

_KEY = b"known to both sides of the demo, and protects nothing"


def mint(player: str) -> str:
    """A token for the player; the same one every time."""
    head = _encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    claims = _encode(json.dumps({"sub": player, "iss": "shadow-demo"}).encode())
    return f"{head}.{claims}.{_signature(f'{head}.{claims}')}"


def subject(headers: Headers) -> str | None:
    """The player whose valid token the request carries; None without one."""
    scheme, _, token = header(headers, "Authorization").partition(" ")
    signed, _, signature = token.rpartition(".")
    if scheme.lower() != "bearer" or not hmac.compare_digest(_signature(signed).encode(), signature.encode()):
        return None
    try:
        return str(json.loads(_decode(signed.split(".")[1]))["sub"])
    except (binascii.Error, IndexError, KeyError, TypeError, ValueError):
        return None


def _signature(signed: str) -> str:
    return _encode(hmac.digest(_KEY, signed.encode(), hashlib.sha256))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
