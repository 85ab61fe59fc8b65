"""How often both sides are asked again about a difference: against real servers, through the whole examination."""

from __future__ import annotations

from shadow.pipeline.fates import CONFIRMATIONS

EVER_NEW = range(1000, 1500)


def test_noise_and_what_is_steady_are_told_apart_by_asking_again(sides):
    sides.legacy_says(*EVER_NEW)
    sides.candidate_says(7)
    (noisy,) = sides.examine(1)
    assert (noisy.outcome, noisy.noise, noisy.steady) == ("compared", noisy.signature, ())
    assert sides.asked == (2, 3)
    sides.legacy_says(1)
    (wrong,) = sides.examine(1)
    assert (wrong.outcome, wrong.noise, wrong.steady) == ("compared", (), wrong.signature)
    assert wrong.signature == noisy.signature


def test_a_balance_that_moves_once_between_two_questions_is_asked_about_once_more_and_is_no_noise(sides):
    """With one confirmation both answers of legacy differ, as noise's would."""
    sides.legacy_says(20)
    sides.candidate_says(20)
    (raced,) = sides.examine(10, mirror="baseline = 0\nconfirm = 1")
    assert (raced.outcome, raced.noise) == ("raced", ())
    assert sides.asked == (2, 3)


def test_noise_is_noise_where_legacy_goes_on_after_the_session_has_written(sides):
    """An app writes while its reads still wait to be mirrored; that explains one change, and not all."""
    sides.legacy_says(*EVER_NEW)
    sides.candidate_says(7)
    (noisy,) = sides.examine(1, wrote=0.0)
    assert noisy.noise == noisy.signature != ()
    assert sides.asked == (3, 4)


def test_while_the_session_writes_nothing_becomes_noise(sides):
    sides.legacy_says(*EVER_NEW)
    sides.candidate_says(7)
    (raced,) = sides.examine(1, wrote=600.0)
    assert (raced.outcome, raced.noise) == ("raced", ())
    assert sides.asked == (5, 6)


def test_with_one_confirmation_noise_is_still_found(sides):
    sides.legacy_says(*EVER_NEW)
    sides.candidate_says(*range(5000, 5500))
    (noisy,) = sides.examine(10, mirror="baseline = 0\nconfirm = 1")
    assert noisy.noise == noisy.signature != ()


def test_a_candidate_that_agrees_when_asked_again_is_unstable_and_not_raced(sides):
    sides.legacy_says(1)
    sides.candidate_says(2, 1)
    (flaky,) = sides.examine(1)
    assert flaky.outcome == "compared"
    assert [d.class_ for d in flaky.differences] == ["candidate-unstable"]


def test_what_was_noise_is_called_steady_only_after_more_answers(sides):
    """Of a field with three values, three answers are the same now and then."""
    sides.legacy_says(2, 3, 5, 5, 5, 5, 6)
    sides.candidate_says(7)
    noisy, by_chance = sides.examine(1, 5)
    assert noisy.noise
    assert by_chance.outcome == "raced"
    assert sides.asked == (2 + 5, 3 + 6)


def test_a_fingerprint_is_asked_about_so_often_and_then_taken_for_what_it_usually_is(sides):
    sides.legacy_says(*EVER_NEW)
    sides.candidate_says(7)
    observed = sides.examine(*range(20, 25 + CONFIRMATIONS))
    assert sides.asked[0] == 2 * CONFIRMATIONS
    assert sum(bool(one.noise) for one in observed) == CONFIRMATIONS
    assert {one.outcome for one in observed} == {"compared"}
    assert len({one.signature for one in observed}) == 1


def test_where_a_baseline_request_says_that_noise_has_settled_it_is_asked_again(sides):
    """Each baseline request has two answers of legacy anyway; while they differ, nothing more is sent for it."""
    noisy, assumed, steady = CONFIRMATIONS, 5, 3
    sides.legacy_says(*range(1000, 1000 + 3 * noisy + assumed), 1)
    sides.candidate_says(7)
    observed = sides.examine(*[5] * (noisy + assumed), *[1] * steady, mirror="baseline = 1.0")
    assert all(one.noise for one in observed[:noisy])
    assert not any(one.noise or one.steady for one in observed[noisy : noisy + assumed])
    assert all(one.steady == one.signature != () for one in observed[-steady:])
