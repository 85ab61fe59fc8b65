"""Asks only those addons about an event that have a hook for it.

mitmproxy asks each of its thirty addons about each of the fifteen events of a request, most of which none but two or
three of them care for; that is half of the CPU time that mitmdump spends on a request. Here the hooks of an event are
looked up once, and again whenever addons come or go. Who is called, in which order, and what becomes of an exception is
mitmproxy's own rule, and where this mitmproxy is not as those that this was written for, its own way is left alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from mitmproxy import ctx, exceptions, hooks
from mitmproxy.addonmanager import AddonManager, safecall, traverse

__all__ = ["QuickAddonManager", "dispatch_quickly"]

_KNOWN = {
    "trigger_event": ["self", "event"],
    "invoke_addon": ["self", "addon", "event"],
    "_iter_hooks": ["self", "addon", "event"],
}
"""What is replaced or relied upon: method → its parameters."""


def dispatch_quickly() -> bool:
    """Let the running master dispatch in this way; False where it can't be told that this is safe."""
    addons = ctx.master.addons
    if type(addons) is not AddonManager or any(_parameters(name) != known for name, known in _KNOWN.items()):
        return False
    addons.__class__ = QuickAddonManager
    return True


class QuickAddonManager(AddonManager):
    """mitmproxy's own, but for how hooks are found. Made by `dispatch_quickly` from a manager that is there already."""

    _hooks: dict[str, list[list[Callable[..., Any]]] | None] | None = None
    """Event → for each addon of the chain that has any: its hooks and those of the addons within it. None where one is
    no function, which mitmproxy complains of each time."""
    _chain: list[Any]
    """The chain when they were looked up."""
    _within: list[tuple[Any, list[Any]]]
    """Addons that have others within them, and which these were. A script that is edited is another one in there."""

    async def trigger_event(self, event: hooks.Hook) -> None:
        found = self._hooks_of(event)
        if found is None:
            await super().trigger_event(event)
            return
        for several in found:
            try:
                # As mitmproxy has it: an exception keeps the rest of one addon of the chain from being called.
                with safecall():
                    for hook in several:
                        result = hook(*event.args())
                        if result is not None and inspect.isawaitable(result):
                            await result
            except exceptions.AddonHalt:
                return

    def _hooks_of(self, event: hooks.Hook) -> list[list[Callable[..., Any]]] | None:
        known = self._hooks
        if known is None or self.chain != self._chain or any(one.addons != then for one, then in self._within):
            self._chain = list(self.chain)
            self._within = [(one, list(one.addons)) for one in traverse(self.chain) if hasattr(one, "addons")]
            known = self._hooks = {}
        if event.name not in known:
            try:
                found = [[hook for _, hook in self._iter_hooks(addon, event)] for addon in self.chain]
                known[event.name] = [several for several in found if several]
            except exceptions.AddonManagerError:
                known[event.name] = None
        return known[event.name]


def _parameters(name: str) -> list[str]:
    method = getattr(AddonManager, name, None)
    return list(inspect.signature(method).parameters) if method is not None else []
