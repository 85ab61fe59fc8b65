"""`shadow replay`: what it says, and exits with."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shadow.errors import ExitCode
from shadow.store import open_store
from tests.e2e.conftest import wait_until
from tests.replay.conftest import Bench, echo

SHADOW = str(Path(sys.executable).with_name("shadow"))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def replay(bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """`replay("urls.txt", "--gate")` → exit code, stdout, stderr."""
    from shadow.cli import main

    monkeypatch.chdir(bench.folder)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["replay", *arguments])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_a_table_of_the_routes_and_what_became_of_the_rest(bench: Bench, replay: Callable[..., Any]) -> None:
    bench.urls("/a/1", "/a/2", "/b")
    with (bench.folder / "urls.txt").open("a") as file:
        file.write("http://elsewhere.example/\nwhat is this\n")
    code, out, err = replay("urls.txt")
    lines = out.splitlines()
    assert code == ExitCode.READY
    assert re.match(r"\? inconclusive +GET /a/\{id\}  replayed 2: 2 compared, 0 differ  .* needed", lines[0])
    assert lines[2] == "2 of 2 required routes are inconclusive"
    assert re.fullmatch(r"replayed 3 requests at [\d,]+/s; 0 differ", lines[3])
    assert lines[4] == "left out: 1 not under a base URL (http://elsewhere.example (1)), 1 broken"
    assert lines[5] == f"report: {bench.folder}/reports/index.html"
    assert (bench.folder / "reports" / "report.json").exists()
    assert err.startswith("shadow: urls.txt, line 5: ")


def test_it_says_where_the_limit_has_ended_it(bench: Bench, replay: Callable[..., Any]) -> None:
    bench.urls("/a", "/b", "/c")
    _, out, _ = replay("urls.txt", "--limit", "1")
    assert re.search(r"\nreplayed 1 request at [\d,]+/s; 0 differ\nnote: .* beyond --limit was not looked at\n", out)
    assert "--limit" not in replay("urls.txt")[1]


def test_with_gate_it_judges_and_exits_as_the_gate_does(bench: Bench, replay: Callable[..., Any]) -> None:
    bench.configure("[verdict]\nenough = 2")
    bench.urls("/a/1", "/a/2")
    code, out, _ = replay("urls.txt", "--gate")
    assert code == ExitCode.READY
    assert out.splitlines()[-1] == "exit 0: the one required route is ready"
    bench.answer(candidate=lambda _: (200, [("Content-Type", "application/json")], b'{"n": "other"}'))
    code, out, _ = replay("urls.txt", "--gate")
    assert code == ExitCode.NOT_READY
    assert out.splitlines()[-1] == "exit 1: the one required route is not ready"


def test_several_files_patterns_and_gzip(bench: Bench, replay: Callable[..., Any]) -> None:
    one = bench.urls("/a", name="one.txt")
    (bench.folder / "two.txt.gz").write_bytes(gzip.compress(one.read_bytes().replace(b"/a", b"/b")))
    bench.record({"url": "/kong/c"}, name="three.jsonl")
    code, out, _ = replay("*.txt*", "three.jsonl")
    assert code == ExitCode.READY
    assert "replayed 3 requests" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.har"], "nothing.har"),
        (["elsewhere.txt"], "elsewhere.txt: none of its 2 requests is under http://127.0.0.1"),
        (
            ["elsewhere.txt"],
            "they went to http://elsewhere.example (2); if they are the API's, name what they begin with",
        ),
        (["urls.txt", "elsewhere.txt"], "elsewhere.txt: none of its 2 requests"),
        (
            ["later.jsonl"],
            "later.jsonl holds no request that can be replayed (broken (1)); line 1: it says that it is 'recording/9'",
        ),
        (["urls.txt", "--routes", "GET /nothing"], "no request was left to send: 1 of other routes"),
        (["urls.txt", "--rate", "5", "--speed", "2x"], "choose one of them"),
        (["urls.txt", "--speed", "fast"], "must be a number of times the recorded speed"),
        (["urls.txt", "--base", "ftp://x"], "must be an http(s) URL"),
        (["urls.txt", "--base", "http://[::1/"], "must be an http(s) URL"),
        (["urls.txt", "--base", "http://user:pw@h/x"], "must be without user and password"),
        ([], "Missing argument"),
    ],
)
def test_what_can_t_work_is_said_and_nothing_is_sent(
    bench: Bench, replay: Callable[..., Any], arguments: list[str], said: str
) -> None:
    bench.urls("/a")
    (bench.folder / "elsewhere.txt").write_text("http://elsewhere.example/a\nhttp://elsewhere.example/b\n")
    (bench.folder / "later.jsonl").write_text('{"shadow": "recording/9"}\n')
    code, _, err = replay(*arguments)
    assert code == ExitCode.USAGE
    assert said in err
    assert "Traceback" not in err
    assert bench.legacy.requests == []


def test_a_side_that_is_gone_is_4(bench: Bench, replay: Callable[..., Any]) -> None:
    bench.urls(*(f"/a/{n}" for n in range(10)))
    bench.legacy.close()
    code, out, err = replay("urls.txt", "--gate")
    assert code == ExitCode.HARNESS
    assert "legacy gives no answers at all" in err
    assert re.search(r"^replayed 0 of 10 requests(?: that were read)? at ", out)
    assert "\ngo on with: shadow " in out


def test_under_another_redaction_key_the_same_request_is_not_counted_as_another(
    bench: Bench, replay: Callable[..., Any]
) -> None:
    bench.urls("/a")
    assert replay("urls.txt")[0] == ExitCode.READY
    bench.configure("", key="another key of the same length..")
    code, _, err = replay("urls.txt", "--gate")
    assert code == ExitCode.HARNESS
    assert "was counted under another redaction key" in err
    assert "`shadow forget`" in err
    assert bench.evidence()["GET /a"]["requests"]["distinct"] == 1
    with open_store(bench.settings) as store:
        store.forget()
    assert replay("urls.txt")[0] == ExitCode.READY
    assert bench.evidence()["GET /a"]["requests"]["distinct"] == 1


def test_what_was_forgotten_is_sent_again(bench: Bench, replay: Callable[..., Any]) -> None:
    bench.urls("/a")
    assert replay("urls.txt")[0] == ExitCode.READY
    assert "this replay was finished already" in replay("urls.txt", "--resume")[2]
    assert len(bench.candidate.requests) == 1
    with open_store(bench.settings) as store:
        store.forget()
    assert "there is nothing to resume" in replay("urls.txt", "--resume")[2]
    assert bench.evidence()["GET /a"]["requests"]["compared"] == 1


def test_while_mirroring_is_paused_nothing_is_replayed(bench: Bench, replay: Callable[..., Any]) -> None:
    bench.urls("/a")
    with open_store(bench.settings, create=True) as store:
        store.pause()
    code, _, err = replay("urls.txt")
    assert code == ExitCode.HARNESS
    assert "`shadow resume`" in err
    assert bench.candidate.requests == []


def test_what_was_recorded_with_credentials_says_where_to_give_some(bench: Bench, replay: Callable[..., Any]) -> None:
    bench.record({"url": "/kong/a", "headers": {"Authorization": "Bearer recorded"}})
    _, out, _ = replay("recording.jsonl")
    assert "note: 1 request was recorded with credentials, which were not sent" in " ".join(out.split())
    assert "`legacy.auth` or `legacy.headers`" in out


def test_ctrl_c_keeps_the_evidence_and_resume_goes_on(bench: Bench) -> None:
    bench.urls(*(f"/a/{n}" for n in range(400)))
    environment = os.environ | {"COLUMNS": "200"}
    command = [SHADOW, "replay", "urls.txt", "--rate", "50"]
    with subprocess.Popen(
        command, cwd=bench.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_until(lambda: len(bench.candidate.requests) >= 5, "some requests are sent")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted: what is under way is finished" in err
    assert "go on with: shadow replay urls.txt --rate 50 --resume" in out
    assert "Traceback" not in err
    rest = subprocess.run(
        [SHADOW, "replay", "urls.txt", "--resume"], cwd=bench.folder, capture_output=True, text=True, check=False
    )
    assert rest.returncode == 0, rest.stderr
    assert "by an earlier try" in rest.stdout
    assert bench.evidence()["GET /a/{id}"]["requests"]["compared"] == 400
    assert len(bench.candidate.requests) == 400
    more = subprocess.run(
        [SHADOW, "replay", "urls.txt", "--resume"], cwd=bench.folder, capture_output=True, text=True, check=False
    )
    assert more.returncode == 0, more.stderr
    assert "this replay was finished already" in more.stderr
    assert len(bench.candidate.requests) == 400


def test_killed_it_goes_on_with_what_is_not_in_the_store(bench: Bench) -> None:
    bench.urls(*(f"/a/{n}" for n in range(200)))

    def recorded() -> int:
        try:
            return sum(route["requests"]["compared"] for route in bench.evidence().values())
        except Exception:  # noqa: BLE001 - there is no store yet
            return 0

    with subprocess.Popen(
        [SHADOW, "replay", "urls.txt", "--rate", "40"],
        cwd=bench.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_until(lambda: recorded() >= 3, "something is in the store")
        process.kill()
    before = recorded()
    rest = subprocess.run(
        [SHADOW, "replay", "urls.txt", "--resume"], cwd=bench.folder, capture_output=True, text=True, check=False
    )
    assert rest.returncode == 0, rest.stderr
    assert f"{before:,} by an earlier try" in rest.stdout
    assert bench.evidence()["GET /a/{id}"]["requests"]["compared"] == 200


def test_the_same_replay_is_not_started_twice_at_once(bench: Bench) -> None:
    bench.configure('[[route]]\nmatch = "POST /w"\nwrites = "isolated"')
    bench.record(*({"method": "POST", "url": f"/kong/w?n={n}"} for n in range(400)))
    with subprocess.Popen(
        [SHADOW, "replay", "recording.jsonl", "--rate", "20"],
        cwd=bench.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_until(lambda: bench.candidate.requests, "some requests are sent")
        for more in ([], ["--resume"]):
            other = subprocess.run(
                [SHADOW, "replay", "recording.jsonl", *more],
                cwd=bench.folder,
                capture_output=True,
                text=True,
                check=False,
            )
            assert other.returncode == ExitCode.USAGE
            assert f"this replay is under way already, in process {process.pid} on " in other.stderr
        process.kill()
    assert len(bench.candidate.requests) == len({path for _, path, _ in bench.candidate.requests})


def piped(bench: Bench, first: bytes) -> subprocess.Popen[bytes]:
    """A replay that gets this by standard input, and then waits for more."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen([SHADOW, "replay", "-"], cwd=bench.folder, **pipes)  # type: ignore[call-overload]
    process.stdin.write(first)
    process.stdin.flush()
    return process


def test_standard_input_is_read_as_it_comes(bench: Bench) -> None:
    bench.answer(candidate=echo)
    urls = bench.urls("/a", "/b").read_bytes()
    first, second = urls.splitlines(keepends=True)
    with piped(bench, first) as process:
        wait_until(lambda: bench.candidate.requests, "the first is sent before there is a second")
        out, err = process.communicate(second, timeout=60)
    assert process.returncode == 0, err
    assert b"replayed 2 requests" in out


def test_a_pipe_that_says_nothing_more_can_be_interrupted(bench: Bench) -> None:
    with piped(bench, bench.urls("/a").read_bytes()) as process:
        wait_until(lambda: bench.candidate.requests, "the first is sent")
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=60) == 130
        finally:
            process.kill()
        assert process.stdout is not None
        assert b"replayed 1 request " in process.stdout.read()
