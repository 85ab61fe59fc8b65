"""The template engine, set up so that no template can let a value from traffic through as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shadow import __version__
from shadow.report.accept_block import accept_block, acceptable
from shadow.report.charts import activity_chart, latency_chart, sparkline
from shadow.report.charts.latency import limit_sentence
from shadow.report.commands import accept_words
from shadow.report.coverage_view import coverage_rows, coverage_sentence
from shadow.report.facts import candidate_errors, fates, ledger_sentence, no_errors_sentence
from shadow.report.history_view import versions_of, view_history
from shadow.report.html.anchors import anchor
from shadow.report.html.marks import content, marked
from shadow.report.rule_block import rule_block
from shadow.report.trend import version_trend
from shadow.report.visible import clip, visible
from shadow.report.wording import (
    GROUPS,
    TITLES,
    WORDS,
    WRITES_DIFFER,
    became,
    brief,
    cold_sentence,
    count,
    counted,
    evidence_sentence,
    headline,
    latency_pair,
    milliseconds,
    noise_sentence,
    occurrence,
    percent,
    progress,
    progress_sentence,
    seen_sentence,
    settings_name,
    slow_sentence,
    standing,
    utc,
)
from shadow.verdict.wording import plural

__all__ = ["environment", "rendered"]

_CODE = re.compile(r"`([^`]+)`")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Templates of this package, with everything that they may call."""
    found = Environment(
        loader=PackageLoader(__package__ or ""),
        autoescape=True,
        undefined=StrictUndefined,
        # Whatever a template prints passes here, so no template can forget it.
        finalize=lambda value: visible(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        breakable=_breakable,
        clip=clip,
        content=content,
        count=count,
        milliseconds=milliseconds,
        percent=percent,
        plural=plural,
        prose=_prose,
        utc=utc,
    )
    found.globals.update(
        GROUPS=GROUPS,
        TITLES=TITLES,
        WORDS=WORDS,
        WRITES_DIFFER=WRITES_DIFFER,
        accept_block=lambda judged, route, now: Markup.escape(accept_block(judged, route, now)),
        accept_words=accept_words,
        acceptable=acceptable,
        activity_chart=activity_chart,
        anchor=anchor,
        became=became,
        brief=brief,
        candidate_errors=candidate_errors,
        cold_sentence=cold_sentence,
        counted=counted,
        coverage_rows=coverage_rows,
        coverage_sentence=coverage_sentence,
        evidence_sentence=evidence_sentence,
        fates=fates,
        headline=headline,
        latency_chart=latency_chart,
        latency_pair=latency_pair,
        marked=marked,
        ledger_sentence=ledger_sentence,
        limit_sentence=limit_sentence,
        no_errors_sentence=no_errors_sentence,
        noise_sentence=noise_sentence,
        occurrence=occurrence,
        progress=progress,
        progress_sentence=progress_sentence,
        rule_block=rule_block,
        seen_sentence=seen_sentence,
        standing=standing,
        settings_name=settings_name,
        slow_sentence=slow_sentence,
        sparkline=sparkline,
        version=__version__,
        version_trend=version_trend,
        versions_of=versions_of,
        view_history=view_history,
    )
    for shared in ("parts", "charts"):
        found.globals[shared] = found.get_template(f"{shared}.html.j2").module
    return found


def rendered(template: str, **values: Any) -> Markup:
    """The template's HTML, in which everything has been escaped."""
    return Markup(environment().get_template(template).render(values))  # noqa: S704 - the environment escapes


def _prose(sentence: str) -> Markup:
    """Escaped, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(Markup.escape(visible(sentence)))))  # noqa: S704


def _breakable(path: str) -> Markup:
    """Escaped, with places after slashes where a narrow column may break it."""
    return Markup("/<wbr>").join(map(visible, path.split("/")))
