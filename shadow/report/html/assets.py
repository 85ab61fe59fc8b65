"""The page's own style sheet and script, and the policy that lets a browser use these and nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files

import msgspec
from markupsafe import Markup

__all__ = ["Assets", "assets"]

_STYLES = ("page.css", "difference.css", "charts.css", "size.css")
_SCRIPTS = ("start.js", "theme.js", "copy.js", "examples.js", "later.js", "more.js", "filters.js", "keys.js")
_LIVE_STYLES = ("live.css",)
_LIVE_SCRIPTS = ("live.js",)
"""Only in a page that `shadow serve` keeps up to date."""


class Assets(msgspec.Struct, frozen=True):
    style: Markup
    script: Markup
    policy: str
    """Content-Security-Policy, for a header or a meta element."""


@lru_cache(maxsize=2)
def assets(*, live: bool) -> Assets:
    """What a page is made of besides its contents. Only a ``live`` page may ask its own server for more."""
    style = _joined("styles", (*_STYLES, *_LIVE_STYLES) if live else _STYLES)
    script = _joined("scripts", (*_SCRIPTS, *_LIVE_SCRIPTS) if live else _SCRIPTS)
    allowed = [
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'",
        "img-src data:",
        *(["connect-src 'self'"] if live else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    # Our own files, which the policy's hashes cover.
    return Assets(Markup(style), Markup(script), "; ".join(allowed))  # noqa: S704


def _joined(folder: str, names: tuple[str, ...]) -> str:
    """Files of one folder in order: they share one scope, so that each can stay small."""
    home = files(__package__) / folder
    return "\n".join((home / name).read_text("utf-8") for name in names)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
