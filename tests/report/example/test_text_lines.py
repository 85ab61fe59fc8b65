"""Forms by their fields, markup by its elements, any other text as it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.compare import compare
from shadow.compare.documents.locations import location_text
from shadow.exchange import Response
from shadow.report.example.text_lines import text_lines


def shown(text: str, structure: str) -> list[str]:
    return [line.shown for line in text_lines(text, structure)]


def test_a_form_has_a_line_for_each_field_with_its_place() -> None:
    lines = list(text_lines("status=open&tag=a&tag=b+c&x", "form"))
    assert [line.shown for line in lines] == ["status=open&", "tag=a&", "tag=b+c&", "x"]
    assert [line.location for line in lines] == [("status",), ("tag", 0), ("tag", 1), ("x",)]


def test_elements_are_indented_and_those_of_text_alone_take_one_line() -> None:
    text = '<?xml version="1.0"?><a><b id="1"><c>x y</c><d/></b>\n   <b>z<!-- w --></b></a>'
    assert shown(text, "xml") == [
        '<?xml version="1.0"?>', "<a>", '  <b id="1">', "    <c>x y</c>", "    <d/>", "  </b>", "  <b>", "    z",
        "    <!-- w -->", "  </b>", "</a>",
    ]  # fmt: skip


def test_the_places_of_xml_are_those_of_its_differences() -> None:
    pages = [f'<r xmlns:n="urn:n"><n:b><c>1</c></n:b><n:b><c>2</c><c>{value}</c></n:b></r>' for value in ("3", "4")]
    (found,) = compare(*(Response(200, [("content-type", "text/xml")], page.encode()) for page in pages))
    (line,) = [line for line in text_lines(pages[0], "xml") if line.text.strip() == "<c>3</c>"]
    assert line.location is not None
    assert found.path == f"{location_text(line.location)}['#text']"


def test_scripts_and_void_elements_of_a_page_are_no_elements_with_children() -> None:
    text = '<head><meta charset="utf-8"><script>if (a < b) { "</p>" }</script></head><body><br><p>x</body>'
    assert shown(text, "html") == [
        "<head>", '  <meta charset="utf-8">', '  <script>if (a < b) { "</p>" }</script>', "</head>", "<body>", "  <br>",
        "  <p>", "    x", "</body>",
    ]  # fmt: skip


markup = st.lists(
    st.sampled_from(
        ["<a>", "</a>", "<b c='>'>", "<br>", "x", " ", "\n", "<", ">", '"', "<!--", "-->", "<![CDATA[", "&lt;"]
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize("structure", ["xml", "html", "form", "", "json"])
@given(text=markup | st.text(max_size=40))
def test_no_character_gets_lost_but_white_space(structure: str, text: str) -> None:
    assert re.sub(r"\s+", "", "".join(shown(text, structure))) == re.sub(r"\s+", "", text)


@pytest.mark.parametrize("text", ["<" * 100_000, "<a '" * 50_000, "<!--" * 50_000, "<script>" * 50_000, "<a>" * 50_000])
@pytest.mark.parametrize("structure", ["xml", "html"])
def test_hostile_markup_is_read_once(text: str, structure: str) -> None:
    """Under the suite's time limit; reading on from each of its tags to the end would take hours."""
    assert sum(len(line.text.lstrip(" ")) for line in text_lines(text, structure)) == len(text.replace("a '", "a '"))
