"""Two bodies in a terminal: side by side where it is wide enough, else one below the other, as in a patch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shadow.report.example.side_by_side import Block, Cell, Row
from shadow.report.terminal.writer import GAP, Piece, Writer
from shadow.report.visible import clip
from shadow.verdict.wording import plural

__all__ = ["print_bodies"]

_MOST_ROWS = 40
"""Rows that are shown; the HTML report has them all."""
_SIDE_BY_SIDE_FROM = 120
"""Columns of the terminal."""
_LONGEST = 200
_LEGACY, _CANDIDATE, _EQUAL, _MARK = "red", "green", "dim", "bold underline"


def print_bodies(page: Writer, diff: Sequence[Block], indent: int) -> None:
    """`-` before what only legacy has, `+` before what only the candidate has; long equal stretches are told."""
    rows = list(_rows(diff))
    side_by_side = page.laid_out and page.width >= _SIDE_BY_SIDE_FROM
    for row in rows[:_MOST_ROWS]:
        if isinstance(row, str):
            page.line((f"  {row}", _EQUAL), indent=indent)
        elif side_by_side:
            _beside(page, row, indent)
        else:
            _below(page, row, indent)
    if len(rows) > _MOST_ROWS:
        page.line((f"  … {plural(len(rows) - _MOST_ROWS, 'more line')}", _EQUAL), indent=indent)


def _rows(diff: Sequence[Block]) -> Iterator[Row | str]:
    """Rows, and sentences in the place of those that are not shown."""
    for block in diff:
        if block.folded:
            yield f"… {plural(block.size, 'equal line')}"
            continue
        yield from block.rows
        if block.left_out:
            yield f"… {plural(block.left_out, 'more line')}"


def _below(page: Writer, row: Row, indent: int) -> None:
    sides: list[tuple[str, Cell | None, str]] = [("- ", row.legacy, _LEGACY), ("+ ", row.candidate, _CANDIDATE)]
    for sign, cell, style in [("  ", row.legacy, _EQUAL)] if row.kind == "equal" else sides:
        if cell is not None:
            hang = len(cell.text) - len(cell.text.lstrip(" ")) + 4
            page.line(*_pieces(sign, cell, style), indent=indent, hang=hang)


def _beside(page: Writer, row: Row, indent: int) -> None:
    width = (page.width - indent - GAP) // 2
    equal = row.kind == "equal"
    left = _pieces("  " if equal else "- ", row.legacy, _EQUAL if equal else _LEGACY)
    right = _pieces("  " if equal else "+ ", row.candidate, _EQUAL if equal else _CANDIDATE)
    ours, theirs = (page.wrapped(page.text(*pieces), width) for pieces in (left, right))
    page.beside(ours, theirs, width, indent=indent)


def _pieces(sign: str, cell: Cell | None, style: str) -> list[Piece]:
    """The sign and the line, in which what differs from the line opposite is marked; nothing for no line."""
    if cell is None:
        return []
    pieces = ((clip(text, _LONGEST), f"{style} {_MARK}" if differs else style) for text, differs in cell.segments)
    return [(sign, style), *pieces]
