"""A worker process: takes what the proxy hands over, and works it off. `python -m shadow.pipeline.worker FD FD`.

It ends when the proxy says so, or when the proxy's end of the socket closes (then it stores what it has). It runs at
the lowest priority: the proxy and the clients come first.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from contextlib import AsyncExitStack, suppress

import deepdiff  # noqa: F401 - loaded while starting, not while the first difference waits for it
import msgspec

from shadow.errors import ShadowError
from shadow.pipeline.brake import Brake
from shadow.pipeline.faults import MEANWHILE, break_off, print_no_tracebacks, say
from shadow.pipeline.handover import Frames, FromProxy, Start, State, frame
from shadow.pipeline.inbox import Inbox
from shadow.pipeline.priority import give_way
from shadow.pipeline.recording_inbox import RecordingInbox

__all__ = ["main"]

READ = 1 << 18
"""Bytes per read from the proxy."""
RETRY = 2.0
"""Seconds between two tries to start with settings that can't be worked with."""
_decode = msgspec.msgpack.Decoder(FromProxy).decode


def main(arguments: list[str]) -> int:
    """Work until the proxy ends it; 2 or 4 where it was gone before the settings could be worked with."""
    # The proxy decides when to end. A terminal's Ctrl-C, and systemd, tell all processes of a service at once.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    channel, brake = map(int, arguments)
    with socket.socket(fileno=channel) as sock:
        try:
            asyncio.run(_work(sock, Brake(brake)))
        except ShadowError as error:
            return error.exit_code  # it has been said
        except Exception as error:  # noqa: BLE001 - whatever it is, the proxy starts another worker
            break_off(error)
    return 0


async def _work(sock: socket.socket, brake: Brake) -> None:
    print_no_tracebacks()
    sock.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=sock)
    frames = Frames()
    early: list[FromProxy] = []
    while not early:
        if not (data := await _read(reader)):
            return
        early = [_decode(payload) for payload in frames.feed(data)]
    start = early.pop(0)
    assert isinstance(start, Start)
    async with AsyncExitStack() as stack:
        inbox = await _open(start, brake, writer, stack)
        # Only now: at the lowest priority, beside a busy proxy, starting up would take seconds.
        await give_way()
        for message in early:
            inbox.take(message)
        while not inbox.stopping and (data := await _read(reader)):
            for payload in frames.feed(data):
                inbox.take(_decode(payload))
        await inbox.finish()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()  # it may still have to tell what is stored


async def _read(reader: asyncio.StreamReader) -> bytes:
    """What the proxy sends; nothing once it is gone, in whatever way."""
    try:
        return await reader.read(READ)
    except OSError:  # it was killed before it had read all that was written to it
        return b""


async def _open(
    start: Start, brake: Brake, writer: asyncio.StreamWriter, stack: AsyncExitStack
) -> Inbox | RecordingInbox:
    """An inbox, as soon as there can be one: what is missing (a certificate, the key of the redaction) may yet come.

    What the proxy hands over waits meanwhile. Raises ShadowError where the proxy has gone first.
    """
    trouble = ""
    kind = RecordingInbox if start.record else Inbox
    while True:
        async with AsyncExitStack() as opened:
            try:
                inbox = await kind.open(start, brake, writer, opened)
            except ShadowError as error:
                if writer.is_closing():
                    raise
                if str(error) != trouble:
                    trouble = str(error)
                    say(f"{trouble}\n  {MEANWHILE}")
                # Each time: nothing is read meanwhile, so only this shows that the proxy has gone.
                writer.write(frame(State(start.paused, trouble)))
            else:
                stack.push_async_exit(opened.pop_all())
                if trouble:
                    say(f"that is mended, {'recording' if start.record else 'mirroring'} begins")
                    writer.write(frame(State(start.paused)))
                return inbox
        await asyncio.sleep(RETRY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
