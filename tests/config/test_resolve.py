from __future__ import annotations

from pathlib import Path

import pytest

from shadow.config.resolve import resolved
from shadow.config.settings import AuthFile, Settings
from shadow.errors import ConfigError


def settings(**tables: object) -> Settings:
    return Settings.model_validate(
        {"legacy": {"url": "http://a.test/kong"}, "candidate": {"url": "http://a.test"}} | tables
    )


def test_relative_paths_are_relative_to_the_folder_of_the_file() -> None:
    found = resolved(
        settings(
            candidate={
                "url": "http://a.test",
                "verify": "ca.pem",
                "client_cert": ["certs/c.pem", "/etc/k.pem"],
                "auth": {"file": "token.txt"},
            },
            routes={"from": ["../serverless.yml"]},
            report={"path": "out/index.html"},
            store={"url": "sqlite:///data/shadow.db?timeout=5"},
        ),
        Path("/srv/shop/shadow.toml"),
    )
    assert found.candidate.auth == AuthFile(file=Path("/srv/shop/token.txt"))
    assert found.candidate.verify == Path("/srv/shop/ca.pem")
    assert found.candidate.client_cert == [Path("/srv/shop/certs/c.pem"), Path("/etc/k.pem")]
    assert found.routes.inventories == [Path("/srv/shop/../serverless.yml")]
    assert found.report.path == Path("/srv/shop/out/index.html")
    assert found.store.url == "sqlite:////srv/shop/data/shadow.db?timeout=5"
    assert found.source == Path("/srv/shop/shadow.toml")


def test_defaults_are_resolved_too() -> None:
    found = resolved(settings(), Path("/srv/shadow.toml"))
    assert found.store.url == "sqlite:////srv/shadow.db"
    assert found.report.path == Path("/srv/reports/index.html")


def test_what_is_absolute_or_no_path_stays_as_it_is() -> None:
    tables = {"store": {"url": "postgresql+psycopg://h/db"}, "report": {"path": "/r.html"}}
    found = resolved(settings(**tables), Path("/srv/shadow.toml"))
    assert (found.store.url, found.report.path) == ("postgresql+psycopg://h/db", Path("/r.html"))
    assert found.legacy.verify is True
    assert resolved(settings(store={"url": "sqlite:////var/x.db"}), Path("/srv/t")).store.url == "sqlite:////var/x.db"


def test_a_folder_that_no_store_url_can_hold_is_an_error_that_says_so() -> None:
    with pytest.raises(ConfigError, match=r"store\.url: /srv/what\?/shadow\.db"):
        resolved(settings(), Path("/srv/what?/shadow.toml"))
