"""Which shadow.toml holds for a pytest run."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from shadow.config import Settings
from shadow.config.find import find_config
from shadow.config.load import load_settings
from shadow.errors import ConfigError

__all__ = ["load", "load_or_none"]


def load(config: pytest.Config) -> Settings:
    """The settings in the file of ``--shadow-config``, else of SHADOW_CONFIG, else in the file found upward from where
    pytest was started, else from the rootdir. Raises ConfigError where there is none, and with all its problems.
    """
    settings = load_or_none(config)
    if settings is None:
        raise ConfigError(
            f"no shadow.toml (nor a pyproject.toml with [tool.shadow]) in {config.invocation_params.dir} or any folder "
            "above it, nor from the rootdir upward; `shadow init` writes one, and --shadow-config FILE or "
            "SHADOW_CONFIG names one that lies elsewhere"
        )
    return settings


def load_or_none(config: pytest.Config) -> Settings | None:
    """The same, but None where no file is named and none is found."""
    here = config.invocation_params.dir
    if named := config.getoption("shadow_config"):
        return load_settings(Path(named), cwd=here)
    if os.environ.get("SHADOW_CONFIG"):
        return load_settings(cwd=here)
    for start in (here, config.rootpath):
        with suppress(ConfigError):
            found = find_config(start)
            break
    else:
        return None
    return load_settings(found)
