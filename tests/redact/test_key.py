"""The key is shadow.toml's, or made once beside the store, whole and private, whoever comes first."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from shadow.config import Settings
from shadow.errors import ConfigError
from shadow.redact import Redactor
from shadow.redact.key import key_file, redact_key


def settings(tmp_path: Path, *, store: str = "", key: str = "") -> Settings:
    return Settings.model_validate(
        {
            "legacy": {"url": "https://l.example"},
            "candidate": {"url": "https://c.example"},
            "store": {"url": store or f"sqlite:///{tmp_path}/shadow.db"},
            "redact": {"key": key},
            "source": str(tmp_path / "shadow.toml"),
        }
    )


def test_the_configured_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert redact_key(settings(tmp_path, key="from the vault")) == b"from the vault"
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_beside_the_store_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = redact_key(settings(tmp_path))
    assert redact_key(settings(tmp_path)) == first
    assert len(first) == 64
    file = tmp_path / "shadow.db.redact-key"
    assert list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("store", "expected"),
    [
        ("sqlite:///evidence.db", "evidence.db.redact-key"),
        ("sqlite:///sub/evidence.db?timeout=5", "sub/evidence.db.redact-key"),
        ("postgresql+psycopg://db.example/shadow", "shadow.redact-key"),
    ],
)
def test_the_key_file_is_found_from_the_stores_url(tmp_path: Path, store: str, expected: str) -> None:
    assert key_file(settings(tmp_path, store=store)) == tmp_path / expected


def test_the_stores_folder_is_made_where_it_is_missing(tmp_path: Path) -> None:
    assert redact_key(settings(tmp_path, store=f"sqlite:///{tmp_path}/new/shadow.db"))


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    code = (
        "import sys; from shadow.config import Settings; from shadow.redact import Redactor\n"
        "sys.stdin.readline()\n"
        "s = Settings.model_validate_json(sys.argv[1]); print(Redactor.from_settings(s).digest(b'x').hex())"
    )
    payload = settings(tmp_path).model_dump_json(by_alias=True)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, payload], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    digests = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    assert [racer.returncode for racer in racers] == [0] * 4
    assert digests == {Redactor.from_settings(settings(tmp_path)).digest(b"x").hex()}


def test_a_key_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    key = redact_key(settings(tmp_path))
    file = tmp_path / "shadow.db.redact-key"
    file.chmod(0o644)
    assert redact_key(settings(tmp_path)) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_damaged_key_is_refused_instead_of_used(tmp_path: Path) -> None:
    (tmp_path / "shadow.db.redact-key").write_text("")
    with pytest.raises(ConfigError, match=r"shadow\.db\.redact-key is damaged"):
        redact_key(settings(tmp_path))


def test_a_folder_that_cant_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"file/shadow\.db\.redact-key can't be made .* set redact\.key"):
        redact_key(settings(tmp_path, store=f"sqlite:///{tmp_path}/file/shadow.db"))
