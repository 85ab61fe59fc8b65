"""The template engine, set up so that no template can let a value from traffic through as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shadow import __version__
from shadow.report.accept_block import accept_block, accept_command, acceptable
from shadow.report.coverage_view import coverage_rows, coverage_sentence
from shadow.report.history_view import view_history
from shadow.report.html.anchors import anchor
from shadow.report.html.marks import content, marked
from shadow.report.rule_block import rule_block
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
    percent,
    progress,
    sentence,
    utc,
)

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
        clip=clip, content=content, count=count, percent=percent, milliseconds=milliseconds, prose=_prose, utc=utc
    )
    found.globals.update(
        TITLES=TITLES,
        WORDS=WORDS,
        accept_command=lambda judged, route: Markup.escape(accept_command(judged, route)),
        accept_block=lambda judged, route, now: Markup.escape(accept_block(judged, route, now)),
        acceptable=acceptable,
        anchor=anchor,
        cold_sentence=cold_sentence,
        coverage_rows=coverage_rows,
        coverage_sentence=coverage_sentence,
        evidence_sentence=evidence_sentence,
        headline=headline,
        latency_pair=latency_pair,
        marked=marked,
        noise_sentence=noise_sentence,
        progress=progress,
        rule_block=rule_block,
        sentence=sentence,
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
