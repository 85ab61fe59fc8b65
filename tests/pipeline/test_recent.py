"""What grows with traffic has a bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shadow.pipeline.recent import Recent


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans())), st.integers(1, 5))
def test_it_knows_exactly_those_that_were_used_last(uses, most):
    recent: Recent[str, int] = Recent(most)
    expected: list[tuple[str, int]] = []
    for number, (key, puts) in enumerate(uses):
        known = dict(expected).get(key)
        if puts:
            recent.put(key, number)
        else:
            assert recent.get(key) == known
        if puts or known is not None:
            expected = [*(one for one in expected if one[0] != key), (key, number if puts else known)][-most:]
        assert len(recent) == len(expected)
    for key, value in expected:
        assert recent.get(key) == value
