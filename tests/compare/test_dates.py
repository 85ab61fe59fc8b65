"""Dates as APIs write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare.dates import http_date, instant_of, parse_date


@given(st.datetimes(min_value=dt.datetime(1, 1, 2), max_value=dt.datetime(9998, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_every_iso_date_is_read_to_the_microsecond(moment: dt.datetime) -> None:
    offset = moment.utcoffset()
    assert offset is not None
    if offset.seconds % 60:
        return  # RFC 3339 has no seconds in offsets
    written = parse_date(moment.isoformat())
    assert written is not None
    since = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    assert written.instant.seconds == Decimal(since // dt.timedelta(microseconds=1)).scaleb(-6)


def test_nanoseconds_are_kept() -> None:
    one, other = parse_date("2024-01-01T00:00:00.123456789Z"), parse_date("2024-01-01T00:00:00.123456788Z")
    assert one is not None
    assert other is not None
    assert one.instant != other.instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "20240101",
        "2024-13-01",
        "2024-01-01T25:00:00Z",
        "2024-01-01T00:00:00+99:00",
        "12:00:00",
        "1704067200",
        "x" * 100,
        "Mon, 99 Jan 2024 00:00:00 GMT",
        "٢٠٢٤-٠١-٠١",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_an_http_date_is_the_instant_that_its_iso_form_is() -> None:
    assert instant_of("Mon, 01 Jan 2024 00:00:00 GMT") == instant_of("2024-01-01T00:00:00Z")


@pytest.mark.parametrize("epoch", [1704067200, 1704067200000, 1704067200000000])
def test_an_epoch_number_is_read_by_its_size(epoch: int) -> None:
    assert instant_of(epoch) == instant_of("2024-01-01T00:00:00Z")


def test_a_clock_without_a_zone_is_no_instant_of_one_with() -> None:
    assert instant_of("2024-01-01T00:00:00") != instant_of("2024-01-01T00:00:00Z")


def test_a_number_beyond_all_dates_is_none() -> None:
    assert instant_of(Decimal("1e9999999")) is None


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06-Nov-1994 08:49:37 GMT",
    ],
)
def test_the_three_formats_of_http_and_that_of_old_cookies_are_one_date(text: str) -> None:
    assert http_date(text) == instant_of("1994-11-06T08:49:37Z")


@pytest.mark.parametrize(("year", "meant"), [("69", "2069"), ("70", "1970"), ("00", "2000"), ("99", "1999")])
def test_a_year_of_two_digits_has_a_fixed_century(year: str, meant: str) -> None:
    assert http_date(f"Sunday, 06-Nov-{year} 08:49:37 GMT") == instant_of(f"{meant}-11-06T08:49:37Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun Nov  6 08:49:37 94",
        "Sun, 06 Nov 1994 08:49:37 GMT" + " " * 100_000,
    ],
)
def test_what_http_does_not_read_as_a_date_is_none(text: str) -> None:
    assert http_date(text) is None
