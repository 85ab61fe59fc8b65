"""What an addon has counted, straight from its store, over all routes."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from shadow.config.load import load_settings
from shadow.store import open_store

__all__ = ["OUTCOMES", "counted"]

OUTCOMES = ("compared", "raced", "unproductive", "skipped", "shed", "failed", "lost")
"""All that can become of a request that the proxy has seen."""


def counted(config: Path) -> Counter[str]:
    """How many requests came to each of `OUTCOMES`; ``seen`` is what the store says of all together."""
    settings = load_settings(config)
    total: Counter[str] = Counter()
    with open_store(settings) as store:
        for evidence in store.evidence(settings, time.time()):
            total["seen"] += evidence.seen
            for name, count in evidence.counters.items():
                if (outcome := name.partition(":")[0]) in OUTCOMES:
                    total[outcome] += count
    return total
