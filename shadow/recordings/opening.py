"""A recording that is there to be read, whatever form it is in."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Generator, Iterator
from functools import partial
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import BinaryIO

from shadow.recordings.entry import Broken, Recorded, Unusable
from shadow.recordings.error import RecordingError
from shadow.recordings.recognise import BOM, HEAD, Form, UnknownFormError, recognise
from shadow.recordings.source import Source

__all__ = ["STANDARD_INPUT", "Recording"]

STANDARD_INPUT = "-"

Reader = Callable[[Source], Generator[Recorded | Broken | Unusable, None, bool]]


class Recording:
    """A file, or standard input, with recorded requests.

    ``path`` is None for standard input; ``size`` is in bytes on disk, None where the input is no file.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.name = "standard input" if path is None else str(path)
        self.size = _size(path)
        self._source: Source | None = None
        self._format = ""
        self._complete = False

    @property
    def format(self) -> str:
        """In which form it is, such as `HAR, gzip`; "" until it is opened."""
        return self._format

    @property
    def bytes_read(self) -> int:
        """How far it has been read, in bytes on disk."""
        return 0 if self._source is None else self._source.bytes_read

    @property
    def complete(self) -> bool:
        """Whether it has been read to its end, and nothing was missing there."""
        return self._complete

    def entries(self) -> Iterator[Recorded | Broken | Unusable]:
        """Open it and read it from its beginning; what can't be read inside it becomes Broken.

        Raises RecordingError, at once, where it can't be opened, is empty or in no form that is read, and where it is
        no file and has been read already.
        """
        if self.size is None and self._source is not None:
            raise RecordingError(f"{self.name} can be read only once; write it to a file first")
        self._complete = False
        file = self._open()
        try:
            source = self._source = Source(file)
            form = self._recognised(source)
        except BaseException:
            self._close(file)
            raise
        self._format = f"{form}, {source.packing}" if source.packing else str(form)
        return self._read(file, source, _reader(form))

    def identity(self) -> str:
        """The same for the same content, whatever its name and its times; it reads the whole file.

        Raises RecordingError where it can't be read, and where it is no file.
        """
        if self.path is None or self.size is None:
            raise RecordingError(f"{self.name} is no file, so that it can't be known again; write it to a file first")
        try:
            with self.path.open("rb") as file:
                digest = file_digest(file, partial(blake2b, digest_size=16))
        except OSError as error:
            raise self._unreadable(error) from error
        return digest.hexdigest()

    def _read(self, file: BinaryIO, source: Source, reader: Reader) -> Iterator[Recorded | Broken | Unusable]:
        last: Recorded | Broken | Unusable | None = None
        reading = reader(source)
        try:
            while True:
                try:
                    last = next(reading)
                except StopIteration as end:
                    whole = bool(end.value)
                    break
                yield last
            if source.damage and not (isinstance(last, Broken) and last.problem == source.damage):
                yield Broken(f"byte {source.position:,}", source.damage)
            self._complete = whole and not source.damage
        finally:
            self._close(file)

    def _open(self) -> BinaryIO:
        if self.path is None:
            if sys.stdin is None:
                raise RecordingError("standard input is closed; give a file")
            # Unbuffered: a thread may wait in it for ever, and must hold no lock then that the process' end needs.
            return getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)
        try:
            return self.path.open("rb", buffering=0)
        except OSError as error:
            raise self._unreadable(error) from error

    def _recognised(self, source: Source) -> Form:
        if source.peek(len(BOM)) == BOM:
            source.read(len(BOM))
        # Whoever writes into a pipe may wait for what becomes of the first entry before there is a second.
        wanted = HEAD if self.size is not None else 1
        while True:
            source.peek(wanted)
            head = source.held[:HEAD]
            if source.damage and not head:
                raise RecordingError(f"{self.name}: {source.damage}, and nothing can be read of it")
            whole = len(head) == HEAD or len(head) < wanted
            if whole and not head.strip():
                raise RecordingError(f"{self.name} is empty")
            try:
                return recognise(head)
            except UnknownFormError as error:
                if whole:
                    raise RecordingError(f"{self.name} {error}") from error
            wanted = len(head) + 1

    def _unreadable(self, error: OSError) -> RecordingError:
        return RecordingError(f"{self.name} can't be read ({error.strerror or type(error).__name__})")

    def _close(self, file: BinaryIO) -> None:
        if self.path is not None:
            file.close()


def _size(path: Path | None) -> int | None:
    try:
        status = None if path is None else path.stat()
    except OSError:
        return 0  # what is wrong is said where it is opened
    return status.st_size if status is not None and stat.S_ISREG(status.st_mode) else None


def _reader(form: Form) -> Reader:
    """Imports no more than the form needs: mitmproxy alone takes as long as all the rest."""
    match form:
        case Form.FLOWS:
            from shadow.recordings import flows

            return flows.read
        case Form.HAR:
            from shadow.recordings import har

            return har.read
        case Form.NEWMAN:
            from shadow.recordings import newman

            return newman.read
        case Form.GOREPLAY:
            from shadow.recordings import goreplay

            return goreplay.read
        case Form.JSON_LINES:
            from shadow.recordings import lines

            return lines.read_json_lines
        case Form.URLS:
            from shadow.recordings import lines

            return lines.read_urls
