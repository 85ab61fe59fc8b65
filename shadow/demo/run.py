"""The demo from start to end: sides, proxy, traffic, verdicts, check."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

from shadow.config import Settings
from shadow.config.load import load_settings
from shadow.demo.check import faults
from shadow.demo.folder import prepare, write_project
from shadow.demo.kong import PREFIX
from shadow.demo.processes import ended_by_signals, free_address, mitmdump, side
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


def demonstrate(folder: Path, show: Show, *, fixed: bool = False, noise: bool = False, keep: bool = False) -> Outcome:
    """Run the demo in ``folder``; with ``fixed`` the corrected Lambdas run, with ``noise`` no answer repeats itself.

    ``keep`` leaves sides and proxy running after the verdicts, until Ctrl-C. Raises UsageError for a folder that
    can't be used, BackendError where a process doesn't start or end as it should.
    """
    folder = folder.resolve()
    prepare(folder)
    noisy = ["--noise"] if noise else []
    with ended_by_signals(), side("legacy", folder, *noisy) as legacy:
        lambdas = ["--fixed"] if fixed else ["--legacy", f"http://{legacy}{PREFIX}"]
        with side("candidate", folder, *lambdas, *noisy) as candidate:
            listen = free_address()
            version = "fixed" if fixed else "first-port"
            config = write_project(folder, legacy=legacy, candidate=candidate, listen=listen, version=version)
            settings = load_settings(config)
            show.started(settings)
            with mitmdump(folder, config, listen, settings.proxy.drain), show.traffic(total()) as answered:
                asyncio.run(drive(listen, answered))
                show.draining()
            outcome = _outcome(settings, fixed=fixed)
            show.verdicts(outcome.verdicts, fixed=fixed)
            show.result(settings, outcome.faults, outcome.gate, fixed=fixed)
            if keep:
                _play(folder, config, settings, show)
    return outcome


def _outcome(settings: Settings, *, fixed: bool) -> Outcome:
    with open_store(settings) as store:
        verdicts = document(settings, store, time.time()).verdicts
    return Outcome(verdicts, tuple(faults(verdicts, fixed=fixed)), gate_exit_code(verdicts))


def _play(folder: Path, config: Path, settings: Settings, show: Show) -> None:
    """Start the proxy again, on the same address and store, until the user has had enough."""
    with mitmdump(folder, config, settings.proxy.listen, settings.proxy.drain) as proxy:
        show.playing(settings)
        with contextlib.suppress(KeyboardInterrupt):
            proxy.wait()
            raise BackendError(f"mitmdump ended by itself; see {folder / 'mitmdump.log'}")
    show.ended()
