"""Events reach exactly the hooks that mitmproxy itself would call, in its order, whatever addons do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import exceptions, hooks, options
from mitmproxy.addonmanager import AddonManager
from mitmproxy.master import Master
from mitmproxy.proxy.layers.http import HttpRequestHeadersHook, HttpRequestHook, HttpResponseHook
from mitmproxy.test import tflow

from shadow.proxy.dispatch import QuickAddonManager, dispatch_quickly

EVENTS: dict[str, Callable[[Any], hooks.Hook]] = {
    "requestheaders": HttpRequestHeadersHook,
    "request": HttpRequestHook,
    "response": HttpResponseHook,
}


class Recording:
    """An addon with some hooks; each says that it was called, and may fail, halt, wait, or be no function at all."""

    def __init__(self, name: str, hooks_: dict[str, str], within: list[Recording], calls: list[str]) -> None:
        self.name = name
        if within:
            self.addons = within
        for event, manner in hooks_.items():
            setattr(self, event, self._hook(event, manner, calls))

    def _hook(self, event: str, manner: str, calls: list[str]) -> Any:
        def plain(flow: object) -> None:
            calls.append(f"{self.name}.{event}")
            if manner == "fails":
                raise ValueError(self.name)
            if manner == "halts":
                raise exceptions.AddonHalt

        async def waiting(flow: object) -> None:
            await asyncio.sleep(0)
            plain(flow)

        return {"waits": waiting, "is text": "text"}.get(manner, plain)


MANNERS = st.sampled_from(["plain", "plain", "fails", "halts", "waits", "is text"])
LEAVES = st.tuples(st.dictionaries(st.sampled_from(list(EVENTS)), MANNERS), st.just([]))
TREES = st.recursive(
    LEAVES,
    lambda below: st.tuples(st.dictionaries(st.sampled_from(list(EVENTS)), MANNERS), st.lists(below, max_size=3)),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("event"), st.sampled_from(list(EVENTS))),
        st.tuples(st.just("add"), TREES),
        st.tuples(st.just("remove"), st.integers(0, 5)),
        st.tuples(st.just("replace within"), st.tuples(st.integers(0, 5), TREES)),
    ),
    max_size=12,
)


def made(tree: Any, name: str, calls: list[str]) -> Recording:
    hooks_, within = tree
    return Recording(name, hooks_, [made(one, f"{name}/{i}", calls) for i, one in enumerate(within)], calls)


@contextmanager
def a_master() -> Iterator[Master]:
    master = Master(options.Options(), asyncio.get_running_loop())
    try:
        yield master
    finally:
        master._legacy_log_events.uninstall()  # else it goes on listening to the log, with a loop that is closed


async def calls_of(steps: list[tuple[str, Any]], *, quickly: bool) -> list[str]:
    """Which hooks were called by a master to which all that happened."""
    calls: list[str] = []
    with a_master() as master:
        if quickly:
            assert dispatch_quickly()
            assert type(master.addons) is QuickAddonManager
        chain = master.addons.chain
        for number, (what, value) in enumerate(steps):
            if what == "event":
                await master.addons.trigger_event(EVENTS[value](tflow.tflow()))
            elif what == "add":
                chain.append(made(value, str(number), calls))
            elif what == "remove" and chain:
                chain.pop(value % len(chain))
            elif what == "replace within" and (outer := [one for one in chain if hasattr(one, "addons")]):
                # As when a script is edited: as many as before, but others.
                outer[value[0] % len(outer)].addons = [made(value[1], str(number), calls)]
    return calls


@given(STEPS)
def test_the_same_hooks_are_called_in_the_same_order(steps):
    assert asyncio.run(calls_of(steps, quickly=True)) == asyncio.run(calls_of(steps, quickly=False))


def test_a_module_that_is_called_like_a_hook_is_none():
    async def run() -> list[str]:
        calls: list[str] = []
        with a_master() as master:
            assert dispatch_quickly()
            script = ModuleType("script")
            script.request = ModuleType("request")
            master.addons.chain += [script, made(({"request": "plain"}, []), "other", calls)]
            await master.addons.trigger_event(HttpRequestHook(tflow.tflow()))
        return calls

    assert asyncio.run(run()) == ["other.request"]


@pytest.mark.parametrize("change", ["another manager", "another parameter"])
def test_a_mitmproxy_that_is_not_as_known_dispatches_in_its_own_way(monkeypatch, change):
    async def run() -> None:
        with a_master() as master:
            if change == "another manager":
                master.addons.__class__ = type("Other", (AddonManager,), {})
            else:
                monkeypatch.setattr(AddonManager, "invoke_addon", lambda self, addon, event, more: None)
            before = type(master.addons)
            assert not dispatch_quickly()
            assert type(master.addons) is before

    asyncio.run(run())
