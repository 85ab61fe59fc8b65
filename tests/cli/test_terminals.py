"""`explain`, `gate` and `status` in real terminals and pipes: nothing is too wide, cut, coloured or executed."""

from __future__ import annotations

import html
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len

from shadow.errors import ExitCode
from tests.cli.conftest import Project, project_in
from tests.cli.pseudo_terminal import environment, in_a_pipe, in_a_terminal, without_styles

Build = Callable[..., Project]
WIDTHS = (40, 60, 80, 120, 200)
ROUTE = "GET /orders/{orderId}"
ORDER = {"id": 8841, "note": "left at the neighbour's", "items": [{"sku": f"A-{n}", "price": 10.5} for n in range(9)]}
CHANGED = ORDER | {"items": [{"sku": f"A-{n}", "price": "10.50" if n == 4 else 10.5} for n in range(9)]}
EVIL = "\x1b]8;;http://evil.test\x07click\x1b[2J\u202e[link=http://evil.test][bold]::error::x"
COMMANDS = (["explain", ROUTE], ["gate"], ["status"])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A route of each verdict; those who use it change nothing of it."""
    return with_routes(project_in(tmp_path_factory.mktemp("here")))


@pytest.fixture
def changed(project: Build) -> Project:
    """The same for those that change something."""
    return with_routes(project())


def with_routes(here: Project) -> Project:
    here.seen(ROUTE, ORDER, ORDER, 9)
    here.seen(ROUTE, ORDER, CHANGED, 3)
    here.seen(ROUTE, ORDER, ORDER | {"id": "8841"}, 2)
    here.seen("GET /user/profile", {"x": 1}, {"x": 1}, 12)
    here.seen("GET /few", {"x": 1}, {"x": 1}, 1)
    return here


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_in_a_terminal_no_line_is_too_wide_and_no_word_is_cut(here: Project, command: list[str], columns: int) -> None:
    code, said = in_a_terminal(here.folder, *command, columns=columns, NO_COLOR="1")
    assert code == (ExitCode.NOT_READY if command == ["gate"] else ExitCode.READY)
    assert "\x1b" not in said
    lines = said.splitlines()
    assert max(map(cell_len, lines)) <= columns
    assert all(line == line.rstrip() for line in lines), "nothing is padded"
    words = set(said.split())
    plain = _plain(here.folder, *command)
    lost = {word for word in plain.split() if word not in words and len(word) < columns - 12} - _moments(plain)
    assert not lost


@cache
def _plain(folder: Path, *command: str) -> str:
    return in_a_pipe(folder, *command)[1]


def _moments(plain: str) -> set[str]:
    """How long ago something was is another time in the second process."""
    return {word for phrase in re.findall(r"\d+ \w+ ago,?|\bnow,?", plain) for word in phrase.split()}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_in_a_pipe_it_is_plain_text_of_one_width(here: Project, command: list[str]) -> None:
    code, said = in_a_pipe(here.folder, *command)
    assert code == (ExitCode.NOT_READY if command == ["gate"] else ExitCode.READY)
    assert "\x1b" not in said
    assert not re.search(r"[\u2500-\u257f]", said), "boxes would be in grep's way"
    assert _timeless(in_a_pipe(here.folder, *command, COLUMNS="30")[1]) == _timeless(said)


def _timeless(said: str) -> str:
    return re.sub(r" *(\d+ \w+ ago|now)", "", said)


def test_each_route_is_one_line_in_a_pipe(here: Project) -> None:
    gate, status = (in_a_pipe(here.folder, command)[1].splitlines() for command in ("gate", "status"))
    for lines in (gate, status):
        (line,) = (line for line in lines if ROUTE in line)
        assert line.startswith("✗ not ready     ")
        assert "5 of 14 distinct requests differ; most often $.items[*].price: number 10.5 became string" in line


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "CLICOLOR_FORCE": "1"}, True),
    ],
    ids=str,
)
def test_the_environment_decides_about_colours_in_a_terminal(
    here: Project, variables: dict[str, str], coloured: bool
) -> None:
    said = in_a_terminal(here.folder, "explain", ROUTE, columns=40, **variables)[1]
    assert ("\x1b[" in said) == coloured
    assert max(map(cell_len, without_styles(said).splitlines())) <= 40, "also a dumb terminal has a width"


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
    ],
    ids=str,
)
def test_and_in_a_pipe_where_it_wraps_nothing_either_way(
    here: Project, variables: dict[str, str], coloured: bool
) -> None:
    said = in_a_pipe(here.folder, "gate", **variables)[1]
    assert ("\x1b[" in said) == coloured
    assert without_styles(said) == in_a_pipe(here.folder, "gate")[1]


@pytest.mark.parametrize("command", [*COMMANDS, ["gate", "--format", "json"]], ids=" ".join)
def test_a_reader_that_goes_away_changes_no_exit_code_and_causes_no_traceback(
    here: Project, command: list[str]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "shadow", *command],
        cwd=here.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read().decode()
    assert process.returncode == (ExitCode.NOT_READY if command[0] == "gate" else ExitCode.READY)
    assert "Traceback" not in told
    assert "BrokenPipe" not in told


@pytest.mark.parametrize("columns", [40, 200])
@pytest.mark.parametrize("command", ["explain", "gate", "status"])
def test_nothing_that_came_from_traffic_reaches_the_terminal_as_more_than_text(
    project: Build, command: str, columns: int
) -> None:
    here = project()
    here.seen(f"GET /{EVIL}", {EVIL: EVIL, "same": [EVIL]}, {EVIL: f"{EVIL}!", "same": [EVIL]}, 3)
    arguments = [command, "GET /*"] if command == "explain" else [command]
    said = without_styles(in_a_terminal(here.folder, *arguments, columns=columns)[1])
    for forbidden in ("\x1b", "\x07", "\u202e", "::error"):
        assert forbidden not in said
    assert "[bold]" in "".join(said.split())


def test_nor_by_an_error_that_names_routes(project: Build) -> None:
    here = project()
    here.seen(f"GET /{EVIL}", {"x": 1}, {"x": 1})
    here.seen("GET /b", {"x": 1}, {"x": 1})
    for arguments in (["explain", "GET *"], ["explain"], ["explain", "GET /\x1b"]):
        code, out, err = here.run(*arguments)
        assert (code, out) == (ExitCode.USAGE, "")
        assert "\x1b" not in err
        assert "\u202e" not in err


def test_bodies_stand_side_by_side_where_there_is_room_else_below_each_other(here: Project) -> None:
    """The price that has become a string, in both bodies."""
    pattern = re.compile(r'- +"price": 10\.5 +\+ +"price": "10\.50"')
    wide, narrow = (in_a_terminal(here.folder, "explain", ROUTE, columns=columns)[1] for columns in (140, 80))
    assert pattern.search(without_styles(wide))
    assert not pattern.search(without_styles(narrow))
    assert re.search(r'- +"price": 10\.5\n +\+ +"price": "10\.50"', without_styles(narrow))


def test_the_words_are_those_of_the_page_and_of_the_report_for_machines_for_every_route(changed: Project) -> None:
    changed.seen("POST /orders", {"id": 1}, {"id": 2})
    assert changed.run("report", "--out", "out")[0] == ExitCode.READY
    report = json.loads((changed.folder / "out" / "report.json").read_text())
    page = _squeezed(html.unescape(re.sub(r"<[^>]*>", " ", (changed.folder / "out" / "index.html").read_text())))
    gate, status = changed.run("gate")[1], changed.run("status")[1]
    assert len(report["routes"]) == 4
    for route in report["routes"]:
        said = changed.run("explain", route["route"])[1]
        sentence = route["reasons"][0]["message"] if route["reasons"] else route["summary"]
        for place in (said, gate, status):
            assert sentence in place
        assert _squeezed(sentence) in page
        for reason in route["reasons"]:
            assert f"{reason['code']}: {reason['message']}" in said
        for difference in route["differences"]:
            assert f"{difference['fingerprint']}  {difference['where']} {difference['path']}" in said
            assert difference["summary"] in said
        for line in _sentences(said):
            assert _squeezed(line) in page, line


def _squeezed(text: str) -> str:
    """Without what is markup on one side and blanks on the other."""
    return re.sub(r"[\s`]+", "", text)


def _sentences(said: str) -> list[str]:
    """What stands in the sections of words, as opposed to the layout of numbers and values."""
    found = [line.strip() for line in said.splitlines()]
    heads = [meaning for line in found if (meaning := re.sub(r"^[A-Z][a-z ]+ \(\d+\): ", "", line)) != line]
    ends = ("do.", "both sides yet.", "than allowed.", "UTC.", "can be ready", "unseen.", "compared.", "accepted.")
    ours = [line for line in found if line.endswith(ends)]
    assert len(ours) >= 3
    return [*heads, *ours]


def test_the_command_that_accepts_works_as_it_is_printed_however_narrow_the_terminal(changed: Project) -> None:
    fingerprint = changed.seen("GET /other/route/of/the/same", ORDER, CHANGED, 3)
    said = without_styles(in_a_terminal(changed.folder, "explain", ROUTE, columns=40)[1])
    command = re.search(rf"shadow accept {fingerprint}(.*\\\n)*.*", said)
    assert command is not None
    spelled = subprocess.run(
        ["sh", "-c", command[0].replace("shadow", "printf '%s\\n'", 1)], capture_output=True, text=True, check=True
    )
    words = spelled.stdout.splitlines()
    assert words == ["accept", fingerprint, "--route", ROUTE, "--reason", "…"]
    assert changed.run(*words)[0] == ExitCode.READY


def test_the_command_in_a_reason_works_where_several_routes_show_the_same(changed: Project) -> None:
    changed.seen("GET /other", ORDER, CHANGED, 3)
    lines = changed.run("gate")[1].splitlines()
    commands = [found[1] for line in lines if (found := re.search(r"`shadow (accept .*)`", line))]
    assert len(commands) == 2
    assert all("--route" in command for command in commands)
    for command in commands:
        code, _, err = changed.run(*shlex.split(command))
        assert (code, err) == (ExitCode.READY, "")


def test_and_is_short_where_only_one_does(changed: Project) -> None:
    assert re.search(r"`shadow accept [0-9a-f]{12} --reason …`", changed.run("gate")[1])


def test_without_a_route_explain_names_the_worst_as_they_can_be_pasted(changed: Project) -> None:
    code, out, err = changed.run("explain")
    assert (code, out) == (ExitCode.USAGE, "")
    first, *routes = err.splitlines()
    assert first == "shadow: name a ROUTE; the worst first:"
    assert routes == [
        f"  ✗ not ready     shadow explain '{ROUTE}'",
        "  ? inconclusive  shadow explain 'GET /few'",
        "  ✓ ready         shadow explain 'GET /user/profile'",
    ]


def test_the_commands_of_another_configuration_name_it(changed: Project) -> None:
    changed.config.rename(changed.folder / "my parity.toml")
    said = changed.run("explain", ROUTE, "--config", "my parity.toml")[1]
    assert re.search(r"shadow accept [0-9a-f]{12} --reason '…' --config 'my parity\.toml'\n", said)


def test_one_of_anything_is_not_told_as_several(project: Build) -> None:
    here = project()
    here.seen("GET /one", {"x": 1}, {"x": "1"})
    said = here.run("explain", "GET /one")[1]
    assert "  1 request seen, 1 compared, 1 distinct\n" in said
    assert "in 1 distinct request (100%), 1 time in all; first " in said
    for command in (["gate"], ["gate", "--format", "markdown"], ["status"], ["explain", "GET /one"]):
        said = here.run(*command)[1]
        assert not re.search(r"\b1 (\w+ ){0,2}(requests|differences|times|lines|routes|groups)\b", said), said
