from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from shadow.config.load import check_accept, load_settings
from shadow.config.settings import Settings
from shadow.errors import ConfigError, ExitCode

Load = Callable[..., Settings]
Problems = Callable[..., tuple[str, ...]]

COMPLETE = Path(__file__).with_name("complete.toml")


def test_two_urls_are_a_whole_configuration(load: Load, tmp_path: Path) -> None:
    settings = load()
    assert (settings.legacy.url, settings.candidate.url) == ("http://legacy.test/kong", "http://candidate.test")
    assert settings.source == tmp_path / "shadow.toml"


def test_a_complete_file_loads_as_written() -> None:
    settings = load_settings(COMPLETE, environment={"LEGACY_KEY": "k3y", "GIT_SHA": "abc"})
    assert settings.legacy.headers == {"x-api-key": "k3y"}
    assert settings.candidate.version == "abc"
    assert settings.proxy.queue_bytes == 64 * 2**20
    assert settings.routes.inventories == [COMPLETE.parent / "serverless.yml"]
    assert [route.match for route in settings.route] == ["PATCH /user/profile", "GET /orders/{orderId}"]
    assert settings.compare.rule[0].unordered is True
    assert settings.accept[0].until == dt.date(2027, 3, 1)
    assert settings.verdict.max_age == 14 * 86400
    assert settings.store.url == f"sqlite:///{COMPLETE.parent}/shadow.db"


def test_the_named_file_goes_before_the_environment_and_the_environment_before_the_working_directory(
    tmp_path: Path,
) -> None:
    for name in ("named", "variable", "here/shadow"):
        path = tmp_path / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'[legacy]\nurl = "http://{name}.test/a"\n[candidate]\nurl = "http://b.test"\n')
    environment = {"SHADOW_CONFIG": str(tmp_path / "variable.toml")}
    here = tmp_path / "here"

    def url(path: Path | None, environment: dict[str, str]) -> str:
        return load_settings(path, cwd=here, environment=environment).legacy.url

    assert url(tmp_path / "named.toml", environment) == "http://named.test/a"
    assert url(None, environment) == "http://variable.test/a"
    assert url(None, {"SHADOW_CONFIG": ""}) == "http://here/shadow.test/a"


def test_a_relative_shadow_config_is_relative_to_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('[legacy]\nurl = "http://a.test/a"\n[candidate]\nurl = "http://b.test"\n')
    assert load_settings(cwd=tmp_path, environment={"SHADOW_CONFIG": "x.toml"}).source == tmp_path / "x.toml"


def test_pyproject_toml_serves_with_its_tool_shadow_table(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.shadow.legacy]\nurl = "http://a.test/a"\n[tool.shadow.candidate]\nurl = "http://b.test"\n')
    settings = load_settings(cwd=tmp_path, environment={})
    assert settings.source == path
    assert settings.candidate.url == "http://b.test"


def test_a_problem_in_pyproject_toml_names_the_table(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.shadow.proxy]\nworker = 1\n")
    with pytest.raises(ConfigError, match=r"\[tool\.shadow\] in .*pyproject\.toml has 3 problems"):
        load_settings(path, environment={})


@pytest.mark.parametrize("text", ["", "[tool]\n", "tool = 1\n", "[tool]\nshadow = 1\n"])
def test_a_named_pyproject_without_the_table_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"has no \[tool\.shadow\] table"):
        load_settings(path, environment={})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[legacy]\nurl = \n", r"at line 2, column 7"),
        (b"[legacy\n", r"at line 1, column 8"),
        (b"[legacy]\nurl = '\xff'\n", r"not UTF-8 \(at byte 16\)"),
        (b"a = " + b"[" * 100_000, r"not valid TOML"),
    ],
)
def test_what_is_not_toml_is_one_error_with_file_and_place(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "shadow.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=reason) as caught:
        load_settings(path, environment={})
    assert str(caught.value).startswith(f"{path} is not valid TOML")
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "shadow.toml"
    path.write_bytes(b'\xef\xbb\xbf[legacy]\r\nurl = "http://a.test/a"\r\n[candidate]\r\nurl = "http://b.test"\r\n')
    assert load_settings(path, environment={}).legacy.url == "http://a.test/a"


def test_all_problems_of_a_file_are_reported_at_once_in_the_order_of_its_tables(problems: Problems) -> None:
    found = problems(
        """
        [store]
        url = "mysql://x"
        [mirror]
        sample = 2
        rates = 1
        [[accept]]
        path = "$"
        [candidate.headers]
        x-key = "${NOWHERE}"
        """,
    )
    assert [problem.split(":")[0] for problem in found] == [
        "candidate.headers.x-key",
        "store.url",
        "mirror.sample",
        "mirror.rates",
        "accept[0].reason",
        "accept[0].path",
    ]


def test_a_string_whose_variable_is_unset_is_not_judged_further(problems: Problems) -> None:
    [problem] = problems(sides='[legacy]\nurl = "${URL}"\n[candidate]\nurl = "http://b.test"\n')
    assert problem == "legacy.url: the environment variable URL is not set; set it, or give a default: ${URL:-…}"


def test_a_variable_can_give_a_number_or_a_flag(load: Load) -> None:
    settings = load(
        '[mirror]\nsample = "${SHARE:-0.5}"\nwarmup = "${WARM}"\nconfirm = "${TIMES}"\n'
        '[proxy]\nmax_body = "${SIZE:-1 MiB}"\n[verdict]\nenough = "${ENOUGH}"\n'
        '[[route]]\nmatch = "*"\nmax_age = "${AGE}"',
        WARM="true",
        TIMES="3",
        ENOUGH="40",
        AGE="2h",
    )
    assert (settings.mirror.sample, settings.mirror.warmup, settings.mirror.confirm) == (0.5, True, 3)
    assert (settings.proxy.max_body, settings.verdict.enough, settings.route[0].max_age) == (2**20, 40, 7200)


def test_an_empty_file_lacks_both_urls_and_says_what_they_are(problems: Problems) -> None:
    assert problems(sides="") == (
        'legacy.url: is required: the base URL of the legacy API, such as "https://api.example.com/kong"',
        'candidate.url: is required: the base URL of the new API, such as "https://api.example.com"',
    )


def test_source_is_set_by_the_loader_and_is_no_key(problems: Problems) -> None:
    [problem] = problems(sides='source = "x"\n[legacy]\nurl = "http://a.test/a"\n[candidate]\nurl = "http://b.test"\n')
    assert problem.startswith("source: unknown key")


def test_blocks_are_counted_from_zero_and_the_message_says_so(load: Load) -> None:
    with pytest.raises(
        ConfigError, match=r"has a problem \(\[0\] is the first block\):\n  route\[1\]\.match: is required"
    ):
        load('[[route]]\nmatch = "*"\n[[route]]\nmirror = false\n')


def test_a_block_that_stands_elsewhere_is_checked_as_one_of_a_file() -> None:
    good = check_accept({"path": "$.a", "reason": "API-7", "until": "2027-03-01"}, "here")
    assert (good.path, good.reason, good.until, good.routes) == ("$.a", "API-7", dt.date(2027, 3, 1), ["*"])
    with pytest.raises(ConfigError) as raised:
        check_accept({"path": "$", "raison": "x"}, "this marker")
    assert str(raised.value).splitlines() == [
        "this marker has 3 problems:",
        "  reason: is required: say why it is accepted; reports show it",
        "  raison: unknown key; did you mean `reason`?",
        '  path: "$" accepts whatever differs in whole bodies; name a member, or set broad = true',
    ]
