"""The effective settings as text: defaults filled in, variables expanded, paths resolved, secrets masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel

from shadow.config.settings import AuthCommand, Settings, SideSettings
from shadow.config.tables import Table, keys, tables
from shadow.config.toml_text import toml_value
from shadow.config.units import show_bytes, show_seconds

__all__ = ["effective_text", "masked"]

_MASK = "***"


def effective_text(settings: Settings) -> str:
    """All tables and keys in the form of a shadow.toml, with secrets masked; keys that hold nothing are left out."""
    settings = masked(settings)
    return "\n\n".join(block for table in tables() for block in _blocks(settings, table)) + "\n"


def masked(settings: Settings) -> Settings:
    """The settings with every secret replaced by asterisks; what is empty stays so."""
    return settings.model_copy(
        update={
            "legacy": _masked_side(settings.legacy),
            "candidate": _masked_side(settings.candidate),
            "redact": settings.redact.model_copy(update={"key": settings.redact.key and _MASK}),
            "store": settings.store.model_copy(update={"url": _masked_url(settings.store.url)}),
        }
    )


def _masked_side(side: SideSettings) -> SideSettings:
    headers = {name: value and _MASK for name, value in side.headers.items()}
    auth = side.auth.model_copy(update={"command": _MASK}) if isinstance(side.auth, AuthCommand) else side.auth
    return side.model_copy(update={"headers": headers, "auth": auth})


def _masked_url(url: str) -> str:
    """Without the password of the user part or of a parameter (`password`, `sslpassword`)."""
    authority, mark, options = url.partition("?")
    authority = re.sub(r"(://[^:/]*):.*@", rf"\1:{_MASK}@", authority)
    return authority + mark + re.sub(r"([^&=]*pass[^&=]*=)[^&]*", rf"\1{_MASK}", options, flags=re.IGNORECASE)


def _blocks(settings: Settings, table: Table) -> Iterator[str]:
    found: Any = settings
    for step in table.name.split("."):
        found = getattr(found, step)
    for block in found if isinstance(found, list) else [found]:
        yield "\n".join([table.heading, *_lines(block, table.model)])


def _lines(block: BaseModel, model: type[BaseModel]) -> Iterator[str]:
    names = {field.alias or name: name for name, field in model.model_fields.items()}
    for key in keys(model):
        value = getattr(block, names[key])
        if isinstance(value, BaseModel):
            value = value.model_dump()
        if value is not None:
            yield f"{key} = {toml_value(_UNITS.get(key, _as_it_is)(value))}"


def _as_it_is(value: object) -> object:
    return value


_UNITS: dict[str, Callable[..., object]] = {
    "queue_bytes": show_bytes,
    "max_body": show_bytes,
    "max_age": show_seconds,
    "keep": show_seconds,
}
"""Keys that people write with a unit."""
