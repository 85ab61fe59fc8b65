"""``pytest --shadow``: routes as tests.

The routes are judged once, before anything is collected; with pytest-xdist in its controller, which hands what was
found to the workers, for the store may learn more between one worker's look and the next one's.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shadow.pytest_plugin.case import Case, Judgement

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr
    from _pytest.terminal import TerminalReporter

__all__ = ["RoutesPlugin"]

_NODE = "shadow"
_INPUT = "shadow_judgement"
_WORDS = {"ready": "ready", "not-ready": "not ready", "inconclusive": "inconclusive"}
_NOT_EXCUSED = {
    True: "--shadow-allow-inconclusive lets this pass only where a selected route is ready, and here none is.",
    False: "--shadow-allow-inconclusive does not let this pass.",
}
"""By whether the case is excusable."""


class RoutesPlugin:
    """The hooks that ``--shadow`` brings with it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._judgement: Judgement | None = None

    # -- judging ----------------------------------------------------------------------------------------------------

    def pytest_report_header(self) -> str:
        judgement = self._judged()
        return f"shadow: {judgement.source}, judged at {judgement.at}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        self._judged()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """pytest-xdist is about to start a worker."""
        node.workerinput[_INPUT] = self._judged().packed()

    def _judged(self) -> Judgement:
        if self._judgement is None:
            worker = getattr(self._config, "workerinput", None)
            self._judgement = Judgement.unpacked(worker[_INPUT]) if worker else self._judge()
        return self._judgement

    def _judge(self) -> Judgement:
        from shadow.errors import ShadowError
        from shadow.pytest_plugin.judging import judge

        wanted = [route for argument in self._config.args if (route := self._route_in(argument)) is not None]
        try:
            return judge(self._config, wanted)
        except ShadowError as error:
            # Exit code 4, as for any other reason why pytest can't do what it was asked to: 1 is for verdicts.
            raise pytest.UsageError(f"shadow: {error}") from error

    def _route_in(self, argument: str) -> str | None:
        """What an argument such as ``shadow::GET /a`` selects; None for an argument that is none of ours.

        Seen from another folder than the rootdir, pytest prints ids as ``../shadow::GET /a``.
        """
        place, mark, route = argument.partition("::")
        if not mark or os.path.normpath(self._config.invocation_params.dir / place) not in self._places():
            return None
        return route

    def _places(self) -> set[str]:
        return {
            os.path.normpath(folder / _NODE) for folder in (self._config.rootpath, self._config.invocation_params.dir)
        }

    # -- collecting -------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Keep from pytest the arguments that name no file."""
        self._config.args[:] = [argument for argument in self._config.args if self._route_in(argument) is None]

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add ours to what the session finds by its arguments, whatever these are."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            ours = RouteCollector.from_parent(collector, name=_NODE, nodeid=_NODE)
            ours.judgement = self._judged()
            report.result = [*report.result, ours]
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say which inconclusive routes are skipped, now that it is known which routes are selected."""
        if not self._config.getoption("shadow_allow_inconclusive"):
            return
        ours = [item for item in session.items if isinstance(item, RouteItem)]
        proven = any(item.case.verdict == "ready" for item in ours)
        for item in ours:
            if item.case.verdict != "inconclusive":
                continue
            if proven and item.case.excusable:
                # Skipped and not passed: the gate lets it through, but nothing has been proved of it.
                item.add_marker(pytest.mark.skip(reason=f"inconclusive: {item.case.sentence}"))
            else:
                item.remark = _NOT_EXCUSED[item.case.excusable]

    # -- reporting --------------------------------------------------------------------------------------------------

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        if self._config.getoption("collectonly"):
            return
        judgement = self._judged()
        terminalreporter.section("shadow")
        terminalreporter.line(judgement.sentence)
        total, tested = len(judgement.cases), len(set(_tested(terminalreporter)))
        if tested < total:
            terminalreporter.line(f"tested in this run: {tested:,} of {total:,}")
        for note in judgement.notes:
            terminalreporter.line(f"note: {note}")


def _tested(reporter: TerminalReporter) -> Iterator[str]:
    for category in ("passed", "failed", "skipped", "xfailed", "xpassed"):
        for report in reporter.stats.get(category, []):
            nodeid: str = report.nodeid
            if nodeid.startswith(f"{_NODE}::"):
                yield nodeid


class RouteCollector(pytest.Collector):
    """All routes that were selected; stands beside the folders and files that pytest was asked for."""

    judgement: Judgement

    def collect(self) -> list[RouteItem]:
        return [
            RouteItem.from_parent(self, name=case.name, case=case, source=self.judgement.source)
            for case in self.judgement.cases
        ]


class RouteItem(pytest.Item):
    """One route."""

    remark = ""

    def __init__(self, *, case: Case, source: str, **given: Any) -> None:
        super().__init__(**given)
        self.case = case
        self._source = source

    def runtest(self) -> None:
        if self.case.verdict != "ready":
            text = "\n\n".join(filter(None, [self.case.text, self.remark]))
            pytest.fail(text, pytrace=False)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **given: Any
    ) -> str | TerminalRepr:
        shown: Any = super().repr_failure(excinfo, *arguments, **given)
        if isinstance(excinfo.value, pytest.fail.Exception) and hasattr(shown, "chain"):
            # Where one line is all that is shown, it is the verdict, and not where in shadow this was raised.
            message = f"{_WORDS[self.case.verdict]}: {self.case.sentence}"
            shown.reprcrash = dataclasses.replace(shown.reprcrash, path=self._source, lineno=1, message=message)
            # pytest-xdist's workers send only the chain.
            shown.chain = [(traceback, shown.reprcrash, words) for traceback, _, words in shown.chain]
        return shown  # type: ignore[no-any-return]

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        # The last text is the failure's headline. It must not be the id's end, of which pytest makes `a.b` into `a::b`.
        return Path(self._source), 0, f"{self.name}: {_WORDS[self.case.verdict]}"
