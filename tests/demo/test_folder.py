"""The demo's folder: what is written loads, and nothing of anybody else's is touched."""

from __future__ import annotations

import pytest

from shadow.config.load import load_settings
from shadow.config.route_settings import route_settings
from shadow.demo.folder import prepare, write_project
from shadow.demo.routes import ENOUGH, ROUTES
from shadow.errors import UsageError
from shadow.routes import RouteTable


def write(folder):
    return write_project(
        folder, legacy="127.0.0.1:1001", candidate="127.0.0.1:1002", listen="127.0.0.1:1003", version="v"
    )


def test_what_is_written_loads(tmp_path):
    settings = load_settings(write(tmp_path))
    assert (settings.legacy.url, settings.candidate.url) == ("http://127.0.0.1:1001/kong", "http://127.0.0.1:1002")
    assert settings.verdict.enough == ENOUGH
    assert settings.report.path == tmp_path / "reports" / "index.html"
    assert route_settings(settings, "GET /players/search").verdict.latency == "gate"
    assert route_settings(settings, "POST /matches").writes == "isolated"
    assert route_settings(settings, "PATCH /user/profile").writes == "never"


def test_the_inventory_is_the_plan(tmp_path):
    names = RouteTable.from_settings(load_settings(write(tmp_path))).names()
    assert sorted(names) == sorted(planted.route for planted in ROUTES)


def test_a_second_demo_replaces_the_first_and_leaves_the_rest(tmp_path):
    folder = tmp_path / "a" / "b"
    prepare(folder)
    write(folder)
    (folder / "shadow.db").write_bytes(b"evidence of before")
    (folder / "notes.txt").write_text("mine")
    prepare(folder)
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "notes.txt"]


def test_a_users_own_shadow_toml_is_never_touched(tmp_path):
    (tmp_path / "shadow.toml").write_text("[legacy]\n")
    (tmp_path / "shadow.db").write_bytes(b"precious")
    with pytest.raises(UsageError, match=r"was not written by a demo.*--out"):
        prepare(tmp_path)
    assert (tmp_path / "shadow.db").read_bytes() == b"precious"
    assert (tmp_path / "shadow.toml").read_text() == "[legacy]\n"


def test_a_folder_that_cant_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"can't be used for the demo.*--out"):
        prepare(tmp_path / "file" / "demo")
