"""What is asked of one proxy, in memory that it shares with its worker."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.pipeline.brake import Brake


@pytest.fixture
def ends() -> Iterator[tuple[Brake, Brake]]:
    """The proxy's end and the worker's."""
    proxy = Brake.make()
    worker = Brake(os.dup(proxy.fd))
    yield proxy, worker
    worker.close()
    proxy.close()


def test_untouched_it_wishes_nothing(ends):
    proxy, worker = ends
    assert proxy.wish is worker.wish is None


@pytest.mark.parametrize("paused", [True, False])
def test_a_wish_is_seen_at_the_other_end_until_it_is_in_the_store(ends, paused):
    proxy, worker = ends
    proxy.ask(paused=paused)
    assert worker.wish is paused
    worker.stored(worker.asked)
    assert proxy.wish is worker.wish is None


def test_however_often_somebody_asks_before_the_store_can_be_told_the_last_wish_holds(ends):
    """The byte's counter comes round meanwhile."""
    proxy, worker = ends
    proxy.ask(paused=True)
    worker.stored(worker.asked)
    for number in range(1, 600):
        proxy.ask(paused=bool(number % 2))
        assert worker.wish is bool(number % 2), number


def test_what_is_asked_while_the_last_wish_is_being_stored_is_not_lost(ends):
    proxy, worker = ends
    proxy.ask(paused=True)
    asked = worker.asked
    proxy.ask(paused=False)
    proxy.ask(paused=True)
    worker.stored(asked)
    assert worker.wish is True


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_the_last_wish_holds_however_many_there_were(wishes):
    brake = Brake.make()
    try:
        for wish in wishes:
            brake.ask(paused=wish)
            assert brake.wish is wish
            brake.stored(brake.asked)
            assert brake.wish is None
    finally:
        brake.close()


def test_a_worker_that_comes_later_finds_the_wish(ends):
    proxy, worker = ends
    proxy.ask(paused=True)
    successor = Brake(os.dup(proxy.fd))
    assert successor.wish is True
    successor.close()
    assert worker.wish is True
