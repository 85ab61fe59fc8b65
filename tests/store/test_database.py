"""Opening a store: what is made, and one clear message for everything that can be wrong with a file."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shadow.errors import StoreError, StoreMissingError, StoreVersionError
from shadow.store import open_store, schema


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of our own, in a process that may not do everything (root may write read-only files)."""
    folder = Path(tempfile.mkdtemp(prefix="shadow-test-"))
    if os.geteuid() != 0:
        yield folder
    else:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_new_store_and_what_lies_beside_it_is_for_its_owner_only(tmp_path, settings_for, observe, umask):
    settings = settings_for(tmp_path / "shadow.db")
    before = os.umask(umask)
    try:
        with open_store(settings, create=True) as store:
            store.record([observe(settings, 1)])
            modes = {file.name: mode(file) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"shadow.db": 0o600, "shadow.db-wal": 0o600, "shadow.db-shm": 0o600}


def test_a_store_that_is_there_is_opened_and_keeps_its_mode(settings, tmp_path, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
    (tmp_path / "shadow.db").chmod(0o640)
    for create in (True, False):
        with open_store(settings, create=create) as store:
            assert store.routes() == ["GET /orders"]
    assert mode(tmp_path / "shadow.db") == 0o640


def test_a_store_that_others_may_read_is_closed_to_them_by_whoever_writes(settings, tmp_path, observe):
    """As made under another umask, or by hand; a group's rights are somebody's choice."""
    file = tmp_path / "shadow.db"
    file.touch()
    file.chmod(0o664)
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
        modes = {each.name: mode(each) for each in tmp_path.iterdir()}
    assert modes == {"shadow.db": 0o660, "shadow.db-wal": 0o660, "shadow.db-shm": 0o660}


def test_reading_never_creates_a_store(settings, tmp_path):
    with pytest.raises(StoreMissingError, match=r"no store at .*/shadow\.db: nothing has been recorded yet"):
        open_store(settings)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_store_yet_but_becomes_one(settings, tmp_path):
    (tmp_path / "shadow.db").touch()
    with pytest.raises(StoreMissingError):
        open_store(settings)
    with open_store(settings, create=True) as store:
        assert store.routes() == []


@pytest.mark.parametrize("create", [True, False])
def test_a_missing_folder_is_named(tmp_path, settings_for, create):
    with pytest.raises(StoreMissingError, match=r"nowhere/shadow\.db: its folder does not exist"):
        open_store(settings_for(tmp_path / "nowhere" / "shadow.db"), create=create)


@pytest.mark.parametrize("create", [True, False])
def test_a_folder_is_no_store(tmp_path, settings_for, create):
    with pytest.raises(StoreError, match="is a folder"):
        open_store(settings_for(tmp_path), create=create)


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_left_alone(settings, tmp_path, create):
    text = b"[legacy]\nurl = 'http://example.com'\n" * 200
    (tmp_path / "shadow.db").write_bytes(text)
    with pytest.raises(StoreError, match=r"shadow\.db is not a SQLite database"):
        open_store(settings, create=create)
    assert (tmp_path / "shadow.db").read_bytes() == text


@pytest.mark.parametrize("create", [True, False])
def test_a_database_of_something_else_is_left_alone(settings, tmp_path, create):
    with closing(sqlite3.connect(tmp_path / "shadow.db")) as other:
        other.execute("CREATE TABLE customers (name)")
    with pytest.raises(StoreError, match="is a database of something else"):
        open_store(settings, create=create)
    with closing(sqlite3.connect(tmp_path / "shadow.db")) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("customers",)]


def test_a_store_that_was_cut_short_is_called_damaged(settings, tmp_path, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, number, "aaaaaaaaaaaa", example=True) for number in range(300)])
    file = tmp_path / "shadow.db"
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(StoreError, match="is damaged"), open_store(settings) as store:
        store.evidence(settings, now)


@pytest.mark.parametrize("create", [True, False])
def test_a_store_of_a_newer_version_is_refused(settings, tmp_path, create):
    open_store(settings, create=True).close()
    with closing(sqlite3.connect(tmp_path / "shadow.db")) as raw, raw:
        raw.execute("UPDATE shadow_meta SET value = '999' WHERE key = 'version'")
    with pytest.raises(StoreVersionError, match=r"has format 999; .* Update shadow"):
        open_store(settings, create=create)


@pytest.mark.parametrize("create", [True, False])
def test_a_store_of_the_first_format_is_brought_up_to_date_and_keeps_what_it_knows(settings, tmp_path, observe, create):
    """It kept how long each side took apart from the other."""
    shown, now = "aaaaaaaaaaaa", 1_800_000_000.0
    with open_store(settings, create=True) as store:
        store.record([observe(settings, n, shown, noise=(shown,) * (n > 0)) for n in range(4)])
    with closing(sqlite3.connect(tmp_path / "shadow.db")) as raw, raw:
        for table in ("timings", "cold_starts"):
            raw.execute(f"DROP TABLE shadow_{table}")
        raw.execute("CREATE TABLE shadow_latency (epoch TEXT)")
        raw.execute("UPDATE shadow_meta SET value = '1' WHERE key = 'version'")
    for _ in range(2):
        with open_store(settings, create=create) as store:
            ((found,),) = [evidence.fingerprints for evidence in store.evidence(settings, now)]
        assert (found.count, found.noise) == (4, 3)
    with closing(sqlite3.connect(tmp_path / "shadow.db")) as raw:
        assert raw.execute("SELECT value FROM shadow_meta WHERE key = 'version'").fetchone() == (str(schema.VERSION),)


def test_a_store_that_stays_locked_is_said_to_be(tmp_path, settings_for, observe, now):
    settings = settings_for(f"sqlite:///{tmp_path / 'shadow.db'}?timeout=0.1")
    with (
        open_store(settings, create=True) as store,
        closing(sqlite3.connect(tmp_path / "shadow.db", isolation_level=None)) as browser,
    ):
        browser.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked by another process"):
            store.record([observe(settings, 1)])
        assert store.evidence(settings, now) == []
        browser.execute("ROLLBACK")
        store.record([observe(settings, 1)])
        assert len(store.evidence(settings, now)) == 1


def test_a_full_disk_is_said_to_be_full_and_the_store_stays_whole(tmp_path, settings_for, observe, now):
    """`max_page_count` makes SQLite say exactly what it says when the disk is full."""
    settings = settings_for(tmp_path / "shadow.db")
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
        with store._database.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        with pytest.raises(StoreError, match=r"the disk .* is full"):
            store.record([observe(settings, number) for number in range(2000)])
        ((counters),) = [evidence.counters for evidence in store.evidence(settings, now)]
        assert counters["compared"] == 1


def test_a_read_only_store_can_be_read_and_says_why_it_can_not_be_written(unprivileged, settings_for, observe, now):
    settings = settings_for(unprivileged / "shadow.db")
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
    (unprivileged / "shadow.db").chmod(0o400)
    with open_store(settings) as store:
        assert len(store.evidence(settings, now)) == 1
        with pytest.raises(StoreError, match="is read-only for this user"):
            store.pause()


def test_a_writer_finds_out_that_a_read_only_store_may_be_written_again(unprivileged, settings_for, observe, now):
    """SQLite itself opens the file once, for reading only, and would stay with that."""
    settings = settings_for(unprivileged / "shadow.db")
    with open_store(settings, create=True) as other:
        other.pause()  # so that the files beside the database are there
        (unprivileged / "shadow.db").chmod(0o400)
        store = open_store(settings, create=True)
        with pytest.raises(StoreError, match="is read-only for this user"):
            store.record([observe(settings, 1)])
        (unprivileged / "shadow.db").chmod(0o600)
        store.record([observe(settings, 1)])
        assert len(store.evidence(settings, now)) == 1
        store.close()


@pytest.mark.parametrize("names", [["shadow.db"], ["shadow.db", "shadow.db-wal"]])
def test_after_the_file_was_emptied_what_is_written_can_be_read(settings, tmp_path, observe, now, names):
    """Else it would only be added to the log of a database that has nothing in it."""
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
        for name in names:
            os.truncate(tmp_path / name, 0)
        store.record([observe(settings, 2)])
        with open_store(settings) as reader:
            (evidence,) = reader.evidence(settings, now)
    assert evidence.counters["compared"] in {1, 2}


@pytest.mark.parametrize("create", [True, False])
def test_a_store_in_a_read_only_folder_says_so(unprivileged, settings_for, observe, create, now):
    settings = settings_for(unprivileged / "shadow.db")
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1)])
    unprivileged.chmod(0o500)
    with pytest.raises(StoreError, match="folder"), open_store(settings, create=create) as store:
        store.record([observe(settings, 1)])


def test_a_new_store_in_a_read_only_folder_says_so(unprivileged, settings_for):
    unprivileged.chmod(0o500)
    with pytest.raises(StoreError, match=r"shadow\.db can't be opened: Permission denied"):
        open_store(settings_for(unprivileged / "shadow.db"), create=True)


def test_a_store_that_may_not_be_read_says_so(unprivileged, settings_for):
    settings = settings_for(unprivileged / "shadow.db")
    open_store(settings, create=True).close()
    (unprivileged / "shadow.db").chmod(0)
    for create in (True, False):
        with pytest.raises(StoreError, match="can't be opened"):
            open_store(settings, create=create)


def test_after_the_file_was_taken_away_a_writer_goes_on_in_a_new_one(settings, tmp_path, observe, now):
    with open_store(settings, create=True) as store:
        store.record([observe(settings, 1), observe(settings, 2)])
        for file in tmp_path.iterdir():
            file.unlink()
        store.record([observe(settings, 3)])
        with open_store(settings) as reader:
            (evidence,) = reader.evidence(settings, now)
    assert evidence.counters["compared"] == 1


def test_after_the_file_was_taken_away_a_reader_says_that_it_is_gone(settings, tmp_path, now):
    open_store(settings, create=True).close()
    with open_store(settings) as store:
        (tmp_path / "shadow.db").unlink()
        with pytest.raises(StoreMissingError):
            store.evidence(settings, now)


def test_an_unreachable_server_or_a_missing_driver_is_one_message_without_the_password(settings_for):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = settings_for(f"postgresql+psycopg://shadow:s3cret@127.0.0.1:{port}/evidence")
    with pytest.raises(StoreError, match=rf"shadow:\*\*\*@127\.0\.0\.1:{port}/evidence") as caught:
        open_store(settings)
    message = str(caught.value)
    assert "s3cret" not in message
    assert "pip install 'shadow-parity[postgresql]'" in message or "Is the server up" in message


def test_a_missing_driver_says_what_to_install(tmp_path):
    """In a process of its own, where psycopg can't be found for sure."""
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from shadow.config import Settings\n"
        "from shadow.store import open_store\n"
        "url = {'url': 'http://a'}\n"
        "store = {'url': 'postgresql+psycopg://u:s3cret@localhost/x'}\n"
        "open_store(Settings.model_validate({'legacy': url, 'candidate': url, 'store': store}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    *_, message = done.stderr.strip().splitlines()
    assert message.startswith("shadow.errors.StoreError: ")
    assert "pip install 'shadow-parity[postgresql]'" in message
    assert "s3cret" not in message


@pytest.mark.skipif(sys.platform != "linux", reason="the bytes that SQLite locks are those of unix")
def test_opening_a_store_again_leaves_the_locks_of_the_first_connection_alone(settings, tmp_path):
    """A process that closes any descriptor of a file gives up all its locks on it (fcntl(2)), and SQLite needs them:
    another process would take itself for the last one, and clean up what is still in use."""
    is_locked = (
        "import fcntl, sys; "
        "fcntl.lockf(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)"  # SQLite's shared range
    )
    with open_store(settings, create=True) as first:
        first.pause()
        open_store(settings, create=True).close()
        tried = subprocess.run(
            [sys.executable, "-c", is_locked, str(tmp_path / "shadow.db")], capture_output=True, text=True
        )
        assert "BlockingIOError" in tried.stderr
        assert first.paused()
