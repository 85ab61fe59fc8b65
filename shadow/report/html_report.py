"""The HTML report: one file that needs nothing else, not even JavaScript, and that no byte from traffic can disturb.

Three walls stand between traffic and the reader's browser, each enough on its own: every value is escaped by the
template engine; hidden characters are written out; and the page's Content-Security-Policy lets nothing run or load
but the style sheet whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from shadow import __version__
from shadow.report.accept_block import accept_block, acceptable
from shadow.report.anchors import anchor
from shadow.report.coverage_view import coverage_rows, coverage_sentence
from shadow.report.document import Document
from shadow.report.history_view import view_history
from shadow.report.page_size import MOST_BYTES, choose_examples, differences_per_route
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

__all__ = ["render"]

_MOST_ROUTES = 1_000
"""Without an inventory any client can make up routes; the worst come first, and report.json has them all."""
_MOST_NOTES = 50
_ELSE = "img-src data:; base-uri 'none'; form-action 'none'"
_CODE = re.compile(r"`([^`]+)`")


def render(document: Document) -> bytes:
    """The page as UTF-8, at most 10 MB: what is left out is said, and is in report.json."""
    template = _environment().get_template("report.html.j2")
    values = _values(document)
    for most_differences in differences_per_route(values["verdicts"]):
        values["most_differences"] = most_differences
        skeleton = _rendered(template, values)
        if len(skeleton) <= MOST_BYTES // 2:  # The other half is for examples.
            break
    examples = choose_examples(
        document,
        values["verdicts"],
        most_differences,
        room=MOST_BYTES - len(skeleton),
        template=_environment().get_template("example.html.j2"),
    )
    return _rendered(template, {**values, "examples": examples})


def _rendered(template: Template, values: dict[str, Any]) -> bytes:
    return template.render(values).encode()


def _values(document: Document) -> dict[str, Any]:
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "document": document,
        "verdicts": document.verdicts[:_MOST_ROUTES],
        "notes": document.notes[:_MOST_NOTES],
        "examples": {},
        "style": Markup(style),  # noqa: S704 - our own file, which the policy's hash covers
        "policy": f"default-src 'none'; style-src 'sha256-{digest}'; {_ELSE}",
        "accept_block": lambda found, route: Markup.escape(accept_block(found, route, document.generated_at)),
        "version": __version__,
    }


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("shadow.report"),
        autoescape=True,
        undefined=StrictUndefined,
        # Whatever a template prints passes here, so no template can forget it.
        finalize=lambda value: visible(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clip=clip, count=count, percent=percent, milliseconds=milliseconds, prose=_prose, utc=utc
    )
    environment.globals.update(
        TITLES=TITLES,
        WORDS=WORDS,
        acceptable=acceptable,
        anchor=anchor,
        cold_sentence=cold_sentence,
        coverage_rows=coverage_rows,
        coverage_sentence=coverage_sentence,
        evidence_sentence=evidence_sentence,
        headline=headline,
        latency_pair=latency_pair,
        noise_sentence=noise_sentence,
        progress=progress,
        sentence=sentence,
        view_history=view_history,
    )
    return environment


def _prose(sentence: str) -> Markup:
    """Escaped, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(Markup.escape(visible(sentence)))))  # noqa: S704


@lru_cache(maxsize=1)
def _style() -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, "report.css")[0]
