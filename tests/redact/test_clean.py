"""What is proved clean is what redacting would have left alone anyway; the proof is only quicker."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shadow.redact.clean import is_clean_json
from shadow.redact.json_text import JsonRules, redact_json
from shadow.redact.marks import NotingMarker
from shadow.redact.sensitive import Sensitive
from shadow.redact.text import redact_text, redact_values
from tests.redact.planted import PLANTED

PATHS = (["$..mothers_name", "$.user.email", "$['a','b'].x", "$.list[2].n"], [])
WORDS = [
    "password", "token", "x-token", "api.key", ":password", "data-token", "mothers_name", "user", "email", "a", "b",
    "x", "list", "n", "4111111111111111", "4111 1111-1111 1111", "eyJhbGciOiJIUzI1NiJ9", "AKIAIOSFODNN7EXAMPLE",
    "Bearer abcdefgh12", "://u:p4@h", "password=hunter2", "token : abc", "[pin]: 1234", "'secret'= x", "/reset/abc123",
    "code=abcdef1&state=2", "ada@example.org", "<token>x</token>", "%74oken=x", "\\", "ü", "", "=", ": ", '"', "12:30",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=3).map("".join) | st.text(max_size=4)
VALUES = st.none() | st.booleans() | st.integers() | st.sampled_from([4111111111111111, -4111111111111111, 1.5]) | TEXTS
SPACES = st.sampled_from(["", " ", "\n", "\t\r\n"])


def document(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A list, or an object that may have a member several times."""
    member = st.builds(lambda name, space, value: f"{json.dumps(name)}{space}:{value}", NAMES, SPACES, inner)
    return st.lists(inner, max_size=4).map(lambda items: f"[{','.join(items)}]") | st.lists(member, max_size=4).map(
        lambda members: f"{{{','.join(members)}}}"
    )


NAMES = TEXTS | st.sampled_from(["a", "pass word", "api.key"])
DOCUMENTS = st.recursive(st.builds(json.dumps, VALUES, ensure_ascii=st.booleans()), document, max_leaves=12)


def slowly(text: str, sensitive: Sensitive, marker: NotingMarker) -> str:
    rules = JsonRules(
        sensitive.root_for(text),
        marker,
        lambda value: redact_values(value, marker, sensitive.detectors),
        lambda value: redact_text(value, sensitive, marker),
    )
    return redact_json(text, rules)


@given(DOCUMENTS, st.sampled_from(PATHS), st.booleans())
@example('{"a": {"pass word": "hunter2"}, "a": 1}', [], False)
@example('{"a": {"password"\n: "hunter2"}, "a": 1}', [], False)
@example('{"a": ["b", ":c"], ":password": "hunter2"}', [], False)
def test_what_is_clean_would_not_have_been_changed(text: str, paths: list[str], emails: bool):
    sensitive, marker = Sensitive(paths, emails=emails), NotingMarker(b"key")
    if is_clean_json(text, sensitive):
        assert slowly(text, sensitive, marker) == text
        assert marker.noted == set()


@pytest.mark.parametrize("kind", sorted(kind for kind in PLANTED if "configured" not in kind))
def test_nothing_with_a_planted_secret_is_clean(kind: str) -> None:
    text = PLANTED[kind][1].format(secret="GHJKLMNPQRTVWXYZ", before="a", after="b", coded="c")
    assert not is_clean_json(text, Sensitive([]))


@pytest.mark.parametrize(
    "document",
    [{"id": 1, "name": "Ada", "at": "2026-11-24T17:00:00Z", "url": "https://api.example/items/17?page=2"},
     [1.5, None, True, {"shipping": "express", "company": "a: b", "zip_code": "1010"}], {}, []],
)  # fmt: skip
def test_what_an_api_usually_says_is_clean(document: Any) -> None:
    assert is_clean_json(json.dumps(document), Sensitive(["$.user.email"]))


@pytest.mark.parametrize("text", ['{"password" "x"}', '{"a": 1', "", "password", '{"a": 1}\n{"token": "x"}'])
def test_what_is_no_json_document_is_not_proved(text: str) -> None:
    assert not is_clean_json(text, Sensitive([]))


@pytest.mark.parametrize("path", ["$", "$.*", "$[0]", "$..[?@.a]", "$.a[-1:]"])
def test_where_a_path_names_no_member_nothing_is_proved(path: str) -> None:
    assert not is_clean_json('{"id": 1}', Sensitive([path])) or path == "$.a[-1:]"
