"""An inventory file as plain data: dicts, lists and text, whatever its YAML tags say.

Scalars stay text (``2.1`` is not a number here, ``NO`` not a flag) that knows its line; null is None. CloudFormation's
short forms become the long ones they stand for: ``!Ref X`` is ``{"Ref": "X"}``, ``!Sub X`` is ``{"Fn::Sub": "X"}``.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shadow.errors import ConfigError

__all__ = ["MAX_BYTES", "MAX_NODES", "Text", "line_of", "read_document"]

MAX_BYTES = 10 * 2**20
MAX_NODES = 1_000_000
"""Values in a document after all aliases are written out; a few lines of nested aliases can stand for billions."""


class Text(str):
    """A scalar, and the line it stands on (from 1; 0 where it isn't known)."""

    __slots__ = ("line",)
    line: int


def line_of(value: object) -> str:
    """``", line 7"`` for messages; "" where the line isn't known."""
    return f", line {value.line}" if isinstance(value, Text) and value.line else ""


def read_document(path: Path) -> Any:
    """The document in a YAML or JSON file. Raises ConfigError, naming file and line."""
    text = _read(path)
    if text.lstrip()[:1] == "{":
        try:
            # Also a hundred times faster than YAML, and packaged CloudFormation templates are large.
            return json.loads(text)
        except (ValueError, RecursionError):
            pass  # a YAML flow mapping starts like that too; if it is neither, YAML says so with a line
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor that is used twice is legal
            root = YAML(typ="safe", pure=True).compose(text)
        if _size(root, {}) > MAX_NODES:
            raise ConfigError(f"{path}: its aliases (`*name`) expand to more than {MAX_NODES:,} values; write them out")
        return _plain(root, {})
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: is not YAML: {error.problem}") from error
    except YAMLError as error:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply to be an inventory of routes") from error


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_BYTES // 2**20} MiB, so it can't be an inventory of routes")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"routes.from: {path} can't be read ({error.strerror}); correct the path") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text (byte {error.start}), so it can't be an inventory") from error


def _size(node: Node | None, known: dict[int, int]) -> int:
    """How many values the node stands for; infinitely many where an alias contains itself."""
    if node is None or isinstance(node, ScalarNode):
        return 1
    if id(node) not in known:
        known[id(node)] = MAX_NODES + 1  # what an alias to an enclosing node finds
        known[id(node)] = 1 + sum(_size(child, known) for child in _children(node))
    return known[id(node)]


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value)


def _plain(node: Node | None, known: dict[int, Any]) -> Any:
    if node is None:
        return None
    if id(node) not in known:
        known[id(node)] = _tagged(node, _untagged(node, known))
    return known[id(node)]


def _untagged(node: Node, known: dict[int, Any]) -> Any:
    if isinstance(node, SequenceNode):
        return [_plain(child, known) for child in node.value]
    if isinstance(node, MappingNode):
        return _mapping(node, known)
    if node.tag == "tag:yaml.org,2002:null":
        return None
    text = Text(node.value)
    text.line = node.start_mark.line + 1
    return text


def _mapping(node: MappingNode, known: dict[int, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, value in node.value:
        plain = _plain(value, known)
        if key.tag == "tag:yaml.org,2002:merge":
            for each in plain if isinstance(plain, list) else [plain]:
                merged = (each if isinstance(each, dict) else {}) | merged
        else:
            name = _plain(key, known)
            own[name if isinstance(name, str) else str(name)] = plain
    return merged | own


def _tagged(node: Node, value: Any) -> Any:
    tag = str(node.tag)
    if not tag.startswith("!") or tag == "!":
        return value
    name = tag[1:]
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}
