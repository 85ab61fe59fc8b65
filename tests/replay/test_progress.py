"""How far a replay is, in words."""

from __future__ import annotations

import pytest

from shadow.replay.progress import progress_words
from shadow.replay.tally import Tally


def tally(done: int, chosen: int, fraction: float) -> Tally:
    made = Tally()
    made.done, made.chosen, made.fraction, made.differing = done, chosen, fraction, 3
    return made


@pytest.mark.parametrize(
    ("so_far", "words"),
    [
        (tally(1000, 2000, 1.0), "1,000/2,000, 100/s, 3 differ, 10 s left"),
        (tally(1000, 2000, 0.1), "1,000/~20,000, 100/s, 3 differ, 3 min left"),
        (tally(10, 20, 0.0), "10/?, 1/s, 3 differ"),
        (tally(20, 20, 1.0), "20/20, 2/s, 3 differ"),
        (tally(0, 0, 1.0), "0/0, 0/s, 3 differ"),
    ],
)
def test_how_many_of_how_many_how_fast_how_many_differ_and_for_how_long_yet(so_far: Tally, words: str) -> None:
    assert progress_words(so_far, 10.0) == words


def test_what_an_earlier_try_has_done_counts_as_done_but_not_as_fast() -> None:
    resumed = tally(100, 2000, 1.0)
    resumed.before = 900
    assert progress_words(resumed, 10.0) == "1,000/2,000, 10/s, 3 differ, 100 s left"
