"""`shadow export`: recorded pairs become a recording of what legacy answered."""

from __future__ import annotations

import time
from hashlib import blake2b
from typing import Any

import pytest

from shadow.config.load import load_settings
from shadow.evidence.epochs import epoch_for
from shadow.evidence.observation import Example, Observation
from shadow.exchange import Exchange, Pair, Request, Response, Side, TransportFailure
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import Header, decode, header_of
from shadow.redact import Redactor
from shadow.store import open_store
from tests.cli.conftest import TOML, Project

ALL = TOML.replace("[candidate]", 'headers = { "x-configured" = "yes" }\n[candidate]') + '[store]\nrecord = "all"\n'
SECRET = "hunter2-Tr0ub4dor"
NOW = time.time()


def kept(project: Project, target: str, at: int, **given: Any) -> None:
    """One pair in the store, as the worker would leave it there."""
    settings = load_settings(project.config)
    redactor = Redactor.from_settings(settings)
    headers = [("Host", "api.test"), ("Authorization", given.get("token", f"Bearer {SECRET}")), ("Accept", "*/*")]
    mirrored = [("X-Shadow-Mirror", "1"), ("X-Configured", "yes")]
    legacy = Exchange(
        Side.LEGACY,
        Request("GET", f"/kong{target}", headers + mirrored),
        given.get("response", Response(200, [("Content-Type", "application/json")], b'{"side":"legacy"}')),
        NOW + at,
        0.25,
    )
    candidate = Exchange(Side.CANDIDATE, Request("GET", target, headers), Response(200, [], b"{}"), NOW + at, 0.1)
    observation = Observation(
        epoch=epoch_for(settings, f"GET {target.partition('?')[0]}", "", ""),
        at=NOW + at,
        outcome="compared",
        distinct=blake2b(f"{target} {at}".encode(), digest_size=16).digest(),
        example=Example(Pair(*redactor.pair(legacy, candidate).exchanges, answering=Side.CANDIDATE), ()),
    )
    with open_store(settings, create=True) as store:
        store.record([observation])


def read(content: bytes) -> tuple[Header, list[Recorded]]:
    first, *lines = content.splitlines()
    header = header_of(first)
    assert header is not None
    return header, [decode(line, "") for line in lines]


@pytest.fixture
def recorded(project):
    mine = project(ALL)
    kept(mine, "/b?n=1", 2)
    kept(mine, "/a", 1)
    kept(mine, f"/b?token={SECRET}", 3)
    kept(mine, "/b?n=2", 4, token="Bearer other-token-of-somebody", response=TransportFailure("timeout", "5 s"))
    return mine


def test_pairs_become_entries_of_legacys_exchange(recorded):
    code, out, err = recorded.run("export", "all.jsonl")
    assert (code, out) == (0, "")
    assert err == f"shadow: exported 4 requests to {recorded.folder / 'all.jsonl'}\n"
    header, entries = read((recorded.folder / "all.jsonl").read_bytes())
    name = Redactor.from_settings(load_settings(recorded.config)).key_name
    assert header == Header(key=name, legacy="https://api.test/kong", candidate="https://api.test")
    first, second, third, fourth = entries
    assert [entry.request.target.partition("=")[0] for entry in entries] == [
        "/kong/a", "/kong/b?n", "/kong/b?token", "/kong/b?n",
    ]  # fmt: skip
    assert first.origin == "https://api.test"
    assert first.request.headers == [("Host", "api.test"), ("Accept", "*/*")]
    assert first.response == Response(200, [("Content-Type", "application/json")], b'{"side":"legacy"}')
    assert first.started == pytest.approx(NOW + 1)
    assert first.duration == 0.25
    assert (second.redacted, third.redacted, fourth.response) == (frozenset(), {"target"}, None)
    assert first.client == second.client == third.client != fourth.client
    assert first.client.startswith("auth:")
    assert SECRET not in (recorded.folder / "all.jsonl").read_text()


def test_a_few_can_be_kept_and_routes_chosen(recorded):
    assert recorded.run("export", "few.jsonl", "--keep", "2")[2].startswith("shadow: exported 2 of 4 requests to ")
    header, entries = read((recorded.folder / "few.jsonl").read_bytes())
    assert {entry.request.target.partition("?")[0] for entry in entries} == {"/kong/a", "/kong/b"}
    assert not any(entry.redacted for entry in entries)
    assert header.left_out == {"GET /b": 2}

    assert recorded.run("export", "few.jsonl", "GET /a*")[0] == 0, "a recording is replaced"
    assert [entry.request.target for entry in read((recorded.folder / "few.jsonl").read_bytes())[1]] == ["/kong/a"]
    assert recorded.run("export", "few.jsonl", "GET /none")[0] == 2


def test_a_dash_is_stdout(recorded):
    code, out, err = recorded.run("export", "-", "GET /a")
    assert (code, err) == (0, "shadow: exported 1 request to stdout\n")
    assert [entry.request.target for entry in read(out.encode())[1]] == ["/kong/a"]


@pytest.mark.parametrize(
    ("toml", "arguments", "code", "said"),
    [
        (TOML, ["a.jsonl"], 4, "no store"),
        (ALL, ["none/a.jsonl"], 2, "there is no folder"),
        (ALL, ["shadow.toml"], 2, "shadow.toml is not a recording of shadow's"),
    ],
)
def test_where_nothing_can_be_exported_nothing_is_made(project, toml, arguments, code, said):
    mine = project(toml)
    before = {file.name for file in mine.folder.iterdir()}
    assert mine.run("export", *arguments)[0] == code
    assert said in mine.run("export", *arguments)[2]
    assert {file.name for file in mine.folder.iterdir()} == before


def test_where_nothing_was_recorded_it_says_what_to_do(project):
    mine = project()
    mine.seen("GET /a", {"n": 1}, {"n": 2})
    code, _, err = mine.run("export", "a.jsonl")
    assert (code, 'set store.record = "all" in shadow.toml' in err, "shadow record FILE" in err) == (2, True, True)
    mine.config.write_text(ALL)
    code, _, err = mine.run("export", "a.jsonl")
    assert (code, "no pairs have been recorded yet" in err) == (2, True)
    assert not (mine.folder / "a.jsonl").exists()


def test_a_file_that_cant_be_written_is_said(recorded, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fchmod", full)
    code, _, err = recorded.run("export", "a.jsonl")
    assert code == 4
    assert "can't write" in err
    assert "No space left on device; name another place" in err
