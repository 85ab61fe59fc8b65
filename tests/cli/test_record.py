"""What `shadow record` refuses before mitmdump starts; see tests/e2e/test_record.py for the rest."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from shadow.pipeline.recording_file import RecordingFile
from shadow.recordings.jsonl import Header
from tests.faults.test_store import may_not_write_everywhere


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["record"], "Missing argument 'FILE'"),
        (["record", "-q", "a.jsonl"], "name the FILE to record to before mitmdump's options: shadow record FILE -q …"),
        (["record", "--keep", "-1", "a.jsonl"], "Invalid value for '--keep'"),
        (["record", "none/a.jsonl"], "there is no folder"),
        (["record", "shadow.toml"], "shadow.toml is not a recording of shadow's; choose another name"),
        (["record", "other.jsonl"], "other.jsonl was redacted with another key (ffffffff, not "),
        (["record", "--config", "none.toml", "a.jsonl"], "none.toml"),
    ],
)
def test_what_cant_work_is_one_clear_error(project, arguments, said):
    mine = project()
    (mine.folder / "other.jsonl").write_bytes(Header(key="f" * 8).line())
    code, out, err = mine.run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert not (mine.folder / "a.jsonl").exists()


@pytest.mark.parametrize("arguments", [["record", "a.jsonl"], ["run"]])
def test_the_configuration_that_shadow_config_names_is_the_one(project, monkeypatch, arguments):
    mine = project()
    (mine.folder / "other.toml").write_text("[legacy]\n")
    monkeypatch.setenv("SHADOW_CONFIG", str(mine.folder / "other.toml"))
    code, out, err = mine.run(*arguments)
    assert (code, out) == (2, "")
    assert "other.toml has" in err


def test_a_recording_that_another_writes_is_left_to_it(project):
    mine = project()
    file = mine.folder / "a.jsonl"
    with contextlib.closing(RecordingFile.open(file, "f" * 8)):
        code, _, err = mine.run("record", "a.jsonl")
    assert code == 2
    assert "is being written by another shadow record; end that, or choose another name" in " ".join(err.split())


def test_a_folder_must_be_writable(project):
    mine = project()
    (mine.folder / "sealed").mkdir(mode=0o500)
    shadow = str(Path(sys.executable).with_name("shadow"))
    done = subprocess.run(
        [*may_not_write_everywhere(), shadow, "record", "sealed/a.jsonl"],
        cwd=mine.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "its folder can't be written; name another place" in done.stderr
    assert "Traceback" not in done.stderr
