"""shadow.toml and the store → State."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from shadow.config import Settings
from shadow.config.load import load_settings
from shadow.errors import ConfigError, ShadowError, StoreMissingError
from shadow.evidence.past import PastEvidence
from shadow.evidence.route_evidence import RouteEvidence
from shadow.report.build import EvidenceSource, document
from shadow.report.document import Document
from shadow.report.html.page import Parts, parts
from shadow.serve.state import State, state_of
from shadow.store import open_store

__all__ = ["Source"]

_AGED = 30.0
"""Seconds after which the report is made anew though nothing has been stored: evidence and acceptances grow old, and
an inventory may have changed."""

_NOTHING = ""
"""The revision of a store that isn't there yet."""

_log = logging.getLogger(__name__)

_Stamp = tuple[int, int, int] | None


class Source:
    """Looks at the settings' file and at their store. Its one method blocks, and is for one thread at a time."""

    def __init__(self, settings: Settings) -> None:
        assert settings.source is not None
        self._file = settings.source
        self._settings = settings
        self._stamp: _Stamp = None
        self._broken = ""
        self._judged: Parts | None = None
        self._basis: tuple[Settings, str] | None = None
        """The settings and the store's revision that the parts were made from; None where they are no report."""
        self._state: State | None = None

    def look(self) -> State:
        """What there is to see; the same value as before where that is the same. Raises nothing: what goes wrong is
        the state's `trouble`, beside what was seen last."""
        trouble = ""
        try:
            self._read_settings()
            self._judge(time.time())
        except ShadowError as error:
            trouble = str(error)
        except Exception as error:  # noqa: BLE001 - a page that stood still without a word would be worse
            trouble = f"the report can't be made: {type(error).__name__}: {error}. This is a fault of shadow's"
            if self._state is None or trouble != self._state.trouble:
                _log.exception("the report can't be made")
        trouble = "\n".join(filter(None, (self._broken, trouble)))
        if self._judged is None:
            self._judged = parts(_failed(self._settings))
        if self._state is None or self._state.document is not self._judged.document or self._state.trouble != trouble:
            self._state = state_of(self._judged, trouble)
        return self._state

    def _read_settings(self) -> None:
        """Read shadow.toml again where it has changed; what it said before holds while it is broken."""
        stamp = _stamp(self._file)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._settings = load_settings(self._file)
            self._broken = ""
        except ConfigError as error:
            self._broken = str(error)

    def _judge(self, now: float) -> None:
        try:
            with open_store(self._settings) as store:
                self._renew(store, store.revision(), now)
        except StoreMissingError:
            if self._basis is None or self._basis[1] == _NOTHING:
                self._renew(_Nothing(), _NOTHING, now)
            raise

    def _renew(self, store: EvidenceSource, revision: str, now: float) -> None:
        basis = (self._settings, revision)
        if basis == self._basis and self._judged and now - self._judged.document.generated_at < _AGED:
            return
        self._judged = parts(document(self._settings, store, now))
        self._basis = basis


class _Nothing:
    """What a store holds before there is one."""

    def evidence(self, settings: Settings, now: float) -> list[RouteEvidence]:  # noqa: ARG002
        return []

    def history(self, settings: Settings) -> Mapping[str, Sequence[PastEvidence]]:  # noqa: ARG002
        return {}

    def served(self, settings: Settings, now: float) -> set[str]:  # noqa: ARG002
        return set()

    def paused(self) -> bool:
        return False


def _failed(settings: Settings) -> Document:
    return Document(
        generated_at=time.time(),
        legacy=settings.legacy.url,
        candidate=settings.candidate.url,
        failure="Nothing could be read yet. The report follows as soon as it can be.",
        settings_source=str(settings.source),
    )


def _stamp(file: Path) -> _Stamp:
    """Changes when the file is written or replaced; None where it is not there."""
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
