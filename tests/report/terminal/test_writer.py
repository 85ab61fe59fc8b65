"""Lines in consoles of all kinds."""

from __future__ import annotations

import io
import shlex
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from shadow.report.terminal.console import colours
from shadow.report.terminal.writer import Writer, shell_lines

Written = Callable[..., list[str]]


def written(text: str, columns: int, *, indent: int = 0, hang: int = 0) -> list[str]:
    """The lines that come out on a terminal of so many columns (0: no terminal)."""
    file = io.StringIO()
    console = Console(file=file, width=columns or 80, height=25, force_terminal=columns > 0, color_system=None)
    Writer(console).line(text, indent=indent, hang=hang)
    return file.getvalue().splitlines()


def test_lines_break_between_words_and_what_follows_hangs() -> None:
    assert written("one two three four", 12, indent=2, hang=2) == ["one two", "three four"], "too narrow for indents"
    assert written("one two three four five", 16, indent=2, hang=2) == ["  one two three", "    four five"]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.integers(1, 60),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_no_line_is_wider_than_the_terminal_and_none_is_lost(text: str, columns: int, indent: int, hang: int) -> None:
    columns = max(columns, 2)  # A wide character has two columns.
    lines = written(text, columns, indent=indent, hang=hang)
    assert max(map(cell_len, lines)) <= columns
    assert "".join("".join(lines).split()) == "".join("".join(written(text, 0)).split())


def test_without_a_terminal_a_line_is_never_wrapped() -> None:
    assert written("word " * 100, 0, indent=2, hang=4) == ["  " + ("word " * 100).rstrip()]


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=30), min_size=1), st.integers(1, 60))
def test_a_command_over_several_lines_is_the_same_command(words: list[str], width: int) -> None:
    lines = list(shell_lines(map(shlex.quote, words), width))
    assert shlex.split(" ".join(line.removesuffix(" \\") for line in lines)) == words
    assert all(line.endswith(" \\") for line in lines[:-1])


@pytest.mark.parametrize(
    ("environment", "terminal", "pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "", "FORCE_COLOR": ""}, True, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"FORCE_COLOR": "3"}, True, True),
        ({"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, True, True),
        ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_colours_are_asked_for_by_the_environment(environment: dict[str, str], terminal: bool, pipe: bool) -> None:
    assert [colours(environment, is_terminal=found) for found in (True, False)] == [terminal, pipe]
