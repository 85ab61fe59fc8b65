"""From verdicts to an exit code, and that code in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from shadow.errors import ExitCode
from shadow.verdict.model import RouteVerdict, Verdict

__all__ = ["gate_exit_code", "gate_sentence"]


def gate_exit_code(verdicts: Iterable[RouteVerdict], allow_inconclusive: bool = False) -> ExitCode:
    """Only the required routes count: a not-ready one outranks everything, and nothing required proves nothing.

    ``allow_inconclusive`` lets inconclusive routes pass where at least one required route is ready, but for those that
    are inconclusive for refused or missing credentials: an authorizer that lets nobody in looks just like that.
    """
    required = [verdict for verdict in verdicts if verdict.required]
    found = {verdict.verdict for verdict in required}
    if Verdict.NOT_READY in found:
        return ExitCode.NOT_READY
    lenient = allow_inconclusive and not any(map(_lacks_credentials, required))
    if found == {Verdict.READY} or (lenient and Verdict.READY in found):
        return ExitCode.READY
    return ExitCode.INCONCLUSIVE


def _lacks_credentials(verdict: RouteVerdict) -> bool:
    codes = {reason.code for reason in verdict.reasons}
    return verdict.verdict is Verdict.INCONCLUSIVE and "credentials" in codes


def gate_sentence(verdicts: Iterable[RouteVerdict], allow_inconclusive: bool = False) -> str:
    """Why the gate's exit code is what it is: ``2 of 5 required routes are not ready, 1 is inconclusive``."""
    verdicts = list(verdicts)
    found = Counter(verdict.verdict for verdict in verdicts if verdict.required)
    total = found.total()
    if not total:
        return "no route is required, so nothing is proven" if verdicts else "no route is known, so nothing is proven"
    routes = "required route" if total == 1 else "required routes"
    told = [
        f"{found[verdict]:,} {'is' if found[verdict] == 1 else 'are'} {words}"
        for verdict, words in _WORDS
        if found[verdict]
    ]
    number, _, first = told[0].partition(" ")
    if len(told) == 1 and total == 1:
        sentence = f"the one required route {first}"
    else:
        sentence = ", ".join([f"{number} of {total:,} {routes} {first}", *told[1:]])
    if allow_inconclusive and found[Verdict.INCONCLUSIVE]:
        let_through = gate_exit_code(verdicts, allow_inconclusive=True) is ExitCode.READY
        sentence += "; --allow-inconclusive lets that pass" if let_through else _NOT_LET_THROUGH
    return sentence


_WORDS = ((Verdict.NOT_READY, "not ready"), (Verdict.INCONCLUSIVE, "inconclusive"), (Verdict.READY, "ready"))
_NOT_LET_THROUGH = (
    "; --allow-inconclusive only helps where a required route is ready, none is not ready, and none lacks credentials"
)
