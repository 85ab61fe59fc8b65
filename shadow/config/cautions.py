"""What is allowed but may not be meant: warnings about valid settings, and files that they name but aren't there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from shadow.config.problems import Problem
from shadow.config.settings import Accept, AuthFile, Settings

__all__ = ["accept_everywhere", "cautions", "mirrored_writes", "missing_files"]

_WRITES = {
    "isolated": (
        "if both sides share a database after all, every write happens twice (mails, counters, versions), and the "
        "second sees what the first has done"
    ),
    "idempotent": (
        "every write is sent twice, so sending one again must really do no harm; on a shared database the second "
        "sees what the first has done, and triggers, mails and counters run twice"
    ),
}
_WITHOUT_A_RULE = {"unordered": False, "null_is_missing": False, "case": True, "trim": False, "ordered": False}
"""What a way to compare says anyway where there is no rule."""


def cautions(settings: Settings, today: dt.date) -> list[Problem]:
    """What somebody careful would ask about; ``today`` is the date in UTC."""
    return [
        *_writes(settings),
        *_versions(settings),
        *_trust(settings),
        *_rules_without_effect(settings),
        *_accepted_everywhere(settings),
        *_expired(settings, today),
    ]


def mirrored_writes(settings: Settings) -> str:
    """What to say at the start about writes that are sent to both sides, over several lines; "" where none is."""
    routes = [route for route in settings.route if route.writes in _WRITES]
    if not routes:
        return ""
    width = max(len(route.match) for route in routes)
    return "\n".join(
        [
            "writes of these routes are sent to BOTH sides:",
            *(f'    {route.match:<{width}}  writes = "{route.writes}"' for route in routes),
            "  Each happens twice: harmless only where each side has its own data, or where sending it again does no",
            "  harm. Where both share one database, mails, counters, versions and triggers run twice for real users.",
            "  `shadow pause` stops all mirroring within a second.",
        ]
    )


def missing_files(settings: Settings) -> list[Problem]:
    """Every file that the settings name to be read, and that isn't there."""
    named: list[tuple[str, Path]] = [
        (f"routes.from[{index}]", path) for index, path in enumerate(settings.routes.inventories)
    ]
    for name, side in (("legacy", settings.legacy), ("candidate", settings.candidate)):
        if isinstance(side.verify, Path):
            named.append((f"{name}.verify", side.verify))
        if isinstance(side.auth, AuthFile):
            named.append((f"{name}.auth.file", side.auth.file))
        named += [(f"{name}.client_cert[{index}]", path) for index, path in enumerate(side.client_cert)]
    return [Problem(key, f"there is no file {path}") for key, path in named if not path.is_file()]


def _writes(settings: Settings) -> Iterator[Problem]:
    for index, route in enumerate(settings.route):
        if route.writes in _WRITES:
            yield Problem(f"route[{index}].writes", f'{route.match} is "{route.writes}": {_WRITES[route.writes]}')


def _versions(settings: Settings) -> Iterator[Problem]:
    if not (settings.candidate.version or settings.candidate.version_header):
        yield Problem(
            "candidate.version",
            "is empty and there is no `version_header`: evidence of different builds is added up; set it to what is "
            'deployed, such as "${GIT_SHA:-}", or run `shadow forget` after each deployment',
        )


def _trust(settings: Settings) -> Iterator[Problem]:
    for name, side in (("legacy", settings.legacy), ("candidate", settings.candidate)):
        if side.verify is False and side.url.startswith("https:"):
            yield Problem(f"{name}.verify", "is false: anybody on the way can read and change what is mirrored")
    if settings.store.url.startswith("postgresql") and not settings.redact.key:
        yield Problem(
            "redact.key",
            "is empty, so each machine makes its own: the same request counts as distinct on each machine that "
            "writes to this store; set the same key on all of them",
        )


def _rules_without_effect(settings: Settings) -> Iterator[Problem]:
    for index, rule in enumerate(settings.compare.rule):
        for way, idle in _WITHOUT_A_RULE.items():
            if getattr(rule, way) is idle:
                yield Problem(
                    f"compare.rule[{index}].{way}",
                    f"is {str(idle).lower()}, which holds without a rule too: the block does nothing",
                )


def accept_everywhere(accept: Accept) -> bool:
    """Whether a pair of statuses is accepted on every route because nobody has said on which; `["*"]` says so."""
    return accept.status is not None and "routes" not in accept.model_fields_set


def _accepted_everywhere(settings: Settings) -> Iterator[Problem]:
    for index, accept in enumerate(settings.accept):
        if accept_everywhere(accept):
            yield Problem(
                f"accept[{index}].routes",
                f"is missing, so `status = {accept.status}` is accepted on every route, also where it is a fault; name "
                'the routes that are meant, or write ["*"] if it is all of them',
            )


def _expired(settings: Settings, today: dt.date) -> Iterator[Problem]:
    for index, accept in enumerate(settings.accept):
        if accept.until is not None and accept.until < today:
            yield Problem(f"accept[{index}].until", f"ran out on {accept.until}; what it accepted counts again")
