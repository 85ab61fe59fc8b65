from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.config.jsonpath import check_jsonpath, selects_by_position, selects_nothing_by_name


@pytest.mark.parametrize("path", ["$", "$.a", "$..a[*]", "$['it\\'s']", "$[0]", "$[?@.price < 10]"])
def test_a_valid_jsonpath_is_returned_as_it_is(path: str) -> None:
    assert check_jsonpath(path) == path


@pytest.mark.parametrize("path", ["", "a", "$.", "$[", "$ ", "$['a'", "$[?nosuch(@)]", "$[99999999999999999999]"])
def test_an_invalid_jsonpath_is_refused_with_the_reason(path: str) -> None:
    with pytest.raises(ValueError, match=r"is not a valid JSONPath \(RFC 9535\): \w+"):
        check_jsonpath(path)


def test_a_jsonpath_that_is_nested_absurdly_is_refused_like_any_other() -> None:
    with pytest.raises(ValueError, match="is not a valid JSONPath"):
        check_jsonpath("$[?" + "(" * 3000 + "@.a" + ")" * 3000 + "]")


@pytest.mark.parametrize("path", ["$[0]", "$.a[-1]", "$.a[1:2]", "$[:]", "$[?@.a]", "$.a['b', 0]"])
def test_indexes_slices_and_filters_select_by_position(path: str) -> None:
    assert selects_by_position(path)


@pytest.mark.parametrize("path", ["$", "$.*", "$[*]", "$..*", "$[*][*]", "$.*.*", "$..[*]"])
def test_a_path_of_wildcards_alone_names_nothing(path: str) -> None:
    assert selects_nothing_by_name(path)


@pytest.mark.parametrize("path", ["$.a", "$..a", "$[*].a", "$['*']", "$..*.id", "$['0']"])
def test_a_path_with_a_name_is_neither_broad_nor_by_position(path: str) -> None:
    assert not selects_nothing_by_name(path)
    assert not selects_by_position(path)


@given(st.text(st.sampled_from("a0?:*'\"\\[]$.@ é"), min_size=1))
def test_whatever_a_name_contains_it_stays_a_name(name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    path = f"$['{escaped}'][*]"
    assert not selects_by_position(path)
    assert not selects_nothing_by_name(path)
