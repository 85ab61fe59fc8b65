"""Compares two texts, and points at the first line that differs."""

from __future__ import annotations

from itertools import zip_longest

from shadow.compare.base_urls import BaseUrls
from shadow.compare.classes.table import classify
from shadow.compare.description import described
from shadow.compare.difference import Difference
from shadow.compare.wording import sentence

__all__ = ["text_difference"]


def text_difference(legacy: str, candidate: str, urls: BaseUrls) -> list[Difference]:
    """Nothing where the texts are the same once each side's base URL is taken out, else one difference."""
    if urls.same(legacy, candidate):
        return []
    number, one, other = _first_difference(legacy, candidate, urls)
    class_ = classify(legacy, candidate)
    return [
        described(
            "body",
            "$",
            "body-changed",
            class_.name,
            one,
            other,
            summary=f"line {number}: {sentence('body-changed', one, other)}",
            explained=class_.explained,
        )
    ]


def _first_difference(legacy: str, candidate: str, urls: BaseUrls) -> tuple[int, str, str]:
    lines = zip_longest(legacy.splitlines(), candidate.splitlines(), fillvalue="")
    for number, (one, other) in enumerate(lines, 1):
        if not urls.same(one, other):
            return number, one, other
    # Only the line ends differ.
    return 1, legacy, candidate
