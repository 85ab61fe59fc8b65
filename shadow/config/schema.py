"""The JSON Schema (draft 2020-12) of shadow.toml, for editors and other tools."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from shadow.config.settings import Settings
from shadow.config.tables import keys, tables

__all__ = ["json_schema"]

_Schema = dict[str, Any]


def json_schema() -> _Schema:
    """The schema of a whole file: every key with its type, meaning and default.

    TOML's dates count as text in ISO 8601, which is how editors show them to a schema. Where a key takes more than
    any text, text with a ``${VAR}`` in it is valid too.
    """
    schema = Settings.model_json_schema(by_alias=True, mode="validation")
    del schema["properties"]["source"]
    definitions = schema["$defs"]
    for name, definition in definitions.items():
        definition["properties"] = {
            key: _allowing_variables(_tidied(value)) for key, value in definition["properties"].items()
        }
        definition.setdefault("title", name)
    for table in tables():
        _add_defaults(definitions[table.model.__name__]["properties"], table.model)
        if "." not in table.name:
            schema["properties"][table.name]["description"] = _first_line(table.model)
    definitions["Variable"] = _VARIABLE
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "shadow.toml"}


def _tidied(schema: _Schema) -> _Schema:
    """Pydantic's schema of one key as it holds for TOML, which has no null: None in Python is a key left out."""
    schema = {_BOUNDS.get(key, key): value for key, value in schema.items() if key != "title"}
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    if "items" in schema:
        schema["items"] = _tidied(schema["items"])
    if "anyOf" in schema:
        branches = [_tidied(branch) for branch in schema.pop("anyOf") if branch != {"type": "null"}]
        schema = branches[0] | schema if len(branches) == 1 else {"anyOf": branches} | schema
    return {key: value for key, value in schema.items() if (key, value) != ("default", None)}


def _allowing_variables(schema: _Schema) -> _Schema:
    """The schema with text that holds a variable as one more choice, wherever a value is not just any text."""
    if "items" in schema:
        return schema | {"items": _allowing_variables(schema["items"])}
    any_text = schema.get("type") == "string" and not schema.keys() & {"enum", "const", "pattern", "format"}
    if any_text or schema.get("type") == "object" or schema.keys() & {"$ref", "oneOf"}:
        return schema
    about = {key: schema[key] for key in ("description", "default") if key in schema}
    value = {key: item for key, item in schema.items() if key not in about}
    return {"anyOf": [*value.get("anyOf", [value]), {"$ref": "#/$defs/Variable"}]} | about


def _add_defaults(properties: _Schema, model: type[BaseModel]) -> None:
    """Add the defaults that pydantic leaves out because a function makes them."""
    for key, field in keys(model).items():
        if field.default_factory is not None:
            properties[key]["default"] = field.get_default(call_default_factory=True, validated_data={})


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
"""Bounds as some of pydantic's versions write them, and as JSON Schema calls them."""

_VARIABLE: _Schema = {
    "type": "string",
    "pattern": r"\$\{",
    "description": "Text with a variable, `${VAR}` or `${VAR:-default}`, that gives the value.",
}
