"""report.md fits into a GitHub step summary, and no value from traffic becomes markup in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from shadow.report import Document
from shadow.report.document import Note
from shadow.report.markdown import render
from shadow.verdict.model import Verdict


def rows(markdown: bytes) -> list[str]:
    return [line for line in markdown.decode().splitlines() if line.startswith("|")][2:]


def test_the_table_has_one_row_per_route_worst_first(document: Document) -> None:
    found = rows(render(document))
    assert len(found) == 9
    assert all(verdict.route in row for verdict, row in zip(document.verdicts, found, strict=True))
    assert found[0].startswith(
        "| ✗ not ready | <code>GET /orders/{orderId}</code> | 12 of 412 distinct requests differ"
    )


def test_notes_stand_before_the_table(document: Document, hostile_text: str) -> None:
    lines = (
        render(replace(document, notes=(Note("one `[[accept]]` is idle"), Note(hostile_text)))).decode().splitlines()
    )
    assert next(line for line in lines if line.startswith("- ")) == r"- one \`\[\[accept\]\]\` is idle"
    assert len(lines) == len(render(document).decode().splitlines()) + 3


def test_a_route_that_got_worse_says_so_in_a_phrase(document: Document) -> None:
    markdown = render(document)
    assert [row for row in rows(markdown) if "worse than before" in row] == rows(markdown)[:1]
    assert " has become a string (worse than before) |" in rows(markdown)[0]
    assert "- **back** <code>body $.items" in markdown.decode().replace("\\", "")


def test_only_routes_that_are_not_ready_get_details(document: Document) -> None:
    text = render(document).decode()
    assert text.count("<details>") == text.count("</details>") == 3


def test_hostile_values_stay_text(hostile: Document) -> None:
    text = render(hostile).decode()
    found = rows(text.encode())
    assert len(found) == 9
    # Six cells have seven unescaped bars.
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 7 for row in found)
    assert set(re.findall(r"<[^>]*>?", text)) == {
        "<code>", "</code>", "<details>", "</details>", "<summary>", "</summary>",
    }  # fmt: skip
    assert not re.search(r"[\0\x1b\u202e\u2028\r]", text)


def test_what_github_would_drop_is_cut_with_a_word(
    route: Callable[..., Any], document_of: Callable[..., Document]
) -> None:
    template = route("GET /x", Verdict.INCONCLUSIVE, 0, "not-enough-requests")
    many = [replace(template, route=f"GET /{number}/{'x' * 150}") for number in range(6_000)]
    markdown = render(document_of(many))
    assert 900_000 < len(markdown) < 2**20
    assert re.search(r"\d,\d{3} further rows and details are left out", markdown.decode())
