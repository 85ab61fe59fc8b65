"""Evidence adds up: whoever wrote which observations, in whatever batches and order, it is read and judged alike."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.config import Settings
from shadow.evidence.days import first_day
from shadow.evidence.observation import Observation
from shadow.evidence.route_evidence import RouteEvidence
from shadow.store import open_store, writing
from shadow.store.sampling import keep_distinct
from shadow.verdict import judge_all
from tests.simulation.counted import Counted
from tests.store.observations import DAY, NOW, observations
from tests.store.test_store import WRITER

PROCESSES = (1, 2, 8)
EXAMPLES = 2


def store_settings(file: Path, **sections: object) -> Settings:
    """A small limit, so that both verdicts come of few requests."""
    sides = {"legacy": {"url": "https://l.test/kong"}, "candidate": {"url": "https://c.test"}}
    store = {"url": f"sqlite:///{file}", "examples": EXAMPLES}
    verdict = {"on_difference": "count", "max_divergence": 0.5, "enough": 5}
    return Settings.model_validate({**sides, "store": store, "verdict": verdict, **sections})


def versioned(file: Path) -> Settings:
    return store_settings(
        file, candidate={"url": "https://c.test", "version_header": "x-version"}, compare={"ignore_headers": ["etag"]}
    )


WHERE_EVER = Path("/nowhere/shadow.db")
"""Epochs don't depend on where the store is."""


@contextmanager
def written(
    seen: Sequence[Observation], processes: int, randomness: random.Random, build: object = store_settings
) -> Iterator[Settings]:
    """A store into which so many writers have put the observations, in batches of any size and in any order."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        chosen: Settings = build(Path(folder) / "shadow.db")  # type: ignore[operator]
        stores = [stack.enter_context(open_store(chosen, create=True)) for _ in range(processes)]
        waiting = list(seen)
        randomness.shuffle(waiting)
        number = 0
        while waiting:
            size = randomness.choice([1, 2, 5, 20])
            batch, waiting = waiting[:size], waiting[size:]
            run = randomness.randrange(processes)
            numbers = range(number, number + len(batch))
            stores[run].record(batch, run=str(run), numbers=numbers)
            if randomness.random() < 0.2:
                # The news of its commit was lost, so it is written again.
                stores[run].record(batch, run=str(run), numbers=numbers)
            number += len(batch)
        yield chosen


def read(chosen: Settings, now: float = NOW) -> list[RouteEvidence]:
    with open_store(chosen) as store:
        return store.evidence(chosen, now)


seeds = st.integers(0, 2**32)
numbers = st.integers(1, 120)


@settings(max_examples=25)
@given(numbers, seeds, st.integers(0, 12))
def test_evidence_and_verdicts_are_the_same_whoever_wrote_in_whatever_order(number, seed, later):
    """With several versions and routes, duplicates, noise, overflow, examples, and evidence that is too old."""
    randomness = random.Random(seed)
    seen = observations(randomness, versioned(WHERE_EVER), number, versions=("", "1", "2"), routes=("GET /a", "GET /b"))
    now = NOW + later * DAY
    found = []
    for processes in PROCESSES:
        with written(seen, processes, randomness, versioned) as chosen:
            evidence = read(chosen, now)
            with open_store(chosen) as store:
                served = store.served(chosen, now)
            found.append((evidence, judge_all(evidence, chosen, ("GET /b",), now, served=served)))
    assert found[0] == found[1] == found[2]


@settings(max_examples=40)
@given(numbers, seeds, st.integers(0, 16))
def test_what_the_store_reads_back_is_what_adding_up_in_memory_gives(number, seed, later):
    randomness = random.Random(seed)
    requests, oldest = randomness.choice([(12, 20), (500, 20), (500, 0)])
    seen = observations(
        randomness, store_settings(WHERE_EVER), number * (1 if oldest else 4), requests=requests, oldest=oldest
    )
    now = NOW + later * DAY
    counted = Counted(seen[0].epoch)
    for observation in seen:
        counted.add(observation)
    expected = counted.evidence(first_day(now, 14 * DAY))
    with written(seen, 2, randomness) as chosen:
        found = [_without_examples(evidence) for evidence in read(chosen, now)]
    assert found == ([expected] if expected else [])


@settings(max_examples=25)
@given(numbers, seeds)
def test_beyond_the_limit_of_distinct_requests_it_is_the_same_sample(number, seed):
    randomness = random.Random(seed)
    seen = observations(randomness, store_settings(WHERE_EVER), number, requests=40)
    limit = randomness.choice([1, 3, 8])
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "keep_distinct", partial(keep_distinct, limit=limit))
        for processes in PROCESSES:
            with written(seen, processes, randomness) as chosen:
                evidence = read(chosen)
                found.append((evidence, judge_all(evidence, chosen, (), NOW)))
    assert found[0] == found[1] == found[2]
    for one in found[0][0]:
        # No difference is lost in sampling.
        assert {f.fingerprint for f in one.fingerprints if f.severity == "difference" and f.where != "transport"} == {
            fingerprint for group in one.distinct for fingerprint in group.fingerprints
        }


def test_real_processes_add_up_to_the_same():
    """Eight, that all start at the same moment, and whose first act is to create the store."""
    seen = observations(random.Random(1), store_settings(WHERE_EVER), 400, requests=100)
    with written(seen, 1, random.Random(1)) as chosen:
        expected = read(chosen)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen = store_settings(folder / "shadow.db")
        (folder / "settings.json").write_text(chosen.model_dump_json(by_alias=True))
        writers = []
        for writer in range(8):
            file = folder / f"{writer}.observations"
            file.write_bytes(msgspec.msgpack.encode(seen[writer::8]))
            command = [sys.executable, "-c", WRITER, str(folder / "settings.json"), str(file)]
            writers.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        for process in writers:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in writers:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
        found = read(chosen)
        assert found == expected
        assert judge_all(found, chosen, (), NOW) == judge_all(expected, chosen, (), NOW)


def _without_examples(evidence: RouteEvidence) -> RouteEvidence:
    plain = tuple(msgspec.structs.replace(found, examples=()) for found in evidence.fingerprints)
    return msgspec.structs.replace(evidence, fingerprints=plain)
