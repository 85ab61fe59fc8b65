"""Prefixes within XML's values mean a namespace, as those of its elements do."""

from __future__ import annotations

import pytest

from shadow.compare import compare
from shadow.exchange import Response

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def paths(legacy: str, candidate: str) -> list[str]:
    one, other = (Response(200, [("Content-Type", "text/xml")], text.encode()) for text in (legacy, candidate))
    return [d.path for d in compare(one, other)]


def test_a_type_is_the_same_under_another_prefix_only() -> None:
    book = f'<x xmlns:a="urn:books" {XSI} xsi:type="a:Book"/>'
    assert paths(book, f"<x xmlns:b='urn:books' {XSI} xsi:type='b:Book'/>") == []
    for other in ('xmlns:a="urn:films"', 'xmlns:a="urn:books" xmlns:c="urn:books"'):
        changed = book.replace('xmlns:a="urn:books"', other)
        assert bool(paths(book, changed)) is ("films" in other)
    assert paths(book, f'<x {XSI} xsi:type="{{urn:books}}Book" xmlns:a="urn:books"/>') != []


def test_a_soap_fault_is_the_same_under_another_prefix_only() -> None:
    fault = '<s:Fault xmlns:s="urn:soap" xmlns:t="urn:t"><faultcode>s:Server</faultcode></s:Fault>'
    other = '<e:Fault xmlns:e="urn:soap" xmlns:t="urn:t"><faultcode>e:Server</faultcode></e:Fault>'
    assert paths(fault, other) == []
    assert paths(fault, fault.replace(">s:Server", ">t:Server")) == ["$.Fault.faultcode[0]['#text']"]


@pytest.mark.parametrize("value", ["<x xmlns:a='@'><y>a:Book</y></x>", "<x xmlns:a='@'><y z='a:Book'/></x>"])
def test_what_a_prefix_stands_for_counts_wherever_one_may_be(value: str) -> None:
    assert paths(value.replace("@", "urn:1"), value.replace("@", "urn:2")) == ["$.x.y[0]['@xmlns:a']"]
    assert paths(value, value.replace("a:", "b:")) != []


def test_a_declaration_that_no_value_uses_does_not_count() -> None:
    assert paths("<x xmlns:a='urn:1'>10:30</x>", "<x>10:30</x>") == []
    assert paths("<x xmlns:http='urn:1'>http://a</x>", "<x>http://a</x>") == []
