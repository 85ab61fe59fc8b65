"""``pytest --shadow``: which tests there are, how they are chosen, what they say, and how the run ends."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from shadow.cli import main

ORDERS = "shadow::GET /orders/{orderId}"
IDS = ["shadow::GET /few", ORDERS, "shadow::GET /ready"]
HOSTILE = "GET /a::b[c]/\x1b[31m\u202ered\nline::"


def ids(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if line.startswith("shadow::")]


# -- which tests there are ------------------------------------------------------------------------------------------


def test_each_required_route_is_a_test_without_any_test_file(run: Any) -> None:
    run.three_routes()
    result = run.pytest("--shadow", "-v", "--tb=no")
    result.assert_outcomes(passed=1, failed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*collected 3 items", "shadow::GET /few FAILED*", f"{ORDERS} FAILED*", "shadow::GET /ready PASSED*100%]"]
    )


def test_all_ready_is_green(run: Any) -> None:
    run.configure()
    run.seen("GET /ready", {"x": 1}, {"x": 1}, 12)
    result = run.pytest("--shadow")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK


def test_a_route_that_is_not_required_is_no_test(run: Any, toml: str) -> None:
    run.configure(toml + '[routes]\nrequired = ["GET /a*"]\n')
    run.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    run.seen("GET /b", {"x": 1}, {"x": 2}, 12)
    result = run.pytest("--shadow", "-v")
    result.assert_outcomes(passed=1)
    assert "GET /b" not in result.stdout.str()


def test_a_route_of_the_inventory_that_nobody_has_seen_is_a_test_that_fails(run: Any, toml: str) -> None:
    run.configure(toml + '[routes]\nfrom = ["openapi.yml"]\n')
    run.configure("openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths:\n  /new/{id}:\n    get: {}\n", "openapi.yml")
    run.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    result = run.pytest("--shadow", "-rf")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["FAILED shadow::GET /new/{id} - inconclusive: *"])


def test_routes_come_after_other_tests_and_once(run: Any) -> None:
    run.three_routes()
    run.pytester.makepyfile(test_mine="def test_mine(): pass", test_other="def test_other(): pass")
    for arguments, others in [
        ((), 2),
        (("test_mine.py",), 1),
        (("test_mine.py", "test_other.py"), 2),
        (("test_mine.py::test_mine",), 1),
    ]:
        result = run.pytest("--shadow", "--tb=no", "-v", *arguments)
        result.assert_outcomes(passed=1 + others, failed=2)
        assert [line.split(" FAILED")[0].split(" PASSED")[0] for line in ids(result)] == IDS


def test_nothing_required_is_a_failing_test(run: Any) -> None:
    run.configure()
    run.seen("OPTIONS /a", {"x": 1}, {"x": 1}, 12)
    for arguments in ((), ("--shadow-allow-inconclusive",)):
        result = run.pytest("--shadow", *arguments)
        result.assert_outcomes(failed=1)
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines(["no route is required, so nothing is proven.", "*routes.required*"])


def test_an_empty_store_is_a_failing_test(run: Any) -> None:
    run.configure()
    run.seen("GET /a", {}, {}, 0)
    run.pytest("--shadow").assert_outcomes(failed=1)


# -- choosing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-k", "few"], IDS[:1]),
        (["-k", "get and not few"], IDS[1:]),
        (["-k", "not shadow"], []),
        (["--deselect", ORDERS], [IDS[0], IDS[2]]),
        ([ORDERS], [ORDERS]),
        ([ORDERS, ORDERS, "shadow::GET /few"], IDS[:2]),
        (["shadow::GET /*e*"], IDS),
        (["shadow::*few"], IDS[:1]),
        (["shadow::"], IDS),
        (["shadow::OPTIONS /sideline"], ["shadow::OPTIONS /sideline"]),
    ],
)
def test_routes_are_selected_as_tests_are(run: Any, arguments: list[str], expected: list[str]) -> None:
    """By keyword, by id, by a glob in the id; a route that is not required by its id alone."""
    run.three_routes()
    run.seen("OPTIONS /sideline", {"x": 1}, {"x": 2})
    run.pytester.makepyfile("def test_mine(): pass")
    result = run.pytest("--shadow", "--collect-only", "-q", *arguments)
    assert ids(result) == expected
    assert ("::test_mine" in result.stdout.str()) == (
        arguments[0] in {"-k", "--deselect"} and arguments[1] not in {"few", "get and not few"}
    )


def test_a_selected_route_runs_beside_selected_files(run: Any) -> None:
    run.three_routes()
    run.pytester.makepyfile(test_mine="def test_mine(): pass", test_other="def test_other(): pass")
    run.pytest("--shadow", "test_mine.py", "shadow::GET /ready").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("shadow::GET /order", "*there is no route 'GET /order'; did you mean 'shadow::GET /orders/{orderId}'*"),
        ("shadow::POST /x*", "*no required route matches 'POST /x[*]'; *"),
    ],
)
def test_an_id_that_means_no_route_is_a_usage_error(run: Any, argument: str, message: str) -> None:
    run.three_routes()
    result = run.pytest("--shadow", argument)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: shadow: {message}"])


def test_ids_are_taken_as_they_are_printed_in_another_folder(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run.three_routes()
    run.pytester.makeini("[pytest]\n")
    monkeypatch.chdir(run.pytester.mkdir("sub"))
    printed = [line for line in run.pytest("--shadow", "-rf", "--tb=no").outlines if line.startswith("FAILED")]
    argument = printed[1].removeprefix("FAILED ").partition(" - ")[0]
    assert argument == f"../{ORDERS}"
    run.pytest("--shadow", argument).assert_outcomes(failed=1)
    run.pytest("--shadow", ORDERS).assert_outcomes(failed=1)


def test_last_failed_runs_the_routes_that_failed(run: Any) -> None:
    run.three_routes()
    run.pytester.makepyfile("def test_mine(): pass")
    run.pytest("--shadow", "--tb=no")
    result = run.pytest("--shadow", "--tb=no", "--lf", "-v")
    result.assert_outcomes(failed=2, deselected=2)
    run.seen("GET /few", {"x": 2}, {"x": 2}, 12)
    run.pytest("--shadow", "--tb=no", "--lf", "-k", "few").assert_outcomes(passed=1, deselected=3)
    run.pytest("--shadow", "--tb=no", "--lf", "-v").assert_outcomes(failed=1, deselected=3)


def test_x_stops_at_the_first_that_fails(run: Any) -> None:
    run.three_routes()
    run.pytest("--shadow", "-x").assert_outcomes(failed=1)


# -- what they say --------------------------------------------------------------------------------------------------


def test_a_failure_is_the_verdict_with_grouped_differences_and_what_to_do(run: Any) -> None:
    run.configure()
    run.seen(
        "GET /orders/{orderId}",
        {"items": [{"price": n + 0.5} for n in range(5)], "at": "2026-01-01T00:00:00.000Z"},
        {"items": [{"price": f"{n}.5"} for n in range(5)], "at": "2026-01-01T00:00:00+00:00"},
        3,
    )
    result = run.pytest("--shadow")
    text = result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "*_ GET /orders/{orderId}: not ready _*",
            "3 of 3 distinct requests differ; most often $.*",
            "3 of 3 distinct requests differ.",
            "",
            "2 groups of differences:",
            "",
            "  body $.items[[]*].price  number-as-string, 100% of distinct requests  ????????????",
            '    number 0.5 became string "0.5"',
            "    GET https://api.test/kong/orders/{orderId}",
            '      $.items[[]0].price: legacy 0.5, candidate "0.5"',
            '      $.items[[]1].price: legacy 1.5, candidate "1.5"',
            '      $.items[[]2].price: legacy 2.5, candidate "2.5"',
            "      … and at 2 more places",
            "",
            "  body $.at  date-format, 100% of distinct requests  ????????????",
            "Correct the candidate, or accept what is all right:",
            "  shadow accept ???????????? --reason '…' --until DATE",
            "  shadow explain 'GET /orders/{orderId}'",
        ]
    )
    assert "Traceback" not in text
    assert ".py" not in text


def test_the_commands_that_a_failure_offers_work(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fingerprint was seen on two routes; the configuration has a name of its own."""
    run.three_routes()
    run.seen("GET /carts/{id}", {"items": [{"price": 1.5}]}, {"items": [{"price": "1.5"}]}, 12)
    shutil.move(run.folder / "shadow.toml", run.folder / "other.toml")
    result = run.pytest("--shadow", "--shadow-config", "other.toml", "shadow::GET /carts/*")
    commands = [line.strip() for line in result.outlines if line.startswith("  shadow ")]
    assert commands[0].endswith("--reason '…' --until DATE --route 'GET /carts/{id}' --config other.toml")
    assert commands[1] == "shadow explain 'GET /carts/{id}' --config other.toml"
    words = commands[0].split("'")[0].split()[:3]
    for arguments in (
        [*words[1:], "--reason", "so be it", "--route", "GET /carts/{id}", "--config", "other.toml"],
        ["explain", "GET /carts/{id}", "--config", "other.toml"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    run.pytest("--shadow", "--shadow-config", "other.toml", "shadow::GET /carts/*").assert_outcomes(passed=1)


def test_what_is_inconclusive_says_what_is_missing(run: Any) -> None:
    run.three_routes()
    run.pytest("--shadow", "shadow::GET /few").stdout.fnmatch_lines(
        ["*_ GET /few: inconclusive _*", "10 distinct clean requests are needed, 3 seen", "  shadow explain 'GET /few'"]
    )


def test_an_acceptance_that_has_run_out_is_told(run: Any, toml: str) -> None:
    run.configure(toml + '[[accept]]\npath = "$.x"\nreason = "the app rounds it"\nuntil = 2026-01-31\n')
    run.seen("GET /a", {"x": 1}, {"x": 2}, 12)
    run.pytest("--shadow").stdout.fnmatch_lines(["*    was accepted until 2026-01-31: the app rounds it"])


def test_a_failure_tells_of_at_most_twenty_groups(run: Any) -> None:
    run.configure()
    names = [f"member{chr(97 + n)}" for n in range(25)]
    run.seen("GET /a", dict.fromkeys(names, 1), dict.fromkeys(names, "1"), 3)
    lines = run.pytest("--shadow").outlines
    assert sum(line.startswith("  body $.member") for line in lines) == 20
    assert "  … and 5 more groups" in lines


@pytest.mark.parametrize("style", ["auto", "short", "long", "native", "line", "no"])
def test_no_style_shows_a_traceback_of_ours(run: Any, style: str) -> None:
    run.three_routes()
    result = run.pytest("--shadow", f"--tb={style}", "-q")
    result.assert_outcomes(passed=1, failed=2)
    text = result.stdout.str()
    assert "Traceback" not in text
    assert "routes.py" not in text
    assert ("1 group of differences" in text) == (style != "no") or style == "line"
    if style == "line":
        result.stdout.fnmatch_lines(["*shadow.toml:1: not ready: 3 of 3 distinct requests differ*"])
    result.stdout.fnmatch_lines([f"FAILED {ORDERS} - not ready: 3 of 3 *"])


def test_junit_has_one_readable_test_case_per_route(run: Any) -> None:
    run.three_routes()
    run.seen("GET /v1.2/users.json", {"x": 1}, {"x": 1}, 3)
    run.seen(HOSTILE, {"x": "\0"}, {"x": "\x1b[31m"}, 3)
    run.pytest("--shadow", "--shadow-allow-inconclusive", "--junitxml=junit.xml")
    cases = ET.parse(run.folder / "junit.xml").findall(".//testcase")
    assert {case.get("classname") for case in cases} == {"shadow"}
    found = {case.get("name"): case for case in cases}
    assert len(found) == len(cases) == 5
    failure = found["GET /orders/{orderId}"].find("failure")
    assert failure is not None
    assert failure.get("message", "").startswith("not ready: 3 of 3 distinct requests differ")
    assert 'number 1.5 became string "1.5"' in (failure.text or "")
    skipped = found["GET /v1.2/users.json"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "inconclusive: 10 distinct clean requests are needed, 3 seen"
    assert found["GET /ready"].find("failure") is None


def test_the_name_of_a_route_can_do_no_harm(run: Any) -> None:
    """It is told, by its id and by its own name, and its id runs it, again and again."""
    run.configure()
    run.seen(HOSTILE, {"x": 1}, {"x": 2}, 3)
    run.seen(HOSTILE + "\u200b", {"x": 1}, {"x": 2}, 3)
    run.pytester.makepyfile("def test_mine(): pass")
    listed = ids(run.pytest("--shadow", "--collect-only", "-q"))
    assert len(set(listed)) == 2
    for argument in (*listed, f"shadow::{HOSTILE}"):
        result = run.pytest("--shadow", "-v", argument)
        result.assert_outcomes(failed=1)
        assert not set("\x1b\u202e\u200b") & set(result.stdout.str())
    run.pytest("--shadow", "--lf").assert_outcomes(failed=2, deselected=1)
    run.pytest("--shadow", "-k", "line").assert_outcomes(failed=2, deselected=1)


def test_nothing_that_is_told_is_an_instruction_to_a_ci_job(run: Any) -> None:
    """GitHub and others obey lines of a job's log (see `shadow.report.log_text`)."""
    run.configure()
    order = "\n::error::owned ##[error]owned ##vso[task.setvariable]owned"
    run.seen(f"GET /{order}", {"x": "a", order: order}, {"x": order, order: "a"}, 3)
    for arguments in ((), ("-v", "--tb=line"), ("--shadow-allow-inconclusive", "-rA")):
        text = run.pytest("--shadow", *arguments).stdout.str()
        assert "owned" in text
        assert not re.search(r"::error|##\w*\[", text)


def test_a_dot_in_a_route_stays_a_dot(run: Any) -> None:
    run.configure()
    run.seen("GET /v1.2/users.json", {"x": 1}, {"x": 1}, 12)
    run.pytest("--shadow", "-vv").stdout.fnmatch_lines(["shadow::GET /v1.2/users.json * PASSED *"])


def test_the_header_says_by_what_and_when_it_was_judged(run: Any) -> None:
    run.three_routes()
    run.pytest("--shadow").stdout.fnmatch_lines([f"shadow: {run.folder}/shadow.toml, judged at 20??-??-?? ??:?? UTC"])
    assert "judged at" not in run.pytest("--shadow", "-q").stdout.str()


def test_the_summary_counts_and_gives_the_notes_of_the_gate_once(run: Any, toml: str) -> None:
    run.configure(toml.replace('version = "7"\n', "") + '[[accept]]\nheader = "etag"\nreason = "old"\n')
    run.seen("GET /a", {"x": 1}, {"x": 1}, 12)
    run.seen("GET /b", {"x": 1}, {"x": 1}, 3)
    result = run.pytest("--shadow", "--tb=no")
    result.stdout.fnmatch_lines(
        [
            "=* shadow =*",
            "1 of 2 required routes is inconclusive, 1 is ready",
            'note: an [[][[]accept]] block covers nothing that has been seen: `header = "etag"`*',
            "note: the candidate has no version, *",
        ],
        consecutive=True,
    )
    assert result.stdout.str().count("note: ") == 2
    assert "tested in this run" not in result.stdout.str()
    run.pytest("--shadow", "--tb=no", "-k", "GET and /b").stdout.fnmatch_lines(["tested in this run: 1 of 2"])


# -- inconclusive ---------------------------------------------------------------------------------------------------


def test_inconclusive_routes_are_skipped_on_request_if_one_is_ready(run: Any) -> None:
    run.configure()
    run.seen("GET /ready", {"x": 1}, {"x": 1}, 12)
    run.seen("GET /few", {"x": 1}, {"x": 1}, 3)
    assert run.pytest("--shadow").ret == pytest.ExitCode.TESTS_FAILED
    result = run.pytest("--shadow", "--shadow-allow-inconclusive", "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["SKIPPED*inconclusive: 10 distinct clean requests are needed, 3 seen"])


@pytest.mark.parametrize("selection", [["-k", "few"], ["shadow::GET /few"], ["--deselect", "shadow::GET /ready"]])
def test_a_run_in_which_nothing_is_ready_is_never_green(run: Any, selection: list[str]) -> None:
    run.configure()
    run.seen("GET /ready", {"x": 1}, {"x": 1}, 12)
    run.seen("GET /few", {"x": 1}, {"x": 1}, 3)
    result = run.pytest("--shadow", "--shadow-allow-inconclusive", *selection)
    result.assert_outcomes(failed=1, deselected=0 if "::" in selection[0] else 1)
    result.stdout.fnmatch_lines(["--shadow-allow-inconclusive lets this pass only where a selected route is ready*"])


def test_missing_credentials_are_not_skipped(run: Any) -> None:
    run.configure()
    run.seen("GET /ready", {"x": 1}, {"x": 1}, 30)
    for route in "abcdefgh":
        run.seen(f"GET /{route}", {"x": 1}, {"error": "who?"}, 30, statuses=(200, 401))
    result = run.pytest("--shadow", "--shadow-allow-inconclusive")
    result.assert_outcomes(passed=1, failed=8)
    result.stdout.fnmatch_lines(["--shadow-allow-inconclusive does not let this pass."])
    assert "credentials" in result.stdout.str()


# -- where it finds what it needs -----------------------------------------------------------------------------------


def test_the_configuration_is_found_as_the_commands_find_it(
    run: Any, toml: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.three_routes()
    sub = run.pytester.mkdir("sub")
    monkeypatch.chdir(sub)
    run.pytest("--shadow").assert_outcomes(passed=1, failed=2)
    run.pytest("--shadow", "--shadow-config", "../shadow.toml").assert_outcomes(passed=1, failed=2)
    shutil.move(run.folder / "shadow.toml", run.folder / "elsewhere.toml")
    assert run.pytest("--shadow").ret == pytest.ExitCode.USAGE_ERROR
    monkeypatch.setenv("SHADOW_CONFIG", str(run.folder / "elsewhere.toml"))
    run.pytest("--shadow").assert_outcomes(passed=1, failed=2)
    monkeypatch.delenv("SHADOW_CONFIG")
    table = "\n".join(f"[tool.shadow.{line[1:]}" if line.startswith("[") else line for line in toml.splitlines())
    run.configure(table, "pyproject.toml")
    run.pytest("--shadow").assert_outcomes(passed=1, failed=2)


def test_the_configuration_is_also_found_from_the_rootdir(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run.three_routes()
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    run.pytest("--shadow", "--rootdir", str(run.folder), "shadow::").assert_outcomes(passed=1, failed=2)


def test_without_a_configuration_it_is_a_usage_error(run: Any) -> None:
    result = run.pytest("--shadow")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: shadow: no shadow.toml *--shadow-config FILE*"])


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=" ".join)
def test_without_a_store_it_is_a_usage_error_and_none_is_made(run: Any, arguments: tuple[str, ...]) -> None:
    run.configure()
    run.pytester.makepyfile("def test_mine(): pass")
    result = run.process("--shadow", "-p", "no:cacheprovider", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: shadow: there is no store at *"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert not list(run.folder.glob("*.db*"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[legacy]\n", "*shadow.toml has 2 problems:"),
        ("not toml", "*is not valid TOML: *"),
        ('[routes]\nfrom = ["gone.yml"]\n', "*gone.yml*"),
    ],
)
def test_a_configuration_that_can_not_be_used_is_a_usage_error(run: Any, toml: str, text: str, message: str) -> None:
    run.three_routes()
    run.configure(toml + text if "routes" in text else text)
    result = run.pytest("--shadow")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: shadow: {message}"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_a_store_that_is_none_is_a_usage_error(run: Any) -> None:
    run.configure()
    (run.folder / "shadow.db").write_bytes(b"this is no database at all, whatever its name" * 50)
    result = run.pytest("--shadow")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_nothing_is_written(run: Any) -> None:
    run.three_routes()
    before = {file: file.read_bytes() for file in run.folder.iterdir()}
    run.pytest("--shadow", "-p", "no:cacheprovider").assert_outcomes(passed=1, failed=2)
    assert {file: file.read_bytes() for file in run.folder.iterdir() if file.is_file()} == before


# -- beside other plugins -------------------------------------------------------------------------------------------


def test_workers_of_xdist_all_get_what_was_judged_once(run: Any) -> None:
    """The store is gone before any worker has started: none of them asks it."""
    run.three_routes()
    run.seen(HOSTILE, {"x": 1}, {"x": 2}, 3)
    run.pytester.makeconftest(
        """
        from pathlib import Path
        def pytest_configure(config):
            if hasattr(config, "workerinput"):
                Path("shadow.db").unlink(missing_ok=True)
        """
    )
    result = run.process("--shadow", "-n", "2", "-v", "--junitxml=junit.xml")
    result.assert_outcomes(passed=1, failed=3)
    assert not (run.folder / "shadow.db").exists()
    result.stdout.fnmatch_lines(["=* shadow =*", "2 of 4 required routes are not ready, 1 is inconclusive, 1 is ready"])
    result.stdout.fnmatch_lines(["FAILED shadow::GET /few - inconclusive: 10 distinct clean requests*"])
    assert "tested in this run" not in result.stdout.str()
    assert "INTERNALERROR" not in result.stdout.str()
    messages = [failure.get("message", "") for failure in ET.parse(run.folder / "junit.xml").iter("failure")]
    assert sorted(message.partition(":")[0] for message in messages) == ["inconclusive", "not ready", "not ready"]


@pytest.mark.parametrize("distribution", ["loadscope", "worksteal"])
def test_selection_and_leniency_hold_in_workers_too(run: Any, distribution: str) -> None:
    run.three_routes()
    run.pytester.makepyfile("def test_mine(): assert False")
    selected = ["shadow::GET /ready", "shadow::GET /few"]
    result = run.process("--shadow", "--shadow-allow-inconclusive", "-n", "2", "--dist", distribution, *selected)
    result.assert_outcomes(passed=1, skipped=1)
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize("name", ["terminal", "skipping", "cacheprovider", "python", "junitxml"])
def test_it_works_without_other_plugins(run: Any, name: str) -> None:
    run.three_routes()
    result = run.pytest("--shadow", "-p", f"no:{name}")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()


def test_strict_settings_find_nothing_to_complain_about(run: Any) -> None:
    run.configure()
    run.seen("GET /ready", {"x": 1}, {"x": 1}, 12)
    run.pytest("--shadow", "--strict-markers", "--strict-config").assert_outcomes(passed=1)
