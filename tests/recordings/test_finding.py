from __future__ import annotations

import os
from pathlib import Path

import pytest

from shadow.errors import UsageError
from shadow.recordings import recordings_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.har", "a.har", "c.jsonl", "days/1/x.har", "days/2/y.har", "[odd].har"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"/a\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([], []),
        (["b.har", "a.har"], ["b.har", "a.har"]),
        (["[ab].har"], ["a.har", "b.har"]),
        (["[odd].har"], ["[odd].har"]),
        (["c*", "*.har"], ["c.jsonl", "[odd].har", "a.har", "b.har"]),
        (["days/**/*.har"], ["days/1/x.har", "days/2/y.har"]),
        (["**/*.har"], ["[odd].har", "a.har", "b.har", "days/1/x.har", "days/2/y.har"]),
        (["a.har", "./a.har", "a*", "days/../a.har"], ["a.har"]),
        (["-", "a.har"], ["standard input", "a.har"]),
        (["days/*", "a.har"], None),
    ],
)
def test_arguments(folder, arguments, names):
    if names is None:
        with pytest.raises(UsageError, match="matches no file"):
            recordings_of(arguments)
    else:
        assert [recording.name for recording in recordings_of(arguments)] == names


def test_a_link_to_a_file_is_that_file(folder):
    Path("link.har").symlink_to("a.har")
    assert [recording.name for recording in recordings_of(["a.har", "link.har"])] == ["a.har"]
    assert [recording.size for recording in recordings_of(["link.har"])] == [3]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["none.har"], "none.har does not exist"),
        (["none*.har"], r"none\*.har matches no file"),
        (["days"], "days is a folder"),
        (["-", "-"], "only once"),
        ([""], "empty"),
        (["a\0"], "no name can hold"),
        (["broken"], "a link to nothing"),
    ],
)
def test_what_can_not_be_meant(folder, arguments, problem):
    Path("broken").symlink_to("nowhere")
    with pytest.raises(UsageError, match=problem):
        recordings_of(arguments)


def test_what_nobody_may_read(folder, monkeypatch):
    # Root may read everything, so the system's answer is put in its place.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(UsageError, match="permission denied"):
        recordings_of(["a.har"])
