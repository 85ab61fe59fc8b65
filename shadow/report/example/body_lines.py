"""A response's body as lines that a person can read: decoded, JSON laid out, anything binary as a hex dump."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

import msgspec

from shadow.compare.bodies.codings import UndecodableError, decoded_start
from shadow.compare.bodies.media_types import media_type
from shadow.exchange import Response
from shadow.report.example.json_layout import NotJsonError, lay_out, parse

__all__ = ["BodyLines", "bodies"]

MOST_BYTES = 2**20
"""Bytes of one body, after decoding, that are looked at."""
MOST_LINES = 4_000
"""Lines of one body."""
_HEX_BYTES = 512


class BodyLines(msgspec.Struct, frozen=True):
    """``note`` says what the lines don't show: decoding, cutting, or why there are none; "" when nothing."""

    lines: tuple[str, ...]
    note: str = ""


def bodies(legacy: Response, candidate: Response) -> tuple[BodyLines, BodyLines]:
    """Both bodies, laid out alike: the candidate's JSON members stand in legacy's order where names agree."""
    contents = _content(legacy), _content(candidate)
    (left, left_note), (right, right_note) = contents
    try:
        ours, theirs = parse(left), parse(right)
    except NotJsonError:
        return _plain(legacy, left, left_note), _plain(candidate, right, right_note)
    return _cut(lay_out(ours), left_note), _cut(lay_out(theirs, like=ours), right_note)


def _cut(lines: Iterable[str], note: str) -> BodyLines:
    found = tuple(islice(lines, MOST_LINES + 1))
    if len(found) <= MOST_LINES:
        return BodyLines(found, note)
    return BodyLines(found[:MOST_LINES], _joined(note, f"only the first {MOST_LINES:,} lines are shown"))


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _plain(response: Response, content: bytes, note: str) -> BodyLines:
    """The body on its own: JSON if it is, else text, else bytes."""
    if not content:
        return BodyLines((), note or "no body")
    try:
        return _cut(lay_out(parse(content)), note)
    except NotJsonError:
        pass
    text = _text(response, content)
    if text is not None:
        return _cut(re.split(r"\r?\n", text), note)
    cut = f"the first {_HEX_BYTES} are shown" if len(content) > _HEX_BYTES else ""
    words = _joined(note, f"{len(content):,} bytes that are not text", cut)
    return BodyLines(tuple(_hex_dump(content[:_HEX_BYTES])), words)


def _text(response: Response, content: bytes) -> str | None:
    """None where the bytes aren't text in the charset that the response names (or UTF-8)."""
    try:
        text = content.decode(media_type(response).charset or "utf-8", "strict")
    except (LookupError, UnicodeError, ValueError):
        # Cutting may have split a character at the end; anything before that is a real fault.
        text = content.decode("utf-8", "replace")
        if text.count("\ufffd") > 1 + len(text) // 50:
            return None
    return None if "\0" in text else text


def _hex_dump(content: bytes) -> list[str]:
    rows = (content[start : start + 16] for start in range(0, len(content), 16))
    return [
        f"{index * 16:06x}  {row.hex(' '):<47}  " + "".join(chr(b) if 32 <= b < 127 else "·" for b in row)
        for index, row in enumerate(rows)
    ]


def _content(response: Response) -> tuple[bytes, str]:
    """The body without its content codings, as far as it goes, and what had to be said about it."""
    try:
        content = decoded_start(response, MOST_BYTES)
    except UndecodableError as error:
        about = (
            f"content-encoding {error.coding!r} is unknown" if error.unknown else f"this is not valid {error.coding}"
        )
        return response.body[:MOST_BYTES], f"{about}; shown as it is"
    if len(content) > MOST_BYTES:
        return content[:MOST_BYTES], f"only the first {MOST_BYTES // 2**20} MiB is shown"
    return content, ""
