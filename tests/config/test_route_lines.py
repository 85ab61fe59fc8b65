"""A route is told in the line of the block that configures it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadow.config.load import load_settings
from shadow.config.route_lines import line_of_route

TEXT = """\
[legacy]
url = "https://l.test"
[candidate]
url = "https://c.test"
[routes]
required = ["*"]
[[route]]
match = "GET *"
[[ route ]] # spaces are TOML's own business
match = "GET /orders/{id}"
[[route]]
match = "* /orders/*"
[["route"]]
match = "GET /orders/*"
"""


@pytest.mark.parametrize(
    ("route", "line"),
    [
        ("GET /x", 7),
        ("GET /orders/{id}", 9),
        ("DELETE /orders/{id}", 11),
        ("GET /orders/{id}/items", 13),
        ("PUT /x", 5),
    ],
)
def test_the_most_specific_block_holds_and_without_one_the_table_of_routes(
    tmp_path: Path, route: str, line: int
) -> None:
    file = tmp_path / "shadow.toml"
    file.write_text(TEXT)
    assert line_of_route(load_settings(file), TEXT, route) == line


def test_of_two_blocks_with_one_glob_the_later_holds(tmp_path: Path) -> None:
    text = TEXT + '[[route]]\nmatch = "GET *"\nsample = 0.5\n'
    file = tmp_path / "shadow.toml"
    file.write_text(text)
    assert line_of_route(load_settings(file), text, "GET /x") == 15


def test_blocks_in_pyproject_are_found(tmp_path: Path) -> None:
    text = (
        '[tool.shadow.legacy]\nurl = "https://l.test"\n[tool.shadow.candidate]\nurl = "https://c.test"\n'
        '[[tool.shadow.route]]\nmatch = "GET /x"\n[tool.shadow.routes]\nrequired = ["*"]\n'
    )
    file = tmp_path / "pyproject.toml"
    file.write_text(text)
    settings = load_settings(file)
    assert line_of_route(settings, text, "GET /x") == 5
    assert line_of_route(settings, text, "GET /y") == 7


def test_blocks_that_are_written_otherwise_are_not_guessed_at(tmp_path: Path) -> None:
    text = TEXT.replace("[legacy]", 'note = """\n[[route]]\n"""\n[legacy]')
    plain = TEXT.split("[routes]", maxsplit=1)[0]
    inline = 'route = [{match = "GET /x"}]\n' + plain
    file = tmp_path / "shadow.toml"
    file.write_text(inline)
    settings = load_settings(file)
    assert line_of_route(settings, inline, "GET /x") == 1
    assert line_of_route(settings, text, "GET /x") == 8
