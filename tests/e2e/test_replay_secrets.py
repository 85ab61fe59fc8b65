"""A raw recording with secrets planted everywhere: a replay sends none of them, and writes none down."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shadow.exchange import Request, Response
from shadow.recordings import Recorded
from shadow.recordings.jsonl import encode
from tests.e2e.conftest import Backend
from tests.e2e.planted import CONFIG, SECRETS, Call, calls
from tests.e2e.test_secrets import Shadow, files, leaks, rows, server

CALLS = [call for call in calls() if call.legacy.raw is None]
RECORDING = "recording.jsonl"


@pytest.fixture
def sides() -> Iterator[tuple[Backend, Backend]]:
    with contextlib.ExitStack() as stack:
        yield tuple(stack.enter_context(contextlib.closing(server(side))) for side in ("legacy", "candidate"))


@pytest.fixture
def shadow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shadow:
    return Shadow(monkeypatch, capsys)


def recorded(folder: Path, legacy: Backend, chosen: list[Call]) -> None:
    """As `mitmdump -w` has it: all that clients sent. One entry is broken, and has a secret, too."""
    port = int(legacy.url.rpartition(":")[2])
    lines = [
        encode(
            Recorded(
                where="",
                request=Request(call.method, f"/kong{call.target}", [("Host", "h"), *call.headers], call.body),
                scheme="http",
                host="127.0.0.1",
                port=port,
                response=Response(call.legacy.status, call.legacy.headers, call.legacy.body),
            )
        )
        for call in chosen
    ]
    broken = f'{{"url": "ftp://{next(iter(SECRETS.values()))}/", "body": 1}}\n'.encode()
    (folder / RECORDING).write_bytes(b"".join([*lines, broken]))


def sent(backend: Backend) -> list[tuple[str, bytes]]:
    return [("a request", f"{method} {path} {headers}".encode()) for method, path, headers in backend.requests]


@pytest.mark.parametrize(
    ("more", "chosen"), [([], CALLS[::3]), (["--keep-auth"], CALLS[1::4]), (["--recorded-legacy"], CALLS[::3])]
)
def test_no_secret_of_a_recording_is_sent_or_written_or_printed(
    sides: Any, shadow: Shadow, tmp_path: Path, more: list[str], chosen: list[Call]
) -> None:
    legacy, candidate = sides
    folder = tmp_path / "run"
    folder.mkdir()
    config = CONFIG.format(legacy=legacy.url, candidate=candidate.url, port=1)
    (folder / "shadow.toml").write_text(config + '[store]\nrecord = "all"\n')
    recorded(folder, legacy, chosen)
    said = shadow.printed(folder, "replay", RECORDING, "--gate", *more)
    assert b"broken" in said[1]

    # The servers say what they said then, also of what they were not sent now.
    secrets = {name: secret for name, secret in SECRETS.items() if more or not name.startswith("echoed/")}
    requests = [*sent(legacy), *sent(candidate)]
    assert len(requests) > len(chosen) / 3
    assert (leaks(requests, SECRETS) == set()) is (more != ["--keep-auth"])
    exported = shadow.printed(folder, "export", "-")
    written = [one for one in files(folder) if one[0] != RECORDING]
    contents = [said, exported, *written, *rows(folder), *shadow.shown(folder, "POST /isolated/{id}")]
    assert leaks(contents, secrets) == set()
    assert b'"url"' in exported[1]
