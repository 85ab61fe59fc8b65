"""What the gate has to say as GitHub's workflow commands: annotations that a run, and a pull request's files, show.

The runner reads them from both streams of a step (actions/runner, `ScriptHandler.cs`), so they go to stderr and leave
stdout to the format that was asked for. GitHub keeps ten errors and ten warnings per step
(https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands), and the runner itself adds an
error for an exit code other than 0.
"""

from __future__ import annotations

from collections.abc import Mapping

from shadow.report.document import Document
from shadow.report.visible import clip, visible
from shadow.report.wording import WORDS, count, sentence
from shadow.verdict import gate_exit_code, gate_sentence
from shadow.verdict.model import RouteVerdict, Verdict

__all__ = ["annotate"]

_MOST = 9
"""Routes of each kind; the tenth line of the kind is the runner's, or says how many more there are."""


def annotate(document: Document, file: str = "", lines: Mapping[str, int] | None = None) -> list[str]:
    """Lines to print: an error for each required route that isn't ready, a warning for each that is inconclusive.

    ``file`` is the configuration's path in the repository ("" where it isn't in it), ``lines`` route → line in it.
    """
    if document.failure:
        return [_command("error", "shadow gate", document.failure, file="")]
    found = {
        kind: [one for one in document.verdicts if one.required and one.verdict is verdict]
        for kind, verdict in (("error", Verdict.NOT_READY), ("warning", Verdict.INCONCLUSIVE))
    }
    told = [
        _command(kind, _title(verdict), sentence(verdict), file=file, line=(lines or {}).get(verdict.route, 1))
        for kind, verdicts in found.items()
        for verdict in verdicts[:_MOST]
    ]
    more = sum(max(0, len(verdicts) - _MOST) for verdicts in found.values())
    if more:
        routes = "further required route is" if more == 1 else "further required routes are"
        told.append(
            _command("warning", "shadow gate", f"{count(more)} {routes} not ready or inconclusive: see the report")
        )
    if not told and gate_exit_code(document.verdicts):
        told.append(_command("warning", "shadow gate", gate_sentence(document.verdicts)))
    return told


def _title(verdict: RouteVerdict) -> str:
    return f"{clip(verdict.route, 200)} is {WORDS[verdict.verdict]}"


def _command(kind: str, title: str, message: str, *, file: str = "", line: int = 1) -> str:
    properties = {"file": file, "line": str(line)} if file else {}
    properties["title"] = visible(title)
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(clip(message, 1_000))}"


def _data(text: str) -> str:
    """One line, from which the runner makes the text again, with its lines."""
    return "%0A".join(visible(line).replace("%", "%25") for line in text.split("\n"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
