from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shadow.config import Settings
from shadow.config.load import load_settings

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
_WORD = st.text(st.sampled_from("abcXYZ-09"), min_size=1, max_size=8)
_PATH = _WORD.map(lambda word: f"some/{word}")
_SECONDS = st.floats(0.001, 1e9)
_OPEN_SHARE = st.floats(0, 1, exclude_min=True, exclude_max=True)
_GLOBS = st.lists(st.sampled_from(["*", "GET /a*", "* /b/{c}"]), max_size=3)
_LATENCY = st.sampled_from(["gate", "warn", "off"])
_AUTH = st.one_of(
    st.sampled_from(["", "our.auth:make"]),
    st.fixed_dictionaries({"command": _WORD}, optional={"ttl": _SECONDS}),
    st.fixed_dictionaries({"file": _PATH}),
    st.fixed_dictionaries({"sigv4": _WORD, "region": _WORD}),
)


def table(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables with any choice of the keys (a trailing underscore is dropped)."""
    return st.fixed_dictionaries({}, optional={name.rstrip("_"): values for name, values in keys.items()})


def side(url: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda rest: {"url": url} | rest,
        table(
            timeout=_SECONDS,
            headers=st.dictionaries(_WORD.map(str.lower), _WORD, max_size=3),
            version=_TEXT,
            auth=_AUTH,
            verify=st.booleans() | _PATH,
            client_cert=st.lists(_PATH, min_size=2, max_size=2),
        ),
    )


_ROUTE = st.builds(
    lambda match, rest: {"match": match} | rest,
    st.sampled_from(["*", "GET /a*", "* /b/{c}"]),
    table(
        writes=st.sampled_from(["never", "isolated", "idempotent"]),
        mirror=st.booleans(),
        candidate=st.sampled_from(["", "/x"]),
        expect_status=st.lists(st.integers(100, 599), max_size=3),
        sample=st.floats(0, 1),
        enough=st.just("statistics") | st.integers(1, 10**9),
        max_slow=_OPEN_SHARE,
        latency=_LATENCY,
        max_age=_SECONDS,
    ),
)
_AS = st.sampled_from(["datetime", "number", "boolean", "double", "lexical"])
_UNICODE = st.sampled_from(["NFC", "NFKC"])
_RULE = table(routes=_GLOBS, unordered=st.booleans(), key=_WORD, as_=_AS, unicode=_UNICODE, ordered=st.booleans())
_ACCEPT = table(routes=_GLOBS, path=st.just("$.a"), status=st.just([200, 204]), until=st.dates(), broad=st.booleans())
_FILE = st.builds(
    lambda legacy, candidate, rest: {"legacy": legacy, "candidate": candidate} | rest,
    side("http://a.test/kong"),
    side("https://b.test:8443"),
    table(
        proxy=table(queue=st.integers(1, 2**53), max_body=st.integers(0, 2**53), drain=st.floats(0, 1e9)),
        mirror=table(sample=st.floats(0, 1), methods=st.lists(st.sampled_from(["GET", "HEAD"]), max_size=2)),
        routes=table(from_=st.lists(_PATH, max_size=2), required=_GLOBS),
        route=st.lists(_ROUTE, max_size=3),
        compare=table(
            budget=st.floats(1e-9, 1e9),
            max_depth=st.integers(1, 900),
            max_differences=st.integers(1, 2**53),
            rule=st.lists(_RULE.map(lambda rule: {"path": "$.a"} | rule), max_size=2),
        ),
        accept=st.lists(_ACCEPT.map(lambda accept: {"reason": "r"} | accept), max_size=2),
        verdict=table(max_divergence=_OPEN_SHARE, latency=_LATENCY),
        redact=table(key=_TEXT, headers=st.lists(_WORD, max_size=2), paths=st.just(["$..x"])),
        report=table(path=_PATH, every=st.floats(0, 1e9)),
    ),
)


@given(_FILE)
def test_settings_arrive_at_a_worker_as_they_were_sent(data: dict[str, Any]) -> None:
    settings = Settings.model_validate(data)
    assert Settings.model_validate_json(settings.model_dump_json(by_alias=True)) == settings


def test_the_settings_of_a_complete_file_arrive_at_a_worker_as_they_were_sent() -> None:
    settings = load_settings(Path(__file__).with_name("complete.toml"), environment={"LEGACY_KEY": "k"})
    again = Settings.model_validate_json(settings.model_dump_json(by_alias=True))
    assert again == settings
    assert isinstance(again.accept[0].until, dt.date)
    assert isinstance(again.source, Path)


def test_a_ca_bundle_called_like_a_flag_stays_a_path() -> None:
    data = {"legacy": {"url": "http://a.test/a"}, "candidate": {"url": "http://b.test", "verify": "no"}}
    settings = Settings.model_validate(data)
    assert settings.candidate.verify == Path("no")
    assert Settings.model_validate_json(settings.model_dump_json(by_alias=True)).candidate.verify == Path("no")


def test_settings_cannot_be_changed() -> None:
    settings = Settings.model_validate({"legacy": {"url": "http://a.test/a"}, "candidate": {"url": "http://b.test"}})
    with pytest.raises(ValidationError, match="frozen"):
        settings.legacy.url = "http://c.test"  # type: ignore[misc]
