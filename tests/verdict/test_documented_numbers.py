"""The numbers in docs/verdict.md are the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shadow.verdict.statistics import needed, upper_bound
from shadow.verdict.wording import percent_below
from tests.verdict.looking import chance_of_ready, clopper_pearson_from

PAGE = (Path(__file__).parents[2] / "docs" / "verdict.md").read_text("utf-8")
ROWS = re.findall(
    r"^\| \W*([\d.]+)%\W* \| \W*([\d.]+)%\W* \| ([\d*,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", PAGE, re.MULTILINE
)


def text_of(heading: str) -> str:
    """What stands under a heading, as one line."""
    return " ".join(PAGE.partition(f"### {heading}\n")[2].partition("\n#")[0].split())


def test_the_table_is_found() -> None:
    assert len(ROWS) == 7


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}% at {row[1]}%")
def test_so_many_distinct_requests_are_needed(row: tuple[str, ...]) -> None:
    limit, confidence = float(row[0]) / 100, float(row[1]) / 100
    written = [int(cell.replace(",", "").strip("*")) for cell in row[2:]]
    assert [differ + needed(differ, differ, limit, confidence) for differ in range(4)] == written


def test_what_few_clean_requests_support() -> None:
    said = re.findall(r"(\d+) (?:clean requests that )?fewer than ([\d.]+%)", text_of("Small staging systems"))
    assert [int(n) for n, _ in said] == [10, 20, 50, 100]
    for n, bound in said:
        assert percent_below(upper_bound(int(n), 0, 0.95)) == bound


def test_so_many_timed_requests_suffice() -> None:
    text = text_of("Latency")
    assert f"{needed(0, 0, 0.05, 0.95)} timed requests suffice at 5%" in text
    assert f"{1 + needed(1, 1, 0.05, 0.95)} when one of them is slow" in text


def test_how_often_an_interval_for_one_look_is_wrong_when_looked_at_always() -> None:
    looks = 10_000
    share = chance_of_ready(clopper_pearson_from(0.01, 0.95, looks), 0.01, looks)
    assert f'says "ready" in {share:.0%} of the cases' in " ".join(PAGE.split())
