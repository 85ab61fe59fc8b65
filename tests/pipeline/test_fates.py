"""How often a worker asks again about one difference, and what it takes for granted after that."""

from __future__ import annotations

import pytest

from shadow.pipeline.confirm import Fate
from shadow.pipeline.fates import CONFIRMATIONS, FINGERPRINTS, NOISY_REQUESTS, Fates

DAY = 20_000
PATIENCE = 50
PROVEN = {Fate.CONFIRMED, Fate.UNSTABLE}


def asked(fates: Fates, fate: Fate, *, times: int = PATIENCE, requests: int = 10, day: int = DAY) -> None:
    """Both sides have been asked about "f" so often, in so many distinct requests."""
    for n in range(times):
        fates.remember({"f": fate}, bytes([n % requests]), day)


@pytest.mark.parametrize("fate", Fate)
def test_after_so_many_confirmations_the_usual_fate_is_taken_for_granted(fate):
    """What proves nothing is looked at longer, for a fault might hide there."""
    fates = Fates(PATIENCE)
    for n in range(CONFIRMATIONS if fate in PROVEN else PATIENCE):
        assert fates.usual(["f"], b"new", DAY) is None
        other = Fate.CONFIRMED if fate is not Fate.CONFIRMED else Fate.RACED
        fates.remember({"f": other if n % 4 == 1 else fate}, bytes([n]), DAY)
    assert fates.usual(["f"], b"new", DAY) == {"f": fate}


def test_one_unknown_fingerprint_is_enough_to_ask_again():
    fates = Fates(PATIENCE)
    asked(fates, Fate.NOISE)
    assert fates.usual(["f", "g"], b"new", DAY) is None


def test_every_day_it_is_asked_again():
    """A field may have settled over night."""
    fates = Fates(PATIENCE)
    asked(fates, Fate.NOISE)
    assert fates.usual(["f"], b"new", DAY + 1) is None
    asked(fates, Fate.CONFIRMED, day=DAY + 1)
    assert fates.usual(["f"], b"new", DAY + 1) == {"f": Fate.CONFIRMED}


def test_an_exchange_of_yesterday_that_comes_late_does_not_begin_the_day_anew():
    fates = Fates(PATIENCE)
    asked(fates, Fate.CONFIRMED, day=DAY + 1)
    fates.remember({"f": Fate.CONFIRMED}, b"late", DAY)
    assert fates.usual(["f"], b"late", DAY) == fates.usual(["f"], b"new", DAY + 1) == {"f": Fate.CONFIRMED}


def test_noise_of_one_request_is_not_taken_for_granted_in_others():
    """The verdict wants noise from distinct requests, so the others have to be asked, too."""
    fates = Fates(PATIENCE)
    asked(fates, Fate.NOISE, requests=1)
    assert fates.usual(["f"], bytes([0]), DAY) == {"f": Fate.NOISE}
    for n in range(1, NOISY_REQUESTS):
        assert fates.usual(["f"], bytes([n]), DAY) is None
        fates.remember({"f": Fate.NOISE}, bytes([n]), DAY)
    assert fates.usual(["f"], b"new", DAY) == {"f": Fate.NOISE}


def test_it_is_known_for_ever_that_something_was_noise():
    fates = Fates(PATIENCE)
    assert not fates.was_noise("f")
    asked(fates, Fate.CONFIRMED)
    assert not fates.was_noise("f")
    fates.remember({"f": Fate.NOISE}, b"one", DAY)
    asked(fates, Fate.CONFIRMED, day=DAY + 5)
    assert fates.was_noise("f")


def test_of_ever_new_fingerprints_the_first_are_forgotten_and_confirmed_again():
    fates = Fates(PATIENCE)
    asked(fates, Fate.NOISE)
    for number in range(FINGERPRINTS):
        fates.remember({f"new-{number}": Fate.CONFIRMED}, b"new", DAY)
    assert fates.usual(["f"], b"new", DAY) is None
