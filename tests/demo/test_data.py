"""The data is the same for the same seed, and another for another."""

from __future__ import annotations

from shadow.demo.data import PLAYERS, build


def test_the_seed_decides():
    assert build(7) == build(7)
    assert build(7) != build(8)


def test_two_copies_share_nothing_that_can_change():
    one, other = build(), build()
    one.matches["x"] = "player-00"
    assert other.matches == {}


def test_each_player_has_what_the_apps_ask_for():
    players = build().players
    assert list(players) == [f"player-{number:02}" for number in range(PLAYERS)]
    for number, player in enumerate(players.values()):
        assert set(player.orders) == {f"1{number:02}{order}" for order in (1, 2, 3)}
        assert player.balance.is_integer()
