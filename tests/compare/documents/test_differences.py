"""JSON bodies: the traps that other tools fall into, each as a case."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shadow.compare import Difference, compare
from shadow.compare.rules import BodyRule, Rules
from shadow.compare.treatment import Treatment
from shadow.config.jsonpath import parse_path
from shadow.exchange import Response

JSON = [("Content-Type", "application/json")]


def differences(legacy: str | bytes, candidate: str | bytes, rules: Rules | None = None) -> list[Difference]:
    one, other = (b.encode() if isinstance(b, str) else b for b in (legacy, candidate))
    return compare(Response(200, JSON, one), Response(200, JSON, other), rules)


def told(legacy: str | bytes, candidate: str | bytes) -> list[tuple[str, str, str, str]]:
    return [(d.path, d.kind, d.class_, d.severity) for d in differences(legacy, candidate)]


ONE_DIFFERENCE = [
    # DeepDiff's defaults call these the same.
    ("[true]", "[1]", "$[0]", "type-changed", "bool-as-number"),
    ("[true]", "[1.0]", "$[0]", "type-changed", "bool-as-number"),
    ('{"__typename": "A"}', "{}", "$.__typename", "missing", "value"),
    ('{"__typename": "A"}', '{"__typename": "B"}', "$.__typename", "value-changed", "value"),
    ("[1, 1, 2]", "[1, 2, 2]", "$[1]", "value-changed", "value"),
    # Its hashes call these the same.
    ("[null]", '["NONE"]', "$[0]", "type-changed", "type"),
    ("[1]", '["int:1"]', "$[0]", "type-changed", "type"),
    ("[[]]", '["list:"]', "$[0]", "type-changed", "type"),
    # Other tools' holes.
    ("[[1]]", "[[1], []]", "$[1]", "added", "list-length"),
    ('{"a": 1}', '{"a": 1, "b": 2}', "$.b", "added", "value"),
    ("[]", "{}", "$", "type-changed", "empty-list-vs-object"),
    ("[10, 9, 1]", "[1, 10, 9]", "$", "reordered", "list-order"),
    ('{"1": 1}', '{"1": "1"}', "$['1']", "type-changed", "number-as-string"),
    # Numbers that a double can't tell apart.
    ("[1152921504606846976]", "[1152921504606846977]", "$[0]", "value-changed", "number-precision"),
    ("[18446744073709551616]", "[18446744073709551617]", "$[0]", "value-changed", "number-precision"),
    ("[9007199254740993]", "[9007199254740992.0]", "$[0]", "value-changed", "number-precision"),
    ("[0.1]", "[0.1000000000000000055511151231257827]", "$[0]", "value-changed", "number-precision"),
    ("[1e400]", "[2e400]", "$[0]", "value-changed", "value"),
    # What is not even JSON, or at its edge.
    ("[NaN]", "[null]", "$[0]", "type-changed", "number-special"),
    ("[Infinity]", "[-Infinity]", "$[0]", "value-changed", "number-special"),
    ("[1e99999999999999999999]", "[1e999999]", "$[0]", "value-changed", "number-special"),
    (r'["\ud800"]', r'["\udc00"]', "$[0]", "value-changed", "value"),
    ('{"a": 1, "a": 2}', '{"a": 2}', "$.a", "malformed", "repeated-member"),
    ('{"a": 1, "a": 2}', '{"a": 3, "a": 2}', "$.a", "malformed", "repeated-member"),
    ('[{"x": {"a": 1, "a": 2}}]', '[{"x": {"a": 2}}]', "$[0].x.a", "malformed", "repeated-member"),
    ('{"a": 1, "a": 2, "b": "\\u003a"}', '{"a": 2, "b": ":"}', "$.a", "malformed", "repeated-member"),
    ('{"a": {"x": 1, "x": 2}, "a": 3}', '{"a": {"x": 2}, "a": 3}', "$.a", "malformed", "repeated-member"),
    ('[{"a":1,"a":2},{"a":2},1]', '[{"a":2},{"a":1,"a":2},1]', "$", "reordered", "list-order"),
    ("{", "{}", "$", "malformed", "malformed"),
    ("{}", "[1,]", "$", "malformed", "malformed"),
    ("\ufeff{}", "{}", "$", "malformed", "byte-order-mark"),
    ("{}", "", "$", "missing", "empty-body"),
    ("", "null", "$", "added", "empty-body"),
    ('{"a": null}', "{}", "$.a", "missing", "null-vs-absent"),
    ('{"a": null}', '{"a": []}', "$.a", "type-changed", "empty-vs-null"),
]


@pytest.mark.parametrize(("legacy", "candidate", "path", "kind", "class_"), ONE_DIFFERENCE)
def test_each_trap_is_exactly_one_difference(legacy: str, candidate: str, path: str, kind: str, class_: str) -> None:
    assert told(legacy, candidate) == [(path, kind, class_, "difference")]


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("[NaN]", "[ NaN ]"),
        ('{"a": 1, "a": 2}', '{"a":1,"a":2}'),
        ('["\\u00e9"]', '["é"]'),
        ("[-0]", "[0]"),
        (r'["\ud800"]', r'[ "\ud800" ]'),
        ("[" + "1" * 5000 + "]", "[ " + "1" * 5000 + "]"),
        (" null ", "null"),
    ],
)
def test_what_is_equal_in_other_words_is_the_same(legacy: str, candidate: str) -> None:
    assert differences(legacy, candidate) == []


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("[1]", "[1.0]"),
        ("[1.10]", "[1.1]"),
        ("[1e16]", "[10000000000000000]"),
        ("[0]", "[-0.0]"),
        ("[0.0]", "[-0.0]"),
    ],
)
def test_one_number_spelled_in_two_ways_is_a_notice(legacy: str, candidate: str) -> None:
    assert told(legacy, candidate) == [("$[0]", "value-changed", "number-lexical", "notice")]


def test_integers_of_thousands_of_digits_are_compared_to_the_last_one() -> None:
    digits = "7" * 6000
    assert told(f"[{digits}1]", f"[{digits}2]") == [("$[0]", "value-changed", "value", "difference")]


@pytest.mark.parametrize("depth", [201, 1_000, 100_000])
def test_what_differs_too_deep_down_is_truncated_and_never_the_same(depth: int) -> None:
    legacy, candidate = ("[" * depth + leaf + "]" * depth for leaf in ("1", "true"))
    assert [kind for _, kind, _, _ in told(legacy, candidate)] == ["truncated"]


def test_what_is_nested_too_deeply_to_be_read_is_truncated_and_never_the_same() -> None:
    nested = "[" * 10_000 + "]" * 10_000
    assert [kind for _, kind, _, _ in told(nested, nested + " ")] == ["truncated"]


@pytest.mark.parametrize("depth", [201, 500])
def test_the_same_in_other_white_space_is_the_same_however_deep(depth: int) -> None:
    nested = "[" * depth + "]" * depth
    assert differences(nested, nested + " ") == []


def test_a_repeated_member_whose_last_value_differs_is_that_one_difference() -> None:
    assert told('{"a": 1, "a": 2}', '{"a": 1, "a": 3}') == [("$.a", "value-changed", "value", "difference")]


def test_objects_that_exchange_what_they_repeat_differ_in_any_order() -> None:
    unordered = Rules(body=(BodyRule(parse_path("$"), Treatment(unordered=True)),))
    found = differences('[{"a":1,"a":2},{"a":3}]', '[{"a":2},{"a":1,"a":3}]', unordered)
    assert {d.class_ for d in found} == {"repeated-member"}
    assert differences('[{"a":1,"a":2},{"a":3}]', '[{"a":3},{"a":1,"a":2}]', unordered) == []


def test_numbers_with_one_hash_take_no_longer_than_others() -> None:
    # Python hashes all multiples of this to 0; sets of them took 35 seconds.
    ids = [number * (2**61 - 1) for number in range(20_000)]
    for one in (ids, [{"id": number} for number in ids]):
        found = differences(json.dumps(one), json.dumps([*one[1:], one[0]]), Rules(budget=10))
        assert [(d.path, d.class_) for d in found] == [("$", "list-order")]


REORDERED = [
    ('{"b": 1, "a": 2}', '{"a": 2, "b": 1}'),
    ('[{"x": 1}, {"b": 1, "a": [2]}]', '[{"x": 1}, {"a": [2], "b": 1}]'),
    ('{"x": {"y": {"b": 1, "a": 2}}}', '{"x": {"y": {"a": 2, "b": 1}}}'),
]


@pytest.mark.parametrize(("legacy", "candidate"), REORDERED)
def test_members_in_another_order_are_a_notice(legacy: str, candidate: str) -> None:
    assert told(legacy, candidate) == [("$", "reordered", "key-order", "notice")]


@pytest.mark.parametrize(("legacy", "candidate"), REORDERED)
def test_members_in_another_order_are_a_notice_beside_a_difference_too(legacy: str, candidate: str) -> None:
    found = told(f'{{"same": {legacy}, "v": 1}}', f'{{"same": {candidate}, "v": 2}}')
    assert found == [("$.v", "value-changed", "value", "difference"), ("$", "reordered", "key-order", "notice")]


ORDERED = Rules(body=(BodyRule(parse_path("$..*"), Treatment(ordered=True)),))


def test_members_in_another_order_are_a_difference_where_a_rule_says_so() -> None:
    found = differences('[{"b": 1, "a": [2]}]', '[{"a": [2], "b": 1}]', ORDERED)
    assert [(d.path, d.kind, d.class_, d.severity) for d in found] == [("$[0]", "reordered", "key-order", "difference")]
    assert differences('[{"b": 1, "a": [2]}]', '[ {"b": 1, "a": [2]}]', ORDERED) == []


def test_a_large_list_of_equal_values_takes_no_time_to_speak_of() -> None:
    # DeepDiff's own alignment of lists takes half a minute for this.
    zeros = [0] * 16_000
    assert differences(json.dumps(zeros), json.dumps(zeros, indent=0)) == []


def test_a_renamed_member_is_recognised_by_its_value() -> None:
    found = told('{"userId": 7, "x": 1}', '{"user_id": 7, "x": 1}')
    assert found == [
        ("$.userId", "missing", "key-renamed", "difference"),
        ("$.user_id", "added", "key-renamed", "difference"),
    ]


def test_a_renamed_member_with_another_value_is_just_missing_and_added() -> None:
    assert {class_ for _, _, class_, _ in told('{"userId": 7}', '{"user_id": 8}')} == {"value"}


def test_a_shorter_list_names_each_item_that_is_missing() -> None:
    assert told("[1, 2, 3]", "[1]") == [
        ("$[1]", "missing", "list-length", "difference"),
        ("$[2]", "missing", "list-length", "difference"),
    ]


def test_a_list_whose_items_moved_and_changed_is_not_called_reordered() -> None:
    assert "reordered" not in {kind for _, kind, _, _ in told("[1, 2, 3]", "[3, 2, 4]")}


def test_lists_reordered_within_a_list_are_each_reordered() -> None:
    found = told("[[1, 2], [3, 4]]", "[[2, 1], [4, 3]]")
    assert [(path, kind) for path, kind, _, _ in found] == [("$[0]", "reordered"), ("$[1]", "reordered")]


def test_the_same_fault_in_more_places_than_are_listed_leaves_only_a_notice() -> None:
    many = differences(
        json.dumps([{"price": i} for i in range(500)]), json.dumps([{"price": str(i)} for i in range(500)])
    )
    assert len(many) == 201
    assert len({d.fingerprint for d in many[:-1]}) == 1
    assert (many[-1].class_, many[-1].severity) == ("more-of-the-same", "notice")
    assert "300 more" in many[-1].summary


def test_a_fault_behind_hundreds_of_others_is_still_listed() -> None:
    legacy: list[Any] = [{"price": i} for i in range(500)]
    candidate: list[Any] = [{"price": str(i)} for i in range(500)]
    legacy[499], candidate[499] = {"price": 1, "name": "x"}, {"price": 1, "name": None}
    assert "$[499].name" in {d.path for d in differences(json.dumps(legacy), json.dumps(candidate))}


def test_more_kinds_of_faults_than_can_be_listed_are_truncated() -> None:
    legacy = json.dumps({f"member{chr(97 + i % 26)}{chr(97 + i // 26)}": 1 for i in range(300)})
    found = differences(legacy, legacy.replace("1", "2"))
    assert [d.kind for d in found if d.class_ == "truncated"] == ["truncated"]
    assert found[-1].severity == "difference"


def test_running_out_of_time_is_a_difference() -> None:
    legacy, candidate = (json.dumps([[i + n] for i in range(2_000)]) for n in (0, 10_000))
    found = differences(legacy, candidate, Rules(budget=-1.0))
    assert ("truncated", "truncated", "difference") in {(d.kind, d.class_, d.severity) for d in found}


def test_levels_and_differences_have_limits_of_their_own() -> None:
    shallow = differences("[[[1]]]", "[[[2]]]", Rules(max_depth=2))
    assert [(d.class_, d.summary) for d in shallow] == [
        ("truncated", "not all was compared: the documents are nested deeper than 2 levels")
    ]
    few = differences('{"a": 1, "b": 1, "c": 1}', '{"a": 2, "b": 2, "c": 2}', Rules(max_differences=2))
    assert [d.class_ for d in few] == ["value", "value", "truncated"]


def test_a_sentence_has_both_values() -> None:
    (found,) = differences('{"price": 12.5}', '{"price": "12.50"}')
    assert found.summary == 'number 12.5 became string "12.50"'
    assert (found.legacy, found.candidate) == (12.5, "12.50")


def test_long_texts_are_shown_where_they_differ() -> None:
    (found,) = differences(json.dumps("x" * 5000 + "old"), json.dumps("x" * 5000 + "new"))
    assert "old" in found.legacy
    assert "new" in found.candidate
    assert len(found.legacy) < 400
    assert "old" in found.summary


def test_links_to_each_sides_own_base_url_are_the_same() -> None:
    rules = Rules(legacy_url="https://api.example.com/kong", candidate_url="https://api.example.com")
    legacy = '{"next": "https://api.example.com/kong/orders?page=2"}'
    assert differences(legacy, '{"next": "https://api.example.com/orders?page=2"}', rules) == []
    (found,) = differences(legacy, '{"next": "https://other.example.com/kong/orders?page=2"}', rules)
    assert found.class_ == "url-host"


def test_a_candidate_that_links_back_to_legacy_differs() -> None:
    rules = Rules(legacy_url="https://api.example.com/kong", candidate_url="https://api.example.com")
    legacy = '{"a": 1, "next": "https://api.example.com/kong/orders"}'
    candidate = '{"a": 1, "next": "https://api.example.com/kong/kong/orders"}'
    assert [d.path for d in differences(legacy, candidate, rules)] == ["$.next"]
