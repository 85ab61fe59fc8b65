"""Secrets wherever a client or a server may put them: what is asked, and what both sides answer.

Each secret is a text of its own, so that whatever is found of one in a file tells where it came from.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import NamedTuple

import brotli

from tests.redact.planted import PLANTED

__all__ = ["CONFIG", "SECRETS", "Call", "Reply", "calls", "secret"]

CONFIG = """
[legacy]
url = "{legacy}/kong"
[candidate]
url = "{candidate}"
timeout = 30.0
[proxy]
listen = "127.0.0.1:{port}"
max_body = "64 KiB"
[mirror]
baseline = 0
confirm = 1
[report]
every = 0
[redact]
headers = ["x-tenant-pass"]
emails = true
paths = ["$..mothers_name", "$.user.email", "$.o[*].body.tax", "$.account.holder", "$..loyaltyNumber"]
[[route]]
match = "POST /isolated/{{id}}"
writes = "isolated"
[[route]]
match = "GET /excluded"
mirror = false
[[route]]
match = "GET /named/{{resetToken}}"
"""
SECRETS: dict[str, str] = {}
"""What each is called → the secret; filled while the calls are made."""

Headers = list[tuple[str, str]]


class Reply(NamedTuple):
    body: bytes = b"{}"
    headers: Headers = []  # noqa: RUF012 - never changed
    status: int = 200
    raw: bytes | None = None
    """The whole response as it goes over the wire, instead of the rest."""


class Call(NamedTuple):
    target: str
    """Below the side's base; its path leads to the replies."""
    legacy: Reply
    candidate: Reply
    method: str = "GET"
    headers: Headers = []  # noqa: RUF012 - never changed
    body: bytes = b""
    first: Reply | None = None
    """What legacy says the first time."""


def secret(name: str, alphabet: str = "GHJKLMNPQRTVWXYZghjkmnpqrstvwxyz", length: int = 24) -> str:
    """A secret that looks like nothing but chance, of letters that no digest has; always the same for a name."""
    digest = blake2b(name.encode(), digest_size=64).digest()
    made = "".join(alphabet[byte % len(alphabet)] for byte in digest[:length])
    return SECRETS.setdefault(name, made)


def calls() -> Iterator[Call]:
    for number, call in enumerate(
        [*_in_bodies(), *_by_looks(), *_in_requests(), *_in_headers(), *_in_targets(), *_odd()]
    ):
        yield call._replace(target=call.target.replace("{n}", str(number)))


def json_reply(value: object, *headers: tuple[str, str], status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), [("Content-Type", "application/json"), *headers], status)


def _sides(name: str, reply: Callable[[str, str], Reply]) -> tuple[Reply, Reply]:
    """``reply`` is given a secret and the name of the side."""
    return reply(secret(f"{name}/legacy"), "legacy"), reply(secret(f"{name}/candidate"), "candidate")


# -- bodies ------------------------------------------------------------------------------------------------------------


def _planted(kind: str, hidden: str, side: str) -> tuple[str, bytes]:
    type_, template = PLANTED[kind]
    coded = base64.b64encode(json.dumps({"password": hidden}).encode()).decode()
    return type_, template.format(secret=hidden, before=f"before {side}", after=f"after-{side}", coded=coded).encode()


def _in_bodies() -> Iterator[Call]:
    def reply(kind: str) -> Callable[[str, str], Reply]:
        def made(hidden: str, side: str) -> Reply:
            type_, body = _planted(kind, hidden, side)
            return Reply(body, [("Content-Type", type_)])

        return made

    for kind in PLANTED:
        yield Call(f"/body/{kind}", *_sides(kind, reply(kind)))
    one, _ = _sides("only-legacy", reply("json"))
    yield Call("/only/legacy", one, Reply(b"{}", one.headers))
    _, other = _sides("only-candidate", reply("json"))
    yield Call("/only/candidate", Reply(b"{}", other.headers), other)
    for coding, encode in (("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)):
        coded = [
            Reply(encode(plain.body), [*plain.headers, ("Content-Encoding", coding)])
            for plain in _sides(f"coded-{coding}", reply("json"))
        ]
        yield Call(f"/coded/{coding}", *coded)
    yield Call("/broken/gzip", *_sides("broken-gzip", lambda hidden, _: Reply(
        json.dumps({"password": hidden}).encode(), [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    )))  # fmt: skip
    yield Call("/error", *_sides("error", lambda hidden, side: json_reply(
        {"error": f"{side}: no such token={hidden}", "trace": f"at login(password={hidden})"}, status=422
    )))  # fmt: skip
    yield Call("/unproductive", *_sides("unproductive", lambda hidden, _: json_reply({"token": hidden}, status=403)))
    for name, value in {"bearer": "Bearer {}", "basic": "Basic {}", "token": "{}"}.items():
        known = secret(f"echoed/{name}")
        sent = base64.b64encode(f"ada:{known}".encode()).decode() if name == "basic" else known
        said = [
            json_reply({"error": f"{side}: no {known}", "x": [known]}, ("X-Why", known)) for side in ("one", "other")
        ]
        yield Call(f"/echoed/{name}", *said, headers=[("Authorization", value.format(sent))])
    known = secret("echoed/query")
    yield Call(f"/echoed/query?token={known}", *(json_reply({"error": f"{side}: {known}"}) for side in ("a", "b")))
    yield Call("/echoed/body", *_sides("echoed/body", lambda hidden, side: json_reply(
        {"password": hidden, "error": f"{side}: what is {hidden}?"}
    )))  # fmt: skip
    one, other = _sides("raced", lambda hidden, side: json_reply({"token": hidden, "n": side}))
    yield Call("/raced", other, other, first=one)
    yield Call("/map", *_sides("map", lambda hidden, side: json_reply(
        {"sessions": {f"eyJhbGciOiJIUzI1NiJ9.{hidden}.x": side}, "mails": {f"{hidden}@planted.example": side}}
    )))  # fmt: skip
    yield Call("/configured", *_sides("configured", lambda hidden, side: json_reply(
        {"account": {"holder": hidden, "n": side}, "loyaltyNumber": hidden}
    )))  # fmt: skip
    yield Call(
        "/mail", *_sides("mail", lambda hidden, side: json_reply({"to": f"{hidden}@planted.example", "n": side}))
    )
    yield Call("/pin", *_sides("pin", lambda hidden, _: Reply(
        b"\0\x01" + hidden.encode() + b"\xff", [("Content-Type", "application/octet-stream")]
    )))  # fmt: skip


def _by_looks() -> Iterator[Call]:
    looks: dict[str, Callable[[str], str]] = {
        "jwt": lambda hidden: f"eyJhbGciOiJIUzI1NiJ9.{hidden}.{hidden[::-1]}",
        "bearer": lambda hidden: f"Bearer {hidden}",
        "basic": lambda hidden: f"Basic {base64.b64encode(b'ada:' + hidden.encode()).decode()}",
        "pem": lambda hidden: f"-----BEGIN PRIVATE KEY-----\n{hidden}\n{hidden[::-1]}\n-----END PRIVATE KEY-----\n",
        "url": lambda hidden: f"https://ada:{hidden}@db.example/x",
        "github": lambda hidden: f"ghp_{hidden}{hidden[:12]}",
        "stripe": lambda hidden: f"sk_live_{hidden}",
    }
    for name, made in looks.items():
        yield Call(f"/looks/{name}", *_sides(name, lambda hidden, side, made=made: json_reply(
            {"note": f"{side} says {made(hidden)} here", "n": side, "log": json.dumps({"x": made(hidden)})}
        )))  # fmt: skip
    SECRETS.update({"aws/legacy": "AKIAQ7ZKJ5VXWM3TRLGH", "aws/candidate": "ASIAT2NWQ6HBYUVKJ4MD"})
    SECRETS.update({"card/legacy": "4539578763621486", "card/candidate": "371449635398431"})
    for name in ("aws", "card"):
        yield Call(f"/looks/{name}", *(
            json_reply({"note": f"it is {SECRETS[f'{name}/{side}']}.", "n": side}) for side in ("legacy", "candidate")
        ))  # fmt: skip
    yield Call("/looks/number", *(
        Reply(f'{{"seen": {SECRETS[f"card/{side}"]}}}'.encode(), [("Content-Type", "application/json")])
        for side in ("legacy", "candidate")
    ))  # fmt: skip


# -- requests ----------------------------------------------------------------------------------------------------------


def _in_requests() -> Iterator[Call]:
    """Both sides differ, so that the pair is kept as an example, with its request."""
    differ = json_reply({"n": 1}), json_reply({"n": 2})
    for kind in list(PLANTED)[::2]:
        type_, body = _planted(kind, secret(f"request/{kind}"), "sent")
        yield Call("/isolated/{n}", *differ, "POST", [("Content-Type", type_)], body)
    type_, body = _planted("json", secret("request/gzip"), "sent")
    yield Call("/isolated/{n}", *differ, "POST", [("Content-Type", type_), ("Content-Encoding", "gzip")],
               gzip.compress(body))  # fmt: skip
    yield Call("/isolated/{n}", *differ, "POST", [("Content-Type", "application/x-www-form-urlencoded")],
               f"loyaltyNumber={secret('request/named')}&n=1".encode())  # fmt: skip
    jwt = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.{secret('authorization/jwt')}"
    for name, value in {
        "authorization": f"Bearer {jwt}",
        "Authorization": f"Bearer {secret('authorization/bearer')}",
        "AUTHORIZATION": f"Basic {base64.b64encode(b'ada:' + secret('authorization/basic').encode()).decode()}",
        "Proxy-Authorization": f"Basic {secret('proxy-authorization')}",
        "Cookie": f"theme=dark; sid={secret('cookie/sid')}; pref={secret('cookie/pref')}",
        "X-Api-Key": secret("x-api-key"),
        "X-Tenant-Pass": secret("x-tenant-pass"),
        "Referer": f"https://app.example/cb?access_token={secret('referer')}&to=%2Fx%3Ftoken%3D{secret('referer/in')}",
        "X-Forwarded-Uri": f"/cb?api_key={secret('forwarded-uri')}",
        "X-Original-Url": f"/reset/{secret('original-url', length=32)}",
        "X-Debug": json.dumps({"password": secret("x-debug")}),
        "From": f"{secret('from')}@planted.example",
    }.items():
        yield Call(f"/header/{name.lower()}/{{n}}", *differ, headers=[(name, value)])


def _in_headers() -> Iterator[Call]:
    """In the answers, with differing values, echoed and not."""
    for name, value in {
        "Set-Cookie": "sid={}; Path=/; HttpOnly",
        "Location": "https://app.example/cb?code={}&state=xyz",
        "Content-Location": "/files?token={}",
        "Link": "<https://app.example/?page=2&access_token={}>; rel=next",
        "Refresh": "0; url=/cb#id_token={}",
        "WWW-Authenticate": "Negotiate {}",
        "X-Auth-Token": "{}",
        "X-Tenant-Pass": "{}",
        "X-Echo": "Authorization: Bearer {}",
        "X-Next": "https://ada:{}@app.example/",
        "Content-Disposition": 'attachment; filename="a?token={}"',
        "ETag": '"token={}"',
    }.items():
        yield Call(f"/answered/{name.lower()}", *_sides(
            name, lambda hidden, side, name=name, value=value: json_reply(
                {}, (name, value.format(hidden)), ("X-N", side)
            )
        ))  # fmt: skip
    yield Call("/moved", *_sides(
        "moved", lambda hidden, _: json_reply({}, ("Location", f"/reset/{hidden}"), status=302)
    ))  # fmt: skip


# -- targets -----------------------------------------------------------------------------------------------------------

_LOWER = "ghjkmnpqrstvwxyz23456789"
_UPPER = _LOWER.upper()


def _in_targets() -> Iterator[Call]:
    same = json_reply({"n": 1}), json_reply({"n": 1})
    differ = json_reply({"n": 1}), json_reply({"n": 2})
    for path, outcome in (("differ", differ), ("same", same)):
        for name, target in {
            "query": "/t/{n}?access_token={}&x=1",
            "encoded": "/t/{n}?next=%2Fcb%3Faccess_token%3D{}",
            "spelled": "/t/{n}?%61ccess%5Ftoken={}",
            "basic": "/t/{n}?url=https%3A%2F%2Fada%3A{}%40db.example%2F",
            "code": "/t/{n}?code={}&state=1",
            "nested": "/t/{n}?user%5Bpassword%5D={}",
            "named": "/t/{n}?loyaltyNumber={}",
            "jwt": "/t/{n}?q=eyJhbGciOiJIUzI1NiJ9.{}.x",
            "mail": "/t/{n}?to={}%40planted.example",
            "path-jwt": "/t/{n}/eyJhbGciOiJIUzI1NiJ9.{}.x",
        }.items():
            yield Call(target.replace("{}", secret(f"{path}/target/{name}")), *outcome)
        for word in ("reset", "verify", "auth/token", "password-resets", "magic-link")[: 5 if path == "differ" else 2]:
            yield Call(f"/{word}/{secret(f'{path}/{word}')}", *outcome)
            yield Call(f"/users/17/{word}/{secret(f'{path}/{word}/lower', _LOWER)}/confirm", *outcome)
            yield Call(f"/{word}/MQ/{secret(f'{path}/{word}/short', _LOWER, 9)}-{secret(f'{path}/{word}/d')}", *outcome)
        for looks, alphabet, length in (
            ("mixed", _LOWER + _UPPER, 22), ("lower", _LOWER, 32), ("upper", _UPPER, 30),
            ("url-safe", "GHJKLMNPQRTVWXYZghjkmnpqrstvwxyz_-23456789", 43), ("hex", "0123456789abcdef", 64),
        ):  # fmt: skip
            yield Call(f"/opaque/{secret(f'{path}/path/{looks}', alphabet, length)}/x", *outcome)
        yield Call(f"/named/{secret(f'{path}/path/named')[:5].lower()}", *outcome)
        yield Call(f"/people/{secret(f'{path}/path/mail')}@planted.example", *outcome)


# -- what is not compared ----------------------------------------------------------------------------------------------


def _odd() -> Iterator[Call]:
    def asked(name: str) -> str:
        return f"/{name}/{secret(f'{name}/path', _LOWER, 32)}?access_token={secret(f'{name}/query')}"

    def echo(name: str) -> Reply:
        return json_reply({"password": secret(f"{name}/answer")}, ("Set-Cookie", f"sid={secret(f'{name}/cookie')}"))

    yield Call(asked("write"), echo("write"), echo("write"), "PATCH", body=b"password=" + secret("write/body").encode())
    yield Call(asked("looped"), echo("looped"), echo("looped"), headers=[("X-Shadow-Mirror", "1")])
    large = b"x" * (64 * 1024 + 1)
    yield Call(asked("large-legacy"), Reply(large + secret("large").encode()), Reply())
    yield Call(asked("large-candidate"), Reply(), Reply(large + secret("large/candidate").encode()))
    yield Call(asked("large-request"), Reply(), Reply(), "POST", body=large + secret("large/request").encode())
    stream = [("Content-Type", "text/event-stream")]
    yield Call(asked("streamed"), Reply(f"data: token={secret('streamed')}\n\n".encode(), stream), Reply())
    yield Call("/excluded?token=" + secret("excluded"), echo("excluded"), echo("excluded"))
    for name, raw in {
        "hung-up": "",
        "status-line": "TOKEN {}\r\n\r\n",
        "bad-header": "HTTP/1.1 200 OK\r\nAuthorization Bearer {}\r\nX-Secret\x01: {}\r\n\r\n",
        "bad-value": "HTTP/1.1 200 OK\r\nX-Thing: \x00{}\r\n\r\n",
        "bad-length": "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
        "bad-coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: {}\r\n\r\n",
        "bad-chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}\r\n",
        "cut-short": 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{{"x": "{}"',
        "reason": "HTTP/1.1 200 Bearer {}\r\nContent-Length: 2\r\n\r\n{{}}",
        "trailer": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\nX-Token: {}\r\n\r\n",
    }.items():
        garbage = raw.format(*[secret(f"{name}/garbage")] * 2).encode("latin-1")
        yield Call(asked(name), json_reply({}), Reply(raw=garbage))
