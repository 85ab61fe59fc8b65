"""Whether recordings hold requests that could be sent: found out before anything is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from shadow.config import Settings
from shadow.errors import UsageError
from shadow.recordings import Recording
from shadow.recordings.entry import Recorded, Unusable
from shadow.replay.options import Options
from shadow.replay.selection import placed
from shadow.replay.tally import Tally
from shadow.routes.sides import Sides

__all__ = ["check_fit", "listed", "nothing_left"]

_SHOWN = 5
_MOST = 1_000


def check_fit(recordings: Sequence[Recording], settings: Settings, options: Options) -> None:
    """Look into each file as far as its first request under a base URL. Raises UsageError for one that has none.

    A pipe can be read only once, so nobody looks into that before.
    """
    sides = Sides.from_urls(settings.legacy.url, settings.candidate.url)
    for recording in recordings:
        if recording.size is None:
            continue
        elsewhere: Counter[str] = Counter()
        others: Counter[str] = Counter()
        problem = ""
        for entry in recording.entries():
            if isinstance(entry, Recorded):
                if placed(entry, options.base, sides):
                    break
                origin = entry.origin or "no server"
                elsewhere[origin if origin in elsewhere or len(elsewhere) < _MOST else "others"] += 1
            elif isinstance(entry, Unusable):
                others[entry.what] += 1
            else:
                others["broken"] += 1
                problem = problem or f"{entry.where}: {entry.problem}"
        else:
            raise _nothing_fits(recording.name, elsewhere, others, settings, options, problem)


def nothing_left(recordings: Sequence[Recording], tally: Tally, settings: Settings, options: Options) -> UsageError:
    """The error for recordings that were read to their end, and of which nothing was to be sent."""
    if tally.elsewhere.total() == tally.left.total():
        names = ", ".join(recording.name for recording in recordings)
        return _nothing_fits(names, tally.elsewhere, tally.others, settings, options)
    return UsageError(f"no request was left to send: {_left_out(tally)}")


def _left_out(tally: Tally) -> str:
    return ", ".join(f"{number:,} {reason}" for reason, number in tally.left.most_common())


def _nothing_fits(
    name: str,
    elsewhere: Counter[str],
    others: Counter[str],
    settings: Settings,
    options: Options,
    problem: str = "",
) -> UsageError:
    """The error for a recording of which nothing can be sent.

    ``elsewhere``: origin → requests that are under no base URL; ``others``: kind → entries that are no requests;
    ``problem``: where the first broken one is, and what is wrong with it, where nobody has said so yet.
    """
    if not elsewhere:
        told = f" ({listed(others)})" if others else ""
        return UsageError(f"{name} holds no request that can be replayed{told}{problem and f'; {problem}'}")
    bases = " nor ".join(dict.fromkeys([settings.legacy.url, settings.candidate.url]))
    given = ", nor under --base" if options.base else ""
    first = next((origin for origin, _ in elsewhere.most_common() if "://" in origin), "")
    hint = f"; if they are the API's, name what they begin with: --base {first}/…" if first else ""
    return UsageError(
        f"{name}: none of its {elsewhere.total():,} requests is under {bases}{given}; "
        f"they went to {listed(elsewhere)}{hint}"
    )


def listed(counted: Counter[str]) -> str:
    """``https://a.example (12), https://b.example (1)``, the most frequent first."""
    shown = [f"{what} ({count:,})" for what, count in counted.most_common(_SHOWN)]
    return ", ".join(shown) + (f" and {len(counted) - _SHOWN:,} more" if len(counted) > _SHOWN else "")
