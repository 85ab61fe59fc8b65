from __future__ import annotations

from pathlib import Path

import pytest

from shadow.config.find import find_config
from shadow.errors import ConfigError


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_nearest_shadow_toml_upward_is_found(tmp_path: Path) -> None:
    write(tmp_path / "shadow.toml")
    nearest = write(tmp_path / "a" / "shadow.toml")
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    assert find_config(deep) == nearest


def test_a_pyproject_serves_only_with_a_tool_shadow_table(tmp_path: Path) -> None:
    outer = write(tmp_path / "pyproject.toml", "[tool.shadow.legacy]\n")
    write(tmp_path / "a" / "pyproject.toml", "[tool.other]\n")
    assert find_config(tmp_path / "a") == outer


def test_in_one_folder_shadow_toml_goes_before_pyproject(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.shadow]\n")
    own = write(tmp_path / "shadow.toml")
    assert find_config(tmp_path) == own


def test_a_nearer_pyproject_goes_before_a_farther_shadow_toml(tmp_path: Path) -> None:
    write(tmp_path / "shadow.toml")
    nearer = write(tmp_path / "a" / "pyproject.toml", "[tool.shadow]\n")
    assert find_config(tmp_path / "a") == nearer


def test_a_broken_pyproject_is_passed_over_unless_it_may_be_ours(tmp_path: Path) -> None:
    own = write(tmp_path / "shadow.toml")
    broken = write(tmp_path / "a" / "pyproject.toml", "[tool.other\n")
    assert find_config(tmp_path / "a") == own
    write(broken, "[tool.shadow\n")
    assert find_config(tmp_path / "a") == broken


def test_a_folder_called_shadow_toml_is_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "a" / "shadow.toml").mkdir(parents=True)
    own = write(tmp_path / "shadow.toml")
    assert find_config(tmp_path / "a") == own


def test_a_named_file_is_taken_whatever_it_is_called_and_whatever_lies_around(tmp_path: Path) -> None:
    write(tmp_path / "shadow.toml")
    other = write(tmp_path / "conf" / "staging.toml")
    assert find_config(tmp_path, Path("conf/staging.toml")) == other
    assert find_config(tmp_path, other) == other


@pytest.mark.parametrize(("name", "reason"), [("nothing.toml", "does not exist"), ("", "is a folder")])
def test_a_named_file_that_is_none_is_an_error_that_names_it(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        find_config(tmp_path, tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_nothing_found_is_an_error_that_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        find_config(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "`shadow init`" in str(caught.value)
    assert "SHADOW_CONFIG" in str(caught.value)
