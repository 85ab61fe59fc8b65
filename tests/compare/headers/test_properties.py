"""What holds for any headers at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare import Difference, compare
from shadow.compare.headers.profiles import packaged
from shadow.compare.rules import Rules
from shadow.exchange import Response

KNOWN = sorted(
    {name.rstrip("*") for group in packaged().groups.values() for name in group.names}
    | {name for reading in packaged().readings.values() for name in reading.names}
)
PIECES = [
    *('"', "\\", "<", ">", ",", ";", "=", " ", "\t", "'", "(", ")", "*", "\xe9", "\x00", "a", "A", "0", "60", "-1"),
    *("W/", "max-age", "rel=next", "filename*=UTF-8''%C3", "Basic realm", "url=", "nonce=", "'nonce-1'", "bytes 0-1/2"),
    *("Mon, 01 Jan 2024 00:00:00 GMT", "Path=/", "Expires=", "Secure", "application/json", "charset", "https://h/kong"),
]
names = st.sampled_from(KNOWN) | st.text(st.characters(max_codepoint=255), max_size=8)
values = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(st.characters(max_codepoint=255))
headers = st.lists(st.tuples(names, values), max_size=8)
rules = st.builds(
    Rules,
    profile=st.sampled_from(["gateway", "strict", "none"]),
    legacy_url=st.sampled_from(["", "https://h/kong"]),
    candidate_url=st.sampled_from(["", "https://h"]),
)
profiles = st.builds(Rules, profile=st.sampled_from(["gateway", "strict"]))


def differences(legacy: list[tuple[str, str]], candidate: list[tuple[str, str]], rules: Rules) -> list[Difference]:
    return compare(Response(200, legacy), Response(200, candidate), rules)


@given(headers, rules)
def test_headers_do_not_differ_from_themselves(one: list[tuple[str, str]], rules: Rules) -> None:
    assert differences(one, list(one), rules) == []


@given(headers, headers, rules)
@settings(max_examples=400)
def test_nothing_raises_and_every_difference_is_of_a_header(
    legacy: list[tuple[str, str]], candidate: list[tuple[str, str]], rules: Rules
) -> None:
    found = differences(legacy, candidate, rules)
    assert {d.where for d in found} <= {"header"}
    paths = [d.path for d in found if "\\" not in d.path]  # control characters are spelled otherwise than they sort
    assert paths == sorted(paths)


SWAPPED = {"header-missing": "header-added", "header-added": "header-missing"}


@given(headers, headers, profiles)
@settings(max_examples=400)
def test_a_difference_one_way_is_one_the_other_way(
    legacy: list[tuple[str, str]], candidate: list[tuple[str, str]], rules: Rules
) -> None:
    def seen(d: Difference, kind: str) -> tuple[Any, ...]:
        return d.path, kind, d.class_, d.severity

    there = [seen(d, d.kind) for d in differences(legacy, candidate, rules)]
    back = [seen(d, SWAPPED.get(d.kind, d.kind)) for d in differences(candidate, legacy, rules)]
    assert there == back


@given(headers, st.randoms(use_true_random=False), rules)
def test_names_in_another_order_are_no_difference(one: list[tuple[str, str]], random: Any, rules: Rules) -> None:
    grouped: dict[str, list[tuple[str, str]]] = {}
    for name, value in one:
        grouped.setdefault(name.strip().lower(), []).append((name, value))
    groups = list(grouped.values())
    random.shuffle(groups)
    # An alias and its header are one name, so their values would change places.
    aliased = packaged().aliases.items()
    if not any(alias in grouped and header in grouped for alias, header in aliased):
        assert differences(one, [pair for group in groups for pair in group], rules) == []


@given(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)), profiles)
def test_any_change_of_an_unknown_headers_value_is_a_difference(legacy: str, candidate: str, rules: Rules) -> None:
    found = differences([("X-Unknown", legacy)], [("x-unknown", candidate)], rules)
    assert bool(found) == (legacy.strip(" \t") != candidate.strip(" \t"))


tokens = st.frozensets(st.text("abcXYZ-1", min_size=1, max_size=4), max_size=5)
SETS = ["allow", "access-control-allow-methods", "vary", "content-language", "accept-ranges", "cache-control"]


@pytest.mark.parametrize("name", SETS)
@given(tokens, tokens)
def test_two_sets_are_the_same_where_their_members_are(
    name: str, legacy: frozenset[str], candidate: frozenset[str]
) -> None:
    has_case = name in ("allow", "access-control-allow-methods")
    one, other = (words if has_case else {w.lower() for w in words} for words in (legacy, candidate))
    found = differences([(name, ",".join(legacy))], [(name, " , ".join(sorted(candidate)))], Rules())
    assert bool(found) == (one != other)


attributes = st.fixed_dictionaries(
    {},
    optional={
        "Path": st.sampled_from(["/", "/a"]),
        "Domain": st.sampled_from(["a.example", "b.example"]),
        "SameSite": st.sampled_from(["Lax", "Strict"]),
        "HttpOnly": st.just(""),
        "Max-Age": st.sampled_from(["60", "600"]),
        "Priority": st.sampled_from(["High", "Low"]),
    },
)


@given(attributes, attributes, st.randoms(use_true_random=False))
def test_a_cookie_is_the_same_where_all_its_attributes_are(
    legacy: dict[str, str], candidate: dict[str, str], random: Any
) -> None:
    def cookie(said: dict[str, str]) -> list[tuple[str, str]]:
        parts = [f"{name}={value}" if value else name for name, value in said.items()]
        random.shuffle(parts)
        return [("Set-Cookie", "; ".join([f"sid={random.random()}", *parts]))]

    assert bool(differences(cookie(legacy), cookie(candidate), Rules())) == (legacy != candidate)


@pytest.mark.parametrize("piece", ['"', "<", ",", ";", "a=b;", '\\"', "%", "'"])
def test_a_megabyte_of_anything_in_every_known_header_is_compared(piece: str) -> None:
    value = piece * (1_000_000 // len(piece))
    for name in ("set-cookie", "content-type", "link", "www-authenticate", "content-disposition", "x-unknown"):
        assert len(differences([(name, value + "a")], [(name, value + "b")], Rules())) <= 1
        assert differences([(name, value)], [(name, value)], Rules()) == []


def test_ten_thousand_headers_are_compared() -> None:
    legacy = [(f"X-{number}", str(number)) for number in range(10_000)]
    assert differences(legacy, legacy[::-1], Rules()) == []
    assert len(differences(legacy, [(name, f"{value}!") for name, value in legacy], Rules())) == 10_000
    assert len(differences(legacy, [("X-0", value) for _, value in legacy], Rules())) == 10_000
    cookies = [("Set-Cookie", f"c{number}=1; Path=/{number}") for number in range(10_000)]
    assert differences(cookies, cookies[::-1], Rules()) == []
    assert len(differences(cookies, [("Set-Cookie", f"c=1; Path=/{n}") for n in range(10_000)], Rules())) == 20_000
