"""Which side a request asks is decided by whole path segments, and no spelling of a path escapes its base."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.exchange import Side
from shadow.routes.sides import BaseUrl, Origin, Sides

LEGACY, CANDIDATE = Side.LEGACY, Side.CANDIDATE
SHARED = Sides.from_urls("https://api.example/kong", "https://api.example")
APART = Sides.from_urls("http://legacy.example:8000", "https://new.example/v2")

_PIECE = st.sampled_from(
    ["kong", "kongfoo", "v2", "..", ".", "", "%2e%2e", "%2F", "%252e.", "a%20b", "ünï", "\\..\\", "x;y=1", "%", "%zz"]
)
TARGETS = st.builds(
    lambda pieces, query: "/" + "/".join(pieces) + query,
    st.lists(_PIECE | st.text(max_size=5), max_size=6),
    st.sampled_from(["", "?", "?a=/kong/..&b", "#f", "?x#y"]),
)
BASES = st.sampled_from(["", "/kong", "/kong/inner", "/v2", "/k%20g"])
TWO_BASES = st.builds(
    lambda one, two: Sides.from_urls(f"https://one.example{one}", f"https://two.example{two}"), BASES, BASES
)


class TestBaseUrl:
    @pytest.mark.parametrize(
        ("url", "parsed"),
        [
            ("https://api.example/kong", BaseUrl(Origin("https", "api.example", 443), "/kong")),
            ("http://api.example", BaseUrl(Origin("http", "api.example", 80), "")),
            ("https://API.example:8443/", BaseUrl(Origin("https", "api.example", 8443), "")),
            ("http://[::1]:9000/a/b/", BaseUrl(Origin("http", "::1", 9000), "/a/b")),
        ],
    )
    def test_a_url_is_an_origin_and_a_path_without_trailing_slash(self, url: str, parsed: BaseUrl) -> None:
        assert BaseUrl.parse(url) == parsed


class TestByPath:
    @pytest.mark.parametrize(
        ("target", "side"),
        [
            ("/kong/user/profile", LEGACY),
            ("/kong", LEGACY),
            ("/kong/", LEGACY),
            ("/kong?next=/x", LEGACY),
            ("/kong#top", LEGACY),
            ("/user/profile", CANDIDATE),
            ("/", CANDIDATE),
            ("/kongfoo", CANDIDATE),
            ("/Kong/x", CANDIDATE),
            ("/x?back=/kong/", CANDIDATE),
            ("//evil.example/x", CANDIDATE),
            ("/files/a%2Fb", CANDIDATE),
            ("/kong/a/../b", LEGACY),
            ("/kong/.well-known/x", LEGACY),
        ],
    )
    def test_whole_segments_decide_and_the_longest_base_wins(self, target: str, side: Side) -> None:
        assert SHARED.by_path(target) is side

    @pytest.mark.parametrize(
        "target",
        [
            "/kong/../user",
            "/kong/..",
            "/kong/../kong/user",
            "/kong/%2e%2e/user",
            "/kong/%2E./user",
            "/kong/%252e%252e/user",
            "/kong/..%2fuser",
            "/kong/x\\..\\..\\..\\user",
            "/kong//../user",
            "/../user",
            "/a/../kong/user",
            "//kong/user",
            "/kong%2fuser",
            "/k%6fng/user",
        ],
    )
    def test_a_target_that_a_gateway_may_find_elsewhere_is_neithers(self, target: str) -> None:
        assert SHARED.by_path(target) is None

    @pytest.mark.parametrize("target", ["*", "", "?x", "http://api.example/kong", "kong/user"])
    def test_what_is_not_a_path_is_neithers(self, target: str) -> None:
        assert SHARED.by_path(target) is None

    def test_a_path_under_neither_base_is_neithers(self) -> None:
        sides = Sides.from_urls("https://a.example/one", "https://b.example/two")
        assert sides.by_path("/three") is None

    def test_a_tie_is_legacys(self) -> None:
        sides = Sides.from_urls("https://a.example/api", "https://b.example/api")
        assert sides.by_path("/api/x") is LEGACY

    @given(TARGETS, TWO_BASES)
    def test_no_reading_of_a_sides_target_lies_outside_its_base(self, target: str, sides: Sides) -> None:
        side = sides.by_path(target)
        if side is not None:
            path = target.partition("?")[0].partition("#")[0]
            for text in (path, unquote(path), unquote(unquote(path))):
                base = sides.of(side).path
                # normpath keeps exactly two leading slashes, as POSIX allows; one more makes it merge them.
                normal = posixpath.normpath("/" + "/" + text)
                allowed = {base, unquote(base)}
                assert any(normal == each or normal.startswith(each + "/") for each in allowed)

    @given(st.text(alphabet=st.characters()))
    def test_any_text_is_judged_without_failing(self, target: str) -> None:
        assert SHARED.by_path(target) in {LEGACY, CANDIDATE, None}


class TestByUrl:
    @pytest.mark.parametrize(
        ("scheme", "host", "port", "target", "side"),
        [
            ("https", "new.example", 443, "/v2/x", CANDIDATE),
            ("HTTPS", "New.Example", None, "/v2/x", CANDIDATE),
            ("https", "new.example.", 443, "/v2", CANDIDATE),
            ("https", "new.example", 443, "/v3/x", None),
            ("http", "new.example", 443, "/v2/x", None),
            ("https", "new.example", 8443, "/v2/x", None),
            ("http", "legacy.example", 8000, "/v2/x", LEGACY),
            ("http", "legacy.example", None, "/x", None),
            ("https", "elsewhere.example", 443, "/v2/x", None),
        ],
    )
    def test_scheme_host_port_and_path_decide(
        self, scheme: str, host: str, port: int | None, target: str, side: Side | None
    ) -> None:
        assert APART.by_url(scheme, host, port, target) is side

    def test_on_a_shared_host_the_longest_base_wins(self) -> None:
        assert SHARED.by_url("https", "api.example", 443, "/kong/x") is LEGACY
        assert SHARED.by_url("https", "api.example", 443, "/x") is CANDIDATE

    def test_another_hosts_base_does_not_take_part(self) -> None:
        sides = Sides.from_urls("https://a.example/kong", "https://b.example")
        assert sides.by_url("https", "b.example", 443, "/kong/x") is CANDIDATE


class TestRelativeAndRebase:
    @pytest.mark.parametrize(
        ("target", "relative", "rebased"),
        [
            ("/kong/a%2Fb/%7Ec?q=a+b&q=%20", "/a%2Fb/%7Ec?q=a+b&q=%20", "/a%2Fb/%7Ec?q=a+b&q=%20"),
            ("/kong", "/", "/"),
            ("/kong?x=1", "/?x=1", "/?x=1"),
            ("/kong//x", "//x", "//x"),
        ],
    )
    def test_legacys_target_under_the_candidate(self, target: str, relative: str, rebased: str) -> None:
        assert SHARED.relative(LEGACY, target) == relative
        assert SHARED.rebase(target, LEGACY, CANDIDATE) == rebased

    def test_between_two_base_paths_nothing_else_changes(self) -> None:
        sides = Sides.from_urls("https://a.example/kong", "https://b.example/v2")
        assert sides.rebase("/kong?x=1", LEGACY, CANDIDATE) == "/v2?x=1"
        assert sides.rebase("/v2/x/", CANDIDATE, LEGACY) == "/kong/x/"

    @pytest.mark.parametrize("target", ["/kongfoo", "/user", "*", ""])
    def test_a_target_that_is_not_under_the_base_is_refused(self, target: str) -> None:
        with pytest.raises(ValueError, match="is not under legacy's base path '/kong'"):
            SHARED.relative(LEGACY, target)

    @given(TARGETS, TWO_BASES)
    def test_rebasing_there_and_back_gives_the_same_bytes(self, target: str, sides: Sides) -> None:
        side = sides.by_path(target)
        if side is not None:
            there = sides.rebase(target, side, side.other)
            back = sides.rebase(there, side.other, side)
            base = sides.of(side).path
            rest = target[len(base) :]
            # Only a path that is empty under one base must become `/` under a base that is empty itself.
            kept = rest.startswith("/") or sides.of(side.other).path
            assert back == (target if kept else f"{base}/{rest}")
            assert sides.relative(side, target) == sides.relative(side.other, there)

    @given(TARGETS, TWO_BASES)
    def test_a_rebased_target_stays_under_the_other_base(self, target: str, sides: Sides) -> None:
        side = sides.by_path(target)
        if side is not None:
            other = sides.of(side.other)
            alone = Sides(other, other)
            assert alone.by_path(sides.rebase(target, side, side.other)) is LEGACY
