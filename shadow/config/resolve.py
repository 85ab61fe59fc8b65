"""Relative paths in the settings, resolved against the folder of the file that they stand in."""

from __future__ import annotations

from pathlib import Path

from shadow.config.settings import AuthFile, Settings, SideSettings
from shadow.errors import ConfigError

__all__ = ["resolved"]

_SQLITE = "sqlite:///"


def resolved(settings: Settings, source: Path) -> Settings:
    """The settings with absolute paths, and with the file that they came from as `Settings.source`."""
    folder = source.absolute().parent
    inventories = [folder / path for path in settings.routes.inventories]
    return settings.model_copy(
        update={
            "legacy": _side(settings.legacy, folder),
            "candidate": _side(settings.candidate, folder),
            "routes": settings.routes.model_copy(update={"inventories": inventories}),
            "store": settings.store.model_copy(update={"url": _store_url(settings.store.url, folder)}),
            "report": settings.report.model_copy(update={"path": folder / settings.report.path}),
            "source": source.absolute(),
        }
    )


def _side(side: SideSettings, folder: Path) -> SideSettings:
    certificates = [folder / path for path in side.client_cert]
    verify = side.verify if isinstance(side.verify, bool) else folder / side.verify
    auth = side.auth
    if isinstance(auth, AuthFile):
        auth = auth.model_copy(update={"file": folder / auth.file})
    return side.model_copy(update={"client_cert": certificates, "verify": verify, "auth": auth})


def _store_url(url: str, folder: Path) -> str:
    if not url.startswith(_SQLITE):
        return url
    file, mark, options = url.removeprefix(_SQLITE).partition("?")
    absolute = str(folder / file)
    if "?" in absolute:
        raise ConfigError(f"store.url: {absolute} has a `?` in it, which a URL can't hold; keep the store elsewhere")
    return f"{_SQLITE}{absolute}{mark}{options}"
