"""Proves that what made other comparison tools call different answers the same, or hang, does neither here.

Each case names its trap. Where a setting of DeepDiff is the trap, the test first shows that DeepDiff falls into it, so
that the case is a real one. The inputs on which DeepDiff takes quadratic or exponential time are compared with the
usual budget: the answer is the right difference or `truncated`, never "the same". Only the time limit of the test
run stands behind them; no assertion measures time.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
from collections.abc import Iterable
from typing import Any

import msgspec
import orjson
import pytest
import zstandard
from deepdiff import DeepDiff

from shadow import Difference, Response, compare
from shadow.compare.rules import Rules, rules_for
from shadow.config import Settings

JSON = ("Content-Type", "application/json")


def response(body: Any, status: int = 200, headers: Iterable[tuple[str, str]] = (JSON,)) -> Response:
    """Texts and bytes are bodies as they are, anything else is a document."""
    if isinstance(body, str):
        body = body.encode()
    return Response(status, list(headers), body if isinstance(body, bytes) else json.dumps(body).encode())


def opens(legacy: Any, candidate: Any, rules: Rules | None = None) -> list[Difference]:
    found = compare(response(legacy), response(candidate), rules)
    return [d for d in found if d.severity == "difference"]


def said(legacy: Any, candidate: Any, rules: Rules | None = None) -> list[tuple[str, str]]:
    return [(d.path, d.kind) for d in opens(legacy, candidate, rules)]


def ruled(*rules: dict[str, Any], budget: float = 0.25) -> Rules:
    sides = {"legacy": {"url": "https://h.example/kong"}, "candidate": {"url": "https://h.example"}}
    settings = Settings.model_validate({**sides, "compare": {"rule": list(rules)}})
    return dataclasses.replace(rules_for(settings, "GET /x"), budget=budget)


ANY_ORDER = {"path": "$", "unordered": True}

# -- DeepDiff's options that hide differences --------------------------------------------------------------------------

HIDDEN = {
    "booleans in lists of scalars are numbers": ([True], [1], {}),
    "booleans in lists of scalars are floats": ([True], [1.0], {}),
    "false in a list is zero": ([False, 5], [0, 5], {}),
    "private names are left out": ({"__typename": "A"}, {"__typename": "B"}, {}),
    "private names may be missing": ({"__typename": "A", "id": 1}, {"id": 1}, {}),
    "hash of null": ([None], ["NONE"], {"ignore_order": True}),
    "hash of a number": ([1], ["int:1"], {"ignore_order": True}),
    "hash of an empty list": ([[]], ["list:"], {"ignore_order": True}),
    "repetitions are not reported": ([1, 1, 2], [1, 2, 2], {"ignore_order": True}),
    "repeated objects are not reported": ([{"a": 1}, {"a": 1}], [{"a": 1}], {"ignore_order": True}),
    "number types are ignored: booleans": ({"a": True}, {"a": 1}, {"ignore_numeric_type_changes": True}),
    "number types are ignored: 2**60": ({"a": 2**60}, {"a": 2**60 + 1}, {"ignore_numeric_type_changes": True}),
    "a limit of comparisons": ({"a": [1, 2, 3], "b": 1}, {"a": [1, 2, 3], "b": 2}, {"max_diffs": 1}),
    "items of one id overwrite each other": (
        [{"id": 1, "v": 1}, {"id": 1, "v": 2}],
        [{"id": 1, "v": 9}, {"id": 1, "v": 2}],
        {"group_by": "id"},
    ),
}


@pytest.mark.parametrize(("legacy", "candidate", "options"), HIDDEN.values(), ids=HIDDEN)
def test_what_an_option_of_deepdiff_hides_is_a_difference(legacy: Any, candidate: Any, options: dict[str, Any]) -> None:
    assert DeepDiff(legacy, candidate, **options) == {}
    assert opens(legacy, candidate)
    assert opens(candidate, legacy)


def _same_id(one: Any, other: Any, level: Any = None) -> bool:
    return bool(one["id"] == other["id"])


def test_an_item_that_is_there_twice_is_not_hidden_by_pairing_items_by_a_member() -> None:
    legacy, candidate = [{"id": 1}], [{"id": 1}, {"id": 1}]
    assert DeepDiff(legacy, candidate, iterable_compare_func=_same_id) == {}
    assert said(legacy, candidate, ruled({"path": "$", "key": "id"})) == [("$[1]", "added")]
    assert said(candidate, legacy, ruled({"path": "$", "key": "id"})) == [("$[1]", "missing")]


UNORDERED = {
    "null and its hash": ([None], ["NONE"]),
    "a number and its hash": ([1], ["int:1"]),
    "a list and its hash": ([[]], ["list:"]),
    "an object and its hash": ([{}], ["dict:{}"]),
    "true and 1": ([True, 2], [2, 1]),
    "true, told apart in an object": ([{"a": True}], [{"a": 1}]),
    "0 and false, deep inside": ([[[0]]], [[[False]]]),
    "1 and its text": ([1], ["1"]),
    "counts": ([1, 1, 2], [1, 2, 2]),
    "counts of objects": ([{"a": 1}, {"a": 1}, {"a": 2}], [{"a": 1}, {"a": 2}, {"a": 2}]),
    "one more of the same": ([1, 1], [1, 1, 1]),
    "lists in it have an order": ([[1, 2]], [[2, 1]]),
    "-1 and -2, whose hashes are alike in Python": ([-1], [-2]),
    "2**61 - 1 and 0, whose hashes are alike in Python": ([2**61 - 1], [0]),
    "null and absent": ([{"a": None}], [{}]),
    "an empty list and an empty object": ([[]], [{}]),
    "a list and an object that name the same": ([["a", 1]], [{"a": 1}]),
    "names that are paired otherwise": ([{"a": 1, "b": 2}], [{"a": 2, "b": 1}]),
}


@pytest.mark.parametrize(("legacy", "candidate"), UNORDERED.values(), ids=UNORDERED)
def test_no_two_items_of_an_unordered_list_are_mistaken_for_each_other(legacy: Any, candidate: Any) -> None:
    for rules in (ruled(ANY_ORDER), ruled({"path": "$", "key": "id"})):
        assert opens(legacy, candidate, rules)
        assert opens([7, *legacy], [*candidate, 7], rules)
        assert opens(candidate, legacy, rules)


def test_a_rule_holds_also_where_hardly_any_member_is_on_both_sides() -> None:
    """DeepDiff's exclude_regex_paths is not asked where less than a third of the members are shared."""
    legacy = {"at": 1, **{f"a{i}": i for i in range(9)}}
    candidate = {"at": 2, **{f"b{i}": i for i in range(9)}}
    told = DeepDiff(legacy, candidate, exclude_regex_paths=[r"at"])
    assert "at" in str(told["values_changed"])
    found = said(legacy, candidate, ruled({"path": "$.at", "tolerance": 1}))
    assert "$.at" not in {path for path, _ in found}
    assert len(found) == 18


def test_a_rule_for_one_member_never_silences_its_neighbours() -> None:
    """keploy's noise rules switched off the assertions of whole bodies without a word."""
    legacy = {"at": "2024-01-01T00:00:00Z", "n": 1, "list": [1, 2], "o": {"at": 1}}
    candidate = {"at": 1704067200, "n": 2, "list": [2, 1], "o": {"at": 2}}
    assert said(legacy, candidate, ruled({"path": "$.at", "as": "datetime"})) == [
        ("$.n", "value-changed"),
        ("$.list", "reordered"),
        ("$.o.at", "value-changed"),
    ]


# -- numbers -----------------------------------------------------------------------------------------------------------

NUMBERS = {
    "2**53 + 1": ("9007199254740993", "9007199254740992"),
    "-(2**53) - 1": ("-9007199254740993", "-9007199254740992"),
    "2**63": ("9223372036854775807", "9223372036854775808"),
    "2**64 + 1, which orjson reads as a double": ("18446744073709551617", "18446744073709551616"),
    "2**64 + 1, with a point": ("18446744073709551617.0", "18446744073709551616"),
    "a tenth and its double": ("0.1", "0.1000000000000000055511151231257827"),
    "seventeenth digit": ("0.12345678901234567", "0.12345678901234566"),
    "thirty digits": ("1.000000000000000000000000000001", "1"),
    "smaller than any double": ("1e-400", "0"),
    "larger than any double": ("1e400", "2e400"),
    "larger than any double, and infinite": ("1e400", "Infinity"),
    "400 digits": ("7" * 400, "7" * 399 + "8"),
    "400 digits and a double": ("1" + "0" * 400, "1e399"),
    "5,000 digits, more than Python reads": ("7" * 5000, "7" * 4999 + "8"),
    "an exponent out of all bounds": ("1e99999999999999999999", "1e99999999999999999998"),
    "an exponent out of all bounds, and infinite": ("1e99999999999999999999", "Infinity"),
    "a small exponent out of all bounds": ("1e-99999999999999999999", "0"),
    "NaN and null, as Node prints it": ("NaN", "null"),
    "NaN and its text": ("NaN", '"NaN"'),
    "infinities": ("Infinity", "-Infinity"),
    "a number and its text": ("12.5", '"12.5"'),
    "true and 1": ("true", "1"),
    "false and 0": ("false", "0"),
    "null and 0": ("null", "0"),
}


@pytest.mark.parametrize(("one", "other"), NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("document", ["%s", "[%s]", '{"a":[{"b":%s}]}', "[%s,%s]"])
def test_numbers_are_told_apart_to_the_last_digit(one: str, other: str, document: str) -> None:
    assert opens(document.replace("%s", one), document.replace("%s", other))
    assert opens(document.replace("%s", other), document.replace("%s", one))


@pytest.mark.parametrize(("one", "other"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_are_told_apart_to_the_last_digit_in_unordered_lists_too(one: str, other: str) -> None:
    assert opens(f"[5,{one}]", f"[{other},5]", ruled(ANY_ORDER))


def test_the_fast_parsers_do_lose_what_is_told_apart_here() -> None:
    assert orjson.loads("18446744073709551617") == orjson.loads("18446744073709551616")
    assert orjson.loads('{"a":1,"a":2}') == msgspec.json.decode('{"a":1,"a":2}') == {"a": 2}
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads("[NaN]")
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(r'["\ud800"]')


@pytest.mark.parametrize(
    "odd", ["NaN", "Infinity", "-Infinity", r'"\ud800"', "1e99999999999999999999", "-0", "7" * 5000]
)
def test_what_fast_parsers_refuse_is_equal_to_itself(odd: str) -> None:
    """NaN is not equal to itself in Python, so DeepDiff calls `[NaN]` different from `[NaN]`."""
    assert opens(f"[{odd}]", f"[ {odd} ]") == []
    assert opens(f'{{"a":{odd},"b":1}}', f'{{"b":1, "a":{odd}}}') == []
    assert opens(f"[1,{odd}]", f"[{odd}, 1]", ruled(ANY_ORDER)) == []


TOLERANCE = {
    "just beyond": ("1", "1.50000000000000000000000000000000000000000000001"),
    "a text": ("1", '"1"'),
    "a boolean": ("1", "true"),
    "null": ("0", "null"),
    "NaN": ("NaN", "1"),
    "infinities": ("Infinity", "-Infinity"),
    "out of all bounds": ("1e99999999999999999999", "1e99999999999999999998"),
    "large": ("1e400", "2e400"),
    "one digit of 400": ("7" * 400, "7" * 399 + "8"),
    "just beyond, at the seventieth digit": ("0", f"0.5{'0' * 70}1"),
}


@pytest.mark.parametrize(("one", "other"), TOLERANCE.values(), ids=TOLERANCE)
def test_a_tolerance_covers_nothing_beyond_itself(one: str, other: str) -> None:
    assert opens(f"[{one}]", f"[{other}]", ruled({"path": "$[*]", "tolerance": 0.5}))
    assert opens(f"[{other}]", f"[{one}]", ruled({"path": "$[*]", "tolerance": 0.5}))


# -- what parsers lose -------------------------------------------------------------------------------------------------

LOST = {
    "a member twice": ('{"a":1,"a":2}', '{"a":2}'),
    "a member twice, of which the first is what others read": ('{"a":1,"a":2}', '{"a":1}'),
    "a member twice, in another order": ('{"a":1,"a":2}', '{"a":2,"a":1}'),
    "a member twice, the first of another type": ('{"a":1,"a":2}', '{"a":true,"a":2}'),
    "a member three times": ('{"a":1,"a":1,"a":1}', '{"a":1,"a":1}'),
    "a member twice, deep inside": ('[[{"b":{"a":1,"a":2}}]]', '[[{"b":{"a":2}}]]'),
    "a member twice, one name escaped": ('{"a":1,"\\u0061":2}', '{"a":2}'),
    "a member twice in an object that is itself lost": ('{"x":{"a":1,"a":2},"x":0}', '{"x":{"a":2},"x":0}'),
    "a member twice, in another object": ('{"b":{"a":1,"a":2},"c":{"a":2}}', '{"b":{"a":2},"c":{"a":1,"a":2}}'),
    "a member twice, in another item": ('[{"a":1,"a":2},{"a":2}]', '[{"a":2},{"a":1,"a":2}]'),
    "members twice, exchanged": ('[{"a":1,"a":2},{"a":3,"a":2}]', '[{"a":3,"a":2},{"a":1,"a":2}]'),
    "a colon in a text makes up for a lost member": ('{"a":1,"a":2,"b":""}', '{"a":2,"b":"\\u003a"}'),
    "lone surrogates": (r'["\ud800"]', r'["\ud801"]'),
    "a lone surrogate and what replaces it": (r'["\ud800"]', '["\ufffd"]'),
    "a lone surrogate in a name": (r'{"\ud800":1}', r'{"\ud801":1}'),
    "a pair the wrong way round": (r'["\ude00\ud83d"]', '["😀"]'),
    "NUL": (r'["a\u0000"]', '["a"]'),
    "a zero-width space": ('["a\u200b"]', '["a"]'),
    "an inner byte order mark": ('["\ufeff"]', '[""]'),
    "a byte order mark": ("\ufeff[]", "[]"),
    "Unicode's two forms": ('["é"]', '["e\u0301"]'),
    "Unicode's two forms, in a name": ('{"é":1}', '{"e\u0301":1}'),
    "case": ('{"a":1}', '{"A":1}'),
    "a trailing comma": ("[1,]", "[1]"),
    "two documents": ("[1][1]", "[1]"),
    "cut off": ('{"a":1', '{"a":1}'),
    "an empty body": ("", "null"),
    "nothing but white space": (" ", "null"),
}


@pytest.mark.parametrize(("one", "other"), LOST.values(), ids=LOST)
def test_nothing_is_lost_in_parsing(one: str, other: str) -> None:
    assert opens(one, other)
    assert opens(other, one)


def test_two_sides_that_are_broken_in_different_ways_are_not_the_same() -> None:
    """To a tool that compares what its parser makes of them, both are nothing."""
    assert {kind for _, kind in said("{", "[1,")} == {"malformed"}


# -- what other tools got wrong ----------------------------------------------------------------------------------------


def test_a_reordered_list_is_seen() -> None:
    """Diffy sorts lists."""
    assert said([10, 9, 1], [1, 10, 9]) == [("$", "reordered")]
    assert said({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 1}]}) == [("$.a", "reordered")]


def test_a_number_that_became_a_string_is_seen() -> None:
    """Diffy compares what values look like when printed."""
    assert said({"a": 1}, {"a": "1"}) == [("$.a", "type-changed")]


def test_an_inserted_item_hides_no_other_change() -> None:
    """In Diffy's reports the length of a list hides everything in it."""
    legacy = [{"id": i, "v": i} for i in range(5)]
    candidate = [{"id": 99, "v": 0}, *({**row, "v": -1} if row["id"] == 3 else row for row in legacy)]
    found = opens(legacy, candidate)
    assert len(found) >= 2
    assert any(d.kind == "added" for d in found)
    assert any(d.path.startswith("$[3]") for d in found)


def test_what_the_candidate_has_more_is_seen() -> None:
    """Hoverfly's diff looks for legacy's members only."""
    assert said({"a": 1}, {"a": 1, "debug": None}) == [("$.debug", "added")]
    assert said({"a": {}}, {"a": {"b": {}}}) == [("$.a.b", "added")]


@pytest.mark.parametrize("other", [[], [1], {}, {"a": 1}, "", "1", 0, None, True])
def test_a_top_level_list_is_compared_with_anything(other: Any) -> None:
    """Hoverfly's diff panics on one."""
    assert opens([0, {"a": 1}], other)
    assert opens(other, [0, {"a": 1}])


@pytest.mark.parametrize(("one", "other"), [(200, 404), (404, 200), (200, 201), (500, 200), (404, 410), (200, 204)])
def test_another_status_is_seen_whatever_the_bodies_are(one: int, other: int) -> None:
    """Diffy has no field for the status."""
    for body in ({}, [1], ""):
        found = compare(response(body, one), response(body, other))
        assert ("status", "difference") in [(d.path, d.severity) for d in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([("X-Total-Count", "1")], [("X-Total-Count", "2")]),
        ([("X-Total-Count", "1")], []),
        ([], [("Cache-Control", "no-store")]),
        ([("Set-Cookie", "a=1; HttpOnly")], [("Set-Cookie", "a=1")]),
        ([("Location", "/a")], [("Location", "/b")]),
        ([("Link", "<a>"), ("Link", "<b>")], [("Link", "<a>")]),
        ([("Content-Language", "de")], [("Content-Language", "en")]),
    ],
)
def test_headers_are_seen(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    """traffic-diff ignores them."""
    found = compare(response({}, headers=[JSON, *one]), response({}, headers=[JSON, *other]))
    assert [d.where for d in found if d.severity == "difference"] == ["header"]


@pytest.mark.parametrize("other", [{"a": {"b": "Y"}}, {"a": {"b": ""}}, {"a": {"b": None}}, {"a": "b"}, {"a": ["b"]}])
def test_values_are_compared_and_not_only_shapes(other: Any) -> None:
    """traffic-diff passes what has the same members."""
    assert opens({"a": {"b": "X"}}, other)


def test_no_answer_in_a_body_is_no_agreement() -> None:
    """Kayenta: no data can pass. An empty body agrees with nothing but an empty body."""
    for body in ("{}", "[]", "null", '""', "0", " "):
        assert opens("", body)
        assert opens(body, "")


# -- what takes too long elsewhere -------------------------------------------------------------------------------------

LINES = "".join(f"line {i}: the quick brown fox\n" for i in range(5500))


def nested(depth: int, inner: str, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + inner + closing * depth


def tree(depth: int, leaf: Any) -> Any:
    """Lists of two in lists of two …; DeepDiff's ignore_order takes 2**depth steps for it."""
    return leaf if depth == 0 else [tree(depth - 1, leaf), tree(depth - 1, [leaf])]


ZEROS = [0] * 16_000
HALF_CHANGED = [{"id": i, "v": [i, {"w": i}], "name": f"n{i}"} for i in range(500)]
SLOW: dict[str, tuple[Any, Any, Rules | None, str]] = {
    "equal items with one change in the middle": (
        ZEROS,
        [*ZEROS[:8000], 1, *ZEROS[8001:]],
        None,
        r"\$\[8000\] value-changed",
    ),
    "equal items and one more": (ZEROS, [*ZEROS, 0], None, r"\$\[\d+\] added"),
    "equal items in any order with one change": (
        ZEROS,
        [*ZEROS[:8000], 1, *ZEROS[8001:]],
        ruled(ANY_ORDER),
        r"\$\[\d+\] (value-changed|missing|added)",
    ),
    "450 lists in each other": (nested(450, "1"), nested(450, "2"), None, "only truncated"),
    "450 objects in each other": (
        nested(450, "1", '{"a":', "}"),
        nested(450, "2", '{"a":', "}"),
        None,
        "only truncated",
    ),
    "450 lists in each other, in any order": (
        nested(450, "1"),
        nested(450, "2"),
        ruled({"path": "$..*", "unordered": True}),
        "only truncated",
    ),
    "199 lists in each other": (nested(199, "1"), nested(199, "2"), None, r"\$(\[0\]){199} value-changed"),
    "integers of 400 digits": (
        [10**400 + i for i in range(200)],
        [10**400 + (-1 if i == 99 else i) for i in range(200)],
        None,
        r"\$\[99\] value-changed",
    ),
    "a text of 165 KB that differs in its last line": (
        {"text": LINES},
        {"text": LINES + "!"},
        None,
        r"\$\.text value-changed",
    ),
    "a text of 165 KB that differs in every line": (
        {"text": LINES},
        {"text": LINES.replace("fox", "dog")},
        None,
        r"\$\.text value-changed",
    ),
    "a hundred texts that differ": (
        [LINES[:9_000] + str(i) for i in range(100)],
        [LINES[:9_000] + str(-i - 1) for i in range(100)],
        None,
        r"\$\[\d+\] value-changed",
    ),
    "500 objects in any order, half of them changed": (
        HALF_CHANGED,
        [{**row, "v": [-1, {"w": row["id"]}]} if row["id"] % 2 else row for row in reversed(HALF_CHANGED)],
        ruled(ANY_ORDER),
        r"\$\[\d+\](\.v\[0\] value-changed| missing| added)",
    ),
    "500 objects by key, half of them changed": (
        HALF_CHANGED,
        [{**row, "v": [-1, {"w": row["id"]}]} if row["id"] % 2 else row for row in reversed(HALF_CHANGED)],
        ruled({"path": "$", "key": "id"}),
        r"\$\[\d*[13579]\]\.v\[0\] value-changed",
    ),
    "lists in any order in lists in any order": (
        tree(12, 1),
        tree(12, 2),
        ruled(ANY_ORDER, {"path": "$..*", "unordered": True}),
        r"\$(\[[01]\])+ (value-changed|missing|added)",
    ),
    "a list of 1,000 that shares nothing, in any order": (
        [f"a{i}" for i in range(1000)],
        [f"b{i}" for i in range(1000)],
        ruled(ANY_ORDER),
        r"\$\[\d+\] (value-changed|missing|added)",
    ),
    "2,000 members renamed": (
        {f"userName{i}": i for i in range(2000)},
        {f"user_name{i}": i for i in range(2000)},
        None,
        r"\$\.userName\d+ missing|\$\.user_name\d+ added",
    ),
    "numbers whose hashes are all alike in Python, the other way round": (
        [i * (2**61 - 1) for i in range(1, 3001)],
        [i * (2**61 - 1) for i in range(3000, 0, -1)],
        None,
        r"\$ reordered",
    ),
    "60,000 values that all differ": (
        list(range(60_000)),
        [str(i) for i in range(60_000)],
        None,
        r"\$\[\d+\] type-changed",
    ),
}


@pytest.mark.parametrize(("legacy", "candidate", "rules", "right"), SLOW.values(), ids=SLOW)
def test_what_takes_other_tools_for_ever_is_told_or_truncated(
    legacy: Any, candidate: Any, rules: Rules | None, right: str
) -> None:
    found = [f"{path} {kind}" for path, kind in said(legacy, candidate, rules)]
    assert found
    assert [each for each in found if not re.fullmatch(rf"{right}|\$ truncated", each)] == []


@pytest.mark.parametrize("budget", [0.0, -1.0, 1e-9])
@pytest.mark.parametrize("size", [1, 300, 30_000])
@pytest.mark.parametrize("rules", [(), (ANY_ORDER,)])
def test_without_any_time_there_is_still_no_agreement(
    budget: float, size: int, rules: tuple[dict[str, Any], ...]
) -> None:
    """k6: no checks is a pass. Here what there was no time for is `truncated`."""
    legacy = [{"a": i} for i in range(size)]
    assert opens(legacy, [*legacy[:-1], {"a": -1}], ruled(*rules, budget=budget))


def test_a_body_that_unpacks_to_more_than_is_looked_at_is_truncated() -> None:
    bomb = gzip.compress(b"[" + b" " * (40 * 2**20) + b"]", mtime=0)
    coded = [JSON, ("Content-Encoding", "gzip")]
    found = compare(response(bomb, headers=coded), response("[]"))
    assert [d.kind for d in found] == ["truncated"]


def test_how_many_other_differences_there_are_never_makes_one_disappear() -> None:
    """DeepDiff's max_diffs ends with nothing; whatever is beyond our limits makes the answer `truncated`."""
    legacy = {f"m{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}": i for i in range(2000)}
    found = opens(legacy, {name: -1 - value for name, value in legacy.items()})
    assert found[-1].kind == "truncated"
    more = re.search(r"([\d,]+) more", found[-1].summary)
    assert more
    assert len(found) - 1 + int(more[1].replace(",", "")) == 2000


def test_more_repeated_members_than_anybody_lists_are_all_compared() -> None:
    twice = '{"a":1,"a":2},' * 3000
    assert opens(f"[{twice}0]", f"[{twice[:-14]}" + '{"a":2},0]')
    assert opens(f"[{twice}0]", f"[{twice[:-14]}" + '{"a":3,"a":2},0]')


# -- what only somebody with bad intentions sends ----------------------------------------------------------------------


def test_a_rule_about_case_makes_no_other_letters_the_same() -> None:
    """str.casefold also writes ß as ss; "Maße" and "Masse" are two words, both in the same case."""
    assert opens({"a": "Maße"}, {"a": "Masse"}, ruled({"path": "$.a", "case": False}))


@pytest.mark.parametrize(("one", "other"), [("1.0000000000000000000000000000001", "1"), ("1e-9999999", "0")])
def test_a_rule_about_dates_rounds_no_number(one: str, other: str) -> None:
    """Decimal's arithmetic keeps 28 digits."""
    assert opens(f"[{one}]", f"[{other}]", ruled({"path": "$[*]", "as": "datetime"}))


def test_nothing_in_a_body_can_stand_in_for_a_base_url() -> None:
    """Base URLs are replaced by a noncharacter; a body can hold that, too (Unicode forbids it only in interchange)."""
    assert opens({"u": "https://h.example/kong/x"}, {"u": "\U0010ffff/x"}, ruled())


def test_a_second_content_type_is_seen() -> None:
    """RFC 9110 §5.3 allows one; of two, clients use the first, the last or neither."""
    found = compare(response({}), response({}, headers=[JSON, ("Content-Type", "text/html")]))
    assert [d.where for d in found if d.severity == "difference"] == ["header"]


def test_a_cookie_of_the_same_name_for_another_path_is_seen() -> None:
    """RFC 6265 §5.3: name, domain and path together say which cookie it is."""
    both = [JSON, ("Set-Cookie", "a=1; Path=/x; HttpOnly"), ("Set-Cookie", "a=1; Path=/")]
    found = compare(response({}, headers=both), response({}, headers=[JSON, both[2]]))
    assert [d.where for d in found if d.severity == "difference"] == ["header"]


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16"])
def test_json_in_another_charset_is_no_json(charset: str) -> None:
    """RFC 8259 §8.1: UTF-8. The charset has no meaning (§11), so a browser's `json()` reads other characters."""
    coded = [("Content-Type", f"application/json; charset={charset}")]
    found = compare(response('["é"]'.encode(charset), headers=coded), response('["é"]'))
    assert [d.where for d in found if d.severity == "difference"] == ["body"]


PRIME = 2**61 - 1
"""Python hashes every multiple of it to 0, so that a set or dict of them takes quadratic time."""


def _rows(values: Iterable[int]) -> list[dict[str, int]]:
    return [{"id": i * PRIME, "v": v} for i, v in enumerate(values, 1)]


FLOODS: dict[str, tuple[Any, Any, Rules | None]] = {
    "numbers, moved": ([i * PRIME for i in range(1, 45_001)], [i * PRIME for i in range(45_000, 0, -1)], None),
    "numbers, in any order": (
        [i * PRIME for i in range(1, 40_001)],
        [-i * PRIME for i in range(1, 40_001)],
        ruled(ANY_ORDER),
    ),
    "ids": (_rows(range(30_000)), _rows([-1] * 30_000)[::-1], None),
    "keys": (_rows(range(30_000)), _rows([-1] * 30_000)[::-1], ruled({"path": "$", "key": "id"})),
    "keys, spelled otherwise": (
        _rows(range(30_000)),
        [{"id": f"{row['id']}.0", "v": 0} for row in _rows(range(30_000))],
        ruled({"path": "$", "key": "id"}, {"path": "$[*].id", "as": "number"}),
    ),
}


@pytest.mark.timeout(15)
@pytest.mark.parametrize(("legacy", "candidate", "rules"), FLOODS.values(), ids=FLOODS)
def test_numbers_whose_hashes_are_all_alike_hold_nobody_up(legacy: Any, candidate: Any, rules: Rules | None) -> None:
    assert opens(legacy, candidate, rules)


@pytest.mark.timeout(15)
@pytest.mark.parametrize(
    ("coding", "nothing", "something"),
    [
        ("gzip", gzip.compress(b"", mtime=0), gzip.compress(b"[]", mtime=0)),
        ("zstd", zstandard.ZstdCompressor().compress(b""), zstandard.ZstdCompressor().compress(b"[]")),
    ],
    ids=["gzip", "zstd"],
)
def test_a_body_of_very_many_empty_members_holds_nobody_up(coding: str, nothing: bytes, something: bytes) -> None:
    body = nothing * 350_000 + something
    found = compare(response(body, headers=[JSON, ("Content-Encoding", coding)]), response("[1]"))
    assert [d for d in found if d.severity == "difference"]


@pytest.mark.timeout(15)
def test_members_repeated_on_every_level_hold_nobody_up() -> None:
    """Whoever compares the values of each repeated member looks at the innermost list once for each level."""
    zeros = json.dumps([0] * 100_000)
    document = '{"a":1,"a":' * 190 + zeros + "}" * 190
    assert opens(document, document.replace(zeros, zeros.replace("[0", "[1")))


@pytest.mark.timeout(15)
def test_texts_of_combining_marks_hold_nobody_up() -> None:
    """Normalising thousands of marks in the wrong order takes quadratic time."""
    marks = "a" + "\u0315\u0300" * 4_990
    assert opens([f"{marks}{i}" for i in range(200)], [f"{marks}x{i}" for i in range(200)])
