"""A process of its own for each case: what it may open can't be given back."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from shadow.errors import UsageError
from shadow.replay.descriptors import make_room
soft, hard, concurrency = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
try:
    make_room(concurrency)
except UsageError as error:
    print(error)
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


TOO_MANY = (
    "500 requests at once need 1,064 open files, of which a process may have 900 here: raise that limit (`ulimit -Hn`)"
    ", or give --concurrency 418"
)


@pytest.mark.parametrize(
    ("soft", "hard", "concurrency", "said"),
    [
        (300, 900, 100, ["300"]),
        (300, 900, 400, ["864"]),
        (300, 900, 500, [TOO_MANY, "300"]),
    ],
)
def test_the_limit_is_raised_as_far_as_it_may_be(soft: int, hard: int, concurrency: int, said: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(soft), str(hard), str(concurrency)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == said
