"""Every class of differences, with pairs that it was made for and those that it must not take."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shadow.compare import compare
from shadow.compare.classes.table import CLASSES, classify
from shadow.compare.documents.values import ABSENT, OddNumber
from shadow.compare.wording import sentence
from shadow.exchange import Response

EXAMPLES: dict[str, list[tuple[Any, Any]]] = {
    "null-vs-absent": [(None, ABSENT), (ABSENT, None)],
    "empty-vs-absent": [([], ABSENT), (ABSENT, ""), ({}, ABSENT)],
    "empty-vs-null": [([], None), (None, ""), ({}, None)],
    "empty-list-vs-object": [([], {}), ({}, [])],
    "default-vs-absent": [(False, ABSENT), (ABSENT, 0), (Decimal("0.00"), ABSENT)],
    "default-vs-null": [(False, None), (None, 0)],
    "number-as-string": [(Decimal("12.5"), "12.50"), ("7", 7), (Decimal("1E+3"), "1e3"), (2**64, str(2**64))],
    "bool-as-string": [(True, "true"), ("False", False), (True, "Y"), (False, "0")],
    "null-as-string": [(None, "null"), ("undefined", ABSENT), (None, "None")],
    "bool-as-number": [(True, 1), (0, False), (Decimal("1.0"), True)],
    "json-as-string": [
        ({"a": [1, Decimal("2.50")]}, '{"a": [1, 2.5]}'),
        ('[1, "x"]', [1, "x"]),
        ('"hello"', "hello"),
        ("{}", {}),
    ],
    "list-as-string": [(["a", "b"], "a,b"), ("1, 2, 3", [1, 2, 3]), ([True, False], "true;false")],
    "wrapped": [(5, [5]), ([{"a": 1}], {"a": 1}), ("x", {"value": "x"}), ([None], None)],
    "object-as-string": [({"a": 1}, "[object Object]"), ({"a": 1}, "{a=1}"), ({"a": 1}, "{'a': 1}"), ([1], "Array")],
    "number-special": [
        (OddNumber("NaN"), None),
        (1, OddNumber("Infinity")),
        (OddNumber("NaN"), "NaN"),
        (Decimal("1E+400"), None),
        (None, 10**4000),
    ],
    "number-precision": [
        (9007199254740993, 9007199254740992),
        (Decimal("0.1"), Decimal("0.10000000000000000555")),
        (Decimal("19.99"), Decimal("19.989999771118164")),
    ],
    "epoch-unit": [
        (1700000000, 1700000000000),
        (1700000000123, 1700000000),
        (Decimal("1700000000.123"), 1700000000123),
        (1700000000123, 1700000000123456),
    ],
    "sign": [(5, -5), (Decimal("-0.10"), Decimal("0.1"))],
    "scale": [(1250, Decimal("12.5")), (Decimal("0.001"), 1), (7, 7000), (Decimal("52.52"), 525200000)],
    "rounding": [
        (Decimal("2.5"), 3),
        (Decimal("2.5"), 2),
        (Decimal("3.5"), 3),
        (Decimal("-3.5"), -4),
        (Decimal("3.14159"), Decimal("3.14")),
        (Decimal("0.30000000000000004"), Decimal("0.3")),
    ],
    "last-digit": [(Decimal("2.67"), Decimal("2.68")), (Decimal("10.12"), Decimal("10.11"))],
    "date-only": [("2024-01-31", "2024-01-31T10:30:00Z"), ("2024-01-31 00:00:00", "2024-01-31")],
    "date-format": [
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00+00:00"),
        ("2024-01-01T10:00", "2024-01-01T10:00:00"),
        ("2024-01-01 10:00:00", "2024-01-01T10:00:00"),
        ("Mon, 01 Jan 2024 10:00:00 GMT", "2024-01-01T10:00:00Z"),
        (1704067200000, "2024-01-01T00:00:00Z"),
        ([2024, 1, 31], "2024-01-31"),
        ("2024-01-31T10:30:00.5", [2024, 1, 31, 10, 30, 0, 500_000_000]),
    ],
    "time-zone": [("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00")],
    "zone-missing": [
        ("2024-01-01T00:00:00", "2024-01-01T00:00:00Z"),
        ("2024-01-01 10:00+02:00", "2024-01-01T10:00"),
    ],
    "zone-changed": [("2024-01-01T00:00:00+02:00", "2024-01-01T00:00:00Z")],
    "date-precision": [
        ("2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00.123Z"),
        ("2024-01-01T00:00:00.9999Z", "2024-01-01T00:00:01.000Z"),
        ("2024-01-01T10:00", "2024-01-01T10:00:30"),
    ],
    "time-shift": [
        ("2024-01-01T10:00:00Z", "2024-01-01T12:00:00Z"),
        ("2024-01-01T10:00:00.123", "2024-01-01T04:30:00.123"),
        ("2024-01-01T12:00:00", "2024-01-01T10:00:00.000Z"),
        ("2024-01-01", "2023-12-31T23:00:00Z"),
    ],
    "timestamp": [
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:07Z"),
        ("2024-01-01", "2024-01-02"),
        ("Mon, 01 Jan 2024 10:00:00 GMT", "Tue, 02 Jan 2024 10:00:00 GMT"),
    ],
    "timestamp-format": [("2024-01-01T10:00:00.123456+00:00", "2024-01-01T10:00:07.123Z")],
    "numeric-text": [("12.50", "12.5"), ("1e3", "1000")],
    "id-format": [("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "{3F2504E04F8911D39A0C0305E82C3301}")],
    "case": [("ACTIVE", "active"), ("STRASSE", "straße"), ("IN_PROGRESS", "in_progress")],
    "enum": [
        ("IN_PROGRESS", "in-progress"),
        ("inProgress", "in_progress"),
        ("In Progress", "IN_PROGRESS"),
        ("InProgress", "In Progress"),
        ("Status.ACTIVE", "ACTIVE"),
        ("SHIPPED", "ORDER_STATUS_SHIPPED"),
        (1, "ACTIVE"),
        ("InProgress", 2),
    ],
    "line-ends": [("a\r\nb", "a\nb"), ("a\rb", "a\nb")],
    "whitespace": [("a b ", "a  b"), (" x", "x"), ("a\u00a0b", "a b"), ("foo bar", "foobar")],
    "invisible-character": [("a\u200bb", "ab"), ("\ufeffx", "x")],
    "unicode-normalisation": [("é", "e\u0301"), ("각", "\u1100\u1161\u11a8")],
    "unicode-compatibility": [("ﬁn", "fin"), ("１２", "12"), ("wait…", "wait...")],
    "unicode-escape": [("caf\\u00e9", "café"), ("😀", "\\ud83d\\ude00")],
    "json-escape": [('say \\"hi\\"', 'say "hi"'), ("a\\nb", "a\nb")],
    "html-escape": [("a &amp; b", "a & b"), ("it's", "it&#39;s"), ("caf&eacute;", "café"), ("&amp;amp;", "&amp;")],
    "percent-encoding": [("a%20b", "a b"), ("a+b", "a b"), ("caf%C3%A9", "café"), ("a%20b%2Fc", "a b%2Fc")],
    "mojibake": [("Ã©", "é"), ("MÃ¼ller", "Müller"), ("â‚¬", "€"), ("ÃƒÂ©", "é"), ("Ð\x9fÑ€", "Пр")],
    "replacement": [
        ("caf?", "café"),
        ("caf\ufffd", "café"),
        ("caf??", "café"),
        ("\ud83d", "😀"),
        ("ok ??", "ok 😀"),
        ("why? ?", "why? é"),
        ("?" * 500, "ж" * 500),
    ],
    "accents": [("Jose", "José"), ("Muller", "Müller")],
    "base64": [
        ("SGVsbG8=", "SGVsbG8"),
        ("ab+/cdEF12345678", "ab-_cdEF12345678"),
        ("3q2+7w==", "deadbeef"),
        ("aGVsbG8gd29ybGQ", "hello world"),
    ],
    "url-host": [("https://a.example/x?y=1", "https://b.example/x?y=1"), ("http://a.example/", "http://a.example:81/")],
    "url-scheme": [("https://a.example/x", "http://a.example/x")],
    "url-trailing-slash": [("https://a.example/x", "https://a.example/x/"), ("/a/?b=1", "/a?b=1")],
    "url-query-order": [("/x?a=1&b=2", "/x?b=2&a=1")],
    "url-relative": [("https://a.example/x?y", "/x?y")],
    "generated-id": [
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ"),
        ("507f1f77bcf86cd799439011", "507f191e810c19729de860ea"),
        ("cus_NffrFeUfNV2Hib", "cus_9s6XKzkNRiz8i3"),
        ("V1StGXR8_Z5jdHi6B-myT", "f8dFw2kL_9Xq3ZbT-mR4s"),
    ],
    "text-cut": [
        ("The quick brown fox jumps", "The quick brown fox"),
        ("The quick brown…", "The quick brown fox"),
        ("The quick brown fox", "The quick..."),
    ],
    "type": [
        (1, "one"),
        ([], ""),
        (True, 0),
        ({}, 1),
        ("1_0", 10),
        (Decimal("0.5"), False),
        (None, "NONE"),
        (1, "NaN"),
    ],
    "value": [
        (1, 2),
        (1, 7),
        ("a", "b"),
        (ABSENT, 1),
        (10, 11),
        (3, 2),
        (Decimal("2.5"), 4),
        (Decimal("0.1"), Decimal("0.2")),
        (1, 10**10),
        (16777217, 16777216),
        ("2024-13-01", "2024-14-01"),
        ("What?", "What!"),
        ("a?c", "abc"),
        ("\ud800", "\udc00"),
        ("Berlin", "Berlin, Germany"),
        ("1.2.3", "1.2.4"),
        ("Straße", "Strasse"),
        ("well-known fact", "well known fact"),
        ("snake_case", "snake/case"),
        ("a@b.example", "a@c.example"),
        ("48151623", "48151624"),
        ("&#" + "9" * 5000 + ";", "x"),
        ("%FF", "\ufffd"),
    ],
}


@pytest.mark.parametrize(("name", "pair"), [(name, pair) for name, pairs in EXAMPLES.items() for pair in pairs])
def test_each_class_takes_its_examples_whichever_side_is_which(name: str, pair: tuple[Any, Any]) -> None:
    legacy, candidate = pair
    assert classify(legacy, candidate).name == name
    assert classify(candidate, legacy).name == name


@pytest.mark.parametrize(
    ("legacy", "candidate", "told"),
    [
        (1250, Decimal("12.5"), "number 1250 became 12.5 (1/100 of it)"),
        (7, 7000, "number 7 became 7000 (1,000 times it)"),
        (Decimal("12.5"), "12.50", 'number 12.5 became string "12.50"'),
        (
            1700000000,
            1700000000123,
            "number 1700000000 became 1700000000123 (the same time, in milliseconds instead of seconds)",
        ),
        (
            "2024-01-01T00:00:00Z",
            "2024-01-01T01:00:00+01:00",
            'string "2024-01-01T00:00:00Z" became "2024-01-01T01:00:00+01:00" (the same time in another zone)',
        ),
        (
            "2024-01-01T10:00:00",
            "2024-01-01T04:30:00",
            'string "2024-01-01T10:00:00" became "2024-01-01T04:30:00" (exactly 5 h 30 min earlier)',
        ),
        (1, "ACTIVE", 'number 1 became string "ACTIVE" (a number for a name)'),
        (
            "IN_PROGRESS",
            "in-progress",
            'string "IN_PROGRESS" became "in-progress" (the same word in another convention)',
        ),
        ("a\u200bb", "ab", 'string "a\\u200bb" became "ab" (invisible U+200B)'),
        (
            "The quick brown fox jumps",
            "The quick brown fox",
            'string "The quick brown fox jumps" became "The quick brown fox" (cut after 19 characters)',
        ),
        (
            "The quick…",
            "The quick brown fox",
            'string "The quick…" became "The quick brown fox" (legacy cuts it after 9 characters)',
        ),
    ],
)
def test_a_sentence_says_what_happened_and_by_how_much(legacy: Any, candidate: Any, told: str) -> None:
    explained = classify(legacy, candidate).explained
    said = sentence("", legacy, candidate)
    assert (f"{said} ({explained})" if explained else said) == told


def test_every_class_has_an_example_and_a_place_in_the_documentation() -> None:
    assert {class_.name for class_ in CLASSES} == EXAMPLES.keys()
    documented = [name for name, _, _ in documented_classes()]
    assert documented == list(dict.fromkeys(class_.name for class_ in CLASSES))


def documented_classes() -> list[tuple[str, str, str]]:
    """Name, examples and usual cause, from the first table of the section."""
    page = (Path(__file__).parents[3] / "docs" / "comparison.md").read_text()
    section = page.partition("## Classes\n")[2].partition("\nThese depend on more")[0]
    return re.findall(r"^\| `([^`]+)` \| (.*?) \| (.*?) \|$", section, re.MULTILINE)


def documented_examples() -> list[tuple[str, str, str]]:
    """Name and two JSON texts: `legacy` → `candidate`, of both tables of the section."""
    page = (Path(__file__).parents[3] / "docs" / "comparison.md").read_text()
    section = page.partition("## Classes\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.*)$", section, re.MULTILINE)
    return [(name, *pair) for name, row in rows for pair in re.findall(r"`([^`]+)` → `([^`]+)`", row)]


def test_every_class_is_documented_with_an_example() -> None:
    assert {class_.name for class_ in CLASSES} <= {name for name, _, _ in documented_examples()}


@pytest.mark.parametrize(("name", "legacy", "candidate"), documented_examples())
def test_each_documented_example_is_of_its_class(name: str, legacy: str, candidate: str) -> None:
    found = compare(*(Response(200, [("content-type", "application/json")], t.encode()) for t in (legacy, candidate)))
    assert {difference.class_ for difference in found} == {name}


def test_the_first_class_that_fits_is_taken_and_the_rest_is_a_value() -> None:
    assert CLASSES[-1].name == "value"
    assert json.loads(json.dumps(classify(1, 2)._asdict())) == {"name": "value", "explained": ""}
