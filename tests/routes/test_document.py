"""Inventory files become plain data: unknown tags are tolerated, bombs and broken files refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadow.errors import ConfigError
from shadow.routes.document import MAX_BYTES, line_of, read_document


def read(tmp_path: Path, content: str | bytes) -> object:
    file = tmp_path / "inventory.yml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(file)


@pytest.mark.parametrize(
    ("content", "document"),
    [
        ("a: 1\nb: [yes, 2.1, null, ~]\n", {"a": "1", "b": ["yes", "2.1", None, None]}),
        ("{'a': {b: c}}", {"a": {"b": "c"}}),
        ('{"a": [1, true]}', {"a": [1, True]}),
        ("a: !Ref X\nb: !GetAtt [X, Y]", {"a": {"Ref": "X"}, "b": {"Fn::GetAtt": ["X", "Y"]}}),
        ("a: !Sub '/${X}'\nb: !Odd {c: d}", {"a": {"Fn::Sub": "/${X}"}, "b": {"Fn::Odd": {"c": "d"}}}),
        ("x: &x {a: 1, b: 1}\ny: {<<: *x, b: 2}", {"x": {"a": "1", "b": "1"}, "y": {"a": "1", "b": "2"}}),
        ("x: [&a {k: 1}, &a {k: 2}]\ny: *a", {"x": [{"k": "1"}, {"k": "2"}], "y": {"k": "2"}}),
        ("\ufeffa: b", {"a": "b"}),
        ("", None),
        ("2024-01-01: x", {"2024-01-01": "x"}),
        ("? [a, b]\n: c", {"['a', 'b']": "c"}),
    ],
)  # fmt: skip
def test_a_document_is_dicts_lists_and_text(tmp_path: Path, content: str, document: object) -> None:
    assert read(tmp_path, content) == document


def test_text_knows_its_line(tmp_path: Path) -> None:
    document = read(tmp_path, "a:\n  - x\n  - path: /y\n")
    assert isinstance(document, dict)
    assert line_of(document["a"][1]["path"]) == ", line 3"
    assert line_of("x") == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [", r"inventory\.yml, line 1: is not YAML: "),
        ("a: b\n\tc: d", r"inventory\.yml, line 2: is not YAML: "),
        ('{"a": 1', r"inventory\.yml, line 1: is not YAML: "),
        ("a: *unknown", r"line 1: is not YAML: found undefined alias"),
        ("a: b\n---\nc: d", r"line 2: is not YAML: but found another document|is not YAML"),
        ("a: \x01", r"inventory\.yml: is not YAML: .*special characters"),
        (b"\xff\xfea", r"inventory\.yml is not UTF-8 text \(byte 0\)"),
        ("[" * 5000, r"inventory\.yml: is nested too deeply"),
        ("a: &a [*a]", r"expand to more than 1,000,000 values"),
        ("a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(9)
        ), r"expand to more than 1,000,000 values"),
    ],
)  # fmt: skip
def test_a_broken_file_is_one_clear_error(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, content)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.yml"
    with file.open("wb") as sparse:
        sparse.truncate(MAX_BYTES + 1)
    with pytest.raises(ConfigError, match=r"huge\.yml is larger than 10 MiB"):
        read_document(file)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"routes\.from: .*nothing\.yml can't be read \(No such file"):
        read_document(tmp_path / "nothing.yml")
    with pytest.raises(ConfigError, match="can't be read"):
        read_document(tmp_path)
