"""Markdown for a GitHub step summary (GitHub Flavored Markdown; at most 1 MiB per step, or GitHub drops all of it)."""

from __future__ import annotations

import re
from html import escape

from shadow.report.document import Document
from shadow.report.history_view import trend_phrase
from shadow.report.visible import clip, visible
from shadow.report.wording import (
    ICONS,
    WORDS,
    count,
    evidence_sentence,
    latency_pair,
    percent,
    place,
    sentence,
    unsettled,
    utc,
)
from shadow.verdict.model import JudgedDifference, RouteVerdict, Verdict
from shadow.verdict.wording import plural

__all__ = ["MOST_BYTES", "render"]

MOST_BYTES = 1_000_000
"""Of a file of its own; what GitHub takes is 2**20."""
_TITLE = "## Shadow parity report\n\n"
_LAST_WORD = 200
"""Bytes for the sentence that says what was left out."""
_MOST_DIFFERENCES = 50
"""Per route."""
_MOST_NOTES = 50
_MARKUP = re.compile(r"([\\`*_\[\]#|~$@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
"""What begins markup, a mention or a link within a line; no text from traffic begins a line."""


def render(document: Document, most_bytes: int = MOST_BYTES) -> bytes:
    """One table of all routes, worst first, then the open differences of each; cut with a word where too long.

    The head, which has some notes at most, is never cut.
    """
    if document.failure:
        first, *rest = (_literal(clip(line.strip(), 2_000)) for line in document.failure.split("\n")[:_MOST_NOTES])
        lines = [f"{_TITLE}✗ **Nothing could be judged.** {first}\n", *(f"- {line}" for line in rest)]
        return ("\n".join(lines) + "\n").encode()
    parts = [_head(document), _table_head()]
    rows = [_row(verdict) for verdict in document.verdicts]
    details = [_details(verdict) for verdict in document.verdicts if _worth_details(verdict)]
    return _bounded("".join(parts), rows, details, most_bytes - _LAST_WORD)


def _bounded(head: str, rows: list[str], details: list[str], most_bytes: int) -> bytes:
    """Whole rows and whole details, as many as fit."""
    page = head.encode()
    left_out = 0
    for part in [*rows, *details]:
        found = part.encode()
        if len(page) + len(found) <= most_bytes and not left_out:
            page += found
        else:
            left_out += 1
    if left_out:
        what = plural(left_out, "further row or detail is", "further rows and details are")
        page += f"\n\n{what} left out; report.json has them.\n".encode()
    return page


def _head(document: Document) -> str:
    counts = ", ".join(
        f"{ICONS[verdict]} **{count(document.summary[verdict])} {words}**" for verdict, words in WORDS.items()
    )
    compared, seen = document.requests.get("compared", 0), document.requests.get("seen", 0)
    paused = "\n\n**Mirroring is paused**: `shadow resume` starts it again." if document.paused else ""
    return (
        f"{_TITLE}{counts}\n\n"
        f"{_code(document.legacy)} against {_code(_with_version(document))}, "
        f"{count(compared)} of {plural(seen, 'request')} compared, {utc(document.generated_at)}{paused}\n\n"
        f"{_notes(document)}"
    )


def _notes(document: Document) -> str:
    lines = [f"- {_literal(clip(note.sentence, 500))}\n" for note in document.notes[:_MOST_NOTES]]
    if len(document.notes) > _MOST_NOTES:
        lines.append(f"- and {plural(len(document.notes) - _MOST_NOTES, 'more note')}\n")
    return "".join(lines) + "\n" if lines else ""


def _with_version(document: Document) -> str:
    return f"{document.candidate} {document.candidate_version}".rstrip()


def _table_head() -> str:
    return (
        "| Verdict | Route | Why | Distinct requests | Differ | p95 legacy → candidate |\n"
        "| :-- | :-- | :-- | --: | --: | --: |\n"
    )


def _row(verdict: RouteVerdict) -> str:
    latency = verdict.latency
    cells = [
        f"{ICONS[verdict.verdict]} {WORDS[verdict.verdict]}{'' if verdict.required else ' (not required)'}",
        _code(verdict.route),
        _literal(clip(sentence(verdict), 500) + _trend(verdict)),
        count(verdict.requests.get("distinct", 0)),
        f"{count(verdict.divergence.distinct)} ({percent(verdict.divergence.rate)})",
        latency_pair(latency.legacy_ms.p95, latency.candidate_ms.p95),
    ]
    return f"| {' | '.join(cells)} |\n"


def _trend(verdict: RouteVerdict) -> str:
    phrase = trend_phrase(verdict)
    return f" ({phrase})" if phrase else ""


def _worth_details(verdict: RouteVerdict) -> bool:
    return verdict.verdict is not Verdict.READY and any(found.status == "open" for found in verdict.differences)


def _details(verdict: RouteVerdict) -> str:
    open_ones = [found for found in verdict.differences if found.status == "open"]
    lines = [f"- {_difference(found)}" for found in open_ones[:_MOST_DIFFERENCES]]
    if len(open_ones) > _MOST_DIFFERENCES:
        lines.append(f"- and {count(len(open_ones) - _MOST_DIFFERENCES)} more")
    # Up to the blank line this is an HTML block (CommonMark §4.6), in which backslashes escape nothing.
    route = escape(visible(clip(verdict.route, 200))).replace("##", "&#35;#")  # see `log_text`
    return (
        f"\n<details><summary><code>{route}</code>: {escape(evidence_sentence(verdict))}</summary>\n\n"
        + "\n".join(lines)
        + "\n\n</details>\n"
    )


def _difference(found: JudgedDifference) -> str:
    evidence = found.evidence
    where = _code(place(evidence))
    change = f"**{found.change}** " if found.change else ""
    undecided = "**not decided yet, perhaps noise** " if unsettled(found) else ""
    return (
        f"{undecided}{change}{where} {_literal(evidence.class_)}, {percent(found.share)} of distinct requests: "
        f"{_literal(clip(evidence.summary, 300))} ({_code(evidence.fingerprint)})"
    )


def _code(text: str) -> str:
    """HTML's code element, because a backtick within backticks can't be escaped."""
    return f"<code>{_literal(clip(text, 200))}</code>"


def _literal(text: str) -> str:
    """Text that no Markdown reader takes for markup (CommonMark §2.4, backslash escapes) or HTML."""
    escaped = _MARKUP.sub(r"\\\1", visible(text))
    return escape(escaped, quote=False)
