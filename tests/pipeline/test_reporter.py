"""Keeping the store tidy between two reports, without holding up those who write to it."""

from __future__ import annotations

import time

from sqlalchemy import func, select

from shadow.pipeline.reporter import Reporter
from shadow.store import open_store, schema
from tests.store.conftest import make_observation, make_settings


def test_what_is_too_much_to_add_up_at_once_comes_with_the_next_report(tmp_path):
    settings = make_settings(tmp_path / "shadow.db", report={"path": str(tmp_path / "index.html")})
    old = time.time() - 10 * 86_400
    fine = select(func.count()).select_from(schema.activity).where(schema.activity.c.width == 300)
    reporter = Reporter(settings, "mine")
    with open_store(settings, create=True) as store:
        store.record([make_observation(settings, 1, route=f"GET /{number}", at=old) for number in range(120)])
        left = []
        for _ in range(3):
            reporter.refresh()
            with store._database.reading() as connection:
                left.append(connection.scalar(fine))
    assert left[0] > left[1] > left[2] == 0
