"""mitmproxy options that a shadow proxy needs, wherever the user gave none of their own."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

from mitmproxy import ctx, optmanager

from shadow.config.settings import Settings
from shadow.routes.sides import BaseUrl

__all__ = ["apply_defaults", "hold_listening", "listen", "proxy_runs"]

_ours: dict[str, object] = {}
"""What this process's options were set to here: when the script is loaded again, that was no choice of the user's."""


def apply_defaults(settings: Settings) -> None:
    """Set the options that the user left alone; whatever they gave, on the command line or in config.yaml, wins."""
    wanted: dict[str, object] = {
        # With `eager`, a backend that is down gives the client an empty reply instead of a 502.
        "connection_strategy": "lazy",
        # `Host: mitm.it` would otherwise be answered by mitmproxy's own pages.
        "onboarding": False,
        # An HTTP/2 client would be held to five requests at once (mitmproxy #8322).
        "http2": False,
        "keep_host_header": settings.proxy.keep_host,
    }
    if "flow_detail" in ctx.options:
        # mitmdump would print the target of every request, with the tokens in it.
        wanted["flow_detail"] = 0
    modes = ctx.options.mode
    if _untouched("mode"):
        host, port = _listen_address(settings)
        legacy = urlsplit(settings.legacy.url)
        modes = [f"reverse:{legacy.scheme}://{legacy.netloc}"]
        wanted |= {"mode": modes, "listen_host": host}
        if _untouched("listen_port"):
            wanted["listen_port"] = port
    if not any(mode.startswith("reverse:") for mode in modes) and _untouched("ignore_hosts"):
        # A forward proxy opens only what belongs to the two sides; all other traffic passes undecrypted.
        wanted["allow_hosts"] = _side_hosts(settings)
    wanted = {name: value for name, value in wanted.items() if _untouched(name)}
    ctx.options.update(**wanted)
    _ours.update(wanted)


def proxy_runs() -> bool:
    """Whether mitmproxy is past its start."""
    server = ctx.master.addons.get("proxyserver")
    return server is not None and bool(server.is_running)


def hold_listening() -> None:
    """Keep mitmproxy from listening before the options above are in force.

    mitmproxy loads scripts while it is already setting up its servers, under the options of before: without this it
    would be an open forward proxy on all addresses for a moment, and would fail where port 8080 is taken. A mode of
    the user's own stays as it is. So does an address: mitmproxy binds it before this runs, and `listen` changes over.
    """
    if not _untouched("mode") or ctx.options.listen_host:
        return
    for task in asyncio.all_tasks():
        if getattr(task.get_coro(), "__qualname__", "") == "Proxyserver.setup_servers":
            task.cancel()


async def listen() -> None:
    """Listen as the options of now say; what goes wrong is in mitmproxy's log, which ends it."""
    server = ctx.master.addons.get("proxyserver")
    if server is None or not ctx.options.server:
        return
    # Those that `hold_listening` stopped halfway can't be stopped again.
    server.servers._instances = {spec: one for spec, one in server.servers._instances.items() if one.is_running}
    await server.setup_servers()


def _listen_address(settings: Settings) -> tuple[str, int]:
    host, _, port = settings.proxy.listen.rpartition(":")
    return host.strip("[]"), int(port)


def _side_hosts(settings: Settings) -> list[str]:
    origins = (BaseUrl.parse(side.url).origin for side in (settings.legacy, settings.candidate))
    return sorted({rf"^{re.escape(origin.host)}:{origin.port}$" for origin in origins})


def _untouched(name: str) -> bool:
    # `has_changed` compares with the default, so it can't tell `--mode regular` from no --mode at all.
    option = ctx.options._options[name]
    return option.value is optmanager.unset or (name in _ours and option.value == _ours[name])
