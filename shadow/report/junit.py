"""JUnit XML in the dialect that pytest calls xunit2: one test case per route.

Follows Jenkins' junit-10.xsd (https://github.com/jenkinsci/xunit-plugin), which GitLab reads too. GitLab shows only the
text of a failure and not its message, so the message stands in both; of cases with one name it takes the first alone,
and of a file of 30 MB and more nothing (https://docs.gitlab.com/ci/testing/unit_test_reports/).
"""

from __future__ import annotations

import datetime as dt
from itertools import count
from xml.etree import ElementTree as ET

from shadow.report.document import Document
from shadow.report.log_text import xml_for_log
from shadow.report.visible import clip, visible
from shadow.report.wording import evidence_sentence, percent, place, sentence, unsettled
from shadow.verdict import gate_sentence
from shadow.verdict.model import JudgedDifference, RouteVerdict, Verdict

__all__ = ["render"]

_SUITE = "shadow"
_GATE = "shadow gate"
"""The case that stands for the whole run."""
_MOST_DIFFERENCES = 50
_MOST_DETAIL = 20_000_000
"""Characters of all failures' texts; beyond them, failures have their message alone."""


def render(document: Document) -> bytes:
    """A required route that isn't ready fails; an inconclusive one is skipped, with the reason.

    A route that is not required and not ready is skipped too, because the gate lets it pass. What kept everything from
    being judged is an error, and that nothing is required is a case of its own, so that neither looks like success.
    """
    suite = ET.Element("testsuite", name=_SUITE)
    if document.failure:
        first, *rest = map(_text, document.failure.split("\n"))
        _add(suite, _GATE, "error", first, "\n".join(rest))
    elif not any(verdict.required for verdict in document.verdicts):
        _add(suite, _GATE, "skipped", f"inconclusive: {gate_sentence(document.verdicts)}")
    names, room = {_GATE}, _MOST_DETAIL
    for verdict in document.verdicts:
        name = _unique(_text(verdict.route), names)
        outcome, message = _outcome(verdict)
        detail = "\n".join(_body(verdict)) if outcome == "failure" and room > 0 else ""
        room -= len(detail)
        _add(suite, name, outcome, message, detail)
    suite.attrib |= _counted(suite, document.generated_at)
    suites = ET.Element("testsuites", name="shadow parity")
    suites.append(suite)
    text: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return xml_for_log(text) + b"\n"


def _unique(name: str, taken: set[str]) -> str:
    """The name, with a number where two routes look the same once they are cut and their hidden characters shown."""
    numbered = (f"{name} ({number})" for number in count(2))
    chosen = name if name not in taken else next(other for other in numbered if other not in taken)
    taken.add(chosen)
    return chosen


def _add(suite: ET.Element, name: str, outcome: str, message: str, detail: str = "") -> None:
    """One case; ``outcome`` is "" where it passed."""
    case = ET.SubElement(suite, "testcase", classname=_SUITE, name=name, time="0.000")
    if outcome:
        kind = {"type": "pytest.skip"} if outcome == "skipped" else {}
        ET.SubElement(case, outcome, kind, message=message).text = f"{message}\n{detail}" if detail else message


def _counted(suite: ET.Element, generated_at: float) -> dict[str, str]:
    numbers = {"errors": "error", "failures": "failure", "skipped": "skipped"}
    return {
        **{name: str(len(suite.findall(f"testcase/{outcome}"))) for name, outcome in numbers.items()},
        "tests": str(len(suite)),
        "time": "0.000",
        "timestamp": dt.datetime.fromtimestamp(generated_at, dt.UTC).isoformat(timespec="seconds"),
    }


def _outcome(verdict: RouteVerdict) -> tuple[str, str]:
    """The element that tells it, and its message."""
    if verdict.verdict is Verdict.READY:
        return "", ""
    return ("failure", _text(sentence(verdict))) if _fails(verdict) else ("skipped", _text(_skip_message(verdict)))


def _fails(verdict: RouteVerdict) -> bool:
    return verdict.verdict is Verdict.NOT_READY and verdict.required


def _skip_message(verdict: RouteVerdict) -> str:
    if verdict.verdict is Verdict.NOT_READY:
        return f"not ready, but not required: {sentence(verdict)}"
    return f"inconclusive: {sentence(verdict)}"


def _body(verdict: RouteVerdict) -> list[str]:
    lines = [_text(reason.message) for reason in verdict.reasons[1:]]
    lines += ["", evidence_sentence(verdict)]
    if verdict.history.sentence:
        lines.append(_text(verdict.history.sentence))
    open_ones = [found for found in verdict.differences if found.status == "open"]
    lines += [_text(_difference(found)) for found in open_ones[:_MOST_DIFFERENCES]]
    if len(open_ones) > _MOST_DIFFERENCES:
        lines.append(f"… and {len(open_ones) - _MOST_DIFFERENCES:,} more differences")
    return lines


def _difference(found: JudgedDifference) -> str:
    evidence = found.evidence
    change = "[not decided yet, perhaps noise] " if unsettled(found) else ""
    change += f"[{found.change}] " if found.change else ""
    return (
        f"- {change}{evidence.fingerprint} {place(evidence)} ({evidence.class_}, "
        f"{percent(found.share)} of distinct requests): {evidence.summary}"
    )


def _text(text: str) -> str:
    """XML 1.0 §2.2 forbids most control characters, even escaped."""
    return visible(clip(text, 2_000))
