"""`--split` writes an index and a page per route, as a whole as far as that is possible, and touches nothing else."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from shadow.errors import ReportError
from shadow.report import Document, write_reports
from shadow.report.html.anchors import anchor
from shadow.report.html.split import PAGE_HEAD, is_page, render_pages
from shadow.report.html.split import render as render_index
from shadow.verdict.model import RouteVerdict, Verdict
from tests.report.large import large_document


def links(html: bytes) -> list[str]:
    """All that aren't places of the page itself."""
    return [link for link in re.findall(r' href="([^"]*)"', html.decode()) if link[0] != "#" and link != "data:,"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def files_of(document: Document) -> list[str]:
    return sorted(f"{anchor(verdict.route)}.html" for verdict in document.verdicts)


def test_the_index_leads_to_a_page_of_every_route(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    assert write_reports(document, path, split=True) == [path, tmp_path / "report.json", tmp_path / "routes"]
    assert names(tmp_path) == ["index.html", "report.json", "routes"]
    assert names(tmp_path / "routes") == files_of(document)
    found = set(links(path.read_bytes()))
    assert found == {f"routes/{name}" for name in files_of(document)}


def test_the_index_says_of_every_route_how_it_stands_and_what_differs_but_shows_no_example(document: Document) -> None:
    index = render_index(document).decode()
    for verdict in document.verdicts:
        assert f"<code>{verdict.route.replace('/', '/<wbr>')}</code></a>" in index
    assert '<details class="example"' not in index
    assert '<details class="difference"' not in index
    assert 'Differences <span class="amount">4</span>' in index
    assert "4 groups are not shown here: the page of this route and report.json have them." in index
    assert index.count('data-page="routes/') == index.count('data-groups="') == 4


def test_pages_lead_back_and_on(document: Document) -> None:
    pages = dict(render_pages(document, "today's parity.html"))
    files = list(pages)
    assert files == [f"{anchor(verdict.route)}.html" for verdict in document.verdicts]
    for place, (verdict, page) in enumerate(zip(document.verdicts, pages.values(), strict=True)):
        around = [name for name in (place - 1, place + 1) if 0 <= name < len(files)]
        back = f"../today%27s%20parity.html#{anchor(verdict.route)}"
        assert links(page) == [back, *(files[other] for other in around)]


def test_a_page_has_everything_of_its_route() -> None:
    document = large_document(2, 300, examples=1)
    for verdict, (_, content) in zip(document.verdicts, render_pages(document, "index.html"), strict=True):
        page = content.decode()
        assert page.count('<details class="difference"') == 300
        assert page.count('<details class="route ') == 1
        assert page.count(f'id="{anchor(verdict.route)}-') == 300
        assert "further group" not in page
        assert f"<title>{verdict.route} · shadow parity report</title>" in page


def test_pages_have_the_same_policy_scripts_and_styles_as_the_whole_report(document: Document) -> None:
    pages = [render_index(document), *(content for _, content in render_pages(document, "index.html"))]
    for pattern in (
        rb'<meta http-equiv="Content-Security-Policy" content="[^"]*">', rb"<style>.*</style>", rb"<script .*</script>",
    ):  # fmt: skip
        assert len({re.search(pattern, page, re.DOTALL)[0] for page in pages}) == 1  # type: ignore[index]


def test_names_of_files_are_made_of_anchors_alone(
    route: Callable[..., RouteVerdict], document_of: Callable[..., Document], hostile_text: str
) -> None:
    hostile = ["GET /../../../etc/passwd", "GET /\0", "..", "", f"GET /{hostile_text}", "GET /" + "a" * 5_000]
    document = document_of([route(name, Verdict.READY, 0, "") for name in hostile])
    files = [name for name, _ in render_pages(document, "index.html")]
    assert len(set(files)) == len(hostile)
    assert all(re.fullmatch(r"[a-z0-9-]{8,80}\.html", name) for name in files)


def test_routes_with_the_same_anchor_have_pages_of_their_own(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shadow.report.html.split.anchor", lambda _: "same-0123456789")
    files = dict(render_pages(replace(document, verdicts=document.verdicts[:3]), "index.html"))
    assert list(files) == ["same-0123456789.html", "same-0123456789-2.html", "same-0123456789-3.html"]
    assert all(is_page(name, content[:PAGE_HEAD]) for name, content in files.items())


def test_hostile_values_stay_text_on_every_page(hostile: Document) -> None:
    for content in (render_index(hostile), *(content for _, content in render_pages(hostile, "index.html"))):
        page = content.decode()
        assert "<img" not in page
        assert page.count("<script") == page.count("</script>") == 1
        assert "\u202e" not in page


def test_pages_of_routes_that_are_gone_are_removed_and_nothing_else(document: Document, tmp_path: Path) -> None:
    write_reports(document, tmp_path / "index.html", split=True)
    folder = tmp_path / "routes"
    gone = files_of(document)[0]
    others = {
        "notes.txt": b"mine",
        "get-mine-0123456789.html": b"<title>mine, though it is called like a page</title>",
        "copy.html": (folder / gone).read_bytes(),
        "report-20261123.html": (tmp_path / "index.html").read_bytes(),
    }
    for name, content in others.items():
        (folder / name).write_bytes(content)
    (folder / "get-link-0123456789.html").symlink_to(folder / "copy.html")
    (folder / "get-folder-0123456789.html").mkdir()
    left = replace(document, verdicts=tuple(one for one in document.verdicts if f"{anchor(one.route)}.html" != gone))
    write_reports(left, tmp_path / "index.html", split=True)
    mine = [*others, "get-link-0123456789.html", "get-folder-0123456789.html"]
    assert names(folder) == sorted([*files_of(left), *mine])
    assert {name: (folder / name).read_bytes() for name in others} == others


@pytest.mark.parametrize("kind", ["file", "link", "dangling", "folder"])
def test_what_shadow_has_not_written_is_never_written_over(document: Document, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "routes"
    folder.mkdir()
    elsewhere = tmp_path / "precious"
    taken = folder / files_of(document)[0]
    if kind == "folder":
        taken.mkdir()
    elif kind == "file":
        taken.write_text("mine")
    else:
        taken.symlink_to(elsewhere)
        if kind == "link":
            elsewhere.write_text("mine")
    with pytest.raises(ReportError, match=re.escape(str(taken))):
        write_reports(document, tmp_path / "index.html", split=True)
    assert not (tmp_path / "index.html").exists()
    assert elsewhere.exists() == (kind == "link")
    assert kind != "file" or taken.read_text() == "mine"


def test_where_a_page_cannot_be_written_the_index_stays_as_it_was(document: Document, tmp_path: Path) -> None:
    write_reports(document, tmp_path / "index.html")
    before = (tmp_path / "index.html").read_bytes()
    (tmp_path / "routes").write_text("a file where the folder would be")
    with pytest.raises(ReportError, match="routes"):
        write_reports(replace(document, paused=True), tmp_path / "index.html", split=True)
    assert (tmp_path / "index.html").read_bytes() == before


def test_whoever_follows_a_link_meanwhile_finds_a_whole_page(document: Document, tmp_path: Path) -> None:
    """At each moment at which a file is put in its place, the index leads to pages that are there and whole."""
    index = tmp_path / "index.html"
    write_reports(document, index, split=True)
    fewer = replace(document, verdicts=document.verdicts[3:])
    moments = 0

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal moments
        if watching and event in ("os.rename", "os.remove") and str(arguments[0]).startswith(str(tmp_path)):
            moments += 1
            for link in links(index.read_bytes()):
                assert (tmp_path / link).read_bytes().endswith(b"</html>")

    watching = True
    sys.addaudithook(look)
    try:
        for changed in (fewer, document):
            write_reports(changed, index, split=True)
    finally:
        watching = False
    assert moments >= len(fewer.verdicts) + len(document.verdicts) + 3
    assert names(tmp_path / "routes") == files_of(document)


def test_only_the_html_report_is_split(document: Document, tmp_path: Path) -> None:
    write_reports(document, tmp_path / "index.html", ["markdown"], split=True)
    assert names(tmp_path) == ["report.json", "report.md"]
