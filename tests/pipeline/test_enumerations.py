"""Only words that several requests had are told, and of a field that holds anything else none at all."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from shadow.evidence.coverage import NO_ENUMERATION, Feature
from shadow.pipeline.enumerations import MOST_WORDS, SEVERAL, Enumerations
from shadow.redact import Redactor

STATE = ("response-value", "$.state")
REDACTOR = Redactor(b"k" * 32, paths=("$.items[*].level", "$.secret_state"))


@pytest.fixture
def enumerations() -> Enumerations:
    return Enumerations(REDACTOR.hides)


def told(enumerations: Enumerations, request: int, *values: str, field: tuple[str, str] = STATE) -> list[str]:
    features = list(enumerations.told("GET /a", request.to_bytes(16, "big"), {field: set(values)}))  # type: ignore[dict-item]
    assert all((feature.kind, feature.name) == field for feature in features)
    return [feature.value for feature in features]


def last(enumerations: Enumerations, requests: Iterable[tuple[int, str]], **other: tuple[str, str]) -> list[str]:
    found: list[str] = []
    for request, value in requests:
        found = told(enumerations, request, value, **other)
    return found


def test_a_word_is_told_once_several_distinct_requests_have_had_it(enumerations: Enumerations) -> None:
    assert [told(enumerations, n, "open") for n in range(SEVERAL + 1)] == [[], [], ["open"], ["open"]]


def test_one_request_does_not_become_several_by_coming_again(enumerations: Enumerations) -> None:
    assert last(enumerations, [(1, "open")] * 50) == []


def test_each_word_of_a_list_counts(enumerations: Enumerations) -> None:
    for n in range(SEVERAL):
        found = told(enumerations, n, "open", "closed", f"only{'abc'[n]}")
    assert found == ["closed", "open"]


def test_a_text_that_is_no_word_ends_it_for_the_field(enumerations: Enumerations) -> None:
    assert last(enumerations, [(n, "open") for n in range(5)]) == ["open"]
    assert told(enumerations, 6, NO_ENUMERATION) == [NO_ENUMERATION]
    assert told(enumerations, 7, "open") == [NO_ENUMERATION]


def test_too_many_different_values_end_it(enumerations: Enumerations) -> None:
    words = [f"{chr(97 + n)}word" for n in range(MOST_WORDS + 1)]
    seen = [(100 * n + m, word) for n, word in enumerate(words) for m in range(5)]
    assert last(enumerations, seen[: 5 * MOST_WORDS]) == [words[MOST_WORDS - 1]]
    assert last(enumerations, seen[5 * MOST_WORDS :][:1]) == [NO_ENUMERATION]


def test_nearly_as_many_values_as_requests_end_it(enumerations: Enumerations) -> None:
    people = ["ada", "grace", "alan", "kurt", "emmy", "sofia", "john"]
    assert last(enumerations, enumerate(people[n % 7] for n in range(12))) == [NO_ENUMERATION]


def test_null_is_told_only_of_a_field_that_holds_words(enumerations: Enumerations) -> None:
    assert last(enumerations, enumerate(["null"] * 10)) == []
    assert last(enumerations, [(n, "true") for n in range(20, 30)]) == ["true"]
    assert told(enumerations, 40, "null") == ["null"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.items[*].level", "low"),
        ("$.secret_state", "low"),
        ("$.password.state", "low"),
        ("$.token", "low"),
        ("$.state", "AKIAABCDEFGHIJKLMNOP"),
    ],
)
def test_what_is_secret_by_its_place_or_its_looks_is_never_told(
    enumerations: Enumerations, path: str, value: str
) -> None:
    field = ("response-value", path)
    assert last(enumerations, [(n, value) for n in range(30)], field=field) == [NO_ENUMERATION]


def test_fields_of_one_name_in_other_routes_are_others(enumerations: Enumerations) -> None:
    told(enumerations, 1, NO_ENUMERATION)
    for n in range(SEVERAL):
        found = list(enumerations.told("GET /b", bytes([n]), {STATE: {"on"}}))  # type: ignore[dict-item]
    assert found == [Feature("response-value", "$.state", "on")]
