from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from shadow.config.schema import json_schema
from shadow.config.settings import Settings
from shadow.config.starter import starter_text
from shadow.config.tables import keys, tables

SIDES = {"legacy": {"url": "http://a.test/a"}, "candidate": {"url": "http://b.test"}}


def validate(data: dict[str, Any]) -> None:
    """Validate TOML data as editors do: dates are text in ISO 8601."""
    as_json = json.loads(json.dumps(data, default=dt.date.isoformat))
    Draft202012Validator(json_schema(), format_checker=FormatChecker()).validate(as_json)


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json_schema()["$defs"][name]["properties"]
    return found


def test_the_schema_is_a_valid_draft_2020_12_schema() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == Draft202012Validator.META_SCHEMA["$schema"]


def test_a_complete_file_is_valid() -> None:
    data = tomllib.loads(Path(__file__).with_name("complete.toml").read_text("utf-8"))
    assert isinstance(data["accept"][0]["until"], dt.date)
    validate(data)


def test_the_file_that_init_writes_is_valid() -> None:
    validate(tomllib.loads(starter_text("http://a.test/a", "http://b.test", ["kong.yml"])))


@pytest.mark.parametrize(
    "table",
    [
        {"mirror": {"sample": "${SHARE:-0.5}", "methods": ["GET"], "warmup": "${WARM}"}},
        {"proxy": {"queue_bytes": "64 MiB", "max_body": 5, "drain": "250ms"}},
        {"verdict": {"enough": 5, "max_age": "14d", "latency": "${LATENCY:-warn}"}},
        {"verdict": {"enough": "statistics"}},
        {"legacy": {"url": "http://a", "auth": {"command": "x"}, "verify": "ca.pem"}},
        {"legacy": {"url": "http://a", "auth": {"file": "token.txt"}}},
        {"legacy": {"url": "http://a", "auth": {"sigv4": "lambda", "region": "x"}, "verify": False}},
    ],
)
def test_every_form_of_a_value_is_valid(table: dict[str, Any]) -> None:
    validate(SIDES | table)


@pytest.mark.parametrize(
    "table",
    [
        {"mirorr": {}},
        {"source": "x"},
        {"mirror": {"rates": 1}},
        {"mirror": {"sample": 2}},
        {"mirror": {"sample": "half"}},
        {"mirror": {"methods": ["POST"]}},
        {"proxy": {"queue": 0}},
        {"compare": {"budget": 0}},
        {"compare": {"max_depth": 901}},
        {"compare": {"max_depth": 0}},
        {"compare": {"max_differences": 0}},
        {"compare": {"rule": [{"path": "$", "as": "date"}]}},
        {"compare": {"rule": [{"path": "$", "unicode": "NFD"}]}},
        {"proxy": {"queue_bytes": "64 MiBB"}},
        {"verdict": {"max_divergence": 0}},
        {"verdict": {"enough": "some"}},
        {"route": [{}]},
        {"route": [{"match": "*", "writes": None}]},
        {"accept": [{"path": "$.a"}]},
        {"accept": [{"reason": "x", "until": "soon"}]},
        {"legacy": {}},
        {"legacy": {"url": "http://a", "auth": {"comand": "x"}}},
    ],
)
def test_what_the_loader_refuses_by_its_form_is_invalid(table: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        validate(SIDES | table)


@pytest.mark.parametrize("model", sorted({table.model.__name__ for table in tables()} | {"AuthCommand", "SigV4"}))
def test_every_key_has_a_description(model: str) -> None:
    assert [key for key, schema in properties(model).items() if not schema.get("description")] == []


def test_every_table_has_a_description() -> None:
    assert [name for name, schema in json_schema()["properties"].items() if not schema.get("description")] == []


def test_every_default_of_the_models_is_in_the_schema_and_is_valid() -> None:
    definitions = json_schema()["$defs"]
    for table in tables():
        found = definitions[table.model.__name__]["properties"]
        for key, field in keys(table.model).items():
            if not field.is_required() and field.get_default(call_default_factory=True, validated_data={}) is not None:
                Draft202012Validator({"$defs": definitions} | found[key]).validate(found[key]["default"])


def test_keys_of_a_route_have_the_defaults_that_hold_without_a_block() -> None:
    found = properties("Route")
    defaults = {key: schema["default"] for key, schema in found.items() if "default" in schema}
    assert defaults == {"writes": "never", "mirror": True, "candidate": "", "expect_status": []}


def test_the_schema_has_exactly_the_tables_of_the_settings() -> None:
    assert set(json_schema()["properties"]) == set(Settings.model_fields) - {"source"}
