"""What leaves a route undecided: each function says so in a sentence, or finds nothing."""

from __future__ import annotations

from shadow.verdict.case import Case, Finding
from shadow.verdict.model import Verdict
from shadow.verdict.wording import plural

__all__ = [
    "breaker",
    "no_credentials",
    "not_enough_requests",
    "not_seen",
    "paused",
    "raced",
    "refused_credentials",
    "shed",
    "unproductive",
    "writes_not_mirrored",
]

FEW = 5
"""Fewer raced, shed or held requests than this are no pattern."""
HIGH = 0.2
"""Share of raced, shed or held requests beyond which the rest may not be typical."""

MANY, REPEATS = 20, 5
"""So many compared requests, each distinct one this often on average: a route that has hardly more of them."""


def paused(case: Case) -> Finding | None:
    if not case.paused or case.parity is not Verdict.INCONCLUSIVE:
        return None
    return Finding(
        Verdict.INCONCLUSIVE, "mirroring is paused, so nothing more is learnt; `shadow resume` starts it again"
    )


def not_seen(case: Case) -> Finding | None:
    if case.seen:
        return None
    if case.elsewhere:
        return Finding(
            Verdict.INCONCLUSIVE,
            "no request of this route has been seen yet under these versions and rules; the newest evidence is that of "
            f"{case.elsewhere}: {_RECOMPARE if case.recomparable else _WHICH_VERSION}",
        )
    return Finding(
        Verdict.INCONCLUSIVE,
        "no request of this route has been seen yet under these versions and rules; use the part of the app that "
        "sends it",
    )


_RECOMPARE = "`shadow recompare` compares again what was recorded of it"
_WHICH_VERSION = "is `candidate.version` here what it is for the proxy, and what is deployed?"


def writes_not_mirrored(case: Case) -> Finding | None:
    writes = case.count("skipped:write")
    if not writes or any(case.count(fate) for fate in ("compared", "unproductive", "raced")):
        return None
    return Finding(
        Verdict.INCONCLUSIVE,
        f"{plural(writes, 'write')} seen and none mirrored, because writing twice may do harm; where it does none, "
        'set `writes = "isolated"` (each side has its own data) or `writes = "idempotent"` in a [[route]] block '
        f'with `match = "{case.route}"`',
    )


def refused_credentials(case: Case) -> Finding | None:
    """Whatever else the route has shown: what was refused may have hidden a difference."""
    refusal = next((one for one in case.refusals if case.route in one.routes), None)
    if refusal is None or not case.tally.refused:
        return None
    prove = "proves" if case.tally.refused == 1 else "prove"
    return Finding(
        Verdict.INCONCLUSIVE,
        f"{plural(case.tally.refused, 'distinct request')} of this route {prove} nothing: {refusal.sentence}; "
        f"{refusal.advice}",
    )


def no_credentials(case: Case) -> Finding | None:
    """Only a warning where the requests that were compared are enough."""
    missing, expired = case.count("error:no-credentials"), case.count("error:expired")
    if not missing and not expired:
        return None
    if case.count("compared") and (missing + expired < FEW or missing + expired <= HIGH * case.seen):
        return None
    told = [NO_CREDENTIALS.format(plural(missing, "request"))] * bool(missing)
    told += [EXPIRED.format(plural(expired, "request"))] * bool(expired)
    return Finding(Verdict.INCONCLUSIVE if case.parity is Verdict.INCONCLUSIVE else None, "; ".join(told))


NO_CREDENTIALS = "{} could not be mirrored because a side's `auth` gave no credentials; the proxy's stderr says why"
EXPIRED = (
    "{} proved nothing because the client's credentials had expired when they were mirrored, or were not sent by a "
    "replay; set `legacy.auth` and `candidate.auth`, or raise `proxy.workers` where live traffic waited long"
)


def unproductive(case: Case) -> Finding | None:
    found = case.count("unproductive")
    if not found or case.count("compared"):
        return None
    return Finding(
        Verdict.INCONCLUSIVE,
        f"both sides refused or failed alike in all {plural(found, 'request')} (401, 403, 429, 5xx), which proves "
        "nothing; send working credentials, or set `expect_status` where that is the right answer",
    )


def raced(case: Case) -> Finding | None:
    found = case.count("raced")
    total = found + case.count("compared")
    if found < FEW or found <= HIGH * total:
        return None
    if 2 * case.unconfirmed > found:
        return Finding(
            Verdict.INCONCLUSIVE,
            f"{found:,} of {plural(total, 'request')} prove nothing, because the sides differed in most of them, and "
            "nobody could ask again whether they really do; the rest may not be typical; let new traffic flow, live "
            "or by a replay",
        )
    return Finding(
        Verdict.INCONCLUSIVE,
        f"legacy changed its answer while {found:,} of {plural(total, 'request')} were compared, so these prove "
        "nothing and the rest may not be typical; compare while fewer writes happen",
    )


def shed(case: Case) -> Finding | None:
    """Only a warning where the requests that were compared are enough."""
    found = case.count("shed")
    if found < FEW or found <= HIGH * case.seen:
        return None
    return Finding(
        Verdict.INCONCLUSIVE if case.parity is Verdict.INCONCLUSIVE else None,
        f"{found:,} of {plural(case.seen, 'request')} were shed because the queue was full; lower `mirror.sample`, "
        "or raise `proxy.workers` or `proxy.queue`",
    )


def breaker(case: Case) -> Finding | None:
    """However good the rest is: it was compared while the side answered, and for much of the time it did not."""
    found = case.count("skipped:breaker")
    if found < FEW or found <= HIGH * case.seen:
        return None
    return Finding(
        Verdict.INCONCLUSIVE,
        f"{found:,} of {plural(case.seen, 'request')} were not mirrored, because a side (mostly the candidate) gave no "
        "answer to several requests in a row; see `shadow status`, and compare again while both answer",
    )


def not_enough_requests(case: Case) -> Finding | None:
    if case.parity is not Verdict.INCONCLUSIVE or not case.seen:
        return None
    n, s = case.tally.distinct, case.tally.differing
    total = n + case.needed
    what = plural(total, "distinct request" if s else "distinct clean request")
    differ = f" ({s:,} of them {'differs' if s == 1 else 'differ'})" if s else ""
    waiting = case.tally.unsettled
    return Finding(
        Verdict.INCONCLUSIVE,
        f"{what} {'is' if total == 1 else 'are'} needed, {n:,} seen{differ}"
        + _few_of_a_kind(case)
        + (
            f"; {waiting:,} more {'waits' if waiting == 1 else 'wait'} until it is clear whether what differs is noise"
            if waiting
            else ""
        )
        + (UNCONFIRMED.format(plural(case.unconfirmed, "more request")) if case.unconfirmed else "")
        + ("" if case.count("compared") else _what_became_of_them(case)),
    )


UNCONFIRMED = (
    "; in {} the sides differed too, but that could not be confirmed, because a side refused or failed when it was "
    "asked again, or because `shadow recompare` asks nobody"
)


def _few_of_a_kind(case: Case) -> str:
    """A hint where a route seems to have fewer distinct requests than statistics need: the same ones come again."""
    n, compared = case.tally.distinct, case.count("compared")
    if case.limits.enough != "statistics" or compared < MANY or compared < REPEATS * (n + case.tally.unsettled):
        return ""
    return (
        f"; {n:,} distinct in {plural(compared, 'request')}: if this route has hardly more, "
        "set its `enough` in a [[route]] block"
    )


_FATES = {
    "raced": "raced with a write",
    "unproductive": "failed alike on both sides",
    "shed": "shed",
    "failed": "failed in the harness",
    "lost": "lost with a worker",
    "skipped:write": "writes",
    "skipped:sampled": "not in the sample",
    "skipped:too-large": "too large",
    "skipped:streamed": "streamed",
    "skipped:upgrade": "protocol upgrades",
    "skipped:rate": "over the rate limit",
    "skipped:breaker": "while a side gave no answers",
    "skipped:paused": "while paused",
    "skipped:excluded": "excluded",
    "skipped:redacted": "recorded with a secret in target or body",
}


def _what_became_of_them(case: Case) -> str:
    told = [f"{case.count(fate):,} {words}" for fate, words in _FATES.items() if case.count(fate)]
    return f"; none of {plural(case.seen, 'request')} could be compared: {', '.join(told)}{_what_helps(case)}"


def _what_helps(case: Case) -> str:
    if not case.count("skipped:redacted"):
        return ""
    return "; `shadow replay --keep-auth` sends what is still in the recording, else let live traffic flow"
