"""A model of an API that two sides serve: an answer is a function of the request, the side, the time, and chance.

What is true of it is known, because it is said: an `Api` is a list of traits, and each trait is one way in which
answers differ, between the sides or from one moment to the next. Traits are asked in their order and change the answer
in place, so a later one may spoil what an earlier one has written.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Literal, Protocol

from shadow.exchange import Side

__all__ = [
    "Alike",
    "Answer",
    "Api",
    "Asked",
    "Balance",
    "ColdStart",
    "Flaky",
    "Noise",
    "Shuffled",
    "Silent",
    "Trait",
    "Wrong",
]


@dataclass(frozen=True)
class Asked:
    """One request to one side."""

    side: Side
    request: int
    """Which request; the same number is the same request."""
    day: float
    """When, in days since the beginning."""


@dataclass
class Answer:
    """What the side says."""

    document: dict[str, Any]
    status: int = 200
    timeout: bool = False
    """It says nothing, until the time has run out."""


class Trait(Protocol):
    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None: ...


@dataclass
class Api:
    """The sides and what they share. ``on_write`` is called when a client's own session has written something."""

    traits: Sequence[Trait]
    seed: str
    on_write: Callable[[], None] = lambda: None
    chance: random.Random = field(init=False)
    balance: int = 100
    """State that both sides share, as most do while one replaces the other."""
    waking: bool = False
    """Whether the candidate has just met a cold start, so that it answers now."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def answer(self, asked: Asked) -> Answer:
        number = asked.request
        answer = Answer({"id": number, "name": f"item {number}", "total": 10 * number + 5, "tags": ["a", "b"]})
        for trait in self.traits:
            trait(answer, asked, self)
        return answer

    def chooses(self, request: int, share: float, what: str) -> bool:
        """Whether the request is one of those, a ``share`` of all, that have this property; it always has, or never."""
        hashed = blake2b(f"{self.seed}/{what}/{request}".encode(), digest_size=8).digest()
        return int.from_bytes(hashed, "big") < share * 2**64


# -- what legacy itself never says twice alike ------------------------------------------------------------------------


@dataclass(frozen=True)
class Noise:
    """A field that each answer of either side has anew: a boolean, one of three words, any number, or any moment."""

    values: Literal["number", "boolean", "three", "moment"] = "number"
    share: float = 1.0
    """Of the requests that it is noise in; in the others it never changes."""
    until: float = float("inf")
    """Days after which it never changes any more."""
    name: str = "nonce"

    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None:
        seed = api.chance.random() if self.noisy(asked, api) else (asked.request * 0.618034) % 1.0
        drawn: dict[str, Any] = {
            "number": 1_000_000 + int(seed * 1e9),
            "boolean": seed < 0.5,
            "three": ("red", "green", "blue")[int(seed * 3)],
            "moment": dt.datetime.fromtimestamp(1_800_000_000 + int(seed * 1e8), dt.UTC).strftime("%FT%TZ"),
        }
        answer.document[self.name] = drawn[self.values]

    def noisy(self, asked: Asked, api: Api) -> bool:
        return asked.day < self.until and api.chooses(asked.request, self.share, self.name)


@dataclass(frozen=True)
class Shuffled:
    """A list that each answer has in an order of its own."""

    length: int = 6

    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None:
        answer.document["list"] = api.chance.sample(range(self.length), self.length)


@dataclass(frozen=True)
class Balance:
    """A number that both sides read from the same place, and that changes with a write between two questions."""

    moves: float
    """Probability of a write before an answer."""
    own: bool = False
    """Whether the client writes itself; else somebody whom the proxy never sees."""

    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None:
        if api.chance.random() < self.moves:
            api.balance += 1 + int(api.chance.random() * 1000)
            if self.own:
                api.on_write()
        answer.document["balance"] = api.balance


# -- what the candidate does wrong ------------------------------------------------------------------------------------

How = Literal["value", "type", "missing", "format", "status"]


@dataclass(frozen=True)
class Wrong:
    """A fault of the candidate that a share of the requests meets, each of them always."""

    share: float
    how: How = "value"
    name: str = "total"
    """The field."""
    but: Noise | None = None
    """Only where, and as long as, this field is steady."""

    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None:
        if asked.side is Side.LEGACY or not api.chooses(asked.request, self.share, "wrong"):
            return
        if self.but is None or not self.but.noisy(asked, api):
            _spoil(answer, self.name, self.how)


@dataclass(frozen=True)
class Flaky:
    """A fault of the candidate in a share of its answers, to whatever request."""

    share: float
    how: How = "value"

    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None:
        if asked.side is Side.CANDIDATE and api.chance.random() < self.share:
            _spoil(answer, "total", self.how)


@dataclass(frozen=True)
class ColdStart:
    """A Lambda that starts anew before a share of its answers, for so long that the time runs out; then it answers."""

    share: float

    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None:
        if asked.side is Side.CANDIDATE:
            api.waking = not api.waking and api.chance.random() < self.share
            answer.timeout = api.waking


@dataclass(frozen=True)
class Silent:
    """A share of the requests that the candidate never answers."""

    share: float

    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None:
        answer.timeout = asked.side is Side.CANDIDATE and api.chooses(asked.request, self.share, "silent")


def _spoil(answer: Answer, name: str, how: How) -> None:
    value = answer.document.get(name)
    if how == "missing":
        answer.document.pop(name, None)
    elif how == "type":
        answer.document[name] = str(value)
    elif how == "format":
        answer.document[name] = f"{value}".replace("T", " ").replace("Z", "+00:00")
    elif how == "status":
        answer.status, answer.document = 500, {"error": "internal"}
    elif isinstance(value, bool):
        answer.document[name] = not value
    else:
        answer.document[name] = value + 1 if isinstance(value, int) else f"other {value}"


# -- what both sides do alike -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Alike:
    """A share of the requests that both sides answer with this status, and with the same error."""

    share: float
    status: int

    def __call__(self, answer: Answer, asked: Asked, api: Api) -> None:
        if api.chooses(asked.request, self.share, f"alike {self.status}"):
            answer.status, answer.document = self.status, {"error": {"code": self.status, "of": asked.request}}
