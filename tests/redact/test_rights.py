"""Files that are kept are nobody else's to read."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from shadow.redact.rights import close_to_others


@pytest.mark.parametrize(
    ("before", "after"),
    [(0o644, 0o640), (0o666, 0o660), (0o777, 0o770), (0o640, 0o640), (0o600, 0o600), (0o604, 0o600)],
)
def test_others_lose_their_rights_and_nobody_else_does(tmp_path: Path, before: int, after: int) -> None:
    file = tmp_path / "shadow.db"
    file.touch()
    file.chmod(before)
    close_to_others(tmp_path / "missing", file)
    assert stat.S_IMODE(file.stat().st_mode) == after
