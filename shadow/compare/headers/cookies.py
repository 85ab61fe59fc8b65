"""Set-Cookie headers, cookie by cookie: names and attributes are compared, values are not (RFC 6265 §4.1)."""

from __future__ import annotations

from shadow.compare.base_urls import BaseUrls
from shadow.compare.dates import parse_date
from shadow.compare.description import described
from shadow.compare.difference import Difference, Kind
from shadow.compare.documents.locations import is_id
from shadow.compare.documents.values import ABSENT
from shadow.compare.headers.profiles import Profile
from shadow.exchange import Headers, Side, header_values

__all__ = ["cookie_differences"]

_COMPARED = ("path", "domain", "max-age", "expires", "secure", "httponly", "samesite", "partitioned")


def cookie_differences(legacy: Headers, candidate: Headers, urls: BaseUrls, profile: Profile) -> list[Difference]:
    """One difference for each cookie that is set on one side only, or with other attributes.

    A cookie's value is a secret or changes anyway, so it never appears here; that a cookie is deleted does.
    """
    one = _cookies(legacy, Side.LEGACY, urls)
    other = _cookies(candidate, Side.CANDIDATE, urls)
    differences = []
    for name in sorted(one.keys() | other.keys()):
        left, right = one.get(name), other.get(name)
        if left != right and not profile.drops_cookie(name):
            differences.append(_difference(name, left, right))
    return differences


def _difference(name: str, left: dict[str, str] | None, right: dict[str, str] | None) -> Difference:
    kind: Kind = "header-missing" if right is None else "header-added" if left is None else "header-changed"
    if left is None or right is None:
        said = "is not set" if right is None else "is set, and not by legacy"
    else:
        changed = [a for a in (*_COMPARED, "deleted") if left.get(a) != right.get(a)]
        said = "has other attributes: " + "; ".join(
            f"{a} {left.get(a, 'absent') or 'present'} became {right.get(a, 'absent') or 'present'}" for a in changed
        )
    return described(
        "header",
        "set-cookie",
        kind,
        "cookie",
        ABSENT if left is None else _shown(name, left),
        ABSENT if right is None else _shown(name, right),
        summary=f"cookie {name!r} {said}",
        detail="*" if is_id(name) else name,
    )


def _cookies(headers: Headers, side: Side, urls: BaseUrls) -> dict[str, dict[str, str]]:
    """Name → compared attributes; of several of one name the last counts, as it does for a browser."""
    cookies: dict[str, dict[str, str]] = {}
    for line in header_values(headers, "set-cookie"):
        pair, *attributes = line.split(";")
        name, _, value = pair.partition("=")
        read = {"deleted": ""} if not value.strip().strip('"') else {}
        for attribute in attributes:
            key, _, argument = attribute.partition("=")
            key, argument = key.strip().lower(), argument.strip()
            if key in _COMPARED:
                read[key] = argument
        cookies[name.strip()] = _meaning(read, side, urls)
    return cookies


def _meaning(read: dict[str, str], side: Side, urls: BaseUrls) -> dict[str, str]:
    for key in ("samesite", "domain"):
        if key in read:
            read[key] = read[key].lower().removeprefix(".")
    if "path" in read:
        read["path"] = urls.relative(side, read["path"])
    if "expires" in read:
        expires = parse_date(read["expires"].replace("-", " "))
        # A date relative to now can't be compared, but one long past (2001) deletes the cookie.
        if expires is not None and expires.instant.seconds < 10**9:
            read["deleted"] = ""
        read["expires"] = ""
    if read.get("max-age", "1").lstrip("-") == "0" or read.get("max-age", "").startswith("-"):
        read["deleted"] = ""
    return read


def _shown(name: str, read: dict[str, str]) -> str:
    return "; ".join([name, *(f"{key}={value}" if value else key for key, value in sorted(read.items()))])
