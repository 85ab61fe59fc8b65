"""Documents to open in a browser, each the same every time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import cycle, islice, product

from msgspec.structs import replace

from shadow.compare.difference import Difference
from shadow.compare.documents.locations import location_text
from shadow.config.settings import Accept
from shadow.evidence.coverage import CoverageEvidence, Feature, SeenFeature
from shadow.evidence.observation import Example
from shadow.exchange import Exchange, Pair, Request, Response, Side, TransportFailure
from shadow.report.document import Document, Note
from shadow.report.html import render
from shadow.verdict.model import JudgedDifference, Reason, RouteVerdict, Verdict
from tests.browser.corpus import PAYLOADS, Payload, harmless
from tests.report.conftest import NOW, _document, _example, _history, _judged, _ordinary_routes, _route

__all__ = [
    "CULPRIT",
    "brief",
    "failed",
    "infested",
    "infested_twin",
    "large",
    "newcomers",
    "nothing",
    "ordinary",
    "packed",
    "packed_twin",
    "page_of",
    "sprawling",
]

CULPRIT = "GET /orders/{orderId}/invoice"
"""The one route of the newcomer's document that most of all is wrong."""


@cache
def page_of(make: Callable[[], Document]) -> bytes:
    """The document's page, made once per process."""
    return render(make())


@cache
def ordinary() -> Document:
    return _document(_ordinary_routes())


@cache
def brief() -> Document:
    """The ordinary one with few and small examples: all kinds of elements, but few of each."""
    ours = {"id": 1, "price": 12.5, "tags": list("abcdefghijkl"), "since": "2026-11-23T10:00:00Z"}
    bodies = [json.dumps({**ours, "price": price}).encode() for price in (12.5, "12.50")]

    def shorter(number: int, judged: JudgedDifference) -> JudgedDifference:
        found = judged.evidence.examples[0].differences[0]
        example = _example(found, legacy_body=bodies[0], candidate_body=bodies[1])
        return replace(judged, evidence=replace(judged.evidence, examples=(example,) * 2 if number == 0 else ()))

    routes = [
        replace(route, differences=tuple(shorter(*one) for one in enumerate(route.differences)))
        for route in _ordinary_routes()
        if route.route not in ("GET /user/profile", "PUT /user/address", "GET /coupons/{code}")
    ]
    return _document(routes, paused=True, notes=(Note("An `[[accept]]` block is idle."),))


@cache
def newcomers() -> Document:
    """1,000 groups of differences: 900 of them in one route whose answer has another shape, 100 scattered over nine."""
    kinds = _kinds()
    culprit = replace(
        _route(CULPRIT, Verdict.NOT_READY, 398, "divergence", list(islice(kinds, 900))),
        reasons=(Reason("divergence", "398 of 412 distinct requests differ; the answer has another shape"),),
    )
    others = [
        _route(f"GET /{noun}/{{id}}", Verdict.NOT_READY, 2, "divergence", [])
        for noun in ("users", "orders", "coupons", "baskets", "stores", "returns", "ratings", "stocks", "labels")
    ]
    sizes = [12] * 8 + [4]
    others = [
        replace(route, differences=tuple(replace(one, distinct=2, share=0.005) for one in islice(kinds, size)))
        for route, size in zip(others, sizes, strict=True)
    ]
    ready = [_route(f"GET /status/{number}", Verdict.READY, 0, "") for number in range(10)]
    return _document([culprit, *others, *ready])


@cache
def large() -> Document:
    """200 routes of 500 groups of differences each, every hundredth with two examples."""
    groups = [tuple(islice(_kinds(number), 500)) for number in range(4)]
    verdicts = [Verdict.NOT_READY] * 140 + [Verdict.INCONCLUSIVE] * 30 + [Verdict.READY] * 30
    routes = islice(_route_names(), 200)
    reasons = {Verdict.NOT_READY: "divergence", Verdict.INCONCLUSIVE: "not-enough-requests", Verdict.READY: ""}
    return _document([
        _route(name, verdict, 12 if verdict is Verdict.NOT_READY else 0, reasons[verdict], list(differences))
        for name, verdict, differences in zip(routes, verdicts, cycle(groups), strict=False)
    ])  # fmt: skip


def infested(write: Callable[[str], str] = str, payloads: Sequence[Payload] = PAYLOADS) -> Document:
    """Every payload, passed through ``write``, wherever something from traffic, versions or settings can stand.

    With `corpus.harmless` the document has the same shape and nothing to fear.
    """
    words = [write(payload.text) for payload in payloads]
    routes = [
        _infested_route(f"GET /{number}/{text}", text, verdict)
        for number, (text, verdict) in enumerate(zip(words, cycle(Verdict), strict=False))
    ]
    # A client may say any token as its method, and other things get into inventories.
    routes += [_infested_route(f"{text.split(' ')[0]} /methods/{n}", text, Verdict.NOT_READY) for n, text in
               enumerate(words[:10])]  # fmt: skip
    every = " ".join(text[:200] for text in words)
    return _document(
        routes, legacy=every, candidate=every, legacy_version=words[0], candidate_version=words[2], paused=True,
        settings_source=every, notes=tuple(Note(text, (text,)) for text in words), never_seen=tuple(words),
    )  # fmt: skip


def infested_twin() -> Document:
    return infested(harmless)


@cache
def packed(write: Callable[[str], str] = str) -> Document:
    """Payloads in more groups of one route than a page writes out: the rest it holds as data, for its script."""
    words = [write(payload.text) for payload in PAYLOADS]
    # Those that are written out come first.
    shares = range(4 * len(words), 0, -1)
    groups = [
        _judged("body", f"$.{number}{text}", "value-changed", f"{share} {text}", text, text, summary=text,
                share=share / 1_000, examples=0, fingerprint=f"{share:012x}")
        for (number, text), share in zip(product(range(4), words), shares, strict=True)
    ]  # fmt: skip
    return _document([_route("GET /packed", Verdict.NOT_READY, 12, "divergence", groups)])


def packed_twin() -> Document:
    return packed(harmless)


def sprawling() -> Document:
    """Infested with what is long, wide or without a place to break."""
    return infested(payloads=[payload for payload in PAYLOADS if len(payload.text) > 110])


def nothing() -> Document:
    return _document([])


def failed() -> Document:
    """What kept everything from being judged, said in payloads."""
    every = " ".join(payload.text[:200] for payload in PAYLOADS)
    return Document(generated_at=NOW, legacy=every, candidate=every, failure=every)


def _infested_route(name: str, text: str, verdict: Verdict) -> RouteVerdict:
    found = [
        _judged(
            "body", location_text((text,)), "value-changed", "value", text, {text: [text]}, summary=text, examples=0
        ),
        _judged("header", text.lower(), "header-changed", "header", text, f"{text} ", summary=text, examples=0),
        _judged("status", "status", "status-changed", "status", 200, 500, summary=text, examples=0),
        _judged("body", f"$.{text}", "missing", "missing", text, None, summary=text, status="accepted", examples=0),
        _judged("body", text, "added", "added", None, text, summary=text, status="noise", examples=0),
        _judged("header", "x", "header-added", "header", None, text, summary=text, status="notice", examples=0),
    ]
    accept = Accept.model_construct(header="x", reason=text)
    differences = [
        replace(
            one,
            evidence=replace(one.evidence, examples=_infested_examples(one, text, number)),
            accepted_by=accept if one.status == "accepted" else None,
            expired=accept if one.expired else None,
            change="new" if number else "back",
        )
        for number, one in enumerate(found)
    ]
    kinds = ("parameter", "query", "status", "request-body", "response-body", "request-value", "response-value")
    seen = tuple(SeenFeature(Feature(kind, text, text), 1, once=True) for kind in kinds)  # type: ignore[arg-type]
    return replace(
        _route(name, verdict, 12, "divergence", differences),
        reasons=(Reason("divergence", text), Reason("latency", f"`{text}`")),
        summary=text,
        legacy_version=text,
        candidate_version=text,
        history=_history(text, found[:2], found[1:3]),
        coverage=CoverageEvidence(requests=40, shapes=4, once=1, seen=seen),
    )


def _infested_examples(judged: JudgedDifference, text: str, number: int) -> tuple[Example, ...]:
    """For the first group JSON with payloads as names and values; then other bodies; then a candidate that failed."""
    raw = text.encode("utf-8", "surrogatepass")
    in_json = json.dumps({"id": 1, text: [text, {text: text}], "last": [text]}).encode()
    other = json.dumps({"id": 2, text: [text, {text: f"{text}!"}], "last": [text] * 2}).encode()
    headers = [(text, text), ("content-type", f"text/html; charset={text}"), ("location", text), ("set-cookie", text)]
    bodies = {
        0: {"legacy_body": in_json, "candidate_body": other, "target": f"/{text}?{text}={text}"},
        1: {"legacy_body": raw, "candidate_body": b"plain"},
        2: {},
    }.get(number)
    if bodies is None:
        return ()
    example = _example(_difference(judged), headers=headers, **bodies)
    if number < 2:
        return (example,)
    sent = Request("POST", f"/{text}", [("content-type", "application/json"), *headers], in_json)
    broken = Exchange(Side.CANDIDATE, sent, TransportFailure("connection", text), NOW - 60, 0.03)
    answered = Exchange(Side.LEGACY, sent, Response(200, headers, raw), NOW - 60, 0.02)
    return (replace(example, pair=Pair(answered, broken, Side.CANDIDATE)),)


def _difference(judged: JudgedDifference) -> Difference:
    """The difference that the group was counted from, with its values."""
    evidence = judged.evidence
    again = _judged(
        evidence.where, evidence.path, evidence.kind, evidence.class_, evidence.summary, [evidence.summary],
        fingerprint=evidence.fingerprint, summary=evidence.summary, examples=1,
    )  # fmt: skip
    return again.evidence.examples[0].differences[0]


_NOUNS = ("order", "customer", "basket", "invoice", "address", "coupon", "shipment", "rating", "refund", "voucher")
_FIELDS = (
    "price", "total", "currency", "createdAt", "updatedAt", "state", "quantity", "sku", "title", "taxRate",
    "note", "tags",
)  # fmt: skip
_WAYS = (
    ("type-changed", "number-as-string", 12.5, "12.50"),
    ("missing", "missing", "EUR", None),
    ("added", "added", None, "2.1"),
    ("value-changed", "date-format", "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00+00:00"),
    ("type-changed", "null", None, ""),
    ("value-changed", "case", "Delivered", "DELIVERED"),
    ("value-changed", "rounding", 19.999, 20.0),
)


def _kinds(start: int = 0) -> Iterator[JudgedDifference]:
    """Endless groups of differences with paths such as `$.order.items[*].price`, most common first."""
    paths = (
        f"$.{noun}{nested}.{field}{number or ''}"
        for number, nested, noun, field in product(
            range(start, 1_000), ("", ".items[*]", ".history[*]"), _NOUNS, _FIELDS
        )
    )
    for number, (path, (kind, class_, ours, theirs)) in enumerate(zip(paths, cycle(_WAYS), strict=False)):
        distinct = max(1, 400 - number)
        yield _judged(
            "body", path, kind, class_, ours, theirs, share=distinct / 412, distinct=distinct,
            examples=2 if number % 100 == 0 else 0, status="open" if number % 10 < 8 else "noise",
        )  # fmt: skip


def _route_names() -> Iterator[str]:
    tails = ("", "/{id}", "/{id}/items", "/search", "/{id}/history", "/{id}/total")
    for tail, noun, method in product(tails, _NOUNS, ("GET", "POST", "PATCH", "DELETE")):
        yield f"{method} /{noun}s{tail}"
