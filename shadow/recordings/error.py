"""What is raised where a recording can't be read at all; what is wrong inside one is told entry by entry."""

from __future__ import annotations

from shadow.errors import UsageError

__all__ = ["EntryError", "RecordingError"]


class RecordingError(UsageError):
    """A recording can't be opened, or is in no form that is read; the message names it and says what to do."""


class EntryError(Exception):
    """An entry that can't be read; ``str(error)`` says what is wrong, without quoting it."""
