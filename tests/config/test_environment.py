from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config.environment import escaped, expand


def expanded(text: str, **environment: str) -> str:
    data, problems = expand({"key": text}, environment)
    assert problems == []
    return str(data["key"])


def test_a_variable_is_replaced_wherever_it_stands_in_a_string() -> None:
    assert expanded("https://${HOST}/v${VERSION}", HOST="a.test", VERSION="2") == "https://a.test/v2"


def test_a_default_stands_in_for_a_variable_that_is_unset_or_empty() -> None:
    assert expanded("${A:-x}") == "x"
    assert expanded("${A:-x}", A="") == "x"
    assert expanded("${A:-x}", A="y") == "y"
    assert expanded("${A:-}") == ""
    assert expanded("${A:-a:-b $c}") == "a:-b $c"


def test_a_variable_that_is_set_but_empty_needs_no_default() -> None:
    assert expanded("<${A}>", A="") == "<>"


def test_what_a_variable_holds_is_not_expanded_again() -> None:
    assert expanded("${A}", A="${B}") == "${B}"


def test_an_escaped_reference_stays_a_reference() -> None:
    assert expanded("$${A} $A $$ ${A}", A="1") == "${A} $A $$ 1"


def test_strings_are_expanded_at_any_depth_and_other_values_left_alone() -> None:
    data, problems = expand({"a": [{"b": ["${X}", 1, None]}], "${X}": True}, {"X": "x"})
    assert (data, problems) == ({"a": [{"b": ["x", 1, None]}], "${X}": True}, [])


def test_an_unset_variable_is_a_problem_that_names_key_and_variable() -> None:
    data, problems = expand(
        {"candidate": {"headers": {"x-key": "${A}${B}"}}, "accept": [{"reason": "${C}"}]}, {"A": ""}
    )
    assert [
        (problem.key, "variable " + name in problem.sentence) for problem, name in zip(problems, "BC", strict=True)
    ] == [
        ("candidate.headers.x-key", True),
        ("accept[0].reason", True),
    ]
    assert data["accept"][0]["reason"] == "${C}"


@pytest.mark.parametrize("text", ["${", "${}", "${1A}", "${A", "${A-b}", "${A:-${B}}", "${A B}"])
def test_a_reference_that_is_none_is_a_problem_that_shows_the_right_form(text: str) -> None:
    _, [problem] = expand({"key": text}, {"A": "1", "B": "2"})
    assert "${VAR:-default}" in problem.sentence


def test_a_variable_that_is_not_utf_8_is_a_problem_that_does_not_repeat_it() -> None:
    _, [problem] = expand({"key": "${A}"}, {"A": "secret\udcff"})
    assert "A is not valid UTF-8" in problem.sentence
    assert "secret" not in problem.sentence


@given(st.text())
def test_escaped_text_expands_to_itself(text: str) -> None:
    assert expand({"key": escaped(text)}, {}) == ({"key": text}, [])


@given(st.text(st.sampled_from("${}:-AB \\")))
def test_expanding_never_fails_and_only_problems_leave_text_as_it_was(text: str) -> None:
    data, problems = expand({"key": text}, {"A": "1"})
    assert data["key"] == text or not problems
