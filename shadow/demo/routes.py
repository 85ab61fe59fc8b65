"""The plan: every route of the demo, the trouble planted in it, and the verdict that must come of it."""

from __future__ import annotations

from dataclasses import dataclass

from shadow.verdict.model import ReasonCode, Verdict

__all__ = ["ENOUGH", "ROUTES", "Expected", "Planted", "Release", "earlier_and_later", "first_port", "fixed"]

ENOUGH = 10
"""Distinct clean requests that make a route of the demo ready; there are a few more players than that."""

READY, NOT_READY, INCONCLUSIVE = Verdict.READY, Verdict.NOT_READY, Verdict.INCONCLUSIVE


@dataclass(frozen=True)
class Expected:
    verdict: Verdict
    reason: ReasonCode | None = None
    """The first reason's code; None where any will do (a ready route needs none)."""


@dataclass(frozen=True)
class Planted:
    """One route of the demo.

    ``asks`` are the targets (below the side's base) that each player's app requests, ``{player}`` standing for the
    player's two digits; an ask with a body follows its target after a space.
    """

    route: str
    trouble: str
    expected: Expected
    asks: tuple[str, ...]
    classes: frozenset[str] = frozenset()
    """Classes of differences (or notices) that the report must show."""
    fixed: Expected = Expected(READY)
    """What must come of it when the corrected Lambdas run."""
    settings: str = ""
    """The TOML below the route's `match` in shadow.toml; "" where it needs no block of its own."""
    public: bool = False
    """Answers without a token."""
    cut_over: bool = False
    """The app already asks the candidate for it; legacy is mirrored to."""
    repeat: int = 1
    """How often each player's app sends each of its asks."""


ROUTES: tuple[Planted, ...] = (
    Planted("GET /user/profile", "none: both sides say the same", Expected(READY), ("/user/profile",), repeat=3),
    Planted(
        "GET /orders/{orderId}",
        "prices became strings (the database driver's decimals)",
        Expected(NOT_READY, "divergence"),
        ("/orders/1{player}1", "/orders/1{player}2"),
        classes=frozenset({"number-as-string"}),
        repeat=2,
    ),
    Planted(
        "GET /user/elo/history",
        "dates are written in another format",
        Expected(NOT_READY, "divergence"),
        ("/user/elo/history?limit=5",),
        classes=frozenset({"date-format"}),
    ),
    Planted(
        "GET /user/settings",
        "null became absent",
        Expected(NOT_READY, "divergence"),
        ("/user/settings",),
        classes=frozenset({"null-vs-absent"}),
    ),
    Planted(
        "GET /leaderboard",
        "the list lost its order (no ORDER BY)",
        Expected(NOT_READY, "divergence"),
        ("/leaderboard",),
        classes=frozenset({"list-order"}),
    ),
    Planted(
        "GET /notifications/unread",
        "204 instead of 200 when there is nothing",
        Expected(NOT_READY, "divergence"),
        ("/notifications/unread",),
        classes=frozenset({"success-code"}),
    ),
    Planted(
        "GET /coupons/{code}",
        "a 404 with another error body",
        Expected(NOT_READY, "divergence"),
        ("/coupons/SPRING{player}",),
    ),
    Planted(
        "GET /friends",
        "the candidate says more than legacy: an internal id",
        Expected(NOT_READY, "divergence"),
        ("/friends",),
    ),
    Planted(
        "GET /feed",
        "one answer in five is empty",
        Expected(NOT_READY, "candidate-unstable"),
        ("/feed?page=1", "/feed?page=2", "/feed?page=3"),
        classes=frozenset({"candidate-unstable"}),
    ),
    Planted(
        "GET /tournaments/{tournamentId}",
        "the function crashes now and then, and answers when it is asked again",
        Expected(NOT_READY, "candidate-errors"),
        ("/tournaments/1", "/tournaments/2", "/tournaments/3"),
    ),
    Planted(
        "GET /quotes/{sku}",
        "a price that moves with every answer, and became text on the way",
        Expected(NOT_READY, "divergence"),
        ("/quotes/board", "/quotes/clock"),
    ),
    Planted(
        "GET /matches/{matchId}",
        "the clock of a running match is noise; that of a finished one is wrong",
        Expected(NOT_READY, "divergence"),
        ("/matches/running-{player}", "/matches/finished-{player}"),
    ),
    Planted(
        "GET /presence",
        "beside a time that is noise, a word is written in capitals",
        Expected(NOT_READY, "divergence"),
        ("/presence",),
    ),
    Planted(
        "GET /wallet/points",
        "two players win points just while both sides are asked, which both sides see",
        Expected(READY),
        ("/wallet/points",),
        repeat=2,
    ),
    Planted(
        "GET /shop/offers",
        "no Lambda yet: the gateway passes it on to legacy, which of course agrees with itself",
        Expected(NOT_READY, "same-backend"),
        ("/shop/offers",),
    ),
    Planted(
        "GET /shop/items/{sku}",
        "forgotten in the deployment: the gateway knows no such route",
        Expected(NOT_READY, "candidate-errors"),
        ("/shop/items/board",),
        classes=frozenset({"gateway-error"}),
    ),
    Planted(
        "GET /players/search",
        "right, but slow: about 200 ms where legacy takes 5",
        Expected(NOT_READY, "latency"),
        ("/players/search?q=a",),
        settings='latency = "gate"\nmax_slow = 0.5    # a busy laptop is slow at times\nlatency_slack_ms = 100',
        repeat=2,
    ),
    Planted(
        "GET /statements/{month}",
        "two cold starts that time out once each, and never again",
        Expected(READY),
        ("/statements/2024-01",),
    ),
    Planted(
        "GET /session/heartbeat",
        "only noise: an id and a time that legacy changes too",
        Expected(READY),
        ("/session/heartbeat",),
        repeat=2,
    ),
    Planted(
        "GET /wallet/balance",
        "1.0 became 1, the same number",
        Expected(READY),
        ("/wallet/balance",),
        classes=frozenset({"number-lexical"}),
        repeat=2,
    ),
    Planted(
        "GET /app/config",
        "the charset of a JSON media type is gone, which means nothing",
        Expected(READY),
        ("/app/config?platform=ios&build={player}",),
        classes=frozenset({"charset"}),
        public=True,
    ),
    Planted(
        "GET /clubs/{clubId}",
        "none: already cut over, so the candidate answers and legacy is mirrored to",
        Expected(READY),
        ("/clubs/1",),
        cut_over=True,
    ),
    Planted(
        "POST /matches",
        "a write to data of its own on each side; its generated id is accepted in shadow.toml",
        Expected(READY),
        ('/matches {"opponent": "player-{player}", "minutes": 5}',),
        settings='writes = "isolated"    # each side of the demo has its own data',
    ),
    Planted(
        "PATCH /user/profile",
        "a write, which is not mirrored unless its route says that it may be",
        Expected(INCONCLUSIVE, "writes-not-mirrored"),
        ('/user/profile {"appVersion": "4.2.0"}',),
        fixed=Expected(INCONCLUSIVE, "writes-not-mirrored"),
    ),
    Planted(
        "GET /legal/imprint",
        "nobody asks for it",
        Expected(INCONCLUSIVE, "not-seen"),
        (),
        fixed=Expected(INCONCLUSIVE, "not-seen"),
        public=True,
    ),
)


@dataclass(frozen=True)
class Release:
    """A version of the candidate: which of its routes run the corrected Lambda."""

    version: str
    corrected: frozenset[str] = frozenset()

    def expected(self, planted: Planted) -> Expected:
        return planted.fixed if planted.route in self.corrected else planted.expected

    def classes(self, planted: Planted) -> frozenset[str]:
        """Classes of differences that the report must show."""
        return frozenset() if planted.route in self.corrected else planted.classes


def first_port() -> Release:
    """Every fault that is planted."""
    return Release("first-port")


def fixed() -> Release:
    """None of them."""
    return Release("fixed", frozenset(planted.route for planted in ROUTES))


def earlier_and_later() -> tuple[Release, ...]:
    """Two versions, of which the later one mends most of the earlier one's faults, and has one that is its own."""
    mended = {
        "GET /orders/{orderId}",
        "GET /user/elo/history",
        "GET /user/settings",
        "GET /leaderboard",
        "GET /coupons/{code}",
        "GET /quotes/{sku}",
        "GET /shop/items/{sku}",
    }
    return Release("first-port", frozenset({"GET /friends"})), Release("second-port", frozenset(mended))
