"""A shadow.toml from text, loaded as a user's would be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shadow.config.load import load_settings
from shadow.config.settings import Settings
from shadow.errors import ConfigError

SIDES = '[legacy]\nurl = "http://legacy.test/kong"\n[candidate]\nurl = "http://candidate.test"\n'


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Settings]:
    """``load(text, VAR="value")``: the settings of a file with two sides and ``text``."""

    def _load(text: str = "", *, sides: str = SIDES, **environment: str) -> Settings:
        path = tmp_path / "shadow.toml"
        path.write_text(sides + text, "utf-8")
        return load_settings(path, environment=environment)

    return _load


@pytest.fixture
def problems(load: Callable[..., Settings]) -> Callable[..., tuple[str, ...]]:
    """``problems(text, VAR="value")``: what is wrong with a file with two sides and ``text``; nothing is a failure."""

    def _problems(text: str = "", *, sides: str = SIDES, **environment: str) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            load(text, sides=sides, **environment)
        assert caught.value.problems, str(caught.value)
        return caught.value.problems

    return _problems
