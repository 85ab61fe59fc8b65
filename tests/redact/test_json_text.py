"""JSON is redacted in place: secrets never survive, and every other byte stays as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.redact.json_text import JsonRules, redact_json
from shadow.redact.marks import Marker
from shadow.redact.names import is_secret_name
from shadow.redact.sensitive import Sensitive
from shadow.redact.text import redact_text, redact_values

MARKER = Marker(b"key")
NONE = Sensitive([])


def redact(text: str, *paths: str) -> str:
    sensitive = Sensitive(paths)
    rules = JsonRules(
        sensitive.root_for(text),
        MARKER,
        lambda value: redact_values(value, MARKER),
        lambda value: redact_text(value, sensitive, MARKER),
    )
    return redact_json(text, rules)


NAMES = st.sampled_from(["password", "token", "id", "a", "user", "items", "Api-Key", 'q"uote', "ü", ""]) | st.text(
    max_size=5
)
SCALARS = st.none() | st.booleans() | st.integers(-9999, 9999) | st.floats(allow_nan=False, allow_infinity=False)
DOCUMENTS = st.recursive(
    SCALARS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


def expected(value: Any) -> Any:
    """The same by way of the parsed document."""
    if isinstance(value, dict):
        return {k: _marked(v) if is_secret_name(k) else expected(v) for k, v in value.items()}
    if isinstance(value, list):
        return [expected(item) for item in value]
    return redact_text(value, NONE, MARKER) if isinstance(value, str) else value


def _marked(value: Any) -> Any:
    return HIDDEN_CONTAINER if isinstance(value, list | dict) else MARKER.value(value)


HIDDEN_CONTAINER = "a whole container"


def without_digests_of_containers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_digests_of_containers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_digests_of_containers(item) for item in value]
    hidden = isinstance(value, str) and value.startswith(("[redacted list:", "[redacted object:"))
    return HIDDEN_CONTAINER if hidden else value


@given(DOCUMENTS, st.sampled_from([None, 2]), st.booleans())
def test_scanning_gives_what_parsing_would(document: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    assert without_digests_of_containers(json.loads(redact(text))) == expected(document)


@given(st.text(alphabet=st.characters()) | st.text(alphabet='{}[]:,"\\ \nabpasswordtoken01'))
def test_any_text_is_taken_and_redacted_once_and_for_all(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


def test_what_is_not_secret_keeps_its_bytes() -> None:
    text = '{ "a" : 1.50, "big":123456789012345678901234567890,"a":2,\n"password":"x" ,"é":"\\u00e9\\/" }'
    assert redact(text) == text.replace('"x"', json.dumps(MARKER.mark("string", "x")))


@pytest.mark.parametrize(
    "text",
    [
        '{"password":"hunter2","password":null}',
        '{"password":null,"password":"hunter2"}',
        '{"pass\\u0077ord":"hunter2"}',
        '{"password":["hunter2"]}',
        '{"password":{"a":{"b":"hunter2"}}}',
        '{"a":[[{"password":"hunter2"}]]}',
        '{"password":"hunter2","a":"tru',
        '{"a":1}\n{"password":"hunter2"}\n',
        '{"password":"hunter2',
        '{"password":["hunter2",',
        '{"a":}{"password":"hunter2"}',
        '{"body":"{\\"password\\":\\"hunter2\\"}"}',
        '{"next":"/cb?access_token=hunter2&x=1"}',
        '{"note":"the password: hunter2"}',
        '{"Password" : "hunter2"}',
        '{"a":1,,"password":"hunter2"}',
        ']}{"password":"hunter2"}',
    ],
)
def test_a_secret_never_survives(text: str) -> None:
    assert "hunter2" not in redact(text)


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("$.user.email", {"user"}),
        ("$..email", {"user", "items"}),
        ("$.items[*].email", {"items"}),
        ("$.items[0].email", {"items"}),
        ("$['user']['email']", {"user"}),
        ("$.items[?@.id == 1].email", {"items"}),
        ("$.items[-1:].email", {"items"}),
        ("$.items", {"items"}),
        ("$", {"user", "items", "id"}),
    ],
)
def test_the_paths_of_the_settings_are_secret(path: str, hidden: set[str]) -> None:
    text = '{"user":{"email":"user-mail"},"items":[{"id":1,"email":"items-mail"}],"id":"id-mail"}'
    redacted = redact(text, path)
    assert {name for name in ("user", "items", "id") if f"{name}-mail" not in redacted} == hidden


def test_white_space_and_order_of_a_secret_object_dont_matter() -> None:
    assert redact('{"secret":{"a":1,"b":[2]}}') == redact('{"secret":{ "b": [2], "a": 1 }}')


def test_a_card_number_is_found_as_a_number_too() -> None:
    assert json.loads(redact('{"n":4111111111111111}'))["n"].startswith("[redacted number:")


def test_deep_nesting_is_no_obstacle() -> None:
    depth = 20_000
    assert "hunter2" not in redact('{"a":' * depth + '{"password":"hunter2"}' + "}" * depth)
