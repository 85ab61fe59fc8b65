"""The README's quick start works as it stands (its example host replaced by servers on this machine)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import ROOT, free_port, json_answer, wait_until

BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def quick_start() -> tuple[list[str], list[str]]:
    """The commands of the first terminal and of the second."""
    section = (ROOT / "README.md").read_text().split("## Quick start", 1)[1].split("\n## ", 1)[0]
    first, second = ([line.split("  #")[0].strip() for line in block.splitlines()] for block in BLOCK.findall(section))
    return first, second


def test_the_quick_start_of_the_readme(backend, tmp_path):
    """Typed line by line: a configuration, a proxy that answers, an explanation, and a gate that is not green."""
    legacy, candidate = backend(json_answer({"name": "Ada"})), backend(json_answer({"name": "Ada", "id": 7}))
    port = free_port()
    first, second = quick_start()
    assert first[0].startswith("make install")
    assert first[-1] == "shadow run"
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}

    def typed(line: str) -> str:
        line = line.replace("https://api.staging.example.com/kong", f"{legacy.url}/kong")
        return line.replace("https://api.staging.example.com", candidate.url).replace(
            "127.0.0.1:8080", f"127.0.0.1:{port}"
        )

    def run(line: str, folder: Path, code: int = 0) -> str:
        done = subprocess.run(
            ["bash", "-c", typed(line)], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == code, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    run(first[1].split(" && ")[0], tmp_path)
    folder = tmp_path / "parity"
    for line in first[2:-1]:
        run(line, folder)
    config = folder / "shadow.toml"
    config.write_text(config.read_text().replace("[proxy]", f'[proxy]\nlisten = "127.0.0.1:{port}"'))
    with (tmp_path / "log").open("wb") as log:
        proxy = subprocess.Popen(
            ["bash", "-c", f"exec {first[-1]}"], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        curl = second[0].replace("curl ", "curl -sS --retry 30 --retry-delay 1 --retry-connrefused ")
        assert '"Ada"' in run(curl, folder)
        explanation = wait_until(lambda: explained(second[1], folder, environment), "the request is compared")
        assert "GET /user/profile" in explanation
        assert "$.id" in explanation
        assert "not ready" in run(second[2], folder, code=1)
    finally:
        proxy.send_signal(signal.SIGTERM)
        assert proxy.wait(30) == 0
    assert (folder / "reports" / "index.html").exists()


def explained(line: str, folder: Path, environment: dict[str, str]) -> str:
    """What `shadow explain` says; nothing while the route has not been seen."""
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    return done.stdout if done.returncode in {0, 1} and "$.id" in done.stdout else ""
