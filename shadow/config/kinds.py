"""The kinds of value that keys take: numbers, flags, URLs, route globs, JSONPaths …

Each is a type for a pydantic model that turns bad input into a sentence for people ("must be …"). TOML has types of
its own, so nothing is guessed across them (`queue = true` is an error), with one exception: text that holds a number
or a flag is taken as one, because `${VAR}` can only stand in a string.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from shadow.config.addresses import CONTROL, check_base_url, check_listen, check_store_url
from shadow.config.jsonpath import check_jsonpath

__all__ = [
    "AuthFactory",
    "BaseUrlText",
    "Day",
    "Enough",
    "FilePath",
    "Flag",
    "HeaderName",
    "HeaderTable",
    "JsonPath",
    "Listen",
    "NonNegative",
    "OpenShare",
    "OptionalHeaderName",
    "Positive",
    "RouteGlob",
    "Share",
    "StatusCode",
    "StoreUrl",
    "Text",
    "Verify",
    "Whole",
]


def _number(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        raise ValueError(f'must be a number, not "{value}"') from None


def _whole(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        raise ValueError(f'must be a whole number, not "{value}"') from None


def _flag(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _enough(value: object) -> object:
    if value == "statistics":
        return value
    try:
        count = _whole(value)
    except ValueError:
        count = None
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError('must be "statistics" or a whole number of at least 1')
    return count


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f'must be a date such as 2027-03-01, not "{value}"') from None
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise ValueError("must be a date such as 2027-03-01, without a time")  # noqa: TRY004 - pydantic wants this one
    return value


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _path(value: object) -> object:
    if isinstance(value, Path):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or CONTROL.search(value):
        raise ValueError("must be the path of a file, as text")
    return value


def _verify(value: object) -> object:
    value = _flag(value)
    if isinstance(value, bool):
        return value
    try:
        return _path(value)
    except ValueError:
        raise ValueError("must be true, false or the path of a CA bundle") from None


def _check_route(glob: str) -> str:
    if "?" in glob or "#" in glob:
        raise ValueError(f'must not have a query: a route is a method and a path, not "{glob}"')
    method, space, path = glob.partition(" ")
    if space and method != method.upper() and _ROUTE.fullmatch(f"{method.upper()} {path}"):
        raise ValueError(f'must have its method in capitals: "{method.upper()} {path}", not "{glob}"')
    if not _ROUTE.fullmatch(glob) and not _GLOB.fullmatch(glob):
        raise ValueError(
            'must be a method and a path such as "GET /orders/{orderId}", or a glob such as "* /orders*" or "*", '
            f'not "{glob}"'
        )
    if re.search(r"[{}]", _BRACES.sub("", glob)):
        raise ValueError(f'must have each parameter in its own braces, such as "/orders/{{orderId}}", not "{glob}"')
    return glob


def _check_header_name(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise ValueError(f'must be a header name such as "x-api-key", not "{name}"')
    return name


def _check_optional_header_name(name: str) -> str:
    return name and _check_header_name(name)


def _check_header_value(value: str) -> str:
    if CONTROL.search(value.replace("\t", " ")):
        # The value is not repeated: it may be a secret.
        raise ValueError("must not contain line breaks or other control characters")
    return value


def _check_header_table(table: dict[str, str]) -> dict[str, str]:
    seen: dict[str, str] = {}
    for name in table:
        if (first := seen.setdefault(name.lower(), name)) != name:
            raise ValueError(f'must name each header once; "{first}" and "{name}" are the same')
    return table


def _check_factory(name: str) -> str:
    if name and not _FACTORY.fullmatch(name):
        raise ValueError('must be "package.module:factory", or a table such as { command = "…" }')
    return name


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token as of RFC 9110 §5.6.2."""
_ROUTE = re.compile(r"[A-Z*][A-Z*-]* [/*]\S*")
_GLOB = re.compile(r"[^\s*]*\*\S*")
_BRACES = re.compile(r"\{[^{}/]+\}")
_FACTORY = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*(?:\.[^\W\d]\w*)*")

Flag = Annotated[bool, BeforeValidator(_flag), Field(strict=True)]
Whole = Annotated[int, BeforeValidator(_whole), Field(strict=True)]
_Number = Annotated[float, BeforeValidator(_number), Field(strict=True, allow_inf_nan=False)]
Share = Annotated[_Number, Field(ge=0, le=1)]
"""From 0 to 1."""
OpenShare = Annotated[_Number, Field(gt=0, lt=1)]
"""Between 0 and 1, neither of them."""
NonNegative = Annotated[_Number, Field(ge=0)]
Positive = Annotated[_Number, Field(gt=0)]
StatusCode = Annotated[Whole, Field(ge=100, le=599)]
Enough = Annotated[
    Literal["statistics"] | int,
    BeforeValidator(_enough, json_schema_input_type=Literal["statistics"] | Annotated[int, Field(ge=1)]),
]
Day = Annotated[dt.date, BeforeValidator(_day, json_schema_input_type=dt.date)]
Text = Annotated[str, AfterValidator(_not_blank)]
FilePath = Annotated[Path, BeforeValidator(_path, json_schema_input_type=Annotated[str, Field(min_length=1)])]
Verify = Annotated[
    Annotated[bool, Field(strict=True)] | Path,
    BeforeValidator(_verify, json_schema_input_type=bool | Annotated[str, Field(min_length=1)]),
]
BaseUrlText = Annotated[str, AfterValidator(check_base_url)]
Listen = Annotated[str, AfterValidator(check_listen)]
RouteGlob = Annotated[str, AfterValidator(_check_route)]
JsonPath = Annotated[str, AfterValidator(check_jsonpath)]
HeaderName = Annotated[str, AfterValidator(_check_header_name)]
OptionalHeaderName = Annotated[str, AfterValidator(_check_optional_header_name)]
HeaderTable = Annotated[
    dict[HeaderName, Annotated[str, AfterValidator(_check_header_value)]], AfterValidator(_check_header_table)
]
AuthFactory = Annotated[str, AfterValidator(_check_factory)]
StoreUrl = Annotated[str, AfterValidator(check_store_url)]
