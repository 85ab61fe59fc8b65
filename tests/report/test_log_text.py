"""Nothing from traffic is an instruction to the CI job in whose log it stands."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.report import FORMATS, Document
from shadow.report.json_values import json_file
from shadow.report.log_text import for_log, xml_for_log
from tests.report.runner import command_in, commands_in

COMMANDS = [
    "::set-output name=x::y",
    " \t::stop-commands::token",
    "::ERROR file=a,line=1::x",
    "a ##[set-env name=PATH]/tmp",
    "##[add-mask]e",
    "::add-mask::e",
]
pieces = st.lists(st.sampled_from(["::", ":", "#", "##", "[", "]", "error", "set-env name=x", " ", "\t", "\n", "é"]))


@pytest.mark.parametrize("text", COMMANDS)
def test_the_runner_would_have_taken_it_and_takes_it_no_more(text: str) -> None:
    assert command_in(text) is not None
    assert commands_in(for_log(text)) == []


@pytest.mark.parametrize("text", ["##vso[task.setvariable variable=x]y", "##teamcity[buildStop]"])
def test_other_services_brackets_are_broken_too(text: str) -> None:
    assert for_log(text) == f"‹U+0023›{text[1:]}"


@pytest.mark.parametrize("text", ["GET /orders/{id}", "a: b", "::1", "arn:aws:s3:::bucket"[:13], "# title", "x ## y"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert for_log(text) == text


@given(pieces.map("".join), st.integers(0, 200))
def test_no_line_is_an_instruction_wherever_a_terminal_breaks_it(text: str, at: int) -> None:
    shown = for_log(text)
    assert commands_in(f"{shown[:at]}\n{shown[at:]}") == []


@given(pieces.map("".join))
def test_json_and_xml_say_the_same_without_instructions(text: str) -> None:
    written = json_file({text: [text]})
    assert json.loads(written) == {text: [text]}
    assert commands_in(written.decode()) == []
    element = ET.Element("a", b=text)
    element.text = text
    written = xml_for_log(ET.tostring(element))
    assert ET.fromstring(written).text == (text or None)
    assert ET.fromstring(written).attrib == {"b": text}
    assert commands_in(written.decode()) == []


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "html"])
def test_no_format_that_is_printed_holds_one(name: str, commanding: Document) -> None:
    assert commands_in(FORMATS[name].render(commanding).decode()) == []
