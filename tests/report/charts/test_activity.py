"""The pictures of when requests were compared, and the words that say the same."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from shadow.report.charts import activity_chart, sparkline, sparkline_axis
from shadow.report.html import render
from shadow.verdict.model import Bucket, History, PastVersion, Verdict
from tests.report.conftest import NOW

HOUR, DAY = 3600, 86_400


def hour(ago, compared=10, differing=0):
    return Bucket(int(NOW - ago * HOUR) // HOUR * HOUR, HOUR, compared, differing, 0)


@pytest.fixture
def drawn(route, document_of):
    """The sparkline of a route with that timeline."""

    def build(*timeline):
        verdict = replace(route("GET /a", Verdict.READY, 0, ""), timeline=timeline)
        return sparkline(verdict, sparkline_axis(document_of([verdict])), NOW)

    return build


def test_a_route_that_was_never_compared_has_no_sparkline(drawn):
    assert drawn() is None


def test_there_is_a_bar_for_each_stretch_of_time_and_below_it_what_differed(drawn):
    line = drawn(hour(30), hour(20, 5), hour(2, 20, 10))
    assert line.compared.count("M") == 3
    assert line.differing.count("M") == 1
    heights = [int(found) for found in re.findall(r"v-(\d+)", line.compared)]
    assert heights == [8, 4, 16]
    assert re.findall(r"M\S+ 18h\S+?v(\d+)", line.differing) == ["6"]


def test_what_is_rare_is_seen_all_the_same(drawn):
    line = drawn(hour(30, 1), hour(20, 100_000, 1))
    assert "v-1h" in line.compared
    assert "v2h" in line.differing


def test_one_bucket_is_one_bar(drawn):
    line = drawn(Bucket(int(NOW) - 300, 300, 7, 0, 0))
    assert line.compared.count("M") == 1
    assert line.words == "7 compared in the last 5 minutes; none of them differs"


def test_there_are_never_more_bars_than_are_told_apart(drawn):
    line = drawn(*(hour(ago) for ago in range(300, 0, -1)))
    assert line.compared.count("M") <= 40
    assert len(line.compared) < 1000


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ((), "; none of them differs"),
        ((30, 20, 2), "; differing: 3 (10%)"),
        ((30,), "; differing: 1 (3.3%), all before 22 Nov 05:00 UTC"),
        ((2,), "; differing: 1 (3.3%), all since 23 Nov 08:00 UTC"),
        ((20,), "; differing: 1 (3.3%), all between 22 Nov 14:00 and 22 Nov 15:00 UTC"),
    ],
)
def test_the_words_say_when(drawn, faults, words):
    line = drawn(*(hour(ago, 10, int(ago in faults)) for ago in (30, 20, 2)))
    assert line.words == f"30 compared in the last 30 hours{words}"


def test_all_routes_have_one_axis(route, document_of):
    long, short = (
        replace(route(f"GET /{name}", Verdict.READY, 0, ""), timeline=timeline)
        for name, timeline in (("long", (hour(40), hour(1))), ("short", (hour(1),)))
    )
    axis = sparkline_axis(document_of([long, short]))
    lines = [sparkline(one, axis, NOW) for one in (long, short)]
    assert lines[0].compared.split("M")[-1] == lines[1].compared.split("M")[-1]


class Walked(tuple[Bucket, ...]):  # noqa: SLOT001 - it counts
    """A timeline that knows how often somebody has gone through it."""

    times = 0

    def __iter__(self):
        self.times += 1
        return super().__iter__()


def test_a_page_goes_through_a_timeline_as_often_however_many_routes_there_are(route, document_of):
    def most(routes):
        timelines = [Walked((hour(2),)) for _ in range(routes)]
        verdicts = (route(f"GET /{number}", Verdict.READY, 0, "") for number in range(routes))
        render(document_of([replace(one, timeline=mine) for one, mine in zip(verdicts, timelines, strict=True)]))
        return max(timeline.times for timeline in timelines)

    assert most(20) == most(2)


def test_the_chart_adds_up_all_routes_and_the_versions_before(route, document_of):
    past = PastVersion(
        legacy_version="", candidate_version="41", before=True, alike=True, first_seen=NOW - 40 * HOUR,
        last_seen=NOW - 30 * HOUR, distinct=9, differing=1, upper=0.1, verdict=Verdict.READY,
        timeline=(hour(35, 30, 3),),
    )  # fmt: skip
    routes = [
        replace(
            route(name, Verdict.READY, 0, ""), timeline=(hour(2, 10),), first_seen=NOW - 2 * HOUR,
            history=History(versions=(past,)),
        )
        for name in ("GET /a", "GET /b")
    ]  # fmt: skip
    chart = activity_chart(document_of(routes))
    assert chart.words == "80 compared in the last 35 hours; differing: 6 (7.5%), all before 22 Nov UTC"
    assert [bar.up for bar in chart.bars] == ["58", "19.33"]
    assert [bool(bar.down) for bar in chart.bars] == [True, False]
    assert chart.peak == "60 in 60 minutes"
    assert chart.worst == "10%"
    assert {mark.label for mark in chart.marks} == {"2026.47.1"}, "what began before the axis has no mark"


def test_with_one_version_none_is_marked(document):
    chart = activity_chart(replace(document, verdicts=document.verdicts[1:2]))
    assert chart.marks == ()


def test_versions_that_come_one_after_the_other_keep_off_each_other(route, document_of):
    def past(number):
        return PastVersion(
            legacy_version="", candidate_version=f"2026.47.{number}-rc", before=True, alike=True, verdict=Verdict.READY,
            first_seen=NOW - number * 600, last_seen=NOW, distinct=9, differing=1, upper=0.1, timeline=(hour(2),),
        )  # fmt: skip

    verdict = replace(
        route("GET /a", Verdict.READY, 0, ""),
        first_seen=NOW - 60,
        timeline=(hour(60), hour(0)),
        history=History(versions=tuple(map(past, range(1, 9)))),
    )
    marks = activity_chart(document_of([verdict])).marks
    assert len(marks) == 4
    labelled = [mark for mark in marks if mark.label]
    assert "2026.47.1" in {mark.label for mark in labelled}, "of this version, always"
    assert len({mark.row for mark in labelled}) == len(labelled) == 2
    assert [mark.minor for mark in labelled] == [False, True]


def test_nothing_compared_is_no_chart(document_of):
    assert activity_chart(document_of([])) is None
