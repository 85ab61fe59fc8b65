"""Secret places: by the built-in names anywhere, and by the JSONPaths of the settings."""

from __future__ import annotations

import pytest

from shadow.redact.sensitive import Sensitive

SENSITIVE = Sensitive(["$.user.email", "$..mothers_name", "$.items[*]['odd \\'name']", "$.list[2]"])


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        ("$.password", True),
        ("$.a[3].accessToken", True),
        ("$.secret.x[1]", True),
        ("$['Access-Token']", True),
        ("$.user.email", True),
        ("$.user.email.domain", True),
        ("$.user.name", False),
        ("$.other.email", False),
        ("$.deep[1].mothers_name", True),
        ("$.items[17]['odd \\'name']", True),
        ("$.list[2]", True),
        ("$.list[1]", False),
        ("$", False),
        ("status", False),
        ("", False),
    ],
)
def test_a_place_is_secret_where_a_path_names_it_or_something_around_it(path: str, secret: bool) -> None:
    assert SENSITIVE.path(path) is secret


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True),
        ("user[email]", True),
        ("user.email", True),
        ("user[name]", False),
        ("email", False),
        ("mothers_name", True),
        ("a[b][mothers_name]", True),
        ("login[password]", True),
        ("", False),
        ("[]", False),
    ],
)
def test_a_form_field_is_a_member_of_the_document(name: str, secret: bool) -> None:
    assert SENSITIVE.field(name) is secret


def test_everything_is_secret_where_the_whole_document_is() -> None:
    assert Sensitive(["$"]).path("$.anything")


@pytest.mark.parametrize("path", ["$[?@.a].b", "$.a[-1]", "$['ü']", "$[*]", "$"])
def test_where_names_alone_cant_tell_every_document_is_looked_into(path: str) -> None:
    sensitive = Sensitive([path])
    assert sensitive.fragments is None or bool(sensitive.root.payloads)


def test_the_fragments_know_the_names_of_the_settings() -> None:
    assert b"mothersname" in (Sensitive(["$..['Mothers-Name']"]).fragments or ())
