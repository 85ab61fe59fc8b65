"""Processes under measurement: started, ended by their own ids, held still while others are measured."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = [
    "ROOT",
    "START_SECONDS",
    "cpu_seconds",
    "ended",
    "family",
    "free_port",
    "held_still",
    "niceness",
    "resident",
    "started",
    "wait_for_port",
    "wait_until",
]

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
END_SECONDS = 30.0
_TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def started(command: list[str], log: Path, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a process whose output goes to ``log``; Ctrl-C is not for it, whoever started it ends it."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            cwd=cwd or log.parent,
            env=environment | {"PYTHONPATH": str(ROOT), "HOME": str(log.parent), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_for_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until someone listens there; ends this program, with the log, where the process ends first."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"{log.stem} does not listen on port {port}:\n{log.read_text(errors='replace')}")


def ended(process: subprocess.Popen[bytes], sig: int = signal.SIGTERM) -> None:
    """End it, in good order where it lets itself be ended so."""
    if process.poll() is None:
        process.send_signal(sig)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def family(pid: int) -> list[int]:
    """A process and all that descend from it, the ancestors first."""
    children: list[int] = []
    with suppress(OSError):  # it has just ended
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(one for child in children for one in family(child))]


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used so far; 0 where it has ended."""
    with suppress(OSError):
        # The command's name, in brackets, may hold anything (proc(5)).
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK
    return 0.0


def niceness(pid: int) -> int:
    """-20 … 19; 0 where it has ended."""
    with suppress(OSError):
        return os.getpriority(os.PRIO_PROCESS, pid)
    return 0


def resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where it has ended."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


class held_still:  # noqa: N801 - reads as a verb
    """Stops a process with its family, so that it costs nothing while another is measured; `awake` lets it run."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._signal(signal.SIGSTOP)

    @contextmanager
    def awake(self) -> Iterator[None]:
        self._signal(signal.SIGCONT)
        try:
            yield
        finally:
            self._signal(signal.SIGSTOP)

    def release(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, sig: int) -> None:
        for pid in family(self._pid):
            with suppress(ProcessLookupError):
                os.kill(pid, sig)


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Poll until ``true()``, at most this long; whether it came true."""
    end = time.monotonic() + seconds
    while not (good := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return good
