"""How often both sides are asked again about a difference: against real servers, through the whole examination."""

from __future__ import annotations

from shadow.pipeline.fates import CONFIRMATIONS, NOISY_REQUESTS

EVER_NEW = range(1000, 1500)
ALL_NOISE = [2000, 3000, 4000] * 50
"""Enough for `NOISY_REQUESTS`."""


def test_noise_and_the_same_difference_where_legacy_is_steady_are_told_apart_by_asking_again(sides):
    sides.legacy_says(*EVER_NEW)
    sides.candidate_says(7)
    (noisy,) = sides.examine(1)
    assert (noisy.outcome, noisy.noise) == ("compared", noisy.signature)
    assert sides.asked == (2, 3)
    sides.legacy_says(1)
    (wrong,) = sides.examine(1)
    assert (wrong.outcome, wrong.noise) == ("compared", ())
    assert len(wrong.signature) == 1
    assert wrong.signature != noisy.signature


def test_what_is_confirmed_is_asked_about_as_often_as_the_settings_say(sides):
    sides.legacy_says(1)
    sides.candidate_says(2)
    sides.examine(1)
    assert sides.asked == (2, 3)
    sides.examine(1, mirror="baseline = 0\nconfirm = 5")
    assert sides.asked == (2 + 5, 3 + 6)


def test_a_balance_that_moves_once_between_two_questions_is_asked_about_longer_and_is_no_noise(sides):
    """With one confirmation both answers of legacy differ, as noise's would."""
    sides.legacy_says(20)
    sides.candidate_says(20)
    (raced,) = sides.examine(10, mirror="baseline = 0\nconfirm = 1")
    assert (raced.outcome, raced.noise) == ("raced", ())
    assert sides.asked == (5, 6)


def test_a_field_of_two_values_is_noise(sides):
    """Three answers often do not show it; six mostly do."""
    sides.legacy_says(1, 0, 0, 1, 0)
    sides.candidate_says(0, 0, 1, 0, 1, 0)
    (noisy,) = sides.examine(1)
    assert (noisy.outcome, noisy.noise) == ("compared", noisy.signature)
    assert sides.asked == (4, 5)


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


def test_where_legacy_has_few_values_a_candidate_is_not_called_unstable_by_chance(sides):
    """Legacy says the same four times, as it does in one of eight requests."""
    sides.legacy_says(1, 1, 1, 0, 1, 0)
    sides.candidate_says(0, 1, 0, 1, 0, 1)
    (noisy,) = sides.examine(1)
    assert (noisy.outcome, noisy.noise) == ("compared", noisy.signature)


def test_what_was_noise_is_confirmed_only_after_more_answers(sides):
    """Of a field with few values, some answers are the same now and then."""
    sides.legacy_says(2, 3, *[5] * 6, 6)
    sides.candidate_says(7)
    noisy, by_chance = sides.examine(1, 5)
    assert noisy.noise
    assert by_chance.outcome == "raced"
    assert sides.asked == (2 + 7, 3 + 8)


def test_a_difference_is_asked_about_so_often_and_then_taken_for_granted(sides):
    sides.legacy_says(1)
    sides.candidate_says(7)
    observed = sides.examine(*[1] * (CONFIRMATIONS + 5))
    assert sides.asked[0] == 2 * CONFIRMATIONS
    assert {(one.outcome, one.noise) for one in observed} == {("compared", ())}
    assert len({one.signature for one in observed}) == 1


def test_known_noise_is_asked_about_once_each_time_for_there_a_fault_might_hide(sides):
    known, wrong = 40, 3
    answers = 2 * NOISY_REQUESTS + (known - NOISY_REQUESTS)
    sides.legacy_says(*range(1000, 1000 + answers), 1)
    sides.candidate_says(7)
    observed = sides.examine(*[5] * known, *[1] * wrong)
    assert all(one.noise == one.signature != () for one in observed[:known])
    assert all(one.noise == () != one.signature for one in observed[known:])
    # Twelve answers of legacy each, the client's among them, before it is called steady.
    assert sides.asked[0] == answers + 11 * wrong


def test_in_the_end_noise_is_taken_for_granted_unless_a_baseline_request_speaks_against_it(sides):
    """Here 20 requests are enough for a verdict, so 40 are looked at in earnest."""
    looked_at, assumed, steady = 40, 5, 3
    sides.legacy_says(*range(1000, 1000 + 3 * NOISY_REQUESTS + looked_at - NOISY_REQUESTS + assumed), 1)
    sides.candidate_says(7)
    observed = sides.examine(
        *[5] * (looked_at + assumed), *[1] * steady, mirror="baseline = 1.0\n[verdict]\nenough = 20"
    )
    assert all(one.noise == one.signature != () for one in observed[: looked_at + assumed])
    assert all(one.noise == () != one.signature for one in observed[-steady:])


REFUSED = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"


def test_a_difference_of_which_legacy_says_nothing_more_is_not_forgotten(sides):
    """The pair is left out of n, as one that raced; but that all others are clean must not make the route ready."""
    sides.legacy.answer(REFUSED)
    sides.candidate_says(7)
    (refused,) = sides.examine(1)
    assert (refused.outcome, refused.unconfirmed) == ("raced", True)


def test_a_difference_of_which_nobody_can_be_asked_again_is_not_forgotten(sides, steps):
    sides.legacy.answer(steps.HangUp())
    sides.candidate_says(7)
    (failed,) = sides.examine(1)
    assert (failed.outcome, failed.unconfirmed) == ("failed", True)


def test_what_is_the_same_or_confirmed_or_a_race_is_no_such_thing(sides):
    sides.legacy_says(1)
    sides.candidate_says(1)
    (same,) = sides.examine(1)
    sides.candidate_says(7)
    (wrong,) = sides.examine(1)
    sides.legacy_says(2)
    sides.candidate_says(2)
    (raced,) = sides.examine(1)
    assert [one.outcome for one in (same, wrong, raced)] == ["compared", "compared", "raced"]
    assert not any(one.unconfirmed for one in (same, wrong, raced))


def test_noise_at_one_place_of_a_list_hides_no_fault_at_another_however_well_it_is_known(sides):
    """Both have one fingerprint, for indexes are no part of it."""

    def pair(noisy: int, other: int) -> bytes:
        text = b'[{"x": %d}, {"x": %d}]' % (100_003 + noisy, 500_000 + other)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text)
        return head + text

    known, wrong = 5, 3
    sides.legacy.answer(*(pair(n, 1) for n in range(1000, 1500)))
    sides.candidate.answer(*[pair(7, 1)] * (known * 3), *[pair(7, 2)] * 200)
    observed = sides.examine(*[pair(n, 1).partition(b"\r\n\r\n")[2] for n in range(20, 20 + known + 8)])
    assert all(one.noise == one.signature != () for one in observed[:known])
    assert all(one.noise == () != one.signature for one in observed[-wrong:])


def test_after_evidence_was_forgotten_examples_are_kept_again_and_all_is_asked_anew(sides):
    sides.legacy_says(1)
    sides.candidate_says(7)
    before = sides.examine(*[1] * (CONFIRMATIONS + 10))
    assert sides.asked[0] == 2 * CONFIRMATIONS
    again = sides.examine(*[1] * (CONFIRMATIONS + 10), forget_after=CONFIRMATIONS + 5)
    assert sides.asked[0] == 2 * CONFIRMATIONS + 2 * CONFIRMATIONS + 2 * 5
    assert [one.example is not None for one in before[-5:]] == [False] * 5
    assert [one.example is not None for one in again[-5:]] == [True] * 5
