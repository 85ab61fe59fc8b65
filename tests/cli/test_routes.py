"""`shadow routes`: what is known, what was seen, which route takes a request, and writing guesses down."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

Build = Callable[..., Any]

TOML = """\
[legacy]
url = "https://api.test/kong"
[candidate]
url = "https://api.test"
"""
INVENTORY = "functions: {getOrder: {events: [{http: 'GET /orders/{orderId}'}]}, me: {events: [{http: GET /me}]}}"


@pytest.fixture
def shop(project: Build) -> Any:
    """A project with an inventory of two routes, one of which was seen, and with a seen route that isn't in it."""
    made = project(TOML + '[routes]\nfrom = ["serverless.yml"]\n')
    (made.folder / "serverless.yml").write_text(INVENTORY)
    made.seen("GET /orders/{orderId}", 1, 1, requests=3, at=None)
    made.seen("GET /health", 1, 1)
    return made


def listed(project: Any, *arguments: str) -> list[dict[str, Any]]:
    code, out, _ = project.run("routes", "--format", "json", *arguments)
    assert code == 0
    routes: list[dict[str, Any]] = json.loads(out)["routes"]
    return routes


class TestListing:
    def test_known_routes_come_first_then_what_traffic_has_shown(self, shop: Any) -> None:
        found = [(each["route"], each["origin"], each["seen"], each["requests"]) for each in listed(shop)]
        assert found == [
            ("GET /orders/{orderId}", "serverless.yml: function getOrder", True, 3),
            ("GET /me", "serverless.yml: function me", False, 0),
            ("GET /health", None, True, 1),
        ]

    def test_the_table_has_a_whole_line_for_each_route(self, shop: Any) -> None:
        code, out, _ = shop.run("routes")
        assert code == 0
        lines = [line.split() for line in out.splitlines()]
        assert lines[1][:6] == ["GET", "/orders/{orderId}", "serverless.yml:", "function", "getOrder", "3"]
        assert lines[2] == ["GET", "/me", "serverless.yml:", "function", "me", "0"]
        assert lines[3][:4] == ["GET", "/health", "traffic", "1"]

    def test_missing_are_the_unseen_and_the_unknown(self, shop: Any) -> None:
        assert [each["route"] for each in listed(shop, "--missing")] == ["GET /me", "GET /health"]

    def test_without_a_store_the_known_routes_are_listed(self, project: Build) -> None:
        made = project(TOML + '[[route]]\nmatch = "GET /x"\n')
        assert [(each["route"], each["origin"]) for each in listed(made)] == [("GET /x", "shadow.toml")]
        assert not (made.folder / "shadow.db").exists()

    def test_nothing_known_says_what_to_do(self, project: Build) -> None:
        code, out, _ = project(TOML).run("routes")
        assert (code, out) == (
            0,
            "No route is known yet: name an inventory in routes.from, or let traffic pass through the proxy.\n",
        )

    def test_a_broken_inventory_is_one_error(self, shop: Any) -> None:
        (shop.folder / "serverless.yml").write_text("functions: [")
        code, out, err = shop.run("routes")
        assert (code, out) == (2, "")
        assert err.startswith("shadow: ")
        assert "serverless.yml, line 1: is not YAML" in err


class TestMatch:
    @pytest.mark.parametrize(
        "request_line",
        [
            "GET /kong/orders/17",
            "GET /orders/17?x=1",
            "get /orders/17/",
            "GET https://api.test/kong/orders/17",
            "GET https://API.test:443/orders/17",
        ],
    )
    def test_only_the_route_is_printed(self, shop: Any, request_line: str) -> None:
        assert shop.run("routes", "--match", request_line) == (0, "GET /orders/{orderId}\n", "")

    @pytest.mark.parametrize(
        "request_line",
        [
            "GET /health",
            "POST /orders/17",
            "GET /kong/../orders/17",
            "GET https://else.test/orders/17",
            "GET /kongorders",
        ],
    )
    def test_a_request_without_a_route_exits_1(self, shop: Any, request_line: str) -> None:
        code, out, err = shop.run("routes", "--match", request_line)
        assert (code, out) == (1, "")
        assert err == f"shadow: {request_line} belongs to no known route\n"

    def test_json_says_null_where_there_is_none(self, shop: Any) -> None:
        code, out, _ = shop.run("routes", "--match", "GET /health", "--format", "json")
        assert (code, json.loads(out)) == (1, {"route": None})

    def test_a_path_under_neither_base_is_relative_to_both(self, project: Build) -> None:
        made = project(
            '[legacy]\nurl = "https://a.test/kong"\n[candidate]\nurl = "https://a.test/v2"\n'
            '[[route]]\nmatch = "GET /orders/{orderId}"\n'
        )
        assert made.run("routes", "--match", "GET /orders/17")[1] == "GET /orders/{orderId}\n"

    def test_without_an_inventory_a_route_is_guessed(self, project: Build) -> None:
        assert project(TOML).run("routes", "--match", "GET /kong/carts/17")[1] == "GET /carts/{id}\n"

    @pytest.mark.parametrize(
        "arguments", [["--match", "orders"], ["--match", "GET x"], ["--match", "GET /x", "--write"]]
    )
    def test_what_cant_be_meant_is_a_usage_error(self, project: Build, arguments: list[str]) -> None:
        code, out, err = project(TOML).run("routes", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("shadow: ")


class TestWrite:
    def test_guessed_routes_become_blocks_and_nothing_else_changes(self, project: Build) -> None:
        before = TOML + '[[route]]  # mine\nmatch = "GET /x"\n'
        made = project(before)
        made.seen("GET /x", 1, 1)
        made.seen("GET /carts/{id}", 1, 1)
        made.seen("GET /health", 1, 1)
        code, out, err = made.run("routes", "--write")
        assert (code, out) == (0, "GET /carts/{id}\nGET /health\n")
        assert err == f"2 [[route]] blocks added to {made.config}\n"
        after = made.config.read_text()
        assert after == before + '\n[[route]]\nmatch = "GET /carts/{id}"\n\n[[route]]\nmatch = "GET /health"\n'

    def test_the_next_listing_knows_them(self, project: Build) -> None:
        made = project(TOML)
        made.seen("GET /health", 1, 1)
        made.run("routes", "--write")
        assert [(each["route"], each["origin"]) for each in listed(made)] == [("GET /health", "shadow.toml")]
        assert made.run("routes", "--write") == (0, "", "Nothing to add.\n")

    def test_in_a_pyproject_the_blocks_stand_under_tool_shadow(self, project: Build) -> None:
        made = project(
            TOML.replace("[legacy]", "[tool.shadow.legacy]").replace("[cand", "[tool.shadow.cand"), "pyproject.toml"
        )
        made.seen("GET /health", 1, 1)
        assert made.run("routes", "--write")[0] == 0
        assert tomllib.loads(made.config.read_text())["tool"]["shadow"]["route"] == [{"match": "GET /health"}]

    def test_line_ends_and_mode_of_the_file_are_kept(self, project: Build) -> None:
        made = project(TOML.replace("\n", "\r\n"))
        made.config.chmod(0o640)
        made.seen("GET /health", 1, 1)
        made.run("routes", "--write")
        assert b'\r\n[[route]]\r\nmatch = "GET /health"\r\n' in made.config.read_bytes()
        assert made.config.stat().st_mode & 0o777 == 0o640
        assert [path.name for path in made.folder.iterdir() if path.name.startswith(".shadow.toml")] == []

    def test_an_inline_list_is_left_alone_with_the_blocks_to_paste(self, project: Build) -> None:
        made = project('route = [{match = "GET /x"}]\n' + TOML)
        made.seen("GET /health", 1, 1)
        before = made.config.read_bytes()
        code, _, err = made.run("routes", "--write")
        assert code == 2
        assert '[[route]]\nmatch = "GET /health"' in err
        assert made.config.read_bytes() == before
