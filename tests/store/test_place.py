"""Where a store is, and how it is named to people."""

from __future__ import annotations

import pytest

from shadow.errors import StoreError
from shadow.store.place import Place


def test_a_file_is_named_by_its_absolute_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = Place.from_url("sqlite:///evidence/shadow.db?timeout=2")
    assert place.file == tmp_path / "evidence" / "shadow.db"
    assert str(place) == f"{tmp_path}/evidence/shadow.db"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://shadow:s3cret@db.example.com/evidence",
        "postgresql+psycopg://shadow@db.example.com/evidence?password=s3cret",
        "postgresql+psycopg://shadow@db.example.com/evidence?sslpassword=s3cret",
    ],
)
def test_a_server_is_named_without_its_password(url):
    assert "s3cret" not in str(Place.from_url(url))
    assert "db.example.com/evidence" in str(Place.from_url(url))


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("s3cret", "is not a URL"),
        ("mysql://root:s3cret@localhost/db", "starts with mysql://"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
    ],
)
def test_what_can_not_be_a_store_is_refused_without_repeating_secrets(url, wanted):
    with pytest.raises(StoreError, match=wanted) as caught:
        Place.from_url(url)
    assert "s3cret" not in str(caught.value)
