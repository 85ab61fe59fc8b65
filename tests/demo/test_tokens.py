"""Tokens name their player, and only untouched ones are valid."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shadow.demo.tokens import mint, subject

LATIN_1 = st.text(st.characters(max_codepoint=255))


@given(st.text())
def test_a_token_names_its_player(player):
    assert subject([("authorization", f"bearer {mint(player)}")]) == player


@given(LATIN_1)
def test_garbage_names_nobody_and_raises_nothing(garbage):
    assert subject([("Authorization", garbage)]) is None
    assert subject([("Authorization", f"Bearer {garbage}")]) is None


@given(st.data())
def test_a_changed_token_names_nobody(data):
    token = mint("player-00")
    place = data.draw(st.integers(0, len(token) - 2))
    other = data.draw(st.sampled_from("AZaz09-_").filter(lambda character: character != token[place]))
    assert subject([("Authorization", f"Bearer {token[:place]}{other}{token[place + 1 :]}")]) is None


def test_no_token_names_nobody():
    assert subject([]) is None
