"""How often a route's comparison rules found what they fit, kept as counters: ``rule:KEY:fits``, ``rule:KEY:absent``,
``rule:KEY:unfit:TYPE``."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from shadow.compare.reach import Reach

__all__ = ["RuleEvidence", "counter_of", "is_rule_counter", "rules_in"]

_PREFIX = "rule:"


class RuleEvidence(msgspec.Struct, frozen=True):
    """What one rule has found in the compared pairs of a route that were asked about it: the first of each worker's
    run, until it has found something that it fits."""

    fits: int = 0
    """Pairs with a value that the rule can hold for; a worker stops asking after the first."""
    absent: int = 0
    """Pairs in which it selected nothing."""
    unfit: dict[str, int] = msgspec.field(default_factory=dict)
    """Pairs in which it selected only values that it can't hold for, by `Reach.had`."""


def counter_of(reach: Reach) -> str:
    """The name of the counter that goes up by one."""
    return f"{_PREFIX}{reach.rule}:{reach.found}" + (f":{reach.had}" if reach.had else "")


def is_rule_counter(name: str) -> bool:
    """Whether a counter is about a rule, and so not about exchanges."""
    return name.startswith(_PREFIX)


def rules_in(counters: Mapping[str, int]) -> dict[str, RuleEvidence]:
    """`BodyRule.key` → what the rule has found, of whatever counters are about rules."""
    found: dict[str, dict[str, int]] = {}
    for name, count in counters.items():
        if is_rule_counter(name):
            key, _, what = name.removeprefix(_PREFIX).partition(":")
            found.setdefault(key, {})[what] = count
    return {
        key: RuleEvidence(
            fits=counts.get("fits", 0),
            absent=counts.get("absent", 0),
            unfit={what.partition(":")[2]: count for what, count in counts.items() if what.startswith("unfit:")},
        )
        for key, counts in found.items()
    }
