from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from shadow.config.effective import effective_text, masked
from shadow.config.load import load_settings
from shadow.config.settings import Settings

Load = Callable[..., Settings]


def test_the_effective_text_of_a_complete_file_is_itself_a_file_with_the_same_settings(tmp_path: Path) -> None:
    source = Path(__file__).with_name("complete.toml")
    settings = load_settings(source, environment={"LEGACY_KEY": ""})
    path = tmp_path / "shadow.toml"
    path.write_text(effective_text(settings), "utf-8")
    again = load_settings(path, environment={})
    assert again.model_copy(update={"source": source}) == settings


def test_every_table_and_default_is_shown_with_units_that_people_use(load: Load) -> None:
    text = effective_text(load())
    data = tomllib.loads(text)
    assert list(data) == [
        "legacy", "candidate", "proxy", "mirror", "routes", "compare", "verdict", "store", "redact", "report",
    ]  # fmt: skip
    assert (data["proxy"]["queue_bytes"], data["verdict"]["max_age"], data["store"]["keep"]) == ("64 MiB", "14d", "30d")
    assert data["mirror"] == {
        "sample": 1.0, "concurrency": 64, "rate": 0.0, "methods": ["GET", "HEAD", "OPTIONS"], "confirm": 2,
        "baseline": 0.02, "warmup": False,
    }  # fmt: skip


def test_no_secret_is_shown(load: Load) -> None:
    settings = load(
        '[redact]\nkey = "s3cret"\n[store]\nurl = "postgresql+psycopg://me:s3c:r@t/s3cret@db/x?sslpassword=s3cret&a=b"\n',
        sides='[legacy]\nurl="http://a.test/a"\nauth={command="echo s3cret", ttl=60}\n'
        '[candidate]\nurl="http://b.test"\nheaders={x-api-key="s3cret", x-gone=""}\n',
    )
    text = effective_text(settings)
    assert not re.search("s3c|r@t", text)
    data = tomllib.loads(text)
    assert data["candidate"]["headers"] == {"x-api-key": "***", "x-gone": ""}
    assert data["legacy"]["auth"] == {"command": "***", "ttl": 60.0}
    assert data["store"]["url"] == "postgresql+psycopg://me:***@db/x?sslpassword=***&a=b"
    assert data["redact"]["key"] == "***"


@pytest.mark.parametrize(
    "url", ["sqlite:////srv/shadow.db", "postgresql+psycopg://me@h/db", "postgresql+psycopg://h:5432/db"]
)
def test_a_store_without_password_is_shown_as_it_is(load: Load, url: str) -> None:
    assert masked(load(f'[store]\nurl = "{url}"')).store.url == url


def test_a_dollar_brace_in_a_value_is_shown_so_that_it_is_read_back_the_same(load: Load) -> None:
    assert 'reason = "costs $${X}"' in effective_text(load('[[accept]]\nheader="a"\nreason="costs $${X}"'))
