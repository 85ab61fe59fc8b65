"""How long a comparison takes, beside parsing alone and beside plain DeepDiff: `make bench-compare`.

Every pair is two JSON bodies in a `Response` each, as they come from the wire, so parsing is part of all figures:

- *floor*: `orjson.loads` of both and ``==``, which is wrong (it takes ``true`` for ``1``) but can hardly be beaten;
- *shadow*: `compare`, with its default rules, or with ``unordered`` where the case says so;
- *DeepDiff*: `orjson.loads` of both and plain `DeepDiff`, with ``ignore_order`` where the case says so.

The ratios at the end are those of medians measured in this one run, in CPU time.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from deepdiff import DeepDiff
from pytest_benchmark.fixture import BenchmarkFixture

from shadow import Response, compare
from shadow.compare.rules import BodyRule, Rules
from shadow.compare.treatment import Treatment
from shadow.config.jsonpath import parse_path

# CPU time of this thread, as the budget is: what else runs on the machine would be measured with it.
pytestmark = pytest.mark.benchmark(timer=time.thread_time)

SIZES = {"1 KB": 1_000, "10 KB": 10_000, "100 KB": 100_000, "1 MB": 1_000_000}
HEADERS = [("content-type", "application/json"), ("date", "Tue, 24 Nov 2026 10:00:00 GMT")]
UNORDERED = Rules(body=(BodyRule(parse_path("$.items"), Treatment(unordered=True)),))


def item(number: int, chance: random.Random) -> dict[str, Any]:
    """About 260 bytes, of every JSON type."""
    return {
        "id": number,
        "orderId": f"ord_{chance.getrandbits(32):08x}",
        "name": f"Product {number} é",
        "price": round(chance.random() * 100, 2),
        "quantity": chance.randint(1, 9),
        "inStock": chance.random() < 0.5,
        "tags": ["new", "sale", f"x{number % 7}"],
        "createdAt": f"2026-03-{1 + number % 28:02d}T10:{number % 60:02d}:00Z",
        "note": None,
        "customer": {"id": number * 7, "email": f"user{number}@example.com", "address": {"zip": f"{number:05d}"}},
    }


def document(size: int) -> dict[str, Any]:
    """A page of items of about that many bytes."""
    chance = random.Random(size)
    items: list[dict[str, Any]] = []
    length = 0
    while length < size:
        items.append(item(len(items), chance))
        length += len(compact(items[-1]))
    return {"items": items, "total": len(items), "page": 1}


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def spaced(value: Any) -> bytes:
    """As Python writes it by default, white space and escapes included."""
    return json.dumps(value).encode()


def members_shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: members_shuffled(value[name], chance) for name in names}
    return [members_shuffled(one, chance) for one in value] if isinstance(value, list) else value


def with_changed(value: dict[str, Any], share: float) -> dict[str, Any]:
    """A copy in which every so many items have another price; at least one, in the middle, has."""
    changed = orjson.loads(orjson.dumps(value))
    items = changed["items"]
    step = max(1, round(1 / share)) if share else len(items)
    for number in range(min(step, len(items)) // 2, len(items), step):
        items[number]["price"] += 1
    return dict(changed)


def shuffled(value: dict[str, Any]) -> dict[str, Any]:
    items = list(value["items"])
    random.Random(3).shuffle(items)
    return value | {"items": items}


def half_of_500_changed() -> tuple[dict[str, Any], dict[str, Any]]:
    chance = random.Random(4)
    items = [item(number, chance) for number in range(500)]
    return {"items": items}, shuffled(with_changed({"items": items}, 0.5))


Bodies = tuple[bytes, bytes]
CASES: dict[str, Callable[[dict[str, Any]], Bodies]] = {
    "equal bytes": lambda d: (compact(d), compact(d)),
    "equal, other white space and escapes": lambda d: (compact(d), spaced(d)),
    "equal, members re-ordered": lambda d: (compact(d), compact(members_shuffled(d, random.Random(1)))),
    "one value differs": lambda d: (compact(d), compact(with_changed(d, 0))),
    "1% of the items differ": lambda d: (compact(d), compact(with_changed(d, 0.01))),
    "list re-ordered, `unordered`": lambda d: (compact(d), compact(shuffled(d))),
    "item put in at the front": lambda d: (
        compact(d),
        compact(d | {"items": [item(-1, random.Random(2)), *d["items"]]}),
    ),
}
PAIRS: list[tuple[str, str]] = [(case, size) for case in CASES for size in SIZES]


def bodies(case: str, size: str) -> Bodies:
    return CASES[case](document(SIZES[size]))


def measured(benchmark: BenchmarkFixture, case: str, size: str, what: str, run: Callable[[], Any]) -> Any:
    """Enough rounds for a steady median, few where one takes seconds."""
    benchmark.extra_info |= {"case": case, "size": size, "what": what}
    benchmark.group = f"{case}, {size}"
    return benchmark(run)


@pytest.mark.parametrize(("case", "size"), PAIRS)
def test_floor(benchmark: BenchmarkFixture, case: str, size: str) -> None:
    one, other = bodies(case, size)
    measured(benchmark, case, size, "floor", lambda: orjson.loads(one) == orjson.loads(other))


@pytest.mark.parametrize(("case", "size"), PAIRS)
def test_shadow(benchmark: BenchmarkFixture, case: str, size: str) -> None:
    legacy, candidate = (Response(200, list(HEADERS), body) for body in bodies(case, size))
    rules = UNORDERED if "unordered" in case else None
    found = measured(benchmark, case, size, "shadow", lambda: compare(legacy, candidate, rules))
    opens = [d for d in found if d.severity == "difference"]
    assert bool(opens) == ("differ" in case or "front" in case)
    assert not any(d.kind == "truncated" for d in opens)


@pytest.mark.parametrize(("case", "size"), PAIRS)
def test_deepdiff(benchmark: BenchmarkFixture, case: str, size: str) -> None:
    if "unordered" in case and size != "1 KB":
        pytest.skip("ignore_order takes minutes")
    one, other = bodies(case, size)
    options = {"ignore_order": True} if "unordered" in case else {}
    run = lambda: DeepDiff(orjson.loads(one), orjson.loads(other), **options)  # noqa: E731
    if SIZES[size] >= 100_000:
        benchmark.extra_info |= {"case": case, "size": size, "what": "DeepDiff"}
        benchmark.pedantic(run, rounds=3 if size == "100 KB" else 1)
    else:
        measured(benchmark, case, size, "DeepDiff", run)


# -- unordered, half of 500 objects changed --------------------------------------------------------------------------

HALF = ("`unordered`, half of 500 objects changed", "130 KB")


def test_half_changed_floor(benchmark: BenchmarkFixture) -> None:
    one, other = map(compact, half_of_500_changed())
    measured(benchmark, *HALF, "floor", lambda: orjson.loads(one) == orjson.loads(other))


def test_half_changed_shadow(benchmark: BenchmarkFixture) -> None:
    legacy, candidate = (Response(200, list(HEADERS), compact(body)) for body in half_of_500_changed())
    found = measured(benchmark, *HALF, "shadow", lambda: compare(legacy, candidate, UNORDERED))
    # Paired by their ids: each change is told as what it is.
    assert {d.pattern for d in found if d.kind != "truncated"} == {"$.items[*].price"}


@pytest.mark.timeout(900)
def test_half_changed_deepdiff(benchmark: BenchmarkFixture) -> None:
    one, other = map(compact, half_of_500_changed())
    benchmark.extra_info |= {"case": HALF[0], "size": HALF[1], "what": "DeepDiff"}
    benchmark.pedantic(lambda: DeepDiff(orjson.loads(one), orjson.loads(other), ignore_order=True), rounds=1)


# -- what takes other differs seconds, or for ever ---------------------------------------------------------------------

SAME_IN_ANY_ORDER = "16,000 alternating, all changed"
TRAPS: dict[str, tuple[Any, Any]] = {
    "16,000 zeros, one changed": ([0] * 16_000, [0] * 15_999 + [1]),
    "16,000 zeros, one more at the front": ([0] * 16_000, [1] + [0] * 16_000),
    SAME_IN_ANY_ORDER: ([0, 1] * 8_000, [1, 0] * 8_000),
    "a text of 165 KB in 5,000 lines, all changed": (
        "\n".join(f"line {n} of the old text, with words" for n in range(5_000)),
        "\n".join(f"line {n} of the new text, with words" for n in range(5_000)),
    ),
    "integers of 400 digits": ([10**399 + n for n in range(100)], [10**399 + n + 1 for n in range(100)]),
    "5,000 objects, every value changed": (
        [{"a": n, "b": str(n), "c": [n]} for n in range(5_000)],
        [{"a": -n - 1, "b": f"{n}x", "c": [-n - 1]} for n in range(5_000)],
    ),
    "5,000 objects without names, shuffled and changed": (
        [{"x": n % 7, "y": n % 11} for n in range(5_000)],
        [{"x": n % 5, "y": n % 13} for n in reversed(range(5_000))],
    ),
    "50,000 members renamed": (
        {f"someName{n}": n for n in range(50_000)},
        {f"some_name{n}": n for n in range(50_000)},
    ),
}


def nested(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = [inner]
    return inner


def nested_mapping(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = {"a": inner, "b": 1}
    return inner


TRAPS |= {
    "190 levels of lists": (nested(190, 1), nested(190, 2)),
    "190 levels of objects, each with a sibling": (nested_mapping(190, 1), nested_mapping(190, True)),
    "450 levels of lists": (nested(450, 1), nested(450, 2)),
}


@pytest.mark.parametrize("rules", [None, "unordered"])
@pytest.mark.parametrize("trap", TRAPS)
def test_trap(benchmark: BenchmarkFixture, trap: str, rules: str | None) -> None:
    legacy, candidate = (Response(200, list(HEADERS), compact(value)) for value in TRAPS[trap])
    anywhere = (BodyRule(parse_path(path), Treatment(unordered=True)) for path in ("$", "$..*"))
    ruled = Rules(body=tuple(anywhere)) if rules else None
    case = trap + (", all lists `unordered`" if rules else "")
    found = measured(benchmark, case, f"{len(legacy.body):,} B", "trap", lambda: compare(legacy, candidate, ruled))
    assert any(d.severity == "difference" for d in found) != (rules is not None and trap == SAME_IN_ANY_ORDER)
