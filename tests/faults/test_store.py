"""Whatever befalls the store, clients notice nothing; what can't be stored waits, and is stored once it can be."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.e2e.conftest import Proxy, wait_until
from tests.faults.conftest import PATIENT, Clients, fates, in_store, stored

STORE = """
every = 1
[store]
url = "sqlite:///evidence/shadow.db?timeout=0.5"
"""
"""In a folder of its own, and not as patient as usual with others who lock it."""
MENDED = "shadow: the store can be written again"
ROOT = os.geteuid() == 0

Start = Callable[..., tuple[Proxy, Clients]]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "evidence"
    folder.mkdir()
    yield folder / "shadow.db"
    folder.chmod(0o700)


@pytest.fixture
def start(proxy, sides, file) -> Start:
    """`start()`: a proxy that has stored ten requests, unless ``stores`` says that it can't, and its clients."""

    def started(*, stores: bool = True, **process: object) -> tuple[Proxy, Clients]:
        config = PATIENT.replace("every = 0\n", "").replace("[proxy]", "[proxy]\ndrain = 2")
        running = proxy(*sides, STORE, config=config, **process)
        clients = Clients(running, sides)
        clients.ask("/kong/a", "/b", times=5)
        if stores:
            stored(running.folder, clients.asked)
        return running, clients

    return started


def says(running: Proxy, words: str) -> None:
    wait_until(lambda: words in running.output(), f"{words!r} in the output")


def check(running: Proxy, clients: Clients, *said: str, times: int = 1) -> None:
    """End the proxy: all has been compared in the end, and each of these sentences was said once (``times``)."""
    stored(running.folder, clients.asked)
    assert running.stop() == 0
    for route in clients.count(running).values():
        assert set(fates(route)) == {"compared"}, running.output()
        assert {reason["code"] for reason in route["reasons"]} == {"not-enough-requests"}
    for sentence in said:
        assert 1 <= running.output().count(sentence) <= times, running.output()


def may_not_write_everywhere() -> tuple[str, ...]:
    """A command that starts a process which may write no file whose mode says so; skips where root can't do that."""
    if not ROOT:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and there is no setpriv (util-linux) to do without that")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


def test_locked(start: Start, file: Path) -> None:
    """What comes meanwhile waits; where the lock outlasts the proxy, it ends all the same and says what is lost."""
    running, clients = start()
    locked = f"shadow: the store {file} is locked by another process, and stayed so. End what holds it"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        for times in (1, 2):
            other.execute("BEGIN EXCLUSIVE")
            before = Counter(clients.asked)
            clients.ask("/kong/a", "/b", times=5)
            wait_until(lambda n=times: running.output().count(locked) == n, "the lock is said")
            clients.ask("/kong/a", "/b", times=5)
            assert in_store(running.folder) == before
            if times == 1:
                other.execute("ROLLBACK")
                says(running, MENDED)
                stored(running.folder, clients.asked)
        assert running.stop() == 0
    assert in_store(running.folder) == before == {"GET /a": 15, "GET /b": 15}
    assert "shadow: 20 exchanges were not stored before the end and are lost" in running.output()
    assert "Traceback" not in running.output()


def test_read_only_at_the_start(start: Start, file: Path) -> None:
    """Not even the key of the redaction can be made, without which a worker may do nothing."""
    under = may_not_write_everywhere()
    file.parent.chmod(0o500)
    running, clients = start(stores=False, under=under)
    says(running, "can't be made or read")
    clients.ask("/kong/a", "/b", times=5)
    file.parent.chmod(0o700)
    check(running, clients, f"shadow: the redaction key {file}.redact-key can't be made or read (Permission denied)")
    assert "died" not in running.output()


def test_read_only_while_running(start: Start, file: Path) -> None:
    """What is open stays writable; so another file takes its place, as when a copy is restored."""
    running, clients = start(under=may_not_write_everywhere())
    copy = Path(shutil.copy(file, file.with_name("copy")))
    copy.chmod(0o400)
    copy.replace(file)
    clients.ask("/kong/a", "/b", times=5)
    says(running, "read-only for this user")
    file.chmod(0o600)
    # Not before: whoever looks into the new file, and is alone with it, empties the log and the index that it still
    # shares with the old one, and with that ends who uses them.
    says(running, MENDED)
    check(running, clients, f"shadow: the store {file} can't be written: the file, its folder or the disk", MENDED)


def test_a_limit_of_the_files_size(start: Start, file: Path) -> None:
    running, clients = start()
    [worker] = running.workers()
    limit = file.with_name("shadow.db-wal").stat().st_size
    before = resource.prlimit(worker, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    clients.ask("/kong/a", "/b", times=5)
    says(running, "the disk reports an error")
    clients.ask("/kong/a", "/b", times=5)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, before)
    says(running, MENDED)
    check(running, clients, f"shadow: the store {file} can't be read or written: the disk reports an error", MENDED)


@pytest.fixture
def small_disk(file: Path) -> Iterator[Path]:
    """The store's folder on a file system of 2 MiB."""
    mounting = ["mount", "-t", "tmpfs", "-o", "size=2m", "shadow-test", str(file.parent)]
    if not ROOT or not sys.platform.startswith("linux") or subprocess.run(mounting, capture_output=True).returncode:
        pytest.skip("only root on Linux can mount a small file system")
    yield file.parent
    subprocess.run(["umount", "-l", str(file.parent)], check=True)


def test_a_full_disk(start: Start, file: Path, small_disk: Path) -> None:
    running, clients = start()
    with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(b"x" * 1024):
            pass
    clients.ask("/kong/a", "/b", times=5)
    # There may be room in pages that SQLite has already; then these need new ones.
    clients.ask(*(f"/kong/a?{'x' * 100}{n}" for n in range(100)))
    says(running, "is full")
    (small_disk / "filler").unlink()
    says(running, MENDED)
    # A small batch may still fit where the next one doesn't: then it is full, well and full again.
    full = f"shadow: the store {file} can't grow: the disk (or the quota) is full"
    check(running, clients, full, MENDED, times=10)


def cut(part: float, *names: str) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        for name in names:
            one = file.with_name(name)
            with suppress(FileNotFoundError):  # a log goes, and comes back, as the store is closed and opened again
                os.truncate(one, int(one.stat().st_size * part))

    return damage


def garbage(file: Path) -> None:
    for one in (file, file.with_name("shadow.db-wal")):
        with one.open("r+b") as opened:
            opened.write(os.urandom(one.stat().st_size))


@pytest.mark.parametrize("damage", [garbage, cut(0.5, "shadow.db", "shadow.db-wal")], ids=["garbage", "cut-short"])
def test_damaged_while_running(start: Start, file: Path, damage: Callable[[Path], None]) -> None:
    """It is said; what comes meanwhile may go into the ruin; once that is moved away, all is stored again."""
    running, clients = start()
    damage(file)
    clients.asked.clear()
    clients.ask("/kong/a", "/b", times=5)
    says(running, f"shadow: the store {file} is ")
    assert "move " in running.output()
    for ruin in file.parent.glob("shadow.db*"):
        ruin.rename(ruin.with_name(f"ruin-{ruin.name}"))
    clients.asked.clear()
    clients.ask("/kong/a", "/b", times=5)
    stored(running.folder, clients.asked, more=5)
    assert running.stop() == 0
    clients.count(running, more=5)


def delete(*names: str) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        for name in names:
            file.with_name(name).unlink(missing_ok=True)

    return damage


def test_lost_while_running(start: Start, file: Path) -> None:
    """A file that is gone or empty is made afresh (or from what the log still knew), and all goes on."""
    running, clients = start()
    database, log, index = "shadow.db", "shadow.db-wal", "shadow.db-shm"
    losses = [delete(database, log, index), delete(database), cut(0, database), cut(0, database, log)]
    for lose in (*losses, cut(0, database, log, index)):
        before = clients.asked["GET /a"]
        [worker] = running.workers()
        if lose not in losses:
            # The index is shared memory: emptying it ends whoever uses it next, or nobody where it is made afresh
            # before that. Here it does at once.
            os.kill(worker, signal.SIGSTOP)
        lose(file)
        if lose not in losses:
            os.kill(worker, signal.SIGKILL)
        clients.asked.clear()
        clients.ask("/kong/a", "/b", times=5)
        stored(running.folder, clients.asked, more=before)
    assert running.stop() == 0
    clients.count(running, more=before)
    assert running.output().count("died") == 1
