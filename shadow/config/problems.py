"""A problem with one key, as a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Problem", "key_path"]


class Problem(NamedTuple):
    """What is wrong with a key; ``sentence`` continues it: ``candidate.timeout: must be more than 0, not -1``."""

    key: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.key}: {self.sentence}"


def key_path(steps: Iterable[str | int]) -> str:
    """Keys and indexes as people write them: ``("accept", 0, "path")`` → ``accept[0].path``; odd keys are quoted."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += ("." if path else "") + (step if re.fullmatch(r"[\w-]+", step) else f'"{step}"')
    return path
