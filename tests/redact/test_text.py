"""In text of any kind, what stands beside a secret name is secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.redact.marks import Marker
from shadow.redact.sensitive import Sensitive
from shadow.redact.text import redact_text

MARKER = Marker(b"key")
HIDDEN = MARKER.mark("string", "hunter2")


def redact(text: str, *paths: str) -> str:
    return redact_text(text, Sensitive(paths), MARKER)


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "sh: login --password=hunter2 -x",
        "x?a=1&password=hunter2&b=2",
        "https://host.example/cb?access_token=hunter2",
        "/cb#id_token=hunter2",
        "password: hunter2",
        'log: "password": "hunter2", done',
        "{'password': 'hunter2'}",
        '{\\"password\\": \\"hunter2\\"}',
        '{\\\\\\"password\\\\\\": \\\\\\"hunter2\\\\\\"}',
        "user[password]=hunter2",
        "<password>hunter2</password>",
        '<ns:Password type="text">hunter2</ns:Password>',
        "<password><![CDATA[hunter2]]></password>",
        '<login password="hunter2"/>',
        '<input type="hidden" name="csrf_token" value="hunter2">',
        "<input value='hunter2' name=csrf_token>",
        '<meta name="csrf-token" content="hunter2" />',
        "X-Api-Key: hunter2\r\nAccept: */*",
        "callback({token: hunter2})",
    ],
)
def test_only_the_secret_is_replaced(text: str) -> None:
    replaced = text.replace("hunter2", HIDDEN).replace(f"<![CDATA[{HIDDEN}]]>", HIDDEN)
    assert redact(text) == replaced


@pytest.mark.parametrize(
    "text",
    ["", "tokens are counted", "password", "token=", '"token":null', "password: ", "<password></password>",
     "https://host.example:8080/token/x", "a=1&b=2", '<input name="q" value="x">'],
)  # fmt: skip
def test_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_after_a_colon_the_rest_of_the_line_is_secret() -> None:
    assert redact("password: correct horse, battery\nstaple") == (
        f"password: {MARKER.mark('string', 'correct horse, battery')}\nstaple"
    )


def test_names_of_the_settings_count_too() -> None:
    assert "hunter2" not in redact("mothers_name=hunter2", "$..mothers_name")
    assert redact("mothers_name=hunter2") == "mothers_name=hunter2"


@given(st.text(alphabet=st.characters()) | st.text(alphabet="<>=:\"'\\ \n[]&tokenpassword1redacted"))
def test_any_text_is_taken_and_redacted_once_and_for_all(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=8))
def test_whatever_the_secret_is_it_does_not_survive(secret: str) -> None:
    for text in (f"a=1&password={secret}&b=2", f'x "token": "{secret}"', f"<secret>{secret}</secret>"):
        assert secret not in redact(text).replace("redacted", "").replace("password", "")
