"""Pages are compared as browsers read them, and as text where that can't be told."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare import Difference, compare
from shadow.compare.rules import Rules
from shadow.exchange import Response

HTML = "text/html; charset=utf-8"


def differences(legacy: str, candidate: str, type_: str = HTML, other: str | None = None) -> list[Difference]:
    types = [[("Content-Type", name)] if name else [] for name in (type_, type_ if other is None else other)]
    one, two = (Response(200, h, text.encode()) for h, text in zip(types, (legacy, candidate), strict=True))
    rules = Rules(legacy_url="https://h/kong", candidate_url="https://h")
    return [d for d in compare(one, two, rules) if d.where == "body"]


def paths(legacy: str, candidate: str, type_: str = HTML, other: str | None = None) -> list[str]:
    return [d.path for d in differences(legacy, candidate, type_, other)]


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("<!doctype html><p id=x class='a b'>Hi", "<!DOCTYPE HTML>\n<html><body>\n<p class='b  a'\nid=\"x\">Hi</body>"),
        ("<br>x<hr/>", "<br/>x<hr>"),
        ("<ul><li>a<li>b</ul>", "<ul>\n <li>a</li>\n <li>b</li>\n</ul>"),
        ("<table><tr><td>a<td>b</table>", "<table> <tr> <td>a</td> <td>b</td> </tr> </table>"),
        ("<select><option>a<option selected>b</select>",
         "<select><option>a</option><option selected=selected>b</select>"),
        ("<input disabled>", '<input disabled="">'),
        ("<p>a &amp; b &eacute; &#x20ac;", "<p>a & b é €"),
        ("<a href='?a=1&amp;b=2'>x</a>", "<a href='?a=1&b=2'>x</a>"),
        ("<p>a<!-- c --> b", "<p>a b"),
        ("<p>a\n\t b</p>", "<p> a b </p>"),
        ("<p>a <br> b", "<p>a<br>b"),
        ("<P TITLE=x>a</P>", "<p title=x>a</p>"),
        ("<p>a<wbr>b</p>", "<p>a<wbr/>b"),
        ("<pre>\na</pre>", "<pre>a</pre>"),
        ("<a href='https://h/kong/x'>a</a>", "<a href='https://h/x'>a</a>"),
        ("<svg viewBox='0 0 1 1'><path d='M0'/></svg>", "<svg viewbox='0 0 1 1'>\n <path d='M0'></path>\n</svg>"),
        ("<p>a\r\nb", "<p>a\nb"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_page_are_the_same(legacy: str, candidate: str) -> None:
    assert paths(legacy, candidate) == []


@pytest.mark.parametrize(
    ("legacy", "candidate", "path"),
    [
        ("<p>Hi", "<p>Ho", "$.html.body[0].p[0]['#text']"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>c</ul>", "$.html.body[0].ul[0].li[1]['#text']"),
        ("<a href=x>a</a>", "<a href=y>a</a>", "$.html.body[0].a[0]['@href']"),
        ("<title>a</title>", "<title>b</title>", "$.html.head[0].title[0]['#text']"),
        ("<b>a</b> <b>c</b>", "<b>a</b><b>c</b>", "$.html.body[0]['#text']"),
        ("<button>a</button> x", "<button>a</button>x", "$.html.body[0]['#text']"),
        ("<pre>a  b</pre>", "<pre>a b</pre>", "$.html.body[0].pre[0]['#text']"),
        ("<textarea> a</textarea>", "<textarea>a</textarea>", "$.html.body[0].textarea[0]['#text']"),
        ("<script>a  b</script>", "<script>a b</script>", "$.html.head[0].script[0]['#text']"),
        ("<style>a{}</style>", "<style>b{}</style>", "$.html.head[0].style[0]['#text']"),
        ("<span style='white-space:pre'>a  b</span>", "<span style='white-space:pre'>a b</span>",
         "$.html.body[0].span[0]['#text']"),
        ("<p>a&nbsp;b", "<p>a b", "$.html.body[0].p[0]['#text']"),
        ("<i>a</i><b>b</b>", "<b>b</b><i>a</i>", "$.html.body[0]['#order']"),
        ("<input checked>", "<input>", "$.html.body[0].input[0]['@checked']"),
        ("<!doctype html><p>a", "<p>a", "$['#doctype']"),
        ("<x-y>a</x-y>", "<x-y>b</x-y>", "$.html.body[0]['x-y'][0]['#text']"),
        ("<p>a<wbr>b</p>", "<p>a<wbr>c</p>", "$.html.body[0].p[0]['#text'][1]"),
    ],
)  # fmt: skip
def test_each_change_is_one_difference_at_its_place(legacy: str, candidate: str, path: str) -> None:
    assert paths(legacy, candidate) == [path]


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        # After the end of the page there may still be content.
        ("<html><body>a</body></html>", "<html><body>a</body></html>b"),
        ("<html><body>a</body></html><p>b", "<html><body>a</body></html><p>c"),
        # A browser's bold text goes on, libxml2's ends.
        ("<b>x<p>y", "<b>x</b><p>y"),
        ("<p><b>x<p>y", "<p><b>x</b><p>y"),
        ("<b/>x", "<b></b>x"),
        ("<p/>x", "<p></p>x"),
        ("<div><b>x</div>y", "<div><b>x</b></div>y"),
        ("<b><i>a</b>b</i>", "<b><i>a</i></b>b"),
        # It makes these end tags a tag.
        ("a</br>b", "ab"),
        ("</p>x", "x"),
        # It drops NUL, libxml2 makes it U+FFFD.
        ("a\0b", "a\ufffdb"),
        ("<body a=1><body b=2>x", "<body a=1>x"),
        ("<p>a<b", "<p>a"),
    ],
)
def test_what_browsers_and_the_parser_read_otherwise_is_compared_as_text(legacy: str, candidate: str) -> None:
    assert [(d.path, d.kind) for d in differences(legacy, candidate)] == [("$", "body-changed")]


def test_a_page_without_any_element_is_text() -> None:
    assert paths("<!-- a -->", "<!-- b -->") == ["$"]


@pytest.mark.parametrize(("type_", "other"), [("text/html", "text/plain"), ("", ""), ("", "text/html")])
def test_a_page_is_recognised_by_how_it_begins(type_: str, other: str) -> None:
    assert paths("<!doctype html><p>a", "<html><p>b", type_, other) == ["$.html.body[0].p[0]['#text']", "$['#doctype']"]


def test_the_charset_is_the_one_that_is_declared() -> None:
    latin = "<p>é".encode("latin-1")
    for declared, body in (("text/html; charset=iso-8859-1", latin), ("text/html", b"<meta charset=latin1>" + latin)):
        one = Response(200, [("Content-Type", "text/html; charset=utf-8")], body.decode("latin-1").encode())
        other = Response(200, [("Content-Type", declared)], body)
        assert [d for d in compare(one, other) if d.where == "body"] == []


# -- generated pages ---------------------------------------------------------------------------------------------------

INLINE = ["b", "i", "span", "a", "x-y"]
BLOCKS = ["div", "section", "h1", "ul"]
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=4
)
attributes = st.dictionaries(st.sampled_from(["id", "title", "data-x", "href"]), words, max_size=2)
Node = tuple[str, dict[str, str], list["Node | str"]]


def _parted(children: list[Node | str]) -> list[Node | str]:
    return [c for i, c in enumerate(children) if not (isinstance(c, str) and i and isinstance(children[i - 1], str))]


phrases: st.SearchStrategy[Node] = st.recursive(
    st.tuples(st.sampled_from(INLINE), attributes, st.lists(words, min_size=1, max_size=1)),
    lambda inner: st.tuples(st.sampled_from(INLINE[:3]), attributes, st.lists(inner | words, max_size=3).map(_parted)),
    max_leaves=4,
)
paragraphs = st.tuples(st.sampled_from(BLOCKS), attributes, st.lists(phrases | words, max_size=3).map(_parted))
pages: st.SearchStrategy[Node] = st.tuples(
    st.sampled_from(BLOCKS),
    attributes,
    st.lists(paragraphs, max_size=3),
)


def written(node: Node) -> str:
    name, said, children = node
    spelled = "".join(f' {key}="{html.escape(value)}"' for key, value in said.items())
    return (
        f"<{name}{spelled}>{''.join(html.escape(c) if isinstance(c, str) else written(c) for c in children)}</{name}>"
    )


def respelled(node: Node) -> str:
    name, said, children = node
    turned = "".join(
        f"\n{key.upper()}='{''.join(f'&#{ord(c)};' for c in value)}'" for key, value in reversed(said.items())
    )
    layout = "\n  " if name in BLOCKS else ""
    # Within a line no white space may be added; beside a block, any.
    parts = [re.sub(r"[<>&]", lambda m: html.escape(m[0]), c) if isinstance(c, str) else respelled(c) for c in children]
    between = layout if all(isinstance(c, tuple) and c[0] in BLOCKS for c in children) else ""
    return f"<{name.upper()}{turned} ><!-- x -->{layout}{between.join(parts)}{layout}</{name}\n>"


@given(pages)
@settings(max_examples=200, deadline=None)
def test_any_page_in_two_spellings_is_the_same(page: Node) -> None:
    assert paths(written(page), f"<!-- x --><HTML><body>{respelled(page)}\n</body>\n</HTML>\n") == []


@given(pages, pages)
@settings(max_examples=200, deadline=None)
def test_different_pages_are_never_the_same(one: Node, other: Node) -> None:
    assert (paths(written(one), respelled(other)) == []) is (one == other)


@given(pages, words)
@settings(max_examples=100, deadline=None)
def test_a_word_more_is_one_difference_at_its_place(page: Node, word: str) -> None:
    name, said, children = page
    (path, *others) = paths(written(page), written((name, said, [*children, ("h2", {}, [word])])))
    assert (path, others) == (f"$.html.body[0].{name}[0].h2", [])


# -- hostile pages -----------------------------------------------------------------------------------------------------

SOUP = re.findall(
    r"\S+",
    """
<b> </b> <i> </i> <p> </p> <div> </div> <li> <td> <table> </table> <br> </br> <b/> <html> </html> <body> </body> <head>
<title> </title> <script> </script> <pre> </pre> <!-- --> <! </ < > & &lt; x y " ' = <a> <u> </a> <svg> </svg>
<path/> <![CDATA[ ]]> <?x?> <plaintext> <textarea> <select> <option> <form>
""",
)
SOUP += ["\0", " ", "\n"]


@given(st.lists(st.sampled_from(SOUP), max_size=12), st.data())
@settings(max_examples=400, deadline=None)
def test_a_word_that_is_added_anywhere_in_any_soup_is_never_overlooked(soup: list[str], data: st.DataObject) -> None:
    """Unless it stands where no browser shows it either, or says it: in a comment, a declaration, a tag."""
    place = data.draw(st.integers(0, len(soup)))
    before, after = "".join(soup[:place]), "".join(soup[place:])
    if not paths(before + after, before + "word" + after):
        assert re.search(r"<(?:!|\?|/)[^<]*\Z|<!--(?:(?!-->).)*\Z|<[a-z][^>]*\Z|</?\Z", before, re.DOTALL)


@pytest.mark.parametrize(
    "shape",
    [
        "<p>{}",
        "<p title='{}'>x",
        "<!--{}--><p>x",
        "<script>{}</script>",
        "<title>{}</title>",
    ],
)
def test_texts_beyond_the_parsers_limits_are_never_called_the_same(shape: str) -> None:
    long = "x" * 11_000_000
    found = differences(shape.format(long) + "<p>a", shape.format(long) + "<p>b")
    assert [d.severity for d in found] == ["difference"]


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("<div>" * 10_000 + "x", "<div>" * 10_000 + "y"),
        ("<div>" * 10_000 + "x" + "</div>" * 10_000, "<div>" * 10_000 + "y" + "</div>" * 10_000),
        ("<p>" + "<span>" * 300 + "x" + "</span>" * 300, "<p>" + "<span>" * 300 + "y" + "</span>" * 300),
        ("<p " + " ".join(f"a{i}" for i in range(100_000)) + ">x", "<p>x"),
        ("<p>x" * 100_001, "<p>x" * 100_001 + "y"),
        ("<a " * 300_000, "<a " * 300_000 + "x"),
        ('<a b="' * 300_000, '<a b="' * 300_000 + "x"),
        ("<!--" * 300_000, "<!--" * 300_000 + "x"),
    ],
)
def test_large_and_deep_pages_are_told_apart(legacy: str, candidate: str) -> None:
    found = differences(legacy, candidate)
    assert found
    assert {d.severity for d in found} == {"difference"}


@pytest.mark.parametrize(
    ("legacy", "candidate"),
    [
        ("<svg><text><![CDATA[x]]></text></svg>", "<svg><text></text></svg>"),
        (f"<p>&#{'1' * 5000};", f"<p>&#{'2' * 5000};"),
        (f"<p title='&#{'1' * 5000};'>", f"<p title='&#{'2' * 5000};'>"),
        ("<p>" + "&lt;" * 40_000, "<p>" + "&lt;" * 40_000 + "&gt;"),
        ("<p " + " ".join(f"a{n}" for n in range(150)) + ">" + "<i a b c d e></i>" * 25_000, "<p>"),
        ("<b></b>" * 20_000, "<b></b>" * 20_000 + "<i></i>"),
    ],
    ids=["cdata", "reference", "reference in an attribute", "references", "attributes", "elements"],
)
def test_what_is_too_much_or_not_sure_to_be_read_is_compared_as_text(legacy: str, candidate: str) -> None:
    assert paths(legacy, candidate) == ["$"]


def test_what_looks_like_cdata_outside_of_drawings_is_a_comment() -> None:
    assert paths("<p>a<![CDATA[x]]></p>", "<p>a</p>") == []
