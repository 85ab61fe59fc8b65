"""docs/configuration.md says what the models say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shadow.config.effective import effective_text
from shadow.config.load import load_settings
from shadow.config.settings import AuthCommand, AuthFile, SigV4
from shadow.config.tables import keys, tables
from shadow.config.toml_text import toml_value
from shadow.config.units import show_bytes, show_seconds

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
MODELS: dict[str, type[BaseModel]] = {table.heading: table.model for table in tables()}


def section(heading: str) -> str:
    found = re.search(rf"^## [^\n]*`{re.escape(heading)}`.*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"there is no section about {heading}"
    return found[0]


def rows(text: str) -> dict[str, str]:
    """Key → default of the first table in the text."""
    table = re.search(r"\| key \| type \| default \| meaning \|\n\|[-|]+\n((?:\|.*\n)+)", text)
    assert table is not None
    found = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table[1].splitlines()]
    assert all(len(row) == 4 and all(row) for row in found), "a row lacks its type, default or meaning"
    return {row[0].strip("`"): row[2].strip("`") for row in found}


def default(key: str, field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    extra = field.json_schema_extra
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    value = extra.get("default", value) if isinstance(extra, dict) else value
    if value is None:
        return "unset"
    if key in ("queue_bytes", "max_body"):
        value = show_bytes(value)
    if key in ("max_age", "keep"):
        value = show_seconds(value)
    return toml_value(value)


@pytest.mark.parametrize("heading", MODELS)
def test_a_table_is_documented_key_by_key_with_the_defaults_of_its_model(heading: str) -> None:
    assert rows(section(heading)) == {key: default(key, field) for key, field in keys(MODELS[heading]).items()}


@pytest.mark.parametrize("model", [AuthCommand, AuthFile, SigV4])
def test_the_keys_of_auth_are_documented(model: type[BaseModel]) -> None:
    tables_of_auth = PAGE.partition("### `auth`")[2].partition("\n## ")[0].split("\n\n")
    found = [rows(block + "\n") for block in tables_of_auth if block.startswith("| key")]
    assert {key: default(key, field) for key, field in keys(model).items()} in found


def test_the_page_documents_no_table_that_does_not_exist() -> None:
    headings = re.findall(r"`(\[.*?\]+)`", " ".join(re.findall(r"^## .*$", PAGE, re.MULTILINE)))
    assert sorted(headings) == sorted(MODELS)


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_every_example_loads(tmp_path: Path, example: str) -> None:
    if "[candidate]" not in example:
        example += '\n[candidate]\nurl = "https://b.test"\n'
    if "[legacy]" not in example:
        example += '\n[legacy]\nurl = "https://a.test/kong"\n'
    path = tmp_path / "shadow.toml"
    path.write_text(example, "utf-8")
    assert effective_text(load_settings(path, environment={"LEGACY_KEY": "k"}))
