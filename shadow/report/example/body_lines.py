"""A response's body as lines that a person can read: decoded, JSON laid out, anything binary as a hex dump."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

import msgspec

from shadow.compare.bodies.codings import UndecodableError, decoded_start
from shadow.compare.bodies.media_types import media_type
from shadow.exchange import Request, Response
from shadow.report.example.json_layout import NOTHING, lay_out
from shadow.report.example.json_text import NotJsonError, parse
from shadow.report.example.layout import Layout, Line
from shadow.report.example.line_pairs import pair_lines
from shadow.report.example.text_lines import text_lines

__all__ = ["Bodies", "BodyLines", "bodies", "one_body"]

MOST_BYTES = 2**20
"""Bytes of one body, after decoding, that are looked at."""
MOST_LINES = 4_000
"""Lines of one body."""
_HEX_BYTES = 512


class BodyLines(msgspec.Struct, frozen=True):
    """``note`` says what the lines don't show: decoding, cutting, or why there are none; "" when nothing."""

    lines: tuple[str, ...]
    note: str = ""


class Bodies(msgspec.Struct, frozen=True):
    """Both bodies, and which of their lines belong together."""

    legacy: BodyLines
    candidate: BodyLines
    layout: Layout


def one_body(message: Request | Response) -> BodyLines:
    """A body on its own."""
    if isinstance(message, Request):
        message = Response(0, message.headers, message.body)
    content, note = _content(message)
    lines, ended, said = _lines(message, content)
    return _body(lines, ended, note, said)


def bodies(legacy: Response, candidate: Response) -> Bodies:
    """Both bodies, laid out alike."""
    # The report is written again every few seconds, mostly with the same pairs, and a pair is often an example of
    # several groups of differences.
    return _bodies(*((found.status, tuple(found.headers), found.body) for found in (legacy, candidate)))


_Parts = tuple[int, tuple[tuple[str, str], ...], bytes]


@lru_cache(maxsize=64)
def _bodies(*parts: _Parts) -> Bodies:
    legacy, candidate = (Response(status, list(headers), body) for status, headers, body in parts)
    (left, left_note), (right, right_note) = _content(legacy), _content(candidate)
    found = _documents(left, right)
    if found is not None:
        ours, theirs = _body(found.legacy, found.ended, left_note), _body(found.candidate, found.ended, right_note)
        return Bodies(ours, theirs, found)
    (one, one_ended, one_said), (other, other_ended, other_said) = _lines(legacy, left), _lines(candidate, right)
    pairs = pair_lines([line.text for line in one], [line.text for line in other])
    return Bodies(
        _body(one, one_ended, left_note, one_said),
        _body(other, other_ended, right_note, other_said),
        Layout(tuple(one), tuple(other), tuple(pairs), one_ended or other_ended),
    )


def _documents(left: bytes, right: bytes) -> Layout | None:
    """None where not both are JSON."""
    try:
        ours, theirs = parse(left), parse(right)
    except NotJsonError:
        return None
    return lay_out(ours, theirs, MOST_LINES)


def _body(lines: Sequence[Line], ended: bool, *notes: str) -> BodyLines:
    cut = f"only the first {len(lines):,} lines are shown" if ended else ""
    return BodyLines(tuple(line.shown for line in lines), _joined(*notes, cut))


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _lines(response: Response, content: bytes) -> tuple[list[Line], bool, str]:
    """The body on its own, JSON if it is, else text, else bytes; whether there is more; and what is to be said."""
    if not content:
        return [], False, "no body"
    try:
        found = lay_out(parse(content), NOTHING, MOST_LINES)
        return list(found.legacy), found.ended, ""
    except NotJsonError:
        pass
    text = _text(response, content)
    if text is not None:
        lines = list(islice(text_lines(text, media_type(response).structure), MOST_LINES + 1))
        return lines[:MOST_LINES], len(lines) > MOST_LINES, ""
    cut = f"the first {_HEX_BYTES} are shown" if len(content) > _HEX_BYTES else ""
    said = _joined(f"{len(content):,} bytes that are not text", cut)
    return [*map(Line, _hex_dump(content[:_HEX_BYTES]))], False, said


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
