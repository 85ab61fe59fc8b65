"""What both sides know: a game's players, their orders and ratings. Each side builds its own copy from the seed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random, SystemRandom

__all__ = [
    "ARTICLES",
    "CLUBS",
    "FINISHED_AT",
    "ITEMS",
    "OFFERS",
    "PLAYERS",
    "SEED",
    "WINNERS",
    "Data",
    "Line",
    "Order",
    "Player",
    "Rating",
    "build",
    "moving_price",
]

SEED = 20240229
PLAYERS = 12
"""How many players there are: `player-00`, `player-01`, …"""

_NAMES = ("Ada", "Björn", "Chloé", "Dmitri", "Emeka", "Fatima", "Goran", "Hana", "Inés", "Jun", "Kofi", "Lena")
_COUNTRIES = ("GB", "SE", "FR", "UA", "NG", "MA", "HR", "CZ", "ES", "JP", "GH", "DE")
_EPOCH = dt.datetime(2024, 2, 29, 8, 30, tzinfo=dt.UTC)

ITEMS = {"board": ("Walnut board", 89.0), "clock": ("Chess clock", 34.5), "book": ("Endgames, vol. 1", 19.9)}
"""SKU → (title, price)."""
OFFERS = ({"sku": "clock", "percent": 20}, {"sku": "book", "percent": 15})
CLUBS = {
    str(number): name for number, name in enumerate(("Riverside", "Old Town", "Harbour", "Hilltop", "Night Owls"), 1)
}
ARTICLES = tuple({"id": number, "title": f"Opening of the week, part {number}"} for number in range(1, 6))
FINISHED_AT = 1_209_187_654_321
"""What the clock of a finished match says."""
WINNERS = ("player-05", "player-09")
"""Who wins points in the middle of the demo."""


@dataclass(frozen=True)
class Rating:
    at: dt.datetime
    elo: int


@dataclass(frozen=True)
class Line:
    sku: str
    title: str
    price: float
    quantity: int


@dataclass(frozen=True)
class Order:
    id: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        return round(sum(line.price * line.quantity for line in self.lines), 2)


@dataclass(frozen=True)
class Player:
    id: str
    name: str
    country: str
    joined: dt.datetime
    balance: float
    ratings: tuple[Rating, ...]
    orders: dict[str, Order]
    friends: tuple[str, ...]


@dataclass
class Data:
    """The players, and what they have written since the start."""

    players: dict[str, Player]
    app_versions: dict[str, str] = field(default_factory=dict)
    """Player → the app's version that they last said they use."""
    matches: dict[str, str] = field(default_factory=dict)
    """Match → the player who opened it."""


def build(seed: int = SEED) -> Data:
    """The same data for the same seed, on every machine."""
    random = Random(seed)  # noqa: S311 - reproducible on purpose
    return Data({player.id: player for player in (_player(random, number) for number in range(PLAYERS))})


def moving_price(sku: str) -> float:
    """An item's price on a market that never says the same twice."""
    return round(ITEMS[sku][1] * SystemRandom().uniform(1.1, 1.9), 6)


def _player(random: Random, number: int) -> Player:
    joined = _EPOCH - dt.timedelta(days=random.randrange(100, 900), minutes=random.randrange(1440))
    elo, ratings = 1200, []
    for game in range(12):
        elo += random.randrange(-15, 25)
        ratings.append(Rating(joined + dt.timedelta(days=game * 7), elo))
    return Player(
        id=f"player-{number:02}",
        name=_NAMES[number % len(_NAMES)],
        country=_COUNTRIES[number % len(_COUNTRIES)],
        joined=joined,
        balance=float(random.randrange(5, 500)),
        ratings=tuple(ratings),
        orders={order.id: order for order in (_order(random, f"1{number:02}{index}") for index in range(1, 4))},
        friends=tuple(f"player-{(number + step) % PLAYERS:02}" for step in (1, 3, 5)),
    )


def _order(random: Random, order_id: str) -> Order:
    skus = random.sample(sorted(ITEMS), k=2)
    return Order(order_id, tuple(Line(sku, *ITEMS[sku], random.randrange(1, 4)) for sku in skus))
