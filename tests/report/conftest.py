"""Verdicts to print: an ordinary document, and one in which every value from traffic is out to do harm."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import pytest
from msgspec.structs import replace

from shadow.compare.difference import Difference
from shadow.config.settings import Accept
from shadow.evidence.coverage import CoverageEvidence, Feature, SeenFeature
from shadow.evidence.observation import Example
from shadow.evidence.route_evidence import FingerprintEvidence
from shadow.exchange import Exchange, Pair, Request, Response, Side
from shadow.report.document import Document, Note, Standing
from shadow.verdict.model import (
    Bucket,
    Divergence,
    History,
    JudgedDifference,
    LatencyColumn,
    LatencySummary,
    PastVersion,
    Quantiles,
    Reason,
    RouteVerdict,
    Verdict,
)

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC).timestamp()

HOSTILE = (
    "</script><script>document.title='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\">"
    "</style></title></pre></code><svg onload=document.title='owned'>"
    "'\"`{{ 7*7 }}{% raw %}|\\\n\r\t\0\x1b[31m\x7f\u202eright-to-left\u2066\u200b\ufeff\u2028\ud800]]>--><!--&lt;"
)


@pytest.fixture
def hostile_text() -> str:
    return HOSTILE


@pytest.fixture
def example() -> Callable[..., Example]:
    return _example


@pytest.fixture
def judged() -> Callable[..., JudgedDifference]:
    return _judged


@pytest.fixture
def route() -> Callable[..., RouteVerdict]:
    return _route


@pytest.fixture
def document() -> Document:
    """Three routes of each verdict, as a migration would have them."""
    return _document(_ordinary_routes())


@pytest.fixture
def document_of() -> Callable[..., Document]:
    return _document


@pytest.fixture
def hostile() -> Document:
    """Three routes of each verdict; every text is `hostile_text`, or it two hundred times."""
    return _document(
        [
            _hostile_route(f"{verdict} {number} {HOSTILE}", verdict, 200 if number == 0 else 1)
            for verdict in (Verdict.NOT_READY, Verdict.INCONCLUSIVE, Verdict.READY)
            for number in range(3)
        ],
        paused=True,
        candidate_version=HOSTILE,
        settings_source=f"/srv/{HOSTILE}/shadow.toml",
    )


@pytest.fixture
def commanding() -> Document:
    """Each text begins with what would tell GitHub's runner to do something, and has more of it further on."""
    text = "::stop-commands::x ##[set-output name=y]z"
    routes = [
        _hostile_route(f"{text} {verdict}", verdict, 1, text)
        for verdict in (Verdict.NOT_READY, Verdict.INCONCLUSIVE, Verdict.READY)
    ]
    return _document(routes, candidate_version=text, legacy=text, candidate=text, notes=(Note(text),))


def _document(verdicts: list[RouteVerdict], **other: Any) -> Document:
    values: dict[str, Any] = {
        "generated_at": NOW,
        "legacy": "https://api.staging.example.com/kong",
        "candidate": "https://api.staging.example.com",
        "candidate_version": "2026.47.1",
        "settings_source": "/srv/app/shadow.toml",
    }
    standings = {verdict.route: _STANDING for verdict in verdicts if verdict.verdict is Verdict.READY}
    return Document(**{"standings": standings, **values, **other}, verdicts=tuple(verdicts))


_STANDING = Standing(
    legacy_path=f"/kong/{HOSTILE}",
    candidate_path=f"/{HOSTILE}",
    origin="serverless.yml",
    until=NOW + 86_400,
    because="acceptance",
    sentence=HOSTILE,
)


def _ordinary_routes() -> list[RouteVerdict]:
    price = _judged(
        "body", "$.items[*].price", "type-changed", "number-as-string", 12.5, "12.50", share=0.029, distinct=12
    )
    etag = _judged(
        "header", "etag", "header-missing", "header", 'W/"1a2b"', None, share=1.0, distinct=412, status="accepted"
    )
    expired = _judged("status", "status", "status-changed", "status", 200, 204, share=0.4, distinct=31)
    charset = _judged(
        "header", "content-type", "header-changed", "charset",
        "application/json;charset=UTF-8", "application/json", share=1.0, distinct=412, status="notice",
    )  # fmt: skip
    noise = _judged(
        "body", "$.requestId", "value-changed", "value", "8d1f", "77ab", share=1.0, distinct=412, status="noise"
    )
    not_ready, inconclusive, ready = Verdict.NOT_READY, Verdict.INCONCLUSIVE, Verdict.READY
    history = _history("2026.46.9", [_judged("body", "$.total", "missing", "missing")], [_judged("header", "vary")])
    return [
        replace(
            _route(
                "GET /orders/{orderId}",
                not_ready,
                12,
                "divergence",
                [replace(price, change="back"), etag, noise, charset],
            ),
            history=history,
        ),
        _route("GET /notifications/unread", not_ready, 31, "expired-acceptance", [expired], distinct=78),
        _route("PUT /user/address", not_ready, 2, "candidate-errors", [_judged()], errors=7),
        _route("PATCH /user/profile", inconclusive, 0, "writes-not-mirrored", distinct=0),
        _route("GET /coupons/{code}", inconclusive, 0, "not-enough-requests", distinct=212),
        _route("GET /legacy/export", inconclusive, 0, "not-seen", distinct=0, required=False),
        _route("GET /user/profile", ready, 0, ""),
        _route("GET /user/elo/history", ready, 0, "latency", [charset]),
        _route("OPTIONS /user/profile", ready, 0, "", required=False),
    ]


def _history(version: str, gone: list[JudgedDifference], not_seen_yet: list[JudgedDifference]) -> History:
    """Two past versions, of which the older one was compared under other rules."""
    plain: dict[str, Any] = {"before": True, "first_seen": NOW - 9 * 86400, "last_seen": NOW - 86400, "upper": 0.0082}
    return History(
        versions=(
            PastVersion(
                legacy_version="", candidate_version=version, alike=True, distinct=388, differing=0,
                verdict=Verdict.READY, differences=(*gone, *not_seen_yet), **plain,
            ),
            PastVersion(
                legacy_version="7", candidate_version="", alike=False, sampled=True, distinct=20, differing=4,
                unanswered=3, verdict=Verdict.NOT_READY, **plain,
            ),
        ),
        trend="worse",
        sentence=f"worse than {version}: 0 of 388 distinct requests differed, now 12 of 412",
        gone=tuple(gone),
        not_seen_yet=tuple(not_seen_yet),
    )  # fmt: skip


_COLUMNS = (LatencyColumn(10, 15, 12, 4, 0), LatencyColumn(15, 40, 26, 30, 0), LatencyColumn(40, 900, 2, 6, 3))


def _timeline(compared: int, differing: int) -> tuple[Bucket, ...]:
    """Two hours of yesterday, in the second of which all that differs came."""
    start = int(NOW) - 86_400
    first = compared // 2
    found = (Bucket(start, 3600, first, 0, 0), Bucket(start + 3600, 3600, compared - first, differing, 0))
    return found if compared else ()


_SENTENCES = {
    "": "0 of 412 distinct requests differ; at 95% confidence fewer than 0.82% do",
    "divergence": "12 of 412 distinct requests differ; the price of an item has become a string",
    "expired-acceptance": "The acceptance of status 200 → 204 ran out on 2026-11-01, and 31 distinct requests show it",
    "candidate-errors": "7 requests failed on the candidate only: 5 with 5xx, 2 timed out",
    "writes-not-mirrored": 'Writes are not mirrored; say `writes = "isolated"` if each side has its own data',
    "not-enough-requests": "336 distinct clean requests are needed, 212 seen",
    "not-seen": "This route of serverless.yml has not been seen in traffic",
    "latency": "6.1% of requests are slower than allowed; latency only warns here",
}


def _route(
    name: str,
    verdict: Verdict,
    differing: int,
    reason: str,
    differences: list[JudgedDifference] | None = None,
    *,
    distinct: int = 412,
    required: bool = True,
    errors: int = 0,
) -> RouteVerdict:
    compared = distinct * 2
    timed = Quantiles(18.2, 44.0, 97.5) if distinct else Quantiles(None, None, None)
    return RouteVerdict(
        route=name,
        verdict=verdict,
        required=required,
        reasons=(Reason(reason, _SENTENCES[reason]),) if reason else (),  # type: ignore[arg-type]
        summary=_SENTENCES[reason or ""],
        requests={
            "seen": compared + 22, "compared": compared, "distinct": distinct, "raced": 2, "unproductive": 0,
            "shed": 0, "failed": 0, "lost": 0,
        },
        skipped={
            "write": 0, "sampled": 20, "too-large": 0, "streamed": 0, "upgrade": 0, "rate": 0, "breaker": 0,
            "paused": 0, "excluded": 0,
        },
        divergence=Divergence(
            distinct=differing,
            rate=differing / distinct if distinct else None,
            upper=0.0082 if distinct and not differing else 0.062 if distinct else 1.0,
            confidence=0.95,
            needed=0 if verdict is Verdict.READY else max(0, 336 - distinct),
        ),
        latency=LatencySummary(
            legacy_ms=timed, candidate_ms=timed, cold=3 if distinct else 0, timed=40 if distinct else 0,
            slow=0.01 if distinct else None, columns=_COLUMNS if distinct else (), ratio=1.25, slack_ms=10,
            most_slow=0.05,
        ),
        candidate_errors={"timeout": errors and 2, "connection": 0, "5xx": errors and errors - 2},
        differences=tuple(differences or ()),
        timeline=_timeline(compared, differing),
        parity=verdict if distinct else None,
        candidate_version="2026.47.1",
        first_seen=NOW - 86400 if distinct else None,
        last_seen=NOW - 60 if distinct else None,
    )  # fmt: skip


def _judged(
    where: str = "body",
    path: str = "$.createdAt",
    kind: str = "value-changed",
    class_: str = "date-format",
    legacy: Any = "2026-11-23T10:00:00.000Z",
    candidate: Any = "2026-11-23T10:00:00+00:00",
    *,
    share: float = 0.005,
    distinct: int = 2,
    status: str = "open",
    summary: str | None = None,
    examples: int = 2,
    fingerprint: str | None = None,
) -> JudgedDifference:
    fingerprint = (
        fingerprint or blake2b(f"{where} {path} {kind}".encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    )
    summary = summary if summary is not None else f"{json.dumps(legacy)} became {json.dumps(candidate)}"
    found = Difference(
        where=where, path=path.replace("[*]", "[1]"), pattern=path, kind=kind, class_=class_,  # type: ignore[arg-type]
        severity="notice" if status == "notice" else "difference",
        legacy=legacy, candidate=candidate, summary=summary, fingerprint=fingerprint,
    )  # fmt: skip
    accepted = Accept(header="etag", reason="clients ignore it (API-123)", until=dt.date(2027, 3, 1))
    expired = Accept(status=[200, 204], reason="app handles both", until=dt.date(2026, 11, 1))
    return JudgedDifference(
        evidence=FingerprintEvidence(
            fingerprint=fingerprint, where=where, path=path, kind=kind, class_=class_, severity=found.severity,
            summary=summary, count=distinct * 2, noise=distinct if status == "noise" else 0,
            first_seen=NOW - 86400, last_seen=NOW - 60,
            examples=tuple(_example(found) for _ in range(examples)),
        ),
        status=status,  # type: ignore[arg-type]
        distinct=distinct,
        share=share,
        accepted_by=accepted if status == "accepted" else None,
        expired=expired if where == "status" else None,
    )  # fmt: skip


def _example(
    difference: Difference,
    *,
    legacy_body: bytes | None = None,
    candidate_body: bytes | None = None,
    target: str = "/orders/8841?expand=items",
    headers: list[tuple[str, str]] | None = None,
) -> Example:
    items = [{"sku": f"A-{n}", "price": 10.5 + n, "count": n} for n in range(1, 9)]
    ours = {"id": 8841, "createdAt": "2026-11-23T10:00:00.000Z", "items": items, "note": "é"}
    theirs = {
        "id": 8841,
        "items": [{**item, "price": f"{item['price']:.2f}"} if item["sku"] == "A-2" else item for item in items],
        "createdAt": "2026-11-23T10:00:00+00:00",
        "note": "é",
    }
    no_content = difference.candidate == 204
    kong = [("Content-Type", "application/json;charset=UTF-8"), ("Content-Encoding", "gzip"), ("Via", "kong/3.4.2")]
    lambda_ = [("content-type", "application/json"), ("x-amzn-requestid", "5e1f"), *(headers or [])]
    legacy = gzip.compress(json.dumps(ours).encode()) if legacy_body is None else legacy_body
    candidate = json.dumps(theirs, ensure_ascii=False).encode() if candidate_body is None else candidate_body
    sent = [("accept", "application/json"), ("authorization", "[redacted string:3f9a11c0]"), *(headers or [])]
    return Example(
        Pair(
            Exchange(
                Side.LEGACY,
                Request("GET", f"/kong{target}", sent),
                Response(200, kong[:1] if legacy_body is not None else kong, legacy),
                NOW - 60,
                0.02,
            ),
            Exchange(
                Side.CANDIDATE,
                Request("GET", target, sent),
                Response(204 if no_content else 200, lambda_, b"" if no_content else candidate),
                NOW - 60,
                0.03,
            ),
            Side.LEGACY,
        ),
        (difference,),
    )


def _hostile_route(name: str, verdict: Verdict, times: int, words: str = HOSTILE) -> RouteVerdict:
    text = words * times
    body = json.dumps({words: [text, float("nan")]}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    judged = [
        _judged(
            where, f"$[{text!r}]", "value-changed", text, {text: text}, float("nan"),
            status=status, summary=text, fingerprint=f"{number:012x}",
        )
        for number, (where, status) in enumerate(
            [("body", "open"), ("header", "open"), ("status", "accepted"), ("body", "noise"), ("body", "notice")]
        )
    ]  # fmt: skip
    found = judged[0].evidence.examples[0].differences[0]
    answer = text.encode("utf-8", "surrogatepass")
    hostile_examples = (
        _example(found, legacy_body=body, candidate_body=answer, target=text, headers=[(text, text)]),
        _example(found, legacy_body=b"\x1f\x8b" + text.encode("utf-8", "replace"), candidate_body=b"\0\1\2" * 999),
    )  # fmt: skip
    judged = [
        replace(
            one,
            evidence=replace(one.evidence, examples=hostile_examples),
            accepted_by=one.accepted_by and Accept(header="x", reason=text),
        )
        for one in judged
    ]
    reasons = (Reason("divergence", text), Reason("latency", text))
    ordinary = _route(name, verdict, 12, "divergence", judged)
    history = _history(text, judged[:1], judged[:1])
    judged = [replace(one, change="new") for one in judged]
    kinds = ("parameter", "query", "status", "request-body", "response-body", "request-value", "response-value")
    seen = tuple(SeenFeature(Feature(kind, text, text), 1, once=True) for kind in kinds)  # type: ignore[arg-type]
    return replace(
        ordinary,
        reasons=reasons,
        summary=text,
        candidate_version=text,
        history=history,
        differences=tuple(judged),
        coverage=CoverageEvidence(requests=40, shapes=4, once=1, seen=seen),
    )
