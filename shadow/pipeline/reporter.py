"""Keeps the report fresh while traffic flows."""

from __future__ import annotations

import sys
import time

from shadow.config import Settings
from shadow.errors import ShadowError
from shadow.store import open_store

__all__ = ["Reporter"]

LEASE = "report"


class Reporter:
    """Writes the report from the store; of several processes on one store, only the one that holds the lease does.

    Its methods block (they run in a thread of the worker) and never raise what shadow raises on purpose.
    """

    def __init__(self, settings: Settings, owner: str) -> None:
        self._settings = settings
        self._owner = owner
        self._trouble = ""

    def refresh(self, *, last: bool = False) -> None:
        """Write the report, if it is this process's turn; at the end of a run (``last``) it always is."""
        from shadow.report import write_reports
        from shadow.report.build import document

        try:
            with open_store(self._settings) as store:
                if not last and not store.lease(LEASE, self._owner, 3 * max(1.0, self._settings.report.every)):
                    return
                written = document(self._settings, store, time.time())
            write_reports(written, self._settings.report.path)
            self._trouble = ""
        except ShadowError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                print(f"shadow: {error}", file=sys.stderr, flush=True)
