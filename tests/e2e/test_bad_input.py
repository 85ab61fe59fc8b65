"""What goes wrong gets one clear error and no traceback, and clients are answered wherever the proxy can start."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import CONFIG, Proxy, free_port, json_answer, shadow, wait_until


@pytest.fixture
def small_disk(tmp_path) -> Callable[[str], AbstractContextManager[Path]]:
    """`with small_disk("size=64k") as folder` mounts a disk of its own, which even root finds full or read-only."""

    @contextmanager
    def mount(option: str) -> Iterator[Path]:
        disk = tmp_path / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", option, "tmpfs", str(disk)], capture_output=True)
        if mounted.returncode:
            pytest.skip("mounting a small disk needs root")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)

    return mount


def failed_start(folder, *arguments: str) -> str:
    """Start mitmdump where it can't work; its output."""
    running = Proxy(folder, [*arguments], free_port())
    try:
        code = running.process.wait(30)
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
    assert code == 1
    assert "Traceback" not in running.output()
    return running.output()


def test_no_shadow_toml(tmp_path):
    """It says where it looked, and how to get one."""
    output = failed_start(tmp_path)
    assert str(tmp_path) in output
    assert "shadow init" in output


def test_wrong_keys_are_all_named_at_once(tmp_path):
    """Each wrong key is named with its path, and the near match."""
    (tmp_path / "shadow.toml").write_text('[legacy]\nurl = "ftp://x"\n[candidate]\nurll = "http://x"\n')
    output = failed_start(tmp_path)
    for word in ("legacy.url", "candidate.url", "urll"):
        assert word in output


def test_a_config_file_that_is_not_there(tmp_path):
    """The file that was asked for is named."""
    output = failed_start(tmp_path, "--set", f"shadow_config={tmp_path}/nowhere.toml")
    assert f"{tmp_path}/nowhere.toml" in output


def test_a_port_in_use(tmp_path):
    """The address is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = CONFIG.format(legacy="http://127.0.0.1:1", candidate="http://127.0.0.1:2", port=port)
        (tmp_path / "shadow.toml").write_text(config)
        output = failed_start(tmp_path)
    assert str(port) in output
    assert "in use" in output


def test_a_store_that_is_not_a_database(backend, proxy, client, tmp_path):
    """The proxy answers; the file is named on stderr; reading commands say the same with exit code 4."""
    (tmp_path / "shadow.db").write_text("I am a poem.\n" * 1000)
    running = proxy(backend(json_answer({"a": 1})), backend(json_answer({"a": 1})))
    assert client.get(f"{running.url}/kong/a").json() == {"a": 1}
    wait_until(lambda: str(tmp_path / "shadow.db") in running.output(), "the store's file is named")
    assert running.stop() == 0
    assert "Traceback" not in running.output()
    assert (tmp_path / "shadow.db").read_text().startswith("I am a poem.")
    gate = shadow("gate", cwd=tmp_path)
    assert gate.returncode == 4
    assert str(tmp_path / "shadow.db") in gate.stderr
    assert "Traceback" not in gate.stderr


def test_a_locked_store_is_waited_for(backend, proxy, client, tmp_path):
    """While another program holds the lock clients are answered; afterwards nothing is missing."""
    running = proxy(backend(json_answer({"a": 1})), backend(json_answer({"a": 1})))
    client.get(f"{running.url}/kong/a?n=0")
    wait_until(lambda: (tmp_path / "shadow.db").exists() and tables(tmp_path), "the store is there")
    lock = sqlite3.connect(tmp_path / "shadow.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    for n in range(1, 4):
        assert client.get(f"{running.url}/kong/a?n={n}").json() == {"a": 1}
    wait_until(lambda: "locked" in running.output(), "the lock is reported")
    lock.execute("ROLLBACK")
    lock.close()
    wait_until(lambda: "can be written again" in running.output(), "the store is well again")
    running.stop()
    assert "Traceback" not in running.output()
    assert running.route("GET /a")["requests"]["compared"] == 4


def tables(folder) -> bool:
    with sqlite3.connect(folder / "shadow.db") as store:
        return bool(store.execute("select count(*) from sqlite_master").fetchone()[0])


def test_a_read_only_folder(backend, proxy, client, small_disk):
    """Nothing can be stored; the folder is named and clients are answered."""
    with small_disk("ro") as folder:
        extra = f'[store]\nurl = "sqlite:///{folder}/s.db"\n'
        running = proxy(backend(json_answer({"a": 1})), backend(json_answer({"a": 1})), extra)
        assert client.get(f"{running.url}/kong/a").json() == {"a": 1}
        wait_until(lambda: str(folder) in running.output(), "the folder is named")
        assert running.stop() == 0
        assert "Traceback" not in running.output()


def test_a_full_disk(backend, proxy, client, small_disk):
    """The store's disk is full: said once, clients are answered, no traceback."""
    with small_disk("size=64k") as disk:
        (disk / "ballast").write_bytes(b"x" * 56_000)
        extra = f'[store]\nurl = "sqlite:///{disk}/s.db"\n'
        running = proxy(backend(json_answer({"a": 1})), backend(json_answer({"a": 2})), extra)
        assert client.get(f"{running.url}/kong/a").json() == {"a": 1}
        wait_until(lambda: f"{disk}/s.db" in running.output(), "the full disk is reported")
        assert client.get(f"{running.url}/kong/a").json() == {"a": 1}
        assert running.stop() == 0
        assert "Traceback" not in running.output()


def test_a_store_in_a_folder_that_is_not_there(backend, proxy, client, tmp_path):
    """The folder is named, and clients are answered."""
    missing = tmp_path / "no" / "such" / "s.db"
    extra = f'[store]\nurl = "sqlite:///{missing}"\n'
    running = proxy(backend(json_answer({"a": 1})), backend(json_answer({"a": 1})), extra)
    assert client.get(f"{running.url}/kong/a").json() == {"a": 1}
    running.stop()
    assert "Traceback" not in running.output()
    assert str(missing) in running.output() or missing.exists()


def test_the_gate_without_a_store_never_creates_one(tmp_path):
    """No evidence is never ready: exit code 4, and no file appears."""
    (tmp_path / "shadow.toml").write_text(
        CONFIG.format(legacy="http://127.0.0.1:1", candidate="http://127.0.0.1:2", port=1)
    )
    gate = shadow("gate", cwd=tmp_path)
    assert gate.returncode == 4
    assert "shadow.db" in gate.stderr
    assert not (tmp_path / "shadow.db").exists()
