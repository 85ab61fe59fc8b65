"""What concerns the whole run: credentials that are at fault; what was left out because a side gave no answers; routes
that nobody has asked for; and what in shadow.toml does nothing: acceptances that cover nothing, and rules that hold for
no route or no value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from shadow.compare.rules import body_rule
from shadow.compare.ways import Way, way_of
from shadow.config import Settings, glob_matches
from shadow.config.cautions import accept_everywhere
from shadow.config.settings import Accept, CompareRule
from shadow.config.toml_text import toml_value
from shadow.evidence.route_evidence import RouteEvidence
from shadow.evidence.rule_evidence import RuleEvidence
from shadow.report.document import Note
from shadow.report.wording import count
from shadow.verdict.acceptance import unused
from shadow.verdict.credentials import refusals
from shadow.verdict.model import RouteVerdict
from shadow.verdict.tally import perhaps_noise
from shadow.verdict.undecided import EXPIRED, NO_CREDENTIALS
from shadow.verdict.wording import plural

__all__ = ["mixed_builds", "notes"]

_MOST_ROUTES = 3
"""Routes that a sentence names."""


def notes(
    settings: Settings,
    evidences: Sequence[RouteEvidence],
    routes: Sequence[str],
    never_seen: Sequence[str] = (),
    verdicts: Sequence[RouteVerdict] = (),
) -> tuple[Note, ...]:
    """The first that are urgent, then one for each; none before anything has been seen, when all would be idle.

    ``routes`` are those that are known without traffic, ``never_seen`` those of the inventory of which no
    request has come; ``verdicts`` are what the evidence has come to.
    """
    if not evidences:
        return ()
    # A route that has evidence only under other rules or versions is among the verdicts alone.
    known = sorted({*routes, *(evidence.epoch.route for evidence in evidences), *(one.route for one in verdicts)})
    return (
        *_credentials(evidences),
        *_held_back(evidences),
        *_never_seen(routes, never_seen),
        *_headers_everywhere(settings, verdicts),
        *_statuses_everywhere(settings, verdicts),
        *_idle_acceptances(settings, evidences, known),
        *_idle_rules(settings, evidences, known),
    )


def mixed_builds(verdicts: Iterable[RouteVerdict]) -> str:
    """That nobody knows which builds of the candidate the evidence is about; "" where it is known."""
    if any(verdict.first_seen is not None and not verdict.candidate_version for verdict in verdicts):
        return _MIXED_BUILDS
    return ""


_MIXED_BUILDS = (
    "the candidate has no version, so evidence of several builds may be mixed; "
    "set `candidate.version` or `candidate.version_header`, or `shadow forget` after each deployment"
)


def _credentials(evidences: Sequence[RouteEvidence]) -> Iterator[Note]:
    for refusal in refusals(evidences):
        yield Note(f"{refusal.sentence}; {refusal.advice}", refusal.routes)
    for counter, sentence in (("error:no-credentials", NO_CREDENTIALS), ("error:expired", EXPIRED)):
        concerned = {e.epoch.route: e.counters[counter] for e in evidences if e.counters.get(counter)}
        if concerned:
            yield Note(sentence.format(plural(sum(concerned.values()), "request")), tuple(sorted(concerned)))


def _held_back(evidences: Sequence[RouteEvidence]) -> Iterator[Note]:
    held = [evidence for evidence in evidences if evidence.counters.get("skipped:breaker")]
    if not held:
        return
    held.sort(key=lambda evidence: -evidence.counters["skipped:breaker"])
    requests = sum(evidence.counters["skipped:breaker"] for evidence in held)
    routes = tuple(evidence.epoch.route for evidence in held)
    yield Note(
        f"{count(requests)} of {plural(sum(evidence.seen for evidence in held), 'request')} of {_some(routes)} "
        f"{'was' if requests == 1 else 'were'} not "
        "mirrored while a side gave no answers (circuit breaker): nothing is known of them; `shadow status` says "
        "whether it goes on",
        routes,
    )


def _never_seen(routes: Sequence[str], never_seen: Sequence[str]) -> Iterator[Note]:
    if never_seen:
        have = "has" if len(never_seen) == 1 else "have"
        yield Note(
            f"{count(len(never_seen))} of {plural(len(routes), 'route')} of the inventory {have} never been seen: "
            f"{_some(never_seen)}",
            tuple(never_seen),
        )


_HEADER_ROUTES, _HEADER_SHARE = 3, 0.5
"""Routes, and share of those compared, on which a header must differ to be nobody's fault but the gateway's."""


def _headers_everywhere(settings: Settings, verdicts: Sequence[RouteVerdict]) -> Iterator[Note]:
    """One note for all such headers, because they belong into one line of shadow.toml."""
    compared = [verdict.route for verdict in verdicts if verdict.requests.get("compared")]
    differing: dict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
        for name in dict.fromkeys(_open_headers(verdict)):
            differing[name].append(verdict.route)
    least = max(_HEADER_ROUTES, _HEADER_SHARE * len(compared))
    found = {name: routes for name, routes in differing.items() if len(routes) >= least}
    if not found:
        return
    found = dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))[:_MOST_HEADERS])
    line = f"ignore_headers = {toml_value([*settings.compare.ignore_headers, *found])}"
    of = plural(len(compared), "route")
    if len(found) == 1:
        ((name, routes),) = found.items()
        told = f"header `{name}` differs on {count(len(routes))} of {of}: `{line}` accepts it"
    else:
        fewest = min(map(len, found.values()))
        told = f"{count(len(found))} headers differ on {count(fewest)} or more of {of} each: `{line}` accepts them"
    yield Note(
        f"{told} everywhere (under [compare]; right where no client reads {'it' if len(found) == 1 else 'them'})",
        tuple(dict.fromkeys(route for routes in found.values() for route in routes)),
    )


_MOST_HEADERS = 12
"""A line that is cut can't be pasted; what is left shows up once these are accepted."""
_LONGEST_HEADER = 64


def _open_headers(verdict: RouteVerdict) -> list[str]:
    return [
        found.evidence.path.lower()
        for found in verdict.differences
        if found.evidence.where == "header"
        and found.status == "open"
        and not perhaps_noise(found)
        and len(found.evidence.path) <= _LONGEST_HEADER
    ]


def _statuses_everywhere(settings: Settings, verdicts: Sequence[RouteVerdict]) -> Iterator[Note]:
    """Those that cover something; of the others it is said that they don't."""
    for accept in filter(accept_everywhere, settings.accept):
        routes = [one.route for one in verdicts if any(found.accepted_by == accept for found in one.differences)]
        if routes:
            yield Note(
                f"an [[accept]] block without `routes` accepts `{_what(accept)}` on every route, so far on "
                f"{_some(routes)} ({accept.reason}); name the routes that it is meant for",
                tuple(routes),
            )


def _idle_acceptances(settings: Settings, evidences: Sequence[RouteEvidence], known: Sequence[str]) -> Iterator[Note]:
    for accept in unused(settings, evidences):
        yield Note(
            f"an [[accept]] block covers nothing that has been seen: `{_what(accept)}` on {_on(accept.routes)} "
            f"({accept.reason}); delete it, or check what it names",
            _matched(accept.routes, known),
        )


def _idle_rules(settings: Settings, evidences: Sequence[RouteEvidence], known: Sequence[str]) -> Iterator[Note]:
    for rule in settings.compare.rule:
        if not _matched(rule.routes, known):
            yield Note(
                f"a [[compare.rule]] block holds for no route: `path = {toml_value(rule.path)}` on {_on(rule.routes)}; "
                "delete it, or check its `routes`"
            )
            continue
        way = way_of(body_rule(rule).treatment)
        found = _found(rule, evidences)
        if way is None or any(one.fits for one in found.values()):
            continue
        unfit = {route: one for route, one in found.items() if one.unfit}
        if unfit:
            yield Note(_only_others(rule, way, unfit), tuple(unfit))
        elif found:
            yield Note(_nothing(rule, found), tuple(found))


def _found(rule: CompareRule, evidences: Sequence[RouteEvidence]) -> dict[str, RuleEvidence]:
    """Route → what the rule has found there, where it has been asked."""
    key = body_rule(rule).key
    return {
        evidence.epoch.route: evidence.rules[key]
        for evidence in evidences
        if key in evidence.rules and any(glob_matches(glob, evidence.epoch.route) for glob in rule.routes)
    }


def _nothing(rule: CompareRule, found: dict[str, RuleEvidence]) -> str:
    times = sum(one.absent for one in found.values())
    return (
        f"a [[compare.rule]] block selects nothing: `path = {toml_value(rule.path)}` (`{_way(rule)}`) found nothing in "
        f"{count(times)} compared {'response' if times == 1 else 'responses'} of {_some(found)}; check its path"
    )


def _only_others(rule: CompareRule, way: Way, unfit: dict[str, RuleEvidence]) -> str:
    had: Counter[str] = Counter()
    for one in unfit.values():
        had.update(one.unfit)
    values = " and ".join(_values(kind, way) for kind, _ in had.most_common())
    return (
        f"a [[compare.rule]] block holds for nothing that it selects: `{_way(rule)}` needs {way.needs}; "
        f"`{rule.path}` had {values} on {_some(unfit)}; check its path, or compare in another way"
    )


def _values(kind: str, way: Way) -> str:
    return f"other {_PLURALS[kind]}" if kind in way.types else _PLURALS.get(kind, kind)


_PLURALS = {
    "null": "null",
    "boolean": "booleans",
    "number": "numbers",
    "string": "strings",
    "list": "lists",
    "object": "objects",
    "item": "places that are none",
}
"""`Reach.had` → what was there, in words."""


def _way(rule: CompareRule) -> str:
    given = rule.model_dump(by_alias=True, exclude_none=True, exclude={"routes", "path"})
    return "; ".join(f"{key} = {toml_value(value)}" for key, value in given.items())


def _what(accept: Accept) -> str:
    key = next(key for key in ("path", "header", "status", "fingerprint") if getattr(accept, key) is not None)
    return f"{key} = {toml_value(getattr(accept, key))}"


def _on(routes: Sequence[str]) -> str:
    return "any route" if list(routes) == ["*"] else ", ".join(f"`{route}`" for route in routes)


def _some(routes: Iterable[str]) -> str:
    named = [f"`{route}`" for route in routes]
    more = len(named) - _MOST_ROUTES
    return ", ".join(named[:_MOST_ROUTES]) + (f" and {count(more)} more" if more > 0 else "")


def _matched(globs: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    return tuple(route for route in known if any(glob_matches(glob, route) for glob in globs))
