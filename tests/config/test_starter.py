from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shadow.config.addresses import check_base_url
from shadow.config.load import load_settings
from shadow.config.settings import Settings
from shadow.config.starter import starter_text


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "shadow.toml"
    path.write_text(text, "utf-8")
    return load_settings(path, environment={})


def test_the_starter_loads_with_the_defaults_of_the_models(tmp_path: Path) -> None:
    plain = loaded(tmp_path, '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\n')
    assert loaded(tmp_path, starter_text("http://a.test/a", "http://b.test")) == plain


def test_inventories_go_into_routes_from(tmp_path: Path) -> None:
    settings = loaded(tmp_path, starter_text("http://a.test/a", "http://b.test", ["serverless.yml", "kong.yml"]))
    assert settings.routes.inventories == [tmp_path / "serverless.yml", tmp_path / "kong.yml"]


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="?#")))
def test_a_url_survives_whatever_its_path_contains(tmp_path: Path, path: str) -> None:
    legacy = check_base_url(f"http://a.test/{path}/x")
    assert loaded(tmp_path, starter_text(legacy, "http://b.test")).legacy.url == legacy


def test_every_commented_key_is_valid_when_the_mark_is_removed(tmp_path: Path) -> None:
    text, count = re.subn(r"^# (?=\w+ = |\[)", "", starter_text("http://a.test/a", "http://b.test"), flags=re.MULTILINE)
    settings = loaded(tmp_path, text.replace("${LEGACY_KEY}", "k"))
    assert count > 20
    assert len(settings.route) == len(settings.compare.rule) == len(settings.accept) == 1


def test_the_commented_keys_of_tables_that_hold_no_examples_show_the_defaults(tmp_path: Path) -> None:
    text = starter_text("http://a.test/a", "http://b.test")
    shown = "\n\n".join(
        re.sub(r"^# (?=\w+ = )", "", block, flags=re.MULTILINE)
        for block in text.split("\n\n")
        if block.startswith(("[proxy]", "[mirror]", "[verdict]", "[store]", "[report]"))
    )
    sides = '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\n'
    assert shown.count("\n[") == 4
    assert loaded(tmp_path, sides + shown) == loaded(tmp_path, sides)
