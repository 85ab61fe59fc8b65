"""Rows merge in memory as they do in the database, so batches may be added up before they are written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select

from shadow.store import dialects
from shadow.store.merging import ADD, GREATEST, LEAST, Rows

table = Table(
    "things",
    MetaData(),
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("total", Integer, info={"merge": ADD}),
    Column("least", Integer, info={"merge": LEAST}),
    Column("greatest", Integer, info={"merge": GREATEST}),
    Column("fixed", Integer),
)


def read(engine):
    with engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(select(table)))


def write(engine, *batches):
    table.metadata.create_all(engine)
    for batch in batches:
        rows = Rows(table)
        for key, value in batch:
            rows.add(key=key, total=value, least=value, greatest=value, fixed=key * 10)
        with engine.begin() as connection:
            dialects.merge(connection, table, rows.sorted())


@given(items=st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9)), max_size=12))
def test_merging_in_memory_and_merging_in_the_database_agree(items):
    at_once, one_by_one = create_engine("sqlite://"), create_engine("sqlite://")
    write(at_once, items)
    write(one_by_one, *([item] for item in items))
    expected = [
        (key, sum(values), min(values), max(values), key * 10)
        for key in sorted({key for key, _ in items})
        if (values := [value for k, value in items if k == key])
    ]
    assert read(at_once) == read(one_by_one) == expected
    at_once.dispose()
    one_by_one.dispose()


def test_rows_come_in_the_order_of_their_keys():
    rows = Rows(table)
    for key in (3, 1, 2):
        rows.add(key=key, total=0, least=0, greatest=0, fixed=0)
    assert [row["key"] for row in rows.sorted()] == [1, 2, 3]
