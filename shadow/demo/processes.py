"""The demo's processes: the two sides and mitmdump. Each is started in one place and ended there in every case."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from shadow.errors import BackendError

__all__ = ["ended_by_signals", "free_address", "mitmdump", "port_of", "side"]

START_SECONDS = 30.0
KILL_SECONDS = 5.0
_LOG_LINES = 15


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end this process the orderly way, as Ctrl-C does, so that its children are ended too.

    Raises SystemExit with 128 + the signal's number, as shells count.
    """
    received: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's signature
        received.append(number)
        signal.raise_signal(signal.SIGINT)  # the one signal that asyncio, too, knows how to end on

    # A shell that starts a command in the background makes it ignore SIGINT, so that is set as well.
    wanted = {signal.SIGTERM: end, signal.SIGHUP: end, signal.SIGINT: signal.default_int_handler}
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    except KeyboardInterrupt:
        if received:
            raise SystemExit(128 + received[0]) from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def side(name: str, folder: Path, *arguments: str, port: int = 0) -> Iterator[str]:
    """Run `shadow.demo.NAME` (``legacy`` or ``candidate``); yields its address as ``HOST:PORT``. Port 0 is a free one.

    Raises BackendError where it doesn't start.
    """
    log = folder / f"{name}.log"
    command = [sys.executable, "-m", f"shadow.demo.{name}", "--port", str(port), "--with-parent", *arguments]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # held open: the side ends when this process does, however it does
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl-C is for the demo, which then ends its children in order
        )
    try:
        assert process.stdout is not None
        told = process.stdout.readline().decode().strip()
        if not told.isdigit():
            process.wait(KILL_SECONDS)
            raise BackendError(f"the demo's {name} side didn't start; {_tail(log)}")
        yield f"127.0.0.1:{told}"
    finally:
        process.kill()  # it keeps nothing that is worth a farewell
        process.communicate()


@contextlib.contextmanager
def mitmdump(folder: Path, config: Path, listen: str, drain: float) -> Iterator[subprocess.Popen[bytes]]:
    """Run a real mitmdump with the packaged addon; at the end it has finished all work and written the report.

    ``listen`` is ``HOST:PORT``, ``drain`` the seconds that it may take at the end. Raises BackendError where it
    doesn't start, or doesn't end well.
    """
    log = folder / "mitmdump.log"
    # Its own confdir: nothing in the user's ~/.mitmproxy/config.yaml may change what the demo shows.
    command = [
        sys.executable,
        "-m",
        "shadow",
        "run",
        "--config",
        str(config),
        "--set",
        f"confdir={folder / '.mitmproxy'}",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "SHADOW_CONFIG"}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--set", "flow_detail=0", "--set", "termlog_verbosity=warn"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_listening(process, listen, log)
        yield process
    except BaseException:
        _end(process, KILL_SECONDS)
        raise
    if not _end(process, drain + KILL_SECONDS):
        raise BackendError(f"mitmdump didn't end within {drain:.0f} s; {_tail(log)}")
    if process.returncode:
        raise BackendError(f"mitmdump ended with exit code {process.returncode}; {_tail(log)}")


def free_address() -> str:
    """``HOST:PORT`` on loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def port_of(address: str) -> int:
    """Of ``HOST:PORT``."""
    return int(address.rpartition(":")[2])


def _wait_until_listening(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    host = address.rpartition(":")[0]
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BackendError(f"mitmdump ended at once, with exit code {process.returncode}; {_tail(log)}")
        try:
            socket.create_connection((host, port_of(address)), timeout=1.0).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise BackendError(f"mitmdump didn't listen on {address} within {START_SECONDS:.0f} s; {_tail(log)}")


def _end(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Ask the process to end; kill it after that many seconds. False where it had to be killed."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return True


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
    return "\n  ".join([f"the last lines of {log}:", *(lines or ["(nothing)"])])
