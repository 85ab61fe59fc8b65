"""Bytes come back out of a shell as they went in."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.report.shell_words import printf_format, shell_word

BASH = shutil.which("bash") or ""
needs_bash = pytest.mark.skipif(not BASH, reason="there is no bash on the PATH")


def said(script: str) -> bytes:
    return subprocess.run([BASH, "-c", script], capture_output=True, check=True, timeout=60).stdout


@needs_bash
@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=40).map(lambda data: data.replace(b"\0", b"")), min_size=1, max_size=20))
def test_words_are_read_back(words: list[bytes]) -> None:
    script = "printf '%s\\0' " + " ".join(map(shell_word, words))
    assert re.fullmatch("[ -~]+", script)
    assert said(script).split(b"\0")[:-1] == words


@needs_bash
def test_every_byte_is_read_back() -> None:
    assert said(f"printf %s {shell_word(bytes(range(1, 256)))}") == bytes(range(1, 256))
    assert said(f"printf -- {printf_format(bytes(range(256)) + b'%s%d')}") == bytes(range(256)) + b"%s%d"


def test_what_is_plain_stays_readable() -> None:
    assert shell_word(b"https://h/x") == "https://h/x"
    assert shell_word(b"Accept: */*") == "'Accept: */*'"
    assert shell_word(b"") == "''"


def test_history_is_never_expanded_where_the_quoting_is_not_simple() -> None:
    assert "!" not in shell_word(b"it's!")


def test_a_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        shell_word(b"a\0")
