"""Leaves out mitmproxy's default addons that a reverse proxy doesn't need.

Half of the CPU that mitmdump spends on a request goes into asking some thirty default addons about each of its events.
"""

from __future__ import annotations

from mitmproxy import ctx

__all__ = ["leave_out"]

_NOT_NEEDED: dict[str, tuple[str, ...]] = {
    "anticache": ("anticache",),
    "anticomp": ("anticomp",),
    "blocklist": ("block_list",),
    "browser": (),
    "command_history": (),
    "comment": (),
    "cut": (),
    "export": (),
    "maplocal": ("map_local",),
    "mapremote": ("map_remote",),
    "modifybody": ("modify_body",),
    "modifyheaders": ("modify_headers",),
    "onboarding": ("onboarding",),
    "proxyauth": ("proxyauth",),
    "save": ("save_stream_file",),
    "savehar": ("hardump",),
    "serverplayback": ("server_replay",),
    "stickyauth": ("stickyauth",),
    "stickycookie": ("stickycookie",),
    "upstream_auth": ("upstream_auth",),
}
"""Default addon → the options that make it do something; it stays where the user has set one of them."""


def leave_out() -> list[str]:
    """Remove them from the running master; returns the names of those removed."""
    removed = []
    for name, options in _NOT_NEEDED.items():
        addon = ctx.master.addons.get(name)
        if addon is None or any(getattr(ctx.options, option, None) for option in options):
            continue
        ctx.master.addons.remove(addon)
        removed.append(name)
    return removed
