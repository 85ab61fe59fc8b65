"""The fixture `shadow_compare`: compares two responses as shadow.toml says, and fails the test where they differ."""

from __future__ import annotations

import os
import re
import secrets
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

import pytest
from msgspec import structs

from shadow.compare import Difference, Rules, compare, proves_nothing, rules_for, same_backend
from shadow.config import Settings, route_settings
from shadow.errors import ShadowError, UsageError
from shadow.evidence.observation import Epoch
from shadow.evidence.route_evidence import FingerprintEvidence, RouteEvidence
from shadow.exchange import Exchange, Request, Response, Side
from shadow.pytest_plugin import ShadowEvidenceWarning
from shadow.pytest_plugin.acceptances import MARKER, marked
from shadow.pytest_plugin.configuration import load_or_none
from shadow.pytest_plugin.difference_lines import MOST_GROUPS, group_lines, line, more_lines
from shadow.pytest_plugin.responses import as_response
from shadow.redact import PairRedactor, Redactor
from shadow.verdict.acceptance import Acceptances
from shadow.verdict.model import JudgedDifference
from shadow.verdict.tally import judge_difference
from shadow.verdict.wording import plural

__all__ = ["Comparer"]

_DEFAULTS = Settings.model_validate({side: {"url": f"http://{side}.invalid"} for side in ("legacy", "candidate")})
"""Where there is no shadow.toml."""
_SETTINGS = pytest.StashKey[Settings]()
_KEY = secrets.token_bytes(32)
"""For digests of secrets, where shadow.toml has no key; a test is no reason to make a file."""
_ROUTE = re.compile(r"[A-Z*][A-Z*-]* /\S*")


class Comparer:
    """What `ShadowCompare` promises, for one test. Every failure is one of the test, without a traceback."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        try:
            self._settings = _settings(item.config)
            self._marked = marked(item)
        except ShadowError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None

    def __call__(
        self, legacy: Any, candidate: Any, *, route: str | None = None, rules: Rules | None = None
    ) -> list[Difference]:
        try:
            sides = as_response(legacy, "legacy"), as_response(candidate, "candidate")
            name = _checked_route(route)
        except ShadowError as error:
            raise self._failure(str(error)) from None
        differences = compare(*sides, rules_for(self._settings, name) if rules is None else rules)
        judged = self._judged(differences, name)
        if any(found.status == "open" for found in judged):
            raise self._failure("\n".join(_lines(judged, differences, _redactor(self._settings, sides, name), name)))
        self._warn_of_nothing(*sides, name, same=not any(found.status == "accepted" for found in judged))
        return differences

    def _judged(self, differences: Sequence[Difference], route: str) -> list[JudgedDifference]:
        now = time.time()
        accepts = [*(each.accept for each in self._marked), *self._settings.accept]
        acceptances = Acceptances.of(self._settings.model_copy(update={"accept": accepts}), route, now)
        evidence = _evidence(differences, route, now)
        judged = [judge_difference(found, 1, 1, acceptances) for found in evidence.fingerprints]
        failed = any(found.status == "open" for found in judged)
        for each in self._marked:
            each.note(self._settings, evidence, failed=failed)
        return judged

    def _warn_of_nothing(self, legacy: Response, candidate: Response, route: str, *, same: bool) -> None:
        if same_backend(legacy, candidate):
            said = "the candidate's response carries Kong's headers, so it came from legacy: that proves nothing"
        elif same and proves_nothing(legacy, route_settings(self._settings, route).expect_status):
            said = (
                f"both sides answered {legacy.status} alike, which proves nothing; where it is meant, give the route "
                "and set its expect_status in shadow.toml"
            )
        else:
            return
        file, number = _caller()
        warnings.warn_explicit(ShadowEvidenceWarning(said), None, file, number)

    def _failure(self, text: str) -> BaseException:
        """With the line of the test: there may be several comparisons in it, and a traceback is not shown."""
        file, number = _caller()
        place = os.path.relpath(file, self._item.config.invocation_params.dir)
        return pytest.fail.Exception(f"{place}:{number}: {text}", pytrace=False)


def _settings(config: pytest.Config) -> Settings:
    if _SETTINGS not in config.stash:
        config.stash[_SETTINGS] = load_or_none(config) or _DEFAULTS
    return config.stash[_SETTINGS]


def _checked_route(route: str | None) -> str:
    if route is None or _ROUTE.fullmatch(route):
        return route or ""
    raise UsageError(f'route must be a method and a path such as "GET /orders/{{orderId}}", not {route!r}')


def _evidence(differences: Sequence[Difference], route: str, now: float) -> RouteEvidence:
    """The differences of one pair as if they had been counted."""
    groups: dict[str, list[Difference]] = {}
    for difference in differences:
        groups.setdefault(difference.fingerprint, []).append(difference)
    return RouteEvidence(
        epoch=Epoch(route, "", "", "", "", rules=""),
        first_seen=now,
        last_seen=now,
        counters={},
        fingerprints=tuple(_group(places, now) for places in groups.values()),
    )


def _group(places: Sequence[Difference], now: float) -> FingerprintEvidence:
    first = places[0]
    return FingerprintEvidence(
        fingerprint=first.fingerprint,
        where=first.where,
        path=first.pattern,
        kind=first.kind,
        class_=first.class_,
        severity=first.severity,
        summary=first.summary,
        statuses=(first.legacy, first.candidate) if first.where == "status" else None,
        count=len(places),
        first_seen=now,
        last_seen=now,
    )


def _redactor(settings: Settings, sides: tuple[Response, Response], route: str) -> PairRedactor:
    """What a test prints is read in the logs of builds."""
    redact = settings.redact
    key = redact.key.encode("utf-8", "surrogateescape") or _KEY
    redactor = Redactor(key, headers=tuple(redact.headers), paths=tuple(redact.paths), emails=redact.emails)
    asked = Request("GET", "/", [])
    exchanges = [Exchange(side, asked, answer, 0.0, 0.0) for side, answer in zip(Side, sides, strict=True)]
    return redactor.pair(*exchanges, route=route)


def _lines(
    judged: Sequence[JudgedDifference], differences: Sequence[Difference], redactor: PairRedactor, route: str
) -> Iterator[str]:
    found = [one for one in judged if one.status == "open"]
    yield f"legacy and candidate differ in {plural(len(found), 'way')}{f' ({line(route)})' if route else ''}:"
    for one in found[:MOST_GROUPS]:
        yield ""
        places = [redactor.difference(each) for each in differences if each.fingerprint == one.evidence.fingerprint]
        shown = structs.replace(one.evidence, path=places[0].pattern, summary=places[0].summary)
        yield from group_lines(structs.replace(one, evidence=shown), f"at {plural(len(places), 'place')}", places)
    yield from more_lines(found)
    yield ""
    others = Counter(one.status for one in judged if one.status != "open")
    if others:
        yield f"Besides, {' and '.join(f'{count:,} {_OTHERS[status]}' for status, count in others.items())}."
    marker = f'@pytest.mark.{MARKER}(fingerprint="{found[0].evidence.fingerprint}", reason="…")'
    yield f"Correct the candidate, or accept a difference: {marker} on this test, or [[accept]] in shadow.toml."


_OTHERS = {"accepted": "accepted", "notice": "only to be noticed"}


def _caller() -> tuple[str, int]:
    """File and line of the test, or of its helper, that asked for the comparison."""
    frame: FrameType | None = sys._getframe()
    while frame and frame.f_back and _is_hidden(frame):
        frame = frame.f_back
    assert frame is not None
    return frame.f_code.co_filename, frame.f_lineno


def _is_hidden(frame: FrameType) -> bool:
    ours = frame.f_globals.get("__name__", "").startswith("shadow.pytest_plugin")
    return ours or bool(frame.f_locals.get("__tracebackhide__"))
