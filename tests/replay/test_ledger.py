"""However a replay ends, what it has left in the ledger tells exactly what is done."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shadow.replay.ledger import SENT, Done, Open


def test_nothing_is_done_before_anything_has_begun() -> None:
    assert not Done()
    assert 1 not in Done()
    assert 1 not in Done({0})
    assert Done({0})


@given(
    chosen=st.lists(st.integers(1, 60), unique=True, max_size=30).map(sorted),
    order=st.randoms(use_true_random=False),
    batches=st.lists(st.integers(1, 5), min_size=30, max_size=30),
    stored=st.integers(0, 30),
)
def test_a_replay_that_ends_anywhere_goes_on_with_exactly_what_is_not_stored(
    chosen: Sequence[int], order: object, batches: Sequence[int], stored: int
) -> None:
    under_way = Open()
    for number in chosen:
        under_way.begin(number)
    ended = list(chosen)
    order.shuffle(ended)  # type: ignore[attr-defined]
    entries = [(number, under_way.end(number)) for number in ended]
    # As `Recorder` and `Store.record` do: in batches, each of which strikes out what is below its highest `oldest`.
    ledger = {0}
    known: set[int] = set()
    for size in batches[:stored]:
        batch, entries = entries[:size], entries[size:]
        if not batch:
            break
        ledger |= {number for number, _ in batch}
        ledger = {number for number in ledger if number >= max(oldest for _, oldest in batch)}
        known |= {number for number, _ in batch}
    done = Done(ledger)
    assert {number for number in chosen if number in done} == known


def test_a_write_that_was_sent_is_lost_where_its_end_is_not_known() -> None:
    done = Done({0, 1, 3, SENT + 1, SENT + 2, SENT + 3})
    assert [number for number in range(1, 5) if done.lost(number)] == [2]
    assert [number for number in range(1, 5) if number in done] == [1, 3]
