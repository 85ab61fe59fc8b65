"""The tables of shadow.toml, read off the models: which there are, and which keys each has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shadow.config.settings import Settings

__all__ = ["Table", "keys", "tables", "tables_in"]


class Table(NamedTuple):
    """One table; ``name`` is its dotted path, ``many`` whether it is an array of tables."""

    name: str
    model: type[BaseModel]
    many: bool

    @property
    def heading(self) -> str:
        """As it stands in the file: ``[mirror]``, ``[[compare.rule]]``."""
        return f"[[{self.name}]]" if self.many else f"[{self.name}]"


@cache
def tables() -> tuple[Table, ...]:
    """Every table, in the order of the models; the top level is not one of them."""
    return tuple(_tables(Settings, ""))


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of one table as they are written in the file (`from`, `as`), without the tables within it."""
    return {
        field.alias or name: field
        for name, field in model.model_fields.items()
        if _nested(field.annotation) is None and (model, name) != (Settings, "source")
    }


def tables_in(data: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of that name in (unchecked) data, with its key path: ``("compare.rule[0]", {…})``.

    What is not a table where one should be is passed over.
    """
    found: list[tuple[str, Any]] = [("", data)]
    for step in name.split("."):
        found = [item for path, value in found if isinstance(value, dict) for item in _under(path, value, step)]
    return ((path, value) for path, value in found if isinstance(value, dict))


def _under(path: str, table: dict[str, Any], step: str) -> list[tuple[str, Any]]:
    here = f"{path}.{step}" if path else step
    value = table.get(step)
    return [(f"{here}[{i}]", item) for i, item in enumerate(value)] if isinstance(value, list) else [(here, value)]


def _tables(model: type[BaseModel], prefix: str) -> Iterator[Table]:
    for name, field in model.model_fields.items():
        if nested := _nested(field.annotation):
            table = Table(prefix + name, *nested)
            yield table
            yield from _tables(table.model, f"{table.name}.")


def _nested(annotation: Any) -> tuple[type[BaseModel], bool] | None:
    many = get_origin(annotation) is list
    model = get_args(annotation)[0] if many else annotation
    return (model, many) if isinstance(model, type) and issubclass(model, BaseModel) else None
