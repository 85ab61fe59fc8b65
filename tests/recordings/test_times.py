from __future__ import annotations

import pytest

from shadow.recordings.times import seconds


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T10:00:00.250Z",
        "2026-03-01T12:00:00.250+02:00",
        "2026-03-01T12:00:00.2500000+0200",
        "2026-03-01 10:00:00.25",
        " 2026-03-01T10:00:00.250z",
    ],
)
def test_iso_8601_with_any_offset(written):
    assert seconds(written) == 1772359200.25


@pytest.mark.parametrize("written", ["Sun, 01 Mar 2026 10:00:00 GMT", "Sun, 01 Mar 2026 12:00:00 +0200"])
def test_times_as_in_mails(written):
    assert seconds(written) == 1772359200


@pytest.mark.parametrize(
    "written", ["", "yesterday", None, 7, [], "2026-13-01T10:00:00Z", "0001-01-01T00:00:00+14:00x"]
)
def test_no_time(written):
    assert seconds(written) is None
