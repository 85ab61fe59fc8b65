"""Processes of the demo are ended in every case, and one that doesn't start is one clear error."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys

import pytest

from shadow.demo.processes import ended_by_signals, free_address, mitmdump, side
from shadow.errors import BackendError


def listens(address):
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def test_a_side_runs_as_long_as_its_block(tmp_path):
    with side("legacy", tmp_path) as address:
        assert listens(address)
    assert not listens(address)


def test_a_side_ends_also_when_its_block_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), side("legacy", tmp_path) as address:
        raise ZeroDivisionError
    assert not listens(address)


def test_a_side_that_doesnt_start_is_an_error_with_its_log(tmp_path):
    with pytest.raises(BackendError, match=r"legacy side didn't start.*legacy\.log(.|\n)*--nonsense"):
        side("legacy", tmp_path, "--nonsense").__enter__()


def test_a_proxy_that_doesnt_start_is_an_error_with_its_log(tmp_path):
    config = tmp_path / "shadow.toml"
    config.write_text("nonsense")
    with (
        pytest.raises(BackendError, match=r"mitmdump ended at once(.|\n)*mitmdump\.log(.|\n)*shadow\.toml"),
        mitmdump(tmp_path, config, free_address(), drain=1.0),
    ):
        pytest.fail("it started")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_unwind_the_blocks_also_of_asyncio(number):
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)]
    unwound = []

    async def wait():
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(60)
        finally:
            unwound.append(True)

    with pytest.raises(SystemExit) as ended, ended_by_signals():
        asyncio.run(wait())
    assert (ended.value.code, unwound) == (128 + number, [True])
    assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)] == before


def test_ctrl_c_stays_ctrl_c():
    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        signal.raise_signal(signal.SIGINT)


def test_a_side_does_not_outlive_a_starter_that_was_killed(tmp_path):
    """Even SIGKILL, which nobody can handle, leaves nothing behind: the side sees its standard input end."""
    script = (
        "import sys, pathlib, time\n"
        "from shadow.demo.processes import side\n"
        "with side('legacy', pathlib.Path(sys.argv[1])) as address:\n"
        "    print(address, flush=True)\n"
        "    time.sleep(60)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    address = starter.stdout.readline().strip()
    kept = socket.create_connection((address.partition(":")[0], int(address.rpartition(":")[2])), timeout=20)
    starter.kill()
    starter.communicate()
    with contextlib.suppress(ConnectionResetError):
        assert kept.recv(1) == b""  # closed by the side's end; that nothing happens would raise TimeoutError
    kept.close()
