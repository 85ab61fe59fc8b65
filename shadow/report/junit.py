"""JUnit XML in the dialect that pytest calls xunit2: one test case per route.

Follows Jenkins' junit-10.xsd (https://github.com/jenkinsci/xunit-plugin), which GitLab reads too; GitLab has shown
only a failure's text and not its message, so the message stands in both.
"""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

from shadow.report.document import Document
from shadow.report.visible import clip, visible
from shadow.report.wording import evidence_sentence, percent, sentence
from shadow.verdict.model import RouteVerdict, Verdict

__all__ = ["render"]

_SUITE = "shadow"
_MOST_DIFFERENCES = 50


def render(document: Document) -> bytes:
    """A required route that isn't ready fails; an inconclusive one is skipped, with the reason.

    A route that is not required and not ready is skipped too, because the gate lets it pass.
    """
    failures = [verdict for verdict in document.verdicts if _fails(verdict)]
    skipped = [verdict for verdict in document.verdicts if verdict.verdict is not Verdict.READY and not _fails(verdict)]
    suites = ET.Element("testsuites", name="shadow parity")
    suite = ET.SubElement(
        suites,
        "testsuite",
        name=_SUITE,
        errors="0",
        failures=str(len(failures)),
        skipped=str(len(skipped)),
        tests=str(len(document.verdicts)),
        time="0.000",
        timestamp=dt.datetime.fromtimestamp(document.generated_at, dt.UTC).isoformat(timespec="seconds"),
    )
    for verdict in document.verdicts:
        case = ET.SubElement(suite, "testcase", classname=_SUITE, name=_text(verdict.route), time="0.000")
        if _fails(verdict):
            message = _text(sentence(verdict))
            ET.SubElement(case, "failure", message=message).text = "\n".join([message, *_body(verdict)])
        elif verdict.verdict is not Verdict.READY:
            message = _text(_skip_message(verdict))
            ET.SubElement(case, "skipped", type="pytest.skip", message=message).text = message
    document_text: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return document_text + b"\n"


def _fails(verdict: RouteVerdict) -> bool:
    return verdict.verdict is Verdict.NOT_READY and verdict.required


def _skip_message(verdict: RouteVerdict) -> str:
    if verdict.verdict is Verdict.NOT_READY:
        return f"not ready, but not required: {sentence(verdict)}"
    return f"inconclusive: {sentence(verdict)}"


def _body(verdict: RouteVerdict) -> list[str]:
    lines = [_text(reason.message) for reason in verdict.reasons[1:]]
    lines += ["", evidence_sentence(verdict)]
    open_ones = [found for found in verdict.differences if found.status == "open"]
    lines += [
        _text(
            f"- {found.evidence.fingerprint} {found.evidence.where} {found.evidence.path} ({found.evidence.class_}, "
            f"{percent(found.share)} of distinct requests): {found.evidence.summary}"
        )
        for found in open_ones[:_MOST_DIFFERENCES]
    ]
    if len(open_ones) > _MOST_DIFFERENCES:
        lines.append(f"… and {len(open_ones) - _MOST_DIFFERENCES:,} more differences")
    return lines


def _text(text: str) -> str:
    """XML 1.0 §2.2 forbids most control characters, even escaped."""
    return visible(clip(text, 2_000))
