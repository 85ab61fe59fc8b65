"""XML becomes a document: elements, attributes, text, in one spelling and with nothing lost."""

from __future__ import annotations

import socket
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.compare import Difference, compare
from shadow.compare.rules import BodyRule, Rules
from shadow.compare.treatment import Treatment
from shadow.config.jsonpath import parse_path
from shadow.exchange import Response

XML = "application/xml"


def differences(
    legacy: str | bytes, candidate: str | bytes, type_: str = XML, other: str | None = None, rules: Rules | None = None
) -> list[Difference]:
    bodies = [text.encode() if isinstance(text, str) else text for text in (legacy, candidate)]
    types = [[("Content-Type", name)] if name else [] for name in (type_, type_ if other is None else other)]
    one, two = (Response(200, headers, body) for headers, body in zip(types, bodies, strict=True))
    return [d for d in compare(one, two, rules) if d.where == "body"]


def paths(legacy: str | bytes, candidate: str | bytes, type_: str = XML, other: str | None = None) -> list[str]:
    return [d.path for d in differences(legacy, candidate, type_, other)]


CATALOG = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<catalog xmlns="urn:books">
  <book id="1"><title>Felt</title><price currency="EUR">1.00</price></book>
  <book id="2"><title>Wool &amp; Yarn</title></book>
</catalog>
"""
RESPELLED = (
    "<b:catalog xmlns:b='urn:books'><b:book id='1'><b:title>Felt</b:title><b:price currency='EUR'>1.00</b:price>"
    "</b:book><b:book id='2'><b:title><![CDATA[Wool & Yarn]]></b:title></b:book><?note x?></b:catalog>"
)


def test_one_document_in_two_spellings_is_the_same() -> None:
    assert paths(CATALOG, RESPELLED) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("Felt", "felt", "$.catalog.book[0].title[0]['#text']"),
        ("id='2'", "id='3'", "$.catalog.book[1]['@id']"),
        (" currency='EUR'", "", "$.catalog.book[0].price[0]['@currency']"),
        ("urn:books", "urn:book", "$.catalog['@xmlns']"),
        ("<b:book id='2'>", "<b:book id='2' xmlns:b='urn:x'>", "$.catalog.book[1]['@xmlns']"),
    ],
)
def test_each_change_is_one_difference_at_its_place(old: str, new: str, path: str) -> None:
    assert RESPELLED.count(old) >= 1
    # A namespace that changes within changes back for no one: its children inherit it.
    assert paths(CATALOG, RESPELLED.replace(old, new)) == [path]


def test_missing_and_added_elements_are_told_once() -> None:
    assert paths("<a><b/><c/></a>", "<a><b/></a>") == ["$.a.c"]
    assert paths("<a><b/><c/><b/></a>", "<a><b/><c/></a>") == ["$.a.b[1]"]
    assert paths("<a><b/><c/></a>", "<a><b/><d/><c/></a>") == ["$.a.d"]
    assert paths("<a><b/>x</a>", "<a><b/></a>") == ["$.a['#text']"]
    assert paths("<a>x<b/>y</a>", "<a>x<b/></a>") == ["$.a['#text']"]


def test_children_of_several_names_in_another_order_are_one_difference() -> None:
    (found,) = differences("<a>t<b/><c/></a>", "<a><c/>t<b/></a>")
    assert (found.path, found.kind, found.class_) == ("$.a['#order']", "reordered", "list-order")
    assert found.summary == "children in another order: (text) b c became c (text) b"


def test_an_order_that_changes_besides_is_still_told() -> None:
    assert paths("<a><b/><c/><d/></a>", "<a><c/><b/></a>") == ["$.a['#order']", "$.a.d"]


def test_text_around_children_is_a_list() -> None:
    assert paths("<a>x<b/>y</a>", "<a>x<b/>z</a>") == ["$.a['#text'][1]"]


@pytest.mark.parametrize(
    ("legacy", "candidate", "same"),
    [
        ("<a> <b/>\n</a>", "<a><b/></a>", True),
        ("<a> x</a>", "<a>x</a>", False),
        ("<a> </a>", "<a/>", False),
        ("<a xml:space='preserve'> <b/></a>", "<a xml:space='preserve'><b/></a>", False),
        ("<a xml:space='preserve'><c> <b/></c></a>", "<a xml:space='preserve'><c><b/></c></a>", False),
        ("<a xml:space='preserve'><c xml:space='default'> <b/></c></a>",
         "<a xml:space='preserve'><c xml:space='default'><b/></c></a>", True),
        ("<p>see <b>one</b> <i>two</i></p>", "<p>see <b>one</b><i>two</i></p>", False),
    ],
)  # fmt: skip
def test_white_space_counts_unless_it_is_layout(legacy: str, candidate: str, same: bool) -> None:
    assert (paths(legacy, candidate) == []) is same


def test_xhtml_has_the_white_space_of_pages_and_drawings_that_of_texts() -> None:
    page = "<html xmlns='http://www.w3.org/1999/xhtml'><body>{}</body></html>"
    xhtml = "application/xhtml+xml"
    assert paths(page.format("<p>\n a\n</p> <p/>"), page.format("<p>a</p><p/>"), xhtml) == []
    assert paths(page.format("<b>a</b> <b>c</b>"), page.format("<b>a</b><b>c</b>"), xhtml) != []
    drawing = "<svg xmlns='http://www.w3.org/2000/svg'><text>{}</text></svg>"
    one, other = (
        drawing.format(text) for text in ("<tspan>a</tspan> <tspan>b</tspan>", "<tspan>a</tspan><tspan>b</tspan>")
    )
    assert paths(one, other, "image/svg+xml") != []


def test_attributes_have_their_namespace_in_their_name() -> None:
    one = "<a xmlns:p='u' p:x='1' x='2' xml:lang='de'/>"
    assert paths(one, "<a x='2' xml:lang='de' q:x='1' xmlns:q='u'/>") == []
    assert paths(one, "<a xmlns:p='u' p:x='3' x='2' xml:lang='en'/>") == ["$.a['@xml:lang']", "$.a['@{u}x']"]


def test_children_of_one_name_in_two_namespaces_are_different() -> None:
    one = "<a xmlns:p='u' xmlns:q='v'><p:b/><q:b/></a>"
    assert paths(one, "<a xmlns:p='u' xmlns:q='v'><q:b/><p:b/></a>") != []


@pytest.mark.parametrize(
    ("type_", "other"),
    [("application/xml", "text/xml"), ("application/atom+xml", "text/plain"), ("", ""), ("application/xml", "")],
)
def test_xml_is_recognised_where_nobody_says_that_it_is_something_else(type_: str, other: str) -> None:
    assert paths("<a>1</a>", "<a >2</a>", type_, other) == ["$.a['#text']"]


def test_angle_brackets_that_are_no_xml_are_text() -> None:
    (found,) = differences("<a>1</b>", "<a>2</b>", "")
    assert (found.path, found.kind) == ("$", "body-changed")


def test_rules_and_base_urls_hold_in_xml() -> None:
    unordered = BodyRule(parse_path("$.a.b"), Treatment(unordered=True))
    near = BodyRule(parse_path("$.a.b[*]['@n']"), Treatment(as_="number"))
    rules = Rules(body=(unordered, near), legacy_url="https://h/kong", candidate_url="https://h")
    one = "<a href='https://h/kong/x'><b n='1.0'/><b n='2'/></a>"
    assert differences(one, "<a href='https://h/x'><b n='2.00'/><b n='1'/></a>", rules=rules) == []


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("<a>é</a>".encode("latin-1"), "application/xml; charset=iso-8859-1"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1"), XML),
        ("<?xml version='1.0' encoding='utf-16'?><a>é</a>".encode("utf-16"), XML),
        ("<a>é</a>".encode("utf-16-le"), "application/xml; charset=utf-16le"),
        ("\ufeff<a>é</a>".encode(), XML),
        ("<?xml version='1.0' encoding='utf-16'?><a>é</a>".encode(), XML),
    ],
)
def test_the_charset_does_not_matter(body: bytes, type_: str) -> None:
    assert paths("<a>é</a>", body, XML, type_) == []
    assert paths("<a>è</a>", body, XML, type_) == ["$.a['#text']"]


# -- generated documents -----------------------------------------------------------------------------------------------

names = st.sampled_from(["a", "b", "item", "x-y", "É"])
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=5
).filter(str.strip)
Node = tuple[str, dict[str, str], list["Node | str"]]


def _tidied(children: list[Node | str]) -> list[Node | str]:
    """No two texts side by side: in XML they would be one."""
    return [c for i, c in enumerate(children) if not (isinstance(c, str) and i and isinstance(children[i - 1], str))]


nodes: st.SearchStrategy[Node] = st.recursive(
    st.tuples(names, st.dictionaries(names, texts, max_size=2), st.lists(texts, max_size=1)),
    lambda inner: st.tuples(
        names, st.dictionaries(names, texts, max_size=2), st.lists(inner | texts, max_size=4).map(_tidied)
    ),
    max_leaves=8,
)


def written(node: Node) -> str:
    name, attributes, children = node
    said = "".join(f" {key}={_quoted(value)}" for key, value in attributes.items())
    return f"<{name}{said}>{''.join(escape(c) if isinstance(c, str) else written(c) for c in children)}</{name}>"


def respelled(node: Node) -> str:
    name, attributes, children = node
    said = "".join(
        f"\n {key} = '{''.join(f'&#{ord(c)};' for c in value)}'" for key, value in reversed(attributes.items())
    )
    if not children:
        return f"<{name}{said}/>"
    layout = "" if any(isinstance(child, str) for child in children) else "\n  "
    inner = [
        f"<![CDATA[{c.replace(']]>', ']]]]><![CDATA[>')}]]>" if isinstance(c, str) else respelled(c) for c in children
    ]
    return f"<{name}{said} ><!-- - -->{layout}{layout.join(inner)}{layout}</{name}\n>"


def _quoted(value: str) -> str:
    return '"' + escape(value, {'"': "&quot;"}) + '"'


def _changed(node: Node, steps: list[int]) -> Node:
    """The node with another attribute at one of its places."""
    name, attributes, children = node
    inner = [i for i, child in enumerate(children) if not isinstance(child, str)]
    if not steps or not inner:
        return name, {**attributes, "changed": "1"}, children
    index = inner[steps[0] % len(inner)]
    child = children[index]
    assert not isinstance(child, str)
    return name, attributes, [*children[:index], _changed(child, steps[1:]), *children[index + 1 :]]


@given(nodes, st.lists(st.integers(0, 5), max_size=4))
@settings(max_examples=200, deadline=None)
def test_two_spellings_are_the_same_and_a_changed_attribute_is_one_difference(node: Node, steps: list[int]) -> None:
    assert paths(written(node), respelled(node)) == []
    (path,) = paths(written(node), respelled(_changed(node, steps)))
    assert path.endswith("['@changed']")


@given(nodes, nodes)
@settings(max_examples=200, deadline=None)
def test_different_documents_are_never_the_same(one: Node, other: Node) -> None:
    assert (paths(written(one), respelled(other)) == []) is (one == other)


# -- hostile documents -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("<a>\n<b></a>", "line 2, column 8"),
        ("<a>\0</a>", "line 1, column"),
        ("<a>&nbsp;</a>", "line 1"),
        ("", ""),
        ("<a/><b/>", "line 1, column 5"),
        ("<a b='1' b='2'/>", "line 1"),
        ("<p:a/>", "line 1"),
        (b"<a>\xff</a>", "no charset"),
    ],
)
def test_what_is_not_well_formed_is_malformed_and_says_where(body: str | bytes, place: str) -> None:
    (found,) = differences("<a/>", body)
    assert found.kind == ("malformed" if body else "missing")
    assert place in found.summary or not body


SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
ENTITIES = "".join(f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 10))


@pytest.mark.parametrize(
    "body",
    [
        f"<!DOCTYPE a [<!ENTITY e0 'lol'>{ENTITIES}]><a>&e9;</a>",
        f"<!DOCTYPE a [<!ENTITY e0 'lol'>{ENTITIES}]><a b='&e9;'/>",
        f"<!DOCTYPE a [<!ENTITY e '{'x' * 100_000}'>]><a>{'&e;' * 10_000}</a>",
        "<!DOCTYPE a [<!ENTITY e '&f;'><!ENTITY f '&e;'>]><a>&e;</a>",
    ],
)
def test_entities_that_grow_without_end_are_malformed(body: str) -> None:
    assert [d.kind for d in differences(body, body + " ")] == ["malformed"]


def test_entities_that_the_document_declares_are_what_they_stand_for() -> None:
    one = "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"
    assert paths(one, one.replace("'x'", "'y'")) == ["$.a['#text']", "$['#doctype']"]


def test_what_a_document_type_may_say_besides_is_not_lost() -> None:
    one = "<!DOCTYPE a [<!ATTLIST a b CDATA '1'> <!-- ]> -->]><a/>"
    assert paths(one, one.replace("'1'", "'2'")) == ["$['#doctype']"]
    assert paths(one, one.replace("<a/>", "<a ></a>")) == []
    assert paths("<!DOCTYPE a SYSTEM 'x>y'><a/>", "<a/>") == ["$['#doctype']"]


def test_neither_files_nor_the_network_are_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<!ENTITY x 'SECRET'>SECRET")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        for url in (secret.as_uri(), str(secret), f"http://127.0.0.1:{server.getsockname()[1]}/x"):
            for body in (
                f"<!DOCTYPE a [<!ENTITY e SYSTEM '{url}'>]><a>&e;</a>",
                f"<!DOCTYPE a [<!ENTITY % e SYSTEM '{url}'>%e;]><a>&x;</a>",
                f"<!DOCTYPE a SYSTEM '{url}'><a>&x;</a>",
                f"<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='{url}' parse='text'/></a>",
                f"<?xml-stylesheet href='{url}'?><a xmlns:x='{SCHEMA}' x:noNamespaceSchemaLocation='{url}'/>",
            ):
                for found in differences("<a/>", body) + differences("<html/>", body, "text/html"):
                    assert "SECRET" not in repr(found)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("depth", [101, 150, 255, 300, 10_000])
def test_what_is_nested_too_deeply_is_truncated_and_never_the_same(depth: int) -> None:
    one, other = (f"{'<a>' * depth}{text}{'</a>' * depth}" for text in "xy")
    assert [d.kind for d in differences(one, other)] == ["truncated"]


def test_what_has_very_many_elements_is_compared_as_text_on_both_sides() -> None:
    wide = f"<a>{'<b/>' * 40_001}</a>"
    assert [d.kind for d in differences(wide, wide + " ")] == ["body-changed"]
    assert [d.class_ for d in differences(wide, "<a/>")] == ["value"]
    assert differences(wide, wide) == []
    assigned = "<a>" + "<b c='1'/>" * 30_000 + "=" * 60_000 + "</a>"
    assert [d.kind for d in differences(assigned, assigned + " ")] == ["body-changed"]


def test_an_element_of_too_many_attributes_is_truncated_and_too_many_in_all_are_text() -> None:
    attributes = "<a " + " ".join(f"a{i}=''" for i in range(201)) + "/>"
    assert [d.kind for d in differences(attributes, attributes + " ")] == ["truncated"]
    many = "<a>" + ("<b " + " ".join(f'c{n}=""' for n in range(150)) + "/>") * 2_700 + "</a>"
    assert [d.kind for d in differences(many, many + " ")] == ["body-changed"]


def test_an_attribute_of_a_megabyte_is_compared_to_its_end() -> None:
    assert paths(f"<a b='{'x' * 1_000_000}1'/>", f"<a b='{'x' * 1_000_000}2'/>") == ["$.a['@b']"]


@pytest.mark.parametrize("shape", ["<a b='{}'/>", "<a>{}</a>", "<!--{}--><a/>"])
def test_texts_beyond_the_parsers_limits_are_never_called_the_same(shape: str) -> None:
    long = "x" * 11_000_000
    found = differences(shape.format(long), shape.format(long + "y"))
    assert [d.kind for d in found] == ["truncated"]
