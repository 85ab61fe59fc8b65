"""The exception tree: every error that a user can meet, with the words that they read.

    ShadowError                 anything that shadow says on purpose; exit code 4 unless a subclass says otherwise
    ├── ConfigError             shadow.toml (or an option) is missing or wrong; exit code 2
    ├── UsageError              a command was called in a way that can't work; exit code 2
    ├── StoreError              the store is unreachable, locked, read-only, full, or not a database; exit code 4
    │   ├── StoreMissingError   there is no store where one was expected to be
    │   └── StoreVersionError   the store was written by a newer version of shadow
    ├── ReportError             a report can't be written; exit code 4
    └── BackendError            a side can't be reached at all where that ends the work; exit code 4

Each message says what is wrong, where (file, key, address) and what to do. The command line prints the message
alone; a traceback on a user's terminal is a bug.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "BackendError",
    "ConfigError",
    "ExitCode",
    "ReportError",
    "ShadowError",
    "StoreError",
    "StoreMissingError",
    "StoreVersionError",
    "UsageError",
]


class ExitCode(IntEnum):
    """What a command's exit code means (a contract with CI jobs)."""

    READY = 0
    """Every required route is ready (or the command did what it was asked to)."""
    NOT_READY = 1
    """At least one required route is not ready; this outranks everything else."""
    USAGE = 2
    """The command or the configuration is wrong."""
    INCONCLUSIVE = 3
    """No required route is not ready, but at least one is inconclusive, or none is required."""
    HARNESS = 4
    """The harness itself failed: store unreachable, backend of a replay down."""


class ShadowError(Exception):
    """Base of all errors that shadow raises on purpose; ``str(error)`` is what the user reads."""

    exit_code: ExitCode = ExitCode.HARNESS


class ConfigError(ShadowError):
    """The configuration is missing or wrong.

    ``problems`` holds one line per problem, each naming its key; all problems of a file are reported at once.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__("\n".join([message, *(f"  {problem}" for problem in problems)]))


class UsageError(ShadowError):
    """A command was called in a way that can't work."""

    exit_code = ExitCode.USAGE


class StoreError(ShadowError):
    """The store is unreachable, locked, read-only, full, or not a database."""


class StoreMissingError(StoreError):
    """There is no store where one was expected; reading commands never create one."""


class StoreVersionError(StoreError):
    """The store was written by a newer version of shadow, whose format this one doesn't know."""


class ReportError(ShadowError):
    """A report can't be written where it should be."""


class BackendError(ShadowError):
    """A side can't be reached at all, where that ends the work."""
