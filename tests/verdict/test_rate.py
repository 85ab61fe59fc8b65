"""Is a rate low enough: by statistics, and by a number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shadow.verdict.model import Verdict
from shadow.verdict.rate import Enough, by_rate, clean_needed

enoughs: st.SearchStrategy[Enough] = st.just("statistics") | st.integers(1, 500)
counts = st.integers(0, 2000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, min(n, 50))))


@given(counts, st.floats(0.005, 0.3), enoughs)
def test_that_many_clean_requests_more_make_it_ready_and_one_less_does_not(
    seen: tuple[int, int], limit: float, enough: Enough
) -> None:
    n, s = seen
    more = clean_needed(n, s, limit=limit, confidence=0.95, enough=enough)
    after = by_rate(n + more, s, limit=limit, confidence=0.95, enough=enough)
    # By a number, the statistics may still say that so many differences are no accident.
    assert after is Verdict.READY or (enough != "statistics" and after is Verdict.NOT_READY)
    if more:
        assert by_rate(n + more - 1, s, limit=limit, confidence=0.95, enough=enough) is not Verdict.READY


def test_a_number_takes_the_share_at_its_word_once_that_many_were_seen() -> None:
    words = [by_rate(n, 1, limit=0.1, confidence=0.95, enough=10) for n in (8, 9, 10, 11)]
    assert words == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.READY]
    assert by_rate(10, 2, limit=0.1, confidence=0.95, enough=10) is Verdict.NOT_READY
