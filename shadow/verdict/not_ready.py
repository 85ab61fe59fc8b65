"""What makes a route not ready: each function says so in a sentence, or finds nothing."""

from __future__ import annotations

import shlex

from shadow.verdict.acceptance import can_be_accepted
from shadow.verdict.case import Case, Finding
from shadow.verdict.credentials import refusing_side
from shadow.verdict.model import JudgedDifference, Verdict
from shadow.verdict.tally import Cause
from shadow.verdict.wording import accept_command, one_line, percent, plural

__all__ = [
    "candidate_errors",
    "candidate_unstable",
    "cold_timeouts",
    "credentials",
    "divergence",
    "expired_acceptance",
    "latency",
    "same_backend",
]


def same_backend(case: Case) -> Finding | None:
    found = case.count("same-backend")
    if not found:
        return None
    return Finding(
        Verdict.NOT_READY,
        f"{plural(found, 'answer')} of the candidate came from legacy's own gateway, so legacy was compared with "
        "itself; deploy the route at the candidate or correct its address, then "
        f"`shadow forget {shlex.quote(case.route)}`",
    )


def candidate_errors(case: Case) -> Finding | None:
    if case.parity is not Verdict.NOT_READY:
        return None
    told = []
    if case.unanswered:
        timeouts, connections = case.count("error:timeout"), case.count("error:connection")
        kinds = [plural(timeouts, "timeout")] * bool(timeouts)
        kinds += [plural(connections, "failed connection")] * bool(connections)
        told.append(f"the candidate gave no answer to {plural(case.unanswered, 'request')} ({', '.join(kinds)})")
    if requests := _requests(case, "candidate-errors"):
        told.append(f"the candidate answered {requests} with an error{_most_often(case, 'candidate-errors')}")
    return Finding(Verdict.NOT_READY, "; ".join(told)) if told else None


def credentials(case: Case) -> Finding | None:
    requests = _requests(case, "credentials")
    if not requests:
        return None
    return Finding(
        Verdict.NOT_READY,
        f"the candidate refused {requests} (401 or 403) where legacy did not; check `candidate.auth` and "
        "`candidate.headers`, and that the token's issuer is one that the candidate trusts, then "
        f"`shadow forget {shlex.quote(case.route)}`",
    )


def candidate_unstable(case: Case) -> Finding | None:
    requests = _requests(case, "candidate-unstable")
    if not requests:
        return None
    return Finding(
        Verdict.NOT_READY,
        f"the candidate answers {requests} now this way, now that, where legacy always says the same"
        f"{_most_often(case, 'candidate-unstable')}",
    )


def divergence(case: Case) -> Finding | None:
    requests = _requests(case, "divergence")
    if not requests:
        return None
    # Refused credentials that are the exception are a difference like others.
    causes: tuple[Cause, ...] = ("divergence", "credentials")
    return Finding(
        Verdict.NOT_READY, f"{requests} {_differ(case)}{_most_often(case, *causes)}", _what_to_do(case, *causes)
    )


def expired_acceptance(case: Case) -> Finding | None:
    requests = _requests(case, "expired-acceptance")
    expired = _top(case, "expired-acceptance")
    if not requests or expired is None or expired.expired is None:
        return None
    accept = expired.expired
    return Finding(
        Verdict.NOT_READY,
        f"{requests} {_differ(case)} in a way that was accepted only until {accept.until} "
        f"({one_line(accept.reason, 80)}){_most_often(case, 'expired-acceptance')}",
        "; fix it, or set a later `until`",
    )


def latency(case: Case) -> Finding | None:
    """A warning, unless the settings let latency gate; only then does too little evidence leave it undecided."""
    limits, timed, slow = case.limits, case.timed, case.slow
    gates = limits.latency == "gate"
    if limits.latency == "off" or case.speed is Verdict.READY:
        return None
    if case.speed is Verdict.NOT_READY:
        return Finding(
            Verdict.NOT_READY if gates else None,
            f"{slow:,} of {plural(timed, 'timed request')} ({percent(slow / timed)}) took the candidate longer than "
            f"{limits.max_latency_ratio:g} x legacy + {limits.latency_slack_ms:g} ms; "
            f"at most {percent(limits.max_slow)} may",
        )
    if not gates:
        return None
    needed = timed + case.timings_needed
    return Finding(
        Verdict.INCONCLUSIVE,
        f"{plural(needed, 'timed request')} {'is' if needed == 1 else 'are'} needed to judge latency, {timed:,} seen "
        f"({slow:,} of them slow); a higher `mirror.baseline` times more",
    )


def cold_timeouts(case: Case) -> Finding | None:
    """Only a warning, but never silent: a client that does not ask again has seen an error."""
    found = case.count("cold:timeout")
    if not found:
        return None
    was = "was" if found == 1 else "were"
    return Finding(
        None,
        f"the candidate let {plural(found, 'request')} run into the timeout and answered when asked again, as after a "
        f"cold start; {'it' if found == 1 else 'they'} {was} compared, but left out of latency",
    )


def _requests(case: Case, cause: Cause) -> str:
    """``12 of 412 distinct requests``; "" where none differs for that cause, or differing doesn't decide."""
    requests = case.tally.causes.get(cause, 0)
    if not requests or case.parity is not Verdict.NOT_READY:
        return ""
    return f"{requests:,} of {plural(case.tally.distinct, 'distinct request')}"


def _differ(case: Case) -> str:
    return "differs" if case.tally.distinct == 1 else "differ"


def _most_often(case: Case, *causes: Cause) -> str:
    found = _top(case, *causes)
    if found is None:
        return ""
    evidence = found.evidence
    place = evidence.path if evidence.where in ("body", "status") else f"{evidence.where} {evidence.path}"
    # The summary of a header begins with its place.
    return f"; most often {one_line(place, 80)}: {one_line(evidence.summary.removeprefix(f'{place}: '), 300)}"


def _what_to_do(case: Case, *causes: Cause) -> str:
    found = _top(case, *causes)
    if found is None or not can_be_accepted(found.evidence):
        return ""
    if refusing_side(found.evidence):
        return f"; fix it, or, where credentials had expired, `shadow forget {shlex.quote(case.route)}`"
    fingerprint = found.evidence.fingerprint
    accept = accept_command(fingerprint, case.route, elsewhere=fingerprint in case.shared)
    return f"; fix it, or `{' '.join(accept)}`"


def _top(case: Case, *causes: Cause) -> JudgedDifference | None:
    return next(iter(case.tally.open(*causes)), None)
