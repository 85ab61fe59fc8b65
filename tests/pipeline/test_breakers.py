"""What is said about the breakers of both sides."""

from __future__ import annotations

from shadow.exchange import Side
from shadow.mirror.breaker import FAILURES, FIRST_PAUSE
from shadow.pipeline.breakers import Breakers


class Clock:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_one_line_when_one_opens_and_one_when_it_closes_without_secrets():
    said: list[str] = []
    clock = Clock()
    breakers = Breakers(said.append, lambda text: text.replace("s3cret", "[redacted]"), clock)
    assert breakers.status() == ""

    breaker = breakers.of(Side.CANDIDATE)
    for _ in range(FAILURES):
        breaker.leave(breaker.enter(safe=True), "token\ns3cret is not valid")
    clock.now += FIRST_PAUSE
    [opened] = said
    assert opened == (
        "candidate gave no answer to 5 requests in a row (last: token [redacted] is not valid); nothing more is sent "
        "to it, and exchanges are counted as skipped (breaker); the next safe request after 5 s tries again, later "
        "ones at most 120 s apart"
    )
    assert breakers.status() == (
        "nothing is sent to candidate for 5 s: 5 requests in a row got no answer (last: token [redacted] is not valid)"
    )
    assert breakers.of(Side.LEGACY).allows(safe=True), "one side's failures are not the other's"

    breaker.leave(breaker.enter(safe=True))
    assert said[1:] == ["candidate answers again, after 5 s and 5 requests without an answer; mirroring to it goes on"]
    assert breakers.status() == ""
