from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config.units import parse_bytes, parse_seconds, show_bytes, show_seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("64 MiB", 64 * 2**20), ("5MB", 5_000_000), ("512", 512), (" 1.5 kib ", 1536), ("1 GB", 10**9), ("0", 0)],
)
def test_a_size_is_a_number_with_an_optional_unit(text: str, size: int) -> None:
    assert parse_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"), [("14d", 1_209_600), ("90s", 90), ("250ms", 0.25), ("2.5", 2.5), ("5 m", 300), ("1W", 604_800)]
)
def test_a_duration_is_a_number_with_an_optional_unit(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "MiB", "64 MiBB", "-1", "1e3", "64,5 KB", "٣", "1" * 400])
def test_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match='such as "64 MiB"'):
        parse_bytes(text)


@pytest.mark.parametrize("text", ["", "soon", "-5s", "1y", "1 d 2 h", "inf"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match='such as "30s" or "14d"'):
        parse_seconds(text)


@pytest.mark.parametrize("value", [7, 2.5, True, None, ["1s"]])
def test_what_is_not_text_is_left_to_the_type_check(value: object) -> None:
    assert parse_bytes(value) is value
    assert parse_seconds(value) is value


@given(st.integers(0, 2**53))
def test_a_shown_size_is_read_back_exactly(size: int) -> None:
    assert parse_bytes(show_bytes(size)) == size


@given(st.integers(0, 10**9).map(float) | st.floats(0, 1e9))
def test_a_shown_duration_is_read_back_exactly(seconds: float) -> None:
    assert parse_seconds(show_seconds(seconds)) == seconds


def test_sizes_and_durations_are_shown_in_the_largest_unit_that_is_exact() -> None:
    assert [show_bytes(size) for size in (0, 1000, 1536, 64 * 2**20, 2**30)] == [0, 1000, 1536, "64 MiB", "1 GiB"]
    assert [show_seconds(seconds) for seconds in (0.0, 30.0, 90.0, 300.0, 7200.0, 1209600.0)] == [
        0.0, 30.0, 90.0, "5m", "2h", "14d",
    ]  # fmt: skip
