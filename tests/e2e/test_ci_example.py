"""docs/ci.md with real processes: the shell commands of both jobs, run as GitHub and GitLab would run them.

The services themselves are not here: what stands in for them is a few lines that keep to their rules for shells, files,
failed steps and expressions.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from ruamel.yaml import YAML

from tests.e2e.conftest import DEADLINE, ROOT, Backend, Proxy, free_port, json_answer
from tests.report.runner import Command, commands_in

CI = ROOT / "docs" / "ci"
DOCUMENT = (ROOT / "docs" / "ci.md").read_text()
FILES = ("github.yml", "gitlab-ci.yml")
INSTALL = "pip install shadow-parity"
"""Left out: what is to be tested is installed."""
TOKEN = "fresh-1234"
LEGACY = "http://legacy.example"
REPORTS = {"gate.txt", "index.html", "report.json", "junit.xml", "cutover.json"}


@dataclass
class Job:
    """What became of a job."""

    exit_code: int
    output: str
    folder: Path
    summaries: list[str] = field(default_factory=list)

    @property
    def commands(self) -> list[Command]:
        return commands_in(self.output)

    def json(self, name: str) -> Any:
        return json.loads((self.folder / "reports" / name).read_text())

    def junit(self) -> dict[str, str]:
        """Route → how its case ended."""
        cases = ET.parse(self.folder / "reports" / "junit.xml").iter("testcase")
        return {case.attrib["name"]: case[0].tag if len(case) else "passed" for case in cases}


def github(folder: Path, variables: dict[str, str]) -> Job:
    """Steps one after the other, each in a shell of its own; after a failure only those that say `!cancelled()`."""
    job = YAML(typ="safe").load((CI / "github.yml").read_text())["jobs"]["parity"]
    assert job["defaults"]["run"]["shell"] == "bash"
    done = Job(0, "", folder)
    for number, step in enumerate(job["steps"]):
        if step.get("run") in (None, INSTALL) or (done.exit_code and step.get("if") != "${{ !cancelled() }}"):
            continue
        summary = folder.parent / f"summary-{number}"
        summary.touch()
        given = {name: _expanded(text) for name, text in {**job["env"], **step.get("env", {})}.items()}
        given |= {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(folder)}
        # As the runner's ScriptHandlerHelpers has it for `shell: bash`.
        shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        code, output = _run(shell, folder, variables | given)
        done.output += output
        done.exit_code = done.exit_code or code
        done.summaries += [text] if (text := summary.read_text()) else []
    return done


def gitlab(folder: Path, variables: dict[str, str]) -> Job:
    """One shell for all lines of `before_script` and `script`, which ends with the first that fails."""
    job = YAML(typ="safe").load((CI / "gitlab-ci.yml").read_text())["parity"]
    lines = [line for line in job["before_script"] + job["script"] if line != INSTALL]
    given = {name: text.replace("$CI_COMMIT_SHA", "4f1c2d9") for name, text in job["variables"].items()}
    script = "\n".join(["set -eo pipefail", *lines])
    code, output = _run(["bash", "-c", script], folder, variables | given | {"STAGING_TOKEN": TOKEN})
    return Job(code, output, folder)


def _expanded(text: str) -> str:
    known = {"github.sha": "4f1c2d9", "secrets.STAGING_TOKEN": TOKEN}
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: known[found[1]], text)


def _run(command: list[str], folder: Path, variables: dict[str, str]) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"} | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=150,
        check=False,
    )
    return done.returncode, done.stdout


Service = Callable[[Path, dict[str, str]], Job]
Repository = Callable[..., Path]


@pytest.fixture(scope="module")
def recorded() -> dict[int, str]:
    """Recordings of so many orders each, of a server at LEGACY: one is enough for all tests."""
    return {}


@pytest.fixture
def repository(tmp_path: Path, recorded: dict[int, str]) -> Repository:
    """A checkout as docs/ci.md asks for: shadow.toml, and a recording that a real `shadow record` makes."""

    def build(legacy: Backend, candidate: Backend, orders: int) -> Path:
        folder = tmp_path / "repository"
        (folder / "parity").mkdir(parents=True)
        toml = "".join(line.removeprefix("   ") for line in _fenced("toml")[0].splitlines(keepends=True))
        for written, meant in (
            ("https://api.staging.example.com/kong", f"{legacy.url}/kong"),
            ("https://api.staging.example.com", candidate.url),
        ):
            assert written in toml
            toml = toml.replace(written, meant)
        (folder / "shadow.toml").write_text(toml)
        if orders not in recorded:
            recorded[orders] = _record(folder, orders).replace(legacy.url, LEGACY)
        (folder / "parity" / "recording.jsonl").write_text(recorded[orders].replace(LEGACY, legacy.url))
        legacy.requests.clear()
        return folder

    return build


def _record(folder: Path, orders: int) -> str:
    """As the document says, but for the port."""
    (command,) = re.findall(r"^ *shadow (record .*)$", DOCUMENT, re.MULTILINE)
    port = free_port()
    recorder = Proxy(folder, ["-p", str(port)], port, command=command.split()).wait_ready()
    with httpx.Client(base_url=recorder.url, trust_env=False, timeout=DEADLINE) as client:
        for number in range(orders):
            client.get(f"/kong/orders/{number}", headers={"Authorization": "Bearer expired"})
            client.get(f"/kong/health?n={number}")
        client.post("/kong/orders", json={"sku": "x"}, headers={"Authorization": "Bearer expired"})
    assert recorder.stop() == 0
    return (folder / "parity" / "recording.jsonl").read_text()


def _fenced(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", DOCUMENT, re.DOTALL | re.MULTILINE)


def _order(price: Any) -> Callable[[Any], Any]:
    """Answers with an order that costs so much, and elsewhere with `{"up": true}`; only for who has a fresh token."""
    order, health, refused = json_answer({"price": price}), json_answer({"up": True}), json_answer({}, 401)

    def answer(request: Any) -> Any:
        if "/orders" not in request.path:
            return health(request)
        return order(request) if request.headers["Authorization"] == f"Bearer {TOKEN}" else refused(request)

    return answer


@pytest.mark.parametrize("name", FILES)
def test_the_document_shows_the_files_as_they_are(name: str) -> None:
    assert (CI / name).read_text() in _fenced("yaml")


def test_both_jobs_keep_their_reports_whatever_comes() -> None:
    steps = YAML(typ="safe").load((CI / "github.yml").read_text())["jobs"]["parity"]["steps"]
    gate, keep = steps[-2:]
    assert gate["if"] == keep["if"] == "${{ !cancelled() }}"
    assert keep["with"]["path"].split() == ["reports/"]
    artifacts = YAML(typ="safe").load((CI / "gitlab-ci.yml").read_text())["parity"]["artifacts"]
    assert artifacts["when"] == "always"
    assert artifacts["paths"] == ["reports/"]
    assert artifacts["reports"]["junit"] == "reports/junit.xml"
    assert f"junit={artifacts['reports']['junit']}" in gate["run"]


@pytest.mark.parametrize("service", [github])
def test_what_answers_alike_is_ready(service: Service, repository: Repository, backend: Any, tmp_path: Path) -> None:
    legacy, candidate = backend(_order(12)), backend(_order(12))
    job = service(repository(legacy, candidate, 22), {"HOME": str(tmp_path)})
    assert job.exit_code == 0, job.output
    assert {path.name for path in (job.folder / "reports").iterdir()} == REPORTS
    assert job.junit() == {"GET /health": "passed", "GET /orders/{id}": "passed", "POST /orders": "skipped"}
    listed = job.json("cutover.json")
    assert [(one["method"], one["legacy_path"], one["candidate_path"]) for one in listed["routes"]] == [
        ("GET", "/kong/health", "/health"),
        ("GET", "/kong/orders/{id}", "/orders/{id}"),
    ]
    assert listed["candidate_version"] == "4f1c2d9"
    assert [one["evidence"]["distinct"] for one in listed["routes"]] == [22, 22]
    assert "exit 0: 2 of 2 required routes are ready" in job.output
    assert TOKEN not in job.output
    # Writes were recorded and not replayed, and each side's base URL was asked once, to see whether it is there.
    assert {method for method, _, _ in legacy.requests + candidate.requests} == {"GET"}
    replayed = [headers for _, path, headers in legacy.requests if path != "/kong"]
    assert len(replayed) == 44
    assert {httpx.Headers(headers)["authorization"] for headers in replayed} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("service", [github, gitlab])
def test_a_difference_fails_the_job_and_is_shown(
    service: Service, repository: Repository, backend: Any, tmp_path: Path
) -> None:
    job = service(repository(backend(_order(12)), backend(_order("12")), 22), {"HOME": str(tmp_path)})
    assert job.exit_code == 1, job.output
    assert job.junit() == {"GET /orders/{id}": "failure", "GET /health": "passed", "POST /orders": "skipped"}
    failure = ET.parse(job.folder / "reports" / "junit.xml").find(".//failure")
    assert failure is not None
    assert failure.text
    assert "$.price" in failure.text
    assert [one["route"] for one in job.json("cutover.json")["routes"]] == ["GET /health"]
    assert "exit 1: 1 of 2 required routes is not ready, 1 is ready" in (job.folder / "reports/gate.txt").read_text()
    if service is gitlab:
        assert job.commands == []
        return
    assert len(job.summaries) == 1
    assert "| ✗ not ready | <code>GET /orders/{id}</code> |" in job.summaries[0]
    (command,) = job.commands
    line = (job.folder / "shadow.toml").read_text().splitlines().index("[routes]") + 1
    assert command.properties == {"file": "shadow.toml", "line": str(line), "title": "GET /orders/{id} is not ready"}
    assert "$.price" in command.data


@pytest.mark.parametrize("service", [gitlab])
def test_too_few_requests_are_inconclusive(
    service: Service, repository: Repository, backend: Any, tmp_path: Path
) -> None:
    job = service(repository(backend(_order(12)), backend(_order(12)), 5), {"HOME": str(tmp_path)})
    assert job.exit_code == 3, job.output
    assert set(job.junit().values()) == {"skipped"}
    assert job.json("cutover.json")["routes"] == []
    assert {command.name for command in job.commands} == ({"warning"} if service is github else set())
    assert "20 distinct clean requests are needed, 5" in job.output


@pytest.mark.parametrize("service", [github, gitlab])
@pytest.mark.parametrize(
    ("broken", "code", "said"),
    [
        ("shadow.toml", {github: 2, gitlab: 2}, "is not valid TOML"),
        ("parity/recording.jsonl", {github: 2, gitlab: 4}, "there is no store"),
        ("nobody listens", {github: 4, gitlab: 4}, "there is no store"),
    ],
)
def test_whatever_goes_wrong_is_an_error_in_the_reports_and_never_success(
    service: Service,
    repository: Repository,
    backend: Any,
    tmp_path: Path,
    broken: str,
    code: dict[Service, int],
    said: str,
) -> None:
    candidate = backend(_order(12))
    folder = repository(backend(_order(12)), candidate, 1)
    if (folder / broken).exists():
        (folder / broken).write_text("nonsense")
    else:
        candidate.close()
    job = service(folder, {"HOME": str(tmp_path)})
    assert job.exit_code == code[service], job.output
    assert {path.name for path in (folder / "reports").iterdir()} == REPORTS
    assert job.junit() == {"shadow gate": "error"}
    assert said in job.json("report.json")["failure"]
    assert job.json("cutover.json")["routes"] == []
    if service is github:
        assert "Nothing could be judged" in job.summaries[-1]
        assert job.commands[-1].name == "error"
