"""A worker gives way, also where Linux shares the CPU out by session."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

AUTOGROUP = Path("/proc/self/autogroup")
SCRIPT = """
import asyncio, os, pathlib
from shadow.pipeline.priority import give_way, stop_giving_way

def say():
    autogroup = pathlib.Path("/proc/self/autogroup")
    print(os.getpriority(os.PRIO_PROCESS, 0), autogroup.read_text().split()[-1] if autogroup.exists() else "-")

say()
asyncio.run(give_way())
say()
asyncio.run(stop_giving_way(os.getpid()))
say()
"""


def priorities() -> list[list[str]]:
    """Before, while it gives way, and after: the process's nice value and its session's."""
    ran = subprocess.run([sys.executable, "-c", SCRIPT], start_new_session=True, capture_output=True, text=True)
    assert ran.stderr == ""
    return [line.split() for line in ran.stdout.splitlines()]


def test_the_process_itself_goes_to_the_lowest_priority():
    before, during, _ = priorities()
    assert int(during[0]) == 19 > int(before[0])


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="Linux was built without the autogroup feature")
def test_its_session_does_too_and_comes_back_for_the_last_report():
    assert [session for _, session in priorities()] == ["0", "10", "0"]
