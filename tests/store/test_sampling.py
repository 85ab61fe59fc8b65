"""Beyond the limit the distinct requests that are kept are a fair sample, the same for all who write."""

from __future__ import annotations

from hashlib import blake2b

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select

from shadow.store import dialects, schema
from shadow.store.merging import Rows
from shadow.store.sampling import keep_distinct


def digest(number: int) -> bytes:
    return blake2b(number.to_bytes(8, "big"), digest_size=16).digest()


def add(connection, numbers, limit: int, epoch: str = "e") -> None:
    texts = ("route", "legacy_url", "candidate_url", "legacy_version", "candidate_version", "rules")
    row = {"id": epoch, **dict.fromkeys(texts, ""), "algorithm": 1, "first_seen": 0, "last_seen": 0, "last_answered": 0}
    dialects.merge(connection, schema.epochs, [row])
    rows = Rows(schema.distinct_requests)
    for number in numbers:
        rows.add(epoch=epoch, digest=digest(number), signature="", last_day=1)
    keep_distinct(connection, rows, limit)


def kept(connection, epoch: str = "e") -> set[bytes]:
    columns = schema.distinct_requests.c
    return set(connection.scalars(select(columns.digest).where(columns.epoch == epoch)))


def memory():
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    return engine


def test_up_to_the_limit_every_request_is_kept_however_often_it_comes():
    with memory().connect() as connection:
        for _ in range(5):
            add(connection, range(50), limit=50)
        assert kept(connection) == {digest(number) for number in range(50)}


def test_beyond_the_limit_those_with_the_lowest_digests_are_kept():
    with memory().connect() as connection:
        add(connection, range(120), limit=50)
        found = kept(connection)
        everything = sorted(digest(number) for number in range(120))
        assert found == set(everything[: len(found)])
        assert 15 < len(found) <= 50


def test_one_epoch_over_the_limit_leaves_others_whole():
    with memory().connect() as connection:
        add(connection, range(20), limit=50, epoch="small")
        add(connection, range(120), limit=50, epoch="large")
        assert len(kept(connection, "small")) == 20


@profile(max_examples=30, deadline=None)
@given(numbers=st.lists(st.integers(0, 60), min_size=1, max_size=60), cut=st.integers(0, 60), limit=st.integers(1, 20))
def test_what_is_kept_depends_on_the_requests_only(numbers, cut, limit):
    engines = memory(), memory(), memory()
    with engines[0].connect() as whole, engines[1].connect() as parts, engines[2].connect() as backwards:
        add(whole, numbers, limit)
        for part in (numbers[:cut], numbers[cut:]):
            add(parts, part, limit)
        for number in reversed(numbers):
            add(backwards, [number], limit)
        assert kept(whole) == kept(parts) == kept(backwards)
        assert len(kept(whole)) <= limit
        bounds = [c.scalar(select(func.min(schema.epochs.c.distinct_bound))) for c in (whole, parts, backwards)]
        assert all(len(kept(whole)) <= bound <= limit for bound in bounds)
    for engine in engines:
        engine.dispose()
