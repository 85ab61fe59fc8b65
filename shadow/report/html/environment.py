"""The template engine, set up so that no template can let a value from traffic through as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shadow import __version__
from shadow.report.accept_block import accept_block, acceptable
from shadow.report.commands import accept_words
from shadow.report.coverage_view import coverage_rows, coverage_sentence
from shadow.report.history_view import view_history
from shadow.report.html.anchors import anchor
from shadow.report.visible import clip, visible
from shadow.report.wording import (
    TITLES,
    WORDS,
    cold_sentence,
    count,
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
    sentence,
    settings_name,
    slow_sentence,
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
        clip=clip, count=count, percent=percent, plural=plural, milliseconds=milliseconds, prose=_prose, utc=utc
    )
    found.globals.update(
        TITLES=TITLES,
        WORDS=WORDS,
        accept_block=lambda judged, route, now: Markup.escape(accept_block(judged, route, now)),
        accept_words=accept_words,
        acceptable=acceptable,
        anchor=anchor,
        cold_sentence=cold_sentence,
        coverage_rows=coverage_rows,
        coverage_sentence=coverage_sentence,
        evidence_sentence=evidence_sentence,
        headline=headline,
        latency_pair=latency_pair,
        noise_sentence=noise_sentence,
        occurrence=occurrence,
        progress=progress,
        progress_sentence=progress_sentence,
        seen_sentence=seen_sentence,
        sentence=sentence,
        settings_name=settings_name,
        slow_sentence=slow_sentence,
        version=__version__,
        view_history=view_history,
    )
    found.globals["parts"] = found.get_template("parts.html.j2").module
    return found


def rendered(template: str, **values: Any) -> Markup:
    """The template's HTML, in which everything has been escaped."""
    return Markup(environment().get_template(template).render(values))  # noqa: S704 - the environment escapes


def _prose(sentence: str) -> Markup:
    """Escaped, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(Markup.escape(visible(sentence)))))  # noqa: S704
