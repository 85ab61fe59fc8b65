"""The demo from start to end: sides, proxy, traffic, verdicts, check."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shadow.config import Settings
from shadow.config.load import load_settings
from shadow.demo.check import faults
from shadow.demo.folder import prepare, write_project
from shadow.demo.kong import PREFIX
from shadow.demo.processes import ended_by_signals, free_address, mitmdump, port_of, side
from shadow.demo.routes import Release
from shadow.demo.show import Show
from shadow.demo.traffic import drive, total
from shadow.errors import BackendError, ExitCode
from shadow.report.build import document
from shadow.store import open_store
from shadow.verdict import gate_exit_code
from shadow.verdict.model import RouteVerdict

__all__ = ["Outcome", "demonstrate"]


@dataclass(frozen=True)
class Outcome:
    """What the demo came to."""

    verdicts: tuple[RouteVerdict, ...]
    """Worst first."""
    faults: tuple[str, ...]
    """Each verdict that is not the planted one, as a sentence."""
    gate: ExitCode
    """What `shadow gate` exits with here."""


def demonstrate(
    folder: Path, show: Show, releases: Sequence[Release], *, noise: bool = False, keep: bool = False
) -> Outcome:
    """Run the demo in ``folder``, one release of the candidate after the other.

    With ``noise`` no answer repeats itself. ``keep`` leaves sides and proxy running after the last verdicts, until
    Ctrl-C. Returns what the last release came to, with the faults of all. Raises UsageError for a folder that can't be
    used, BackendError where a process doesn't start or end as it should.
    """
    folder = folder.resolve()
    prepare(folder)
    noisy = ["--noise"] if noise else []
    # Evidence belongs to the base URLs: every release answers at the same one.
    gateway, listen = free_address(), free_address()
    earlier: list[str] = []
    with ended_by_signals(), side("legacy", folder, *noisy) as legacy:
        for release in releases:
            lambdas = ["--corrected", *sorted(release.corrected), "--legacy", f"http://{legacy}{PREFIX}"]
            with side("candidate", folder, *noisy, *lambdas, port=port_of(gateway)) as candidate:
                config = write_project(
                    folder, legacy=legacy, candidate=candidate, listen=listen, version=release.version
                )
                settings = load_settings(config)
                show.started(settings)
                with mitmdump(folder, config, listen, settings.proxy.drain), show.traffic(total()) as answered:
                    asyncio.run(drive(listen, answered))
                    show.draining()
                found = _outcome(settings, release, earlier)
                show.verdicts(found.verdicts, release)
                if release is releases[-1]:
                    show.result(settings, found.faults, found.gate, release)
                    if keep:
                        _play(folder, config, settings, show)
            earlier = list(found.faults)
    return found


def _outcome(settings: Settings, release: Release, earlier: Sequence[str]) -> Outcome:
    with open_store(settings) as store:
        verdicts = document(settings, store, time.time()).verdicts
    return Outcome(verdicts, (*earlier, *faults(verdicts, release)), gate_exit_code(verdicts))


def _play(folder: Path, config: Path, settings: Settings, show: Show) -> None:
    """Start the proxy again, on the same address and store, until the user has had enough."""
    with mitmdump(folder, config, settings.proxy.listen, settings.proxy.drain) as proxy:
        show.playing(settings)
        with contextlib.suppress(KeyboardInterrupt):
            proxy.wait()
            raise BackendError(f"mitmdump ended by itself; see {folder / 'mitmdump.log'}")
    show.ended()
