from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config.rules import broken_rules
from shadow.config.settings import Settings

Load = Callable[..., Settings]
Problems = Callable[..., tuple[str, ...]]


@pytest.mark.parametrize("candidate", ["http://legacy.test/kong", "HTTP://legacy.test:80/kong/"])
def test_both_sides_at_the_same_url_prove_nothing(problems: Problems, candidate: str) -> None:
    [problem] = problems(sides=f'[legacy]\nurl="http://legacy.test/kong"\n[candidate]\nurl="{candidate}"\n')
    assert problem == "candidate.url: must not be that of legacy (http://legacy.test/kong): nothing would be compared"


def test_a_side_has_one_source_of_its_version(problems: Problems) -> None:
    sides = '[legacy]\nurl="http://a.test/a"\n[candidate]\nurl="http://b.test"\nversion="1"\nversion_header="x-v"\n'
    assert problems(sides=sides) == ("candidate.version_header: give `version` or `version_header`, not both",)


@pytest.mark.parametrize("files", [["a"], ["a", "b", "c"]])
def test_a_client_certificate_is_two_files(problems: Problems, files: list[str]) -> None:
    [problem] = problems(
        sides=f'[legacy]\nurl="http://a.test/a"\nclient_cert={files}\n[candidate]\nurl="http://b.test"\n'
    )
    assert problem == f"legacy.client_cert: must be two files, [certificate, key], not {len(files)}"


@pytest.mark.parametrize(
    ("match", "candidate"),
    [
        ("GET /orders/{id}", "/v2/orders/{id}"),
        ("* /orders/{id}/{line}", "/{line}/of/{id}"),
        ("GET /files/{proxy+}", "/{proxy+}"),
        ("GET /a", "/b"),
        ("GET /orders*", ""),
    ],
)
def test_a_candidate_path_has_the_parameters_of_its_match(load: Load, match: str, candidate: str) -> None:
    assert load(f'[[route]]\nmatch="{match}"\ncandidate="{candidate}"').route[0].candidate == candidate


@pytest.mark.parametrize(
    ("match", "candidate", "reason"),
    [
        ("GET /orders/{id}", "/v2/orders/{orderId}", "must have the same parameters as `match`: {id}, not {orderId}"),
        ("GET /orders/{id}", "/v2/orders", "must have the same parameters as `match`: {id}, not none"),
        ("GET /f/{p+}", "/f/{p}", "must have the same parameters as `match`: {p+}, not {p}"),
        ("GET /a/{x}", "/{x}/{x}", "must have the same parameters"),
        ("GET /a", "b", "must be a path such as"),
        ("GET /a", "GET /b", "must be a path such as"),
        ("GET /a", "/b?x=1", "must be a path such as"),
        ("GET /a", "/b*", "must not contain `*`"),
        ("GET /a*", "/b", "needs a `match` that names one path"),
        ("*", "/b", "needs a `match` that names one path"),
    ],
)
def test_a_candidate_path_that_cannot_be_filled_in_is_refused(
    problems: Problems, match: str, candidate: str, reason: str
) -> None:
    [problem] = problems(f'[[route]]\nmatch="{match}"\ncandidate="{candidate}"')
    assert problem.startswith(f"route[0].candidate: {reason}")


@pytest.mark.parametrize(
    "way",
    ["unordered=true", "key='id'", "tolerance=0.1", "as='datetime'", "as='number'", "null_is_missing=true",
     "case=false", "trim=true", "as='boolean'", "as='double'", "as='lexical'", "unicode='NFC'", "unicode='NFKC'",
     "ordered=true"],
)  # fmt: skip
def test_each_way_to_compare_stands_alone(load: Load, way: str) -> None:
    assert len(load(f"[[compare.rule]]\npath='$.a'\n{way}").compare.rule) == 1


def test_a_rule_says_exactly_one_way_to_compare(problems: Problems) -> None:
    none, two = problems("[[compare.rule]]\npath='$.a'\n[[compare.rule]]\npath='$.b'\nkey='id'\ntrim=true")
    assert none.startswith("compare.rule[0].path: needs exactly one way to compare (unordered, key, ")
    assert none.endswith("it has none")
    assert two.endswith("it has key and trim")


def test_a_way_to_compare_that_there_is_not_is_refused_with_those_that_there_are(problems: Problems) -> None:
    as_, unicode = problems("[[compare.rule]]\npath='$.a'\nas='date'\n[[compare.rule]]\npath='$.a'\nunicode='NFD'")
    assert as_ == ('compare.rule[0].as: must be "datetime", "number", "boolean", "double" or "lexical", not "date"')
    assert unicode == 'compare.rule[1].unicode: must be "NFC" or "NFKC", not "NFD"'


def test_an_acceptance_has_exactly_one_thing_to_accept(problems: Problems) -> None:
    none, two = problems("[[accept]]\nreason='x'\n[[accept]]\nreason='x'\npath='$.a'\nheader='etag'")
    assert (
        none == "accept[0].path: an acceptance has exactly one of path, header, status, fingerprint; this one has none"
    )
    assert two.startswith("accept[1].header: an acceptance has exactly one of ")
    assert two.endswith("this one has path and header")


@pytest.mark.parametrize("reason", ["", " ", "\\t\\n"])
def test_a_blank_reason_is_none(problems: Problems, reason: str) -> None:
    assert problems(f'[[accept]]\nheader="etag"\nreason="{reason}"') == ("accept[0].reason: must not be empty",)


@pytest.mark.parametrize("path", ["$", "$.*", "$[*]", "$..*"])
def test_a_path_that_accepts_everything_needs_broad(load: Load, problems: Problems, path: str) -> None:
    [problem] = problems(f"[[accept]]\npath='{path}'\nreason='x'")
    assert problem.startswith(f'accept[0].path: "{path}" accepts whatever differs')
    assert "broad = true" in problem
    assert load(f"[[accept]]\npath='{path}'\nreason='x'\nbroad=true").accept[0].path == path


@pytest.mark.parametrize("path", ["$.a[0]", "$.a[1:]", "$.a[?@.b]"])
def test_a_path_that_selects_by_position_can_never_accept_anything(problems: Problems, path: str) -> None:
    [problem] = problems(f"[[accept]]\npath='{path}'\nreason='x'\nbroad=true")
    assert problem.startswith("accept[0].path: must not use an index, a slice or a filter")
    assert "say [*]" in problem


def test_an_invalid_path_is_reported_once(problems: Problems) -> None:
    [problem] = problems("[[accept]]\npath='$['\nreason='x'")
    assert "is not a valid JSONPath" in problem


def test_an_accepted_pair_of_statuses_differs(problems: Problems) -> None:
    [problem] = problems("[[accept]]\nstatus=[200, 200]\nreason='x'")
    assert problem == "accept[0].status: must be [legacy's, candidate's], two that differ, not 200 twice"


@pytest.mark.parametrize("fingerprint", ["GET /a", "b1946ac9249", "B1946AC92492"])
def test_a_fingerprint_is_what_reports_print(load: Load, problems: Problems, fingerprint: str) -> None:
    [problem] = problems(f"[[accept]]\nfingerprint='{fingerprint}'\nreason='x'")
    assert problem.startswith("accept[0].fingerprint: must be the 12 hex digits that reports print")
    assert load("[[accept]]\nfingerprint='b1946ac92492'\nreason='x'").accept[0].fingerprint == "b1946ac92492"


_KEYS = ["legacy", "candidate", "url", "version", "version_header", "client_cert", "route", "match", "compare", "rule",
         "accept", "path", "status", "fingerprint"]  # fmt: skip
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["$", "$[", "http://h", "GET /{a}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(_KEYS), _VALUES))
def test_values_of_wrong_types_never_break_a_rule_itself(data: dict[str, object]) -> None:
    for problem in broken_rules(data):
        assert problem.key
        assert problem.sentence
