"""What the plugin does to people who have shadow installed and never asked for it: nothing."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import Any

import pytest

HEAVY = (
    "pydantic",
    "sqlalchemy",
    "deepdiff",
    "mitmproxy",
    "rich",
    "msgspec",
    "httpx",
    "lxml",
    "click",
    "jinja2",
    "requests",
)
TEST = "def test_mine(): pass"


def test_importing_it_imports_nothing_but_pytest() -> None:
    code = """
import sys, pytest, typing
before = set(sys.modules)
import shadow.pytest_plugin
print(*sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["shadow", "shadow.pytest_plugin"]


def test_a_run_without_the_option_imports_nothing_else(
    run: Any, monkeypatch: pytest.MonkeyPatch, plugin_arguments: tuple[str, ...]
) -> None:
    run.three_routes()
    run.pytester.makeconftest(
        f"""
        import sys
        def pytest_unconfigure():
            loaded = {{name.partition(".")[0] for name in sys.modules}} & {set(HEAVY)!r}
            ours = {{name for name in sys.modules if name.startswith("shadow")}}
            print("LOADED", *sorted(loaded | ours))
        """
    )
    run.pytester.makepyfile(TEST)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = run.pytester.runpytest_subprocess(*(plugin_arguments or ("-p", "shadow")), "-W", "error")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["LOADED shadow shadow.pytest_plugin"])


@pytest.mark.parametrize(
    "arguments",
    [(), ("-p", "no:terminal"), ("--strict-markers", "--strict-config"), ("-p", "no:cacheprovider"), ("-rA",)],
    ids=" ".join,
)
def test_without_the_option_nothing_changes(run: Any, arguments: tuple[str, ...]) -> None:
    """Neither with a store at hand nor with a broken configuration."""
    run.three_routes()
    run.configure("[legacy]\n")
    run.pytester.makepyfile(TEST)
    result = run.pytest(*arguments)
    assert result.ret == pytest.ExitCode.OK
    lines = [line for line in result.outlines if "shadow" in line and not line.startswith("plugins: ")]
    assert lines == []
    assert result.errlines == []


def test_without_the_option_an_empty_folder_has_no_tests(run: Any) -> None:
    run.three_routes()
    assert run.pytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_options_fixture_and_marker_are_documented(run: Any) -> None:
    run.pytest("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.shadow_accept(*, path | header | status | fingerprint, *"]
    )
    run.pytest("--fixtures", "-v").stdout.fnmatch_lines(
        ["shadow_compare*", "*Compare a legacy and a candidate response*"]
    )
    run.pytest("--help").stdout.fnmatch_lines(
        ["shadow: does the candidate answer like legacy?:", "*--shadow *", "*--shadow-config*", "*--shadow-allow-inc*"]
    )


def test_asking_for_help_needs_no_store(run: Any) -> None:
    for option in ("--help", "--markers"):
        assert run.pytest("--shadow", option).ret == pytest.ExitCode.OK


@pytest.mark.skipif(not entry_points(group="pytest11", name="shadow"), reason="shadow has to be installed (again)")
def test_it_can_be_blocked_by_its_name(run: Any) -> None:
    run.pytester.makepyfile(TEST)
    assert run.pytest("-p", "no:shadow").ret == pytest.ExitCode.OK
    assert run.pytest("-p", "no:shadow", "--shadow").ret == pytest.ExitCode.USAGE_ERROR


def test_the_names_for_annotations_are_there(run: Any) -> None:
    run.pytester.makepyfile(
        """
        from shadow import Response
        from shadow.pytest_plugin import ShadowAcceptWarning, ShadowCompare, ShadowEvidenceWarning

        def test_typed(shadow_compare: ShadowCompare) -> None:
            answer = Response(200, [], b"")
            assert shadow_compare(answer, answer) == []
        """
    )
    run.pytest().assert_outcomes(passed=1)
