"""What in shadow.toml does nothing: acceptances that cover nothing, and rules for routes that there aren't."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shadow.config import Settings, glob_matches
from shadow.config.settings import Accept
from shadow.config.toml_text import toml_value
from shadow.evidence.route_evidence import RouteEvidence
from shadow.verdict.acceptance import unused

__all__ = ["notes"]


def notes(settings: Settings, evidences: Sequence[RouteEvidence], routes: Sequence[str]) -> tuple[str, ...]:
    """One sentence for each; none before anything has been seen, when all would be idle.

    ``routes`` are those that are known without traffic.
    """
    if not evidences:
        return ()
    known = {*routes, *(evidence.epoch.route for evidence in evidences)}
    return (*_idle_acceptances(settings, evidences), *_idle_rules(settings, known))


def _idle_acceptances(settings: Settings, evidences: Sequence[RouteEvidence]) -> Iterator[str]:
    for accept in unused(settings, evidences):
        yield (
            f"an [[accept]] block covers nothing that has been seen: `{_what(accept)}` on {_on(accept.routes)} "
            f"({accept.reason}); delete it, or check what it names"
        )


def _idle_rules(settings: Settings, known: set[str]) -> Iterator[str]:
    for rule in settings.compare.rule:
        if not any(glob_matches(glob, route) for glob in rule.routes for route in known):
            yield (
                f"a [[compare.rule]] block holds for no route: `path = {toml_value(rule.path)}` on {_on(rule.routes)}; "
                "delete it, or check its `routes`"
            )


def _what(accept: Accept) -> str:
    key = next(key for key in ("path", "header", "status", "fingerprint") if getattr(accept, key) is not None)
    return f"{key} = {toml_value(getattr(accept, key))}"


def _on(routes: Sequence[str]) -> str:
    return "any route" if list(routes) == ["*"] else ", ".join(f"`{route}`" for route in routes)
