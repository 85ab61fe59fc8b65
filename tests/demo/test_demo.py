"""`shadow demo` and `shadow demo --fixed` as real processes: sides, mitmdump, traffic, report, gate."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from shadow.demo.routes import ROUTES, earlier_and_later
from shadow.demo.traffic import total
from shadow.verdict.model import Verdict

MIRRORED = [planted.route for planted in ROUTES if planted.fixed.verdict is Verdict.READY]


def shadow(*arguments, cwd, **settings):
    """Run the command line, away from whatever configuration and terminal the tests run under."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SHADOW_")} | {"NO_COLOR": "1"}
    command = [sys.executable, "-m", "shadow", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, **settings)


def reported(folder):
    """The report's routes by name."""
    document = json.loads((folder / "reports" / "report.json").read_text())
    return {route["route"]: route for route in document["routes"]}


def outcomes(routes, reasons):
    """Route → (verdict, first reason), the latter only where ``reasons`` names one."""
    return {
        name: (route["verdict"], route["reasons"][0]["code"] if reasons.get(name) and route["reasons"] else None)
        for name, route in routes.items()
    }


# One test per run, because a run takes a while: the steps of each are its assertions.


def test_it_finds_exactly_what_was_planted_and_exits_0(tmp_path):
    """Noise on every route changes no verdict: it is told apart from each of the faults."""
    ran = shadow("demo", "--noise", cwd=tmp_path)
    folder = tmp_path / "shadow-demo"
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert f"all {len(ROUTES)} verdicts are the planted ones" in ran.stdout
    assert str(folder / "reports" / "index.html") in ran.stdout
    assert (folder / "reports" / "index.html").read_text().startswith("<!")

    routes = reported(folder)
    expected = {planted.route: (planted.expected.verdict, planted.expected.reason) for planted in ROUTES}
    assert outcomes(routes, {name: reason for name, (_, reason) in expected.items()}) == expected
    for planted in ROUTES:
        assert planted.classes <= {difference["class"] for difference in routes[planted.route]["differences"]}
    assert_the_ledger_adds_up(routes)

    # The first request of any route counts as cold; the other is known by its timeout, where the worker had time.
    statements = routes["GET /statements/{month}"]
    assert statements["latency"]["cold"] >= 1
    assert statements["candidate_errors"]["timeout"] == 0
    feed = routes["GET /feed"]
    assert 0 < feed["divergence"]["distinct"] < feed["requests"]["distinct"]
    assert shadow("gate", cwd=folder).returncode == 1


def test_two_versions_show_what_got_better_and_what_got_worse(tmp_path):
    ran = shadow("demo", "--history", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert ran.stdout.count(f"all {len(ROUTES)} verdicts are the planted ones") == 1

    routes = reported(tmp_path / "shadow-demo")
    earlier, later = earlier_and_later()
    assert {route["candidate_version"] for route in routes.values() if route["requests"]["compared"]} == {later.version}
    trends = {name: route["history"]["trend"] for name, route in routes.items()}
    assert {name for name, trend in trends.items() if trend == "worse"} == earlier.corrected - later.corrected
    # A candidate that didn't answer before has shown no difference, and most requests for items got no answer.
    assert {name for name, trend in trends.items() if trend == "better"} == later.corrected - earlier.corrected
    assert_the_ledger_adds_up(routes)


def test_one_version_or_two(tmp_path):
    ran = shadow("demo", "--history", "--fixed", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "shadow: --fixed runs one version and --history two: choose one of them\n"


def assert_the_ledger_adds_up(routes):
    """Everything that was sent is accounted for, and nothing was lost on the way."""
    assert sum(route["requests"]["seen"] for route in routes.values()) == total()
    for route in routes.values():
        requests = dict(route["requests"])
        seen, distinct, skipped = requests.pop("seen"), requests.pop("distinct"), requests.pop("skipped")
        assert seen == sum(requests.values()) + sum(skipped.values())
        assert distinct <= requests["compared"]
        assert (requests["lost"], requests["shed"], requests["failed"]) == (0, 0, 0), route["route"]


def test_a_folder_with_a_shadow_toml_of_ones_own_is_refused_in_one_line(tmp_path):
    (tmp_path / "shadow.toml").write_text("[legacy]\n")
    ran = shadow("demo", "--out", ".", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1


def test_sigterm_in_the_middle_ends_every_process(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "shadow", "demo"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = [process.stdout.readline() for _ in range(5)]  # addresses, the version, and a quarter of the traffic
    assert len(running_in(tmp_path / "shadow-demo")) >= 2
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert "requests answered" in lines[4]
    assert (process.returncode, errors) == (128 + signal.SIGTERM, "")
    # mitmdump was given a moment and then killed, so its worker may still be ending.
    deadline = time.monotonic() + 60
    while (left := running_in(tmp_path / "shadow-demo")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []


def test_the_corrected_candidate_is_ready_wherever_it_is_mirrored_and_can_be_kept_until_ctrl_c(tmp_path):
    """With the noise, which makes it no easier."""
    command = [sys.executable, "-m", "shadow", "demo", "--fixed", "--noise", "--keep", "--out", "here"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    folder = tmp_path / "here"
    try:
        line = next(line for line in process.stdout if "curl -i" in line)
        routes = reported(folder)
        expected = {planted.route: (planted.fixed.verdict, planted.fixed.reason) for planted in ROUTES}
        assert outcomes(routes, {name: reason for name, (_, reason) in expected.items()}) == expected
        assert_the_ledger_adds_up(routes)
        assert shadow("gate", *MIRRORED, cwd=folder).returncode == 0
        assert shadow("gate", cwd=folder).returncode == 3

        *_, header, url = shlex.split(line)
        name, _, value = header.partition(": ")
        answered = httpx.get(url, headers={name: value}, trust_env=False, timeout=20)
        assert answered.json()["orderId"] == "1001"
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    finally:
        if not finished(process):
            process.kill()
        process.communicate()
    assert (process.returncode, rest.splitlines()[-1]) == (0, "ended")


def finished(process):
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        return False
    return True


def running_in(folder):
    """The ids of the processes whose working directory is the folder: mitmdump, its worker and what these started."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if link.readlink() == folder:
                found.append(link.parent.name)
    return found
