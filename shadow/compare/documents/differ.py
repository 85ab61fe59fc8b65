"""DeepDiff over what the walk has left: it says of each leaf how its two values differ.

DeepDiff on whole bodies takes seconds per megabyte, and its defaults call documents equal that are not: ``[True]`` and
``[1]``, anything under a key that starts with ``__``. So it sees only pairs of values that are already known to
differ, a bounded number of them, in one call, with settings under which it agrees with strict equality.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shadow.compare.difference import Kind
from shadow.compare.documents.values import ABSENT, Leaf, OddNumber
from shadow.compare.wording import around

__all__ = ["kinds_of"]

_KINDS: dict[str, Kind] = {
    "dictionary_item_removed": "missing",
    "dictionary_item_added": "added",
    "type_changes": "type-changed",
    "values_changed": "value-changed",
}
_WINDOW = 200
"""Characters of a text around its first difference; DeepDiff's line diff takes quadratic time."""


def kinds_of(leaves: list[Leaf]) -> list[Kind]:
    """The kind of each leaf; every leaf is a difference, so a place on which DeepDiff is silent is `value-changed`."""
    # DeepDiff takes tens of milliseconds to import, and most pairs have no difference.
    from deepdiff import DeepDiff

    pairs = [_stand_ins(leaf.legacy, leaf.candidate) for leaf in leaves]
    if len(pairs) == 1 and ABSENT not in pairs[0]:
        # Most often there is one; to look at it without a dictionary around it takes half the time.
        legacy, candidate = pairs[0]
    else:
        legacy = {number: one for number, (one, _) in enumerate(pairs) if one is not ABSENT}
        candidate = {number: other for number, (_, other) in enumerate(pairs) if other is not ABSENT}
    tree = DeepDiff(
        legacy,
        candidate,
        view="tree",
        zip_ordered_iterables=True,
        ignore_private_variables=False,
        threshold_to_diff_deeper=0,
        multiprocessing_workers=1,  # else it counts the machine's processors each time
    )
    kinds: list[Kind] = ["value-changed"] * len(leaves)
    for report, kind in _KINDS.items():
        for level in tree.get(report, ()):
            path = level.path(output_format="list")
            kinds[path[0] if path else 0] = kind
    return kinds


def _stand_ins(legacy: Any, candidate: Any) -> tuple[Any, Any]:
    """Both values, cut down to what tells them apart: containers emptied, texts around their first difference."""
    if isinstance(legacy, str) and isinstance(candidate, str):
        return around(legacy, candidate, _WINDOW)
    return _stand_in(legacy), _stand_in(candidate)


def _stand_in(value: Any) -> Any:
    if isinstance(value, list | dict):
        return [] if isinstance(value, list) else {}
    if isinstance(value, str):
        return value[:_WINDOW]
    if isinstance(value, OddNumber):
        return Decimal("NaN")
    if type(value) is int:
        # One type for all numbers, else `1` against `1.5` would be a change of type.
        return Decimal(value)
    return value
