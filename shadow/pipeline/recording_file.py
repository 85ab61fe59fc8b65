"""The file of a recording, which one process writes and others may read at any time.

What is replaced is replaced at once, by a rename; and what was written need not be remembered, for it stands there.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from shadow.errors import ConfigError
from shadow.recordings.entry import Recorded
from shadow.recordings.jsonl import EntryError, Header, decode, header_of

__all__ = ["KEEP", "Place", "RecordingFile", "check_free", "check_place"]

KEEP = 500
"""Entries that a recording keeps, where nobody says otherwise."""
_LONGEST_HEADER = 16 * 2**20
"""Bytes of a first line that is read; it names routes."""


class Place(NamedTuple):
    """Where a line stands in the file as it is now; in bytes."""

    offset: int
    length: int


def check_place(path: Path, key: str = "") -> None:
    """That a recording can be written there; ``key`` is the name of the key that it would be redacted with, "" where
    that is not known yet. Raises ConfigError."""
    if not path.parent.is_dir():
        raise ConfigError(f"can't record to {path}: there is no folder {path.parent}; make it, or name another")
    if not os.access(path.resolve().parent, os.W_OK | os.X_OK):
        raise ConfigError(f"can't record to {path}: its folder can't be written; name another place")
    if not path.exists():
        return
    try:
        if not path.is_file():
            raise ConfigError(f"can't record to {path}: it is no file; choose another name")
        with path.open("rb") as file:
            _read_header(path, file, key)
    except OSError as error:
        raise _cannot(path, error) from error


def check_free(path: Path) -> None:
    """That no other process writes the recording now, if there is one. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            _lock(file, path)
    except BlockingIOError as error:
        raise _taken(path) from error
    except OSError:
        return  # what is wrong with it, `check_place` says


class RecordingFile:
    """Owns the file: no other process of shadow's writes it at the same time."""

    def __init__(self, path: Path, file: BinaryIO, header: Header) -> None:
        self.path = path
        self.header = header
        """As it was found; that of a new file says nothing."""
        self._file = file

    @classmethod
    def open(cls, path: Path, key: str) -> RecordingFile:
        """The recording that is there, to be gone on with, or a new one. Raises ConfigError where there is something
        else, where it was redacted with another key, or another process writes it."""
        path = path.resolve()
        try:
            with contextlib.ExitStack() as stack:
                file = stack.enter_context(path.open("a+b"))
                _lock(file, path)
                header = _read_header(path, file, key)
                stack.pop_all()
        except BlockingIOError as error:
            raise _taken(path) from error
        except OSError as error:
            raise _cannot(path, error) from error
        return cls(path, file, header)

    def entries(self) -> Iterator[tuple[Recorded, Place]]:
        """The entries that are there. Raises ConfigError where one can't be read."""
        self._file.seek(0)
        offset = 0
        for number, line in enumerate(self._file, 1):
            place = Place(offset, len(line))
            offset += len(line)
            try:
                if not line.strip() or (number == 1 and header_of(line) is not None):
                    continue
                yield decode(line, f"line {number}", key=self.header.key), place
            except EntryError as error:
                raise ConfigError(
                    f"can't go on with {self.path}: line {number}: {error}; mend it, or choose another name"
                ) from error

    def count(self) -> int:
        """How many entries are there."""
        self._file.seek(0)
        return max(0, sum(1 for _ in self._file) - 1)

    def replace(self, header: Header, lines: Iterable[bytes | Place]) -> list[Place]:
        """Write all anew: lines, or the places of those that stay. Returns where each stands then. Raises OSError."""
        temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(6)}")
        try:
            with contextlib.ExitStack() as stack:
                file = stack.enter_context(temporary.open("x+b"))
                os.fchmod(file.fileno(), stat.S_IMODE(os.fstat(self._file.fileno()).st_mode))
                _lock(file, temporary)
                offset = file.write(header.line())
                places = []
                for line in lines:
                    written = file.write(line if isinstance(line, bytes) else self._read(line))
                    places.append(Place(offset, written))
                    offset += written
                file.flush()
                temporary.replace(self.path)
                stack.pop_all()
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        self.close()
        self._file = file
        return places

    def append(self, header: Header, lines: Iterable[bytes]) -> None:
        """Add lines at the end, after the header in a new file. Raises OSError."""
        file = self._file.fileno()
        begin = os.fstat(file).st_size
        # The machine may have stopped amid a line.
        before = (b"" if self._ends() else b"\n") if begin else header.line()
        data = memoryview(b"".join([before, *lines]))
        try:
            while data:
                data = data[os.write(file, data) :]
        except OSError:
            # What was written of it would stand there twice when it is tried again.
            with contextlib.suppress(OSError):
                os.ftruncate(file, begin)
            raise

    def close(self) -> None:
        """Others may write it from now on."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _ends(self) -> bool:
        self._file.seek(-1, os.SEEK_END)
        return self._file.read(1) == b"\n"

    def _read(self, place: Place) -> bytes:
        self._file.seek(place.offset)
        line = self._file.read(place.length)
        if len(line) != place.length or not line.startswith(b"{"):
            raise OSError(0, "somebody else has changed it meanwhile")
        return line if line.endswith(b"\n") else line + b"\n"


def _read_header(path: Path, file: BinaryIO, key: str) -> Header:
    """Raises ConfigError where the file is something else than a recording that was redacted with that key."""
    file.seek(0)
    line = file.readline(_LONGEST_HEADER)
    if not line:
        return Header()
    try:
        header = header_of(line)
    except EntryError:
        header = None
    if header is None or not header.key:
        raise ConfigError(f"{path} is not a recording of shadow's; choose another name")
    if key and header.key != key:
        raise ConfigError(
            f"{path} was redacted with another key ({header.key}, not {key}), so that what is equal in both would not "
            "look so; choose another name, or set redact.key in shadow.toml to the one that it was recorded with"
        )
    return header


def _lock(file: BinaryIO, path: Path) -> None:
    """Raises BlockingIOError where another process has it, or has just replaced what is at ``path``."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return  # some network file systems know no locks
    if not os.path.samestat(path.stat(), os.fstat(file.fileno())):
        raise BlockingIOError


def _taken(path: Path) -> ConfigError:
    return ConfigError(f"{path} is being written by another shadow record; end that, or choose another name")


def _cannot(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"can't record to {path}: {error.strerror or error}; choose another place")
