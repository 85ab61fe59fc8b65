"""What each header's value means: which spellings are one, and which are two."""

from __future__ import annotations

import pytest

from shadow.compare import compare
from shadow.compare.headers.profiles import packaged
from shadow.compare.headers.readings import READS
from shadow.compare.rules import Rules
from shadow.exchange import Response

HOST = Rules(profile="strict", legacy_url="https://h/kong", candidate_url="https://h")
DATE = "Mon, 01 Jan 2024 00:00:00 GMT"


def classes(name: str, legacy: str | list[str], candidate: str | list[str]) -> list[str]:
    one, other = (
        Response(200, [("Date", DATE), *((name, v) for v in ([said] if isinstance(said, str) else said))])
        for said in (legacy, candidate)
    )
    there, back = compare(one, other, HOST), compare(other, one, HOST)
    if "/kong" not in repr((legacy, candidate)):
        assert [d.class_ for d in there] == [d.class_ for d in back]
    return [d.class_ for d in there]


SAME: list[tuple[str, str | list[str], str | list[str]]] = [
    ("Link", '<https://h/kong/o?p=2>; rel="next"', '<https://h/o?p=2>; rel="next"'),
    ("Link", "</kong/o>; rel=next", "<https://h/o>;rel=NEXT"),
    ("Link", '<a>; rel=next, <b>; rel=last; title="x, y"', ['<b>; title="x, y"; rel=last', "<a>; rel=next"]),
    ("Link", '<a>; rel="next last"', "<a>; rel=next, <a>; rel=last"),
    ("Link", "<a>; rel=x; rel=y", "<a>; rel=x"),
    ("Link", "<https://h/kong/a>; rel=x, <https://h/b>; rel=y", "<https://h/b>; rel=y, <https://h/a>; rel=x"),
    ("Content-Disposition", "attachment; filename=x.txt", 'Attachment;FileName="x.txt"'),
    ("Content-Disposition", "attachment; filename=x.txt", "attachment; filename*=UTF-8''x.txt"),
    (
        "Content-Disposition",
        "attachment; filename*=UTF-8''na%c3%afve.txt; filename=na_ve.txt",
        "attachment; filename=\"na_ve.txt\"; filename*=utf-8''na%C3%AFve.txt",
    ),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains", 'includesubdomains;max-age="31536000"'),
    ("Permissions-Policy", 'geolocation=(self "https://a"), camera=()', 'camera=(),geolocation=("https://a" self)'),
    ("Permissions-Policy", "camera=self", "camera=(self)"),
    ("Content-Security-Policy", "default-src 'self' a.com; img-src *", "img-src *;default-src a.com  'self';"),
    ("Content-Security-Policy", "script-src 'nonce-abc'", "script-src 'nonce-xyz'"),
    ("Content-Security-Policy", "img-src a; img-src b", "img-src a"),
    ("Content-Security-Policy", ["img-src a", "font-src b"], "font-src b, img-src a"),
    ("Accept-Patch", "text/example;charset=utf-8, application/json", 'application/json, Text/Example; charset="utf-8"'),
    ("Accept-Post", "*/*", ["*/*"]),
    ("Accept", "a/b, c/d;q=0.5", "c/d; q=0.5,a/b"),
    ("WWW-Authenticate", 'Basic realm="a, b", Bearer', 'bearer, basic realm="a, b"'),
    ("WWW-Authenticate", ["Basic realm=a", "Bearer scope=x, error=y"], 'Bearer error="y", Scope=x, Basic realm="a"'),
    ("WWW-Authenticate", 'Digest realm=a, nonce="1"', 'Digest realm=a, nonce="2"'),
    ("WWW-Authenticate", "Negotiate abc==", "NEGOTIATE abc=="),
    ("WWW-Authenticate", 'Basic  realm = "a"', 'Basic realm="a"'),
    ("x-amzn-Remapped-WWW-Authenticate", "Bearer", "BEARER"),
    ("Refresh", "5; url=https://h/kong/a", "5;URL='https://h/a'"),
    ("Refresh", "5,/kong/a", "5; url=/a"),
    ("Content-Range", "bytes 0-9/100", "Bytes  0-9/100"),
    ("Access-Control-Allow-Headers", "X-A, content-type", "Content-Type,x-a"),
    ("Access-Control-Allow-Methods", "GET,PUT", ["PUT", "GET"]),
    ("Retry-After", "60", "Mon, 01 Jan 2024 00:01:01 GMT"),
    ("Retry-After", "0", "Sun, 31 Dec 2023 00:00:00 GMT"),
    ("Digest", "SHA-256=abc=,MD5=x", "md5=x, sha-256=abc="),
    ("Allow", "GET, PUT", "PUT,GET,GET"),
    ("Content-Language", "de, EN", "en,de"),
    ("Vary", "Origin, Accept", ["accept", "origin"]),
    ("Cache-Control", 'private="x-a, x-b", max-age=1', 'MAX-AGE=1,private="X-B,x-a"'),
    ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"),
    ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"),
    ("Expires", "Monday, 01-Jan-24 00:01:00 GMT", "Mon, 01 Jan 2024 00:01:02 GMT"),
    ("Expires", "0", "Sun, 31 Dec 2023 00:00:00 GMT"),
    ("X-Frame-Options", "deny", "DENY"),
    ("X-XSS-Protection", "1; mode=block", "1;mode=block"),
    ("Via", "1.1 a,1.1 b", "1.1 a, 1.1 b"),
    ("X-Anything", "a ", "\ta"),
]
OTHER: list[tuple[str, str | list[str], str | list[str], str]] = [
    ("Link", "<a>; rel=next", "<a>; rel=prev", "header"),
    ("Link", "<a>; rel=next", "<b>; rel=next", "header"),
    ("Link", "<a>; rel=next", "<a>; rel=next; title=x", "header"),
    ("Link", "</kong/a>; rel=next", "</kong/b>; rel=next", "header"),
    ("Content-Disposition", "attachment", "inline", "header"),
    ("Content-Disposition", "attachment; filename=a", "attachment; filename=A", "header"),
    (
        "Content-Disposition",
        "attachment; filename*=UTF-8''a; filename=b",
        "attachment; filename*=UTF-8''a; fallback=b",
        "header",
    ),
    (
        "Content-Disposition",
        "attachment; filename=na_ve; filename*=UTF-8''na%C3%AFve",
        "attachment; filename*=UTF-8''na%C3%AFve",
        "header",
    ),
    ("Strict-Transport-Security", "max-age=1", "max-age=1; includeSubDomains", "security"),
    ("Permissions-Policy", "camera=()", "camera=(self)", "security"),
    ("Permissions-Policy", "camera=()", "camera", "security"),
    ("Content-Security-Policy", "img-src a b", "img-src a", "security"),
    ("Content-Security-Policy", "img-src a; img-src b", "img-src b; img-src a", "security"),
    ("Content-Security-Policy", "img-src a, font-src b", "img-src a; font-src b", "security"),
    ("Accept-Patch", "a/b", "a/b;charset=x", "header"),
    ("WWW-Authenticate", "Basic realm=a", "Basic realm=A", "authentication"),
    ("WWW-Authenticate", "Basic, Bearer", "Bearer", "authentication"),
    ("WWW-Authenticate", "Basic realm=a, Bearer", "Bearer realm=a, Basic", "authentication"),
    ("WWW-Authenticate", "Digest realm=a, nonce=1", "Digest realm=a", "authentication"),
    ("WWW-Authenticate", "Negotiate abc==", "Negotiate abd==", "authentication"),
    ("Refresh", "5; url=/a", "5; url=/b", "location"),
    ("Refresh", "5", "5; url=/b", "location"),
    ("Content-Range", "bytes 0-9/100", "bytes 0-9/*", "header"),
    ("Access-Control-Allow-Methods", "GET", "get", "cors"),
    ("Access-Control-Allow-Credentials", "true", "True", "cors"),
    ("Retry-After", "60", "61", "header"),
    ("Retry-After", "60", "Mon, 01 Jan 2024 00:02:00 GMT", "header"),
    ("Retry-After", "9" * 9999, "9" * 9998, "header"),
    ("Digest", "SHA-256=abc=", "SHA-256=ABC=", "digest"),
    ("Allow", "GET", "GET, PUT", "header"),
    ("Allow", "", "GET", "header"),
    ("Cache-Control", "max-age=1, max-age=2", "max-age=2, max-age=1", "caching"),
    ("Cache-Control", "no-cache", 'no-cache="set-cookie"', "caching"),
    ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT", "2024-01-01T00:00:00Z", "caching"),
    ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:01 GMT", "caching"),
    ("Expires", "Mon, 01 Jan 2024 00:01:00 GMT", "Mon, 01 Jan 2024 00:02:00 GMT", "caching"),
    ("ETag", '"a"', 'W/"a"', "caching"),
    ("X-Frame-Options", "DENY", "SAMEORIGIN", "security"),
    ("Referrer-Policy", "no-referrer, origin", "origin, no-referrer", "security"),
    ("Via", "1.1 a, 1.1 b", "1.1 b, 1.1 a", "header"),
    ("Location", "https://h/kong/a", "https://h/b", "location"),
    ("X-Anything", "a", "A", "header"),
    ("X-Anything", "a", "a\xa0", "header"),
]


@pytest.mark.parametrize(("name", "legacy", "candidate"), SAME)
def test_two_spellings_of_one_meaning_are_the_same(
    name: str, legacy: str | list[str], candidate: str | list[str]
) -> None:
    assert classes(name, legacy, candidate) == []


@pytest.mark.parametrize(("name", "legacy", "candidate", "class_"), OTHER)
def test_two_meanings_are_a_difference(
    name: str, legacy: str | list[str], candidate: str | list[str], class_: str
) -> None:
    assert classes(name, legacy, candidate) == [class_]


def test_every_reading_is_used_and_tried_here() -> None:
    tried = {name.lower() for name, *_ in (*SAME, *OTHER)}
    used = {reading.read for reading in packaged().readings.values() if tried & set(reading.names)}
    assert READS.keys() - {"text"} <= used


def test_legacys_own_links_are_not_the_candidates_other_links() -> None:
    """Legacy's base URL begins with the candidate's, so `https://h/kong/a` is another place on the candidate."""
    assert classes("Link", "<https://h/kong/a>; rel=x", "<https://h/kong/a>; rel=y, <https://h/a>; rel=z") == ["header"]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    "piece", ['"', "<", "\\", '\\"', ",", ";", "=", "a ", "a,", "<a>,", '"\\', "(", "'", '"a",', "9"]
)
def test_a_hundred_thousand_characters_of_anything_are_read(read: str, piece: str) -> None:
    value = piece * (100_000 // len(piece))
    assert READS[read](value, None) == READS[read](value, None)
