"""The demo's folder: shadow.toml, an inventory, and what the run leaves there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from shadow.demo.kong import PREFIX
from shadow.demo.routes import ENOUGH, ROUTES, Planted
from shadow.errors import UsageError

__all__ = ["CONFIG", "prepare", "write_project"]

CONFIG = "shadow.toml"
_MARK = "# Written by `shadow demo`."
_OWN_FILES = (
    ".gitignore",
    CONFIG,
    "serverless.yml",
    "shadow.db",
    "shadow.db-wal",
    "shadow.db-shm",
    "shadow.db.redact-key",
    "legacy.log",
    "candidate.log",
    "mitmdump.log",
    "reports/index.html",
    "reports/report.json",
)
_OWN_FOLDERS = (".mitmproxy",)


def prepare(folder: Path) -> None:
    """Make the folder, or empty it of what the previous demo left there (nothing else).

    Raises UsageError where the folder holds a shadow.toml that isn't the demo's, or can't be used at all.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / CONFIG
        if config.exists() and not config.read_text(errors="replace").startswith(_MARK):
            raise UsageError(f"{config} was not written by a demo, so it stays: choose another folder with --out")
        for name in _OWN_FILES:
            (folder / name).unlink(missing_ok=True)
        for name in _OWN_FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
        # The folder lies in whatever project the user happens to be in; it doesn't belong to it.
        (folder / ".gitignore").write_text("*\n")
    except OSError as error:
        raise UsageError(f"{folder} can't be used for the demo ({error}): choose another folder with --out") from error


def write_project(folder: Path, *, legacy: str, candidate: str, listen: str, version: str) -> Path:
    """Write serverless.yml and shadow.toml for the two sides (``HOST:PORT`` each); returns the latter's path."""
    (folder / "serverless.yml").write_text(_serverless())
    config = folder / CONFIG
    config.write_text(_shadow_toml(legacy, candidate, listen, version))
    return config


def _serverless() -> str:
    lines = ["service: demo-api", "provider:", "  name: aws", "functions:"]
    for planted in ROUTES:
        method, _, path = planted.route.partition(" ")
        name = "-".join(re.findall(r"\w+", planted.route)).lower()
        lines += [
            f"  {name}:",
            f"    handler: lambdas.{name.replace('-', '_')}",
            "    events:",
            f'      - http: {{method: {method.lower()}, path: "{path}"}}',
        ]
    return "\n".join(lines) + "\n"


def _shadow_toml(legacy: str, candidate: str, listen: str, version: str) -> str:
    blocks = "\n\n".join(_route_block(planted) for planted in ROUTES if planted.settings)
    return f"""{_MARK} The next demo in this folder replaces it.

[legacy]
url = "http://{legacy}{PREFIX}"
version = "demo"

[candidate]
url = "http://{candidate}"
version = "{version}"
timeout = 3.0    # seconds; one route has cold starts that take longer

[proxy]
listen = "{listen}"
drain = 30.0

[routes]
from = ["serverless.yml"]
required = ["*"]

{blocks}

[[accept]]
routes = ["POST /matches"]
path = "$.matchId"
reason = "each side generates its own id"

[verdict]
enough = {ENOUGH}    # distinct clean requests; a demo can't wait for statistics

[store]
url = "sqlite:///shadow.db"

[report]
path = "reports/index.html"
every = 5    # seconds
"""


def _route_block(planted: Planted) -> str:
    return f'[[route]]\nmatch = "{planted.route}"\n{planted.settings}'
