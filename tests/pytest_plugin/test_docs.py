"""What docs/pytest.md shows is what happens."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "pytest.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return [text for name, text in fenced if name == language]


def fit(shown: str) -> list[str]:
    """The lines as patterns: times, places and the widths of rules differ."""
    return [
        "*" if line == "..." else VARIABLE.sub("*", re.sub(r"([][*?])", r"[\1]", line)) for line in shown.splitlines()
    ]


VARIABLE = re.compile(r"\d\.\d\ds|\d{4}-\d\d-\d\d \d\d:\d\d UTC|/srv/parity|(?<=\.py:)\d+|={3,}|_{3,}")


def test_the_run_that_is_shown(run: Any) -> None:
    run.three_routes()
    [shown] = blocks("console")
    prompt, _, output = shown.partition("\n")
    result = run.pytest(*shlex.split(prompt.removeprefix("$ pytest ")))
    result.stdout.fnmatch_lines(fit(output))


@pytest.mark.parametrize("command", [line for block in blocks("sh") for line in block.splitlines()])
def test_the_commands_that_are_shown(run: Any, command: str) -> None:
    run.three_routes()
    folder = run.pytester.mkpydir("tests").joinpath("unit")
    folder.mkdir()
    (folder / "test_mine.py").write_text("def test_mine(): pass\n")
    words = shlex.split(command, comments=True)
    assert words[0] == "pytest"
    result = run.pytest(*words[1:], "--tb=no")
    assert result.ret in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    found = result.parseoutcomes()
    expected = {
        "shadow::GET /orders/{orderId}": {"failed": 1},
        "shadow::GET /orders*": {"failed": 1, "passed": 1},
        "shadow::": {"failed": 2, "passed": 1},
        "orders and not export": {"failed": 1, "deselected": 3},
        "not shadow": {"passed": 1, "deselected": 3},
    }
    assert expected.pop(next(word for word in words if word in expected)) == found


def test_the_test_that_is_shown_and_its_failure(run: Any, backend: Any) -> None:
    bodies = [{"items": [{"price": 1.5}, {"price": 2.5}]}, {"items": [{"price": "1.5"}, {"price": "2.5"}]}]
    for path, body in zip(("/kong/orders/8841", "/orders/8841"), bodies, strict=True):
        content = json.dumps(body).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        backend.paths[path] = head.encode() + content
    code, markers = blocks("python")
    run.pytester.makepyfile(test_orders=code.replace("https://api.staging.example.com", backend.url))
    result = run.pytest()
    result.assert_outcomes(failed=1)
    [failure] = blocks("")
    result.stdout.fnmatch_lines(fit(failure), consecutive=True)
    head = "import pytest\nfrom shadow import Response\n"
    call = "\n    shadow_compare(Response(200, [('ETag', '1')]), Response(200, [('ETag', '2')]))\n"
    run.pytester.makepyfile(test_orders=head + markers.replace(" ...", call))
    run.pytest("-W", "always::shadow.pytest_plugin.ShadowAcceptWarning").assert_outcomes(passed=1, warnings=1)
