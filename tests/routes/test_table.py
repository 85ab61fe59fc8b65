"""Known routes come from inventories and from [[route]] blocks; every request has a name, on both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shadow.config import Settings
from shadow.errors import ConfigError
from shadow.exchange import Side
from shadow.routes import RouteTable

LEGACY, CANDIDATE = Side.LEGACY, Side.CANDIDATE
INVENTORY = """
functions:
  getOrder: {events: [{http: 'GET /orders/{orderId}'}]}
  users: {events: [{httpApi: {method: '*', path: '/users/{id}'}}]}
"""


def table(tmp_path: Path, *blocks: dict[str, Any], inventory: str = "") -> RouteTable:
    names = []
    if inventory:
        (tmp_path / "serverless.yml").write_text(inventory)
        names = [str(tmp_path / "serverless.yml")]
    return RouteTable.from_settings(
        Settings.model_validate(
            {
                "legacy": {"url": "https://api.example/kong"},
                "candidate": {"url": "https://api.example"},
                "routes": {"from": names},
                "route": list(blocks),
                "source": str(tmp_path / "shadow.toml"),
            }
        )
    )


def test_the_routes_of_inventories_and_blocks_are_known(tmp_path: Path) -> None:
    known = table(tmp_path, {"match": "PATCH /user/profile"}, {"match": "GET /admin*"}, inventory=INVENTORY)
    assert known.names() == ["GET /orders/{orderId}", "* /users/{id}", "PATCH /user/profile"]
    assert [known.origin_of(name) for name in [*known.names(), "GET /x"]] == [
        "serverless.yml: function getOrder",
        "serverless.yml: function users",
        "shadow.toml",
        "",
    ]
    assert known.has_inventory
    assert not table(tmp_path).has_inventory


def test_a_request_matches_a_known_route_whatever_its_query_and_trailing_slash(tmp_path: Path) -> None:
    known = table(tmp_path, inventory=INVENTORY)
    for side in Side:
        assert known.match(side, "GET", "/orders/17/?expand=/x#y") == "GET /orders/{orderId}"
        assert known.match(side, "DELETE", "/users/4") == "* /users/{id}"
        assert known.match(side, "HEAD", "/orders/17") is None


def test_an_unknown_method_takes_the_known_template(tmp_path: Path) -> None:
    assert table(tmp_path, inventory=INVENTORY).name_for(LEGACY, "HEAD", "/orders/17?x") == "HEAD /orders/{orderId}"


def test_an_unknown_path_is_guessed(tmp_path: Path) -> None:
    assert table(tmp_path).name_for(LEGACY, "get", "/carts/17/?x=1") == "GET /carts/{id}"


def test_a_block_for_all_methods_teaches_its_template_and_is_no_route(tmp_path: Path) -> None:
    known = table(tmp_path, {"match": "* /carts/{cartId}", "candidate": "/v2/carts/{cartId}"})
    assert known.names() == []
    assert known.match(LEGACY, "GET", "/carts/17") is None
    assert known.name_for(LEGACY, "GET", "/carts/17") == "GET /carts/{cartId}"
    assert known.name_for(CANDIDATE, "GET", "/v2/carts/17") == "GET /carts/{cartId}"
    assert known.translate("GET /carts/{cartId}", LEGACY, CANDIDATE, "/carts/17?x") == "/v2/carts/17?x"


def test_the_name_that_shadow_toml_uses_holds(tmp_path: Path) -> None:
    known = table(tmp_path, {"match": "GET /orders/{id}", "writes": "isolated"}, inventory=INVENTORY)
    assert known.names() == ["GET /orders/{id}", "* /users/{id}"]
    assert known.origin_of("GET /orders/{id}") == "serverless.yml: function getOrder"


MOVED = {"match": "GET /orders/{orderId}", "candidate": "/v2/{orderId}/order"}


class TestOtherTemplateOnTheCandidate:
    def test_each_side_is_matched_by_its_own_template(self, tmp_path: Path) -> None:
        known = table(tmp_path, MOVED)
        assert known.match(LEGACY, "GET", "/orders/17") == "GET /orders/{orderId}"
        assert known.match(CANDIDATE, "GET", "/v2/17/order") == "GET /orders/{orderId}"
        assert known.match(CANDIDATE, "GET", "/orders/17") is None

    @pytest.mark.parametrize(
        ("legacy", "candidate"),
        [
            ("/orders/17", "/v2/17/order"),
            ("/orders/a%2Fb%20c?x=%20&y", "/v2/a%2Fb%20c/order?x=%20&y"),
            ("/orders/17/", "/v2/17/order/"),
        ],
    )
    def test_paths_are_translated_both_ways_byte_for_byte(self, tmp_path: Path, legacy: str, candidate: str) -> None:
        known = table(tmp_path, MOVED)
        name = "GET /orders/{orderId}"
        assert known.translate(name, LEGACY, CANDIDATE, legacy) == candidate
        assert known.translate(name, CANDIDATE, LEGACY, candidate) == legacy

    def test_nothing_is_translated_to_the_same_side_or_the_same_template(self, tmp_path: Path) -> None:
        known = table(tmp_path, MOVED, {"match": "GET /users/{id}"})
        assert known.translate("GET /orders/{orderId}", LEGACY, LEGACY, "/orders/17") is None
        assert known.translate("GET /users/{id}", LEGACY, CANDIDATE, "/users/1") is None
        assert known.translate("GET /unknown/{id}", LEGACY, CANDIDATE, "/unknown/1") is None

    def test_an_inventory_that_lists_the_candidates_spelling_means_the_same_route(self, tmp_path: Path) -> None:
        known = table(
            tmp_path,
            {"match": "GET /orders/{id}", "candidate": "/v2/orders/{id}"},
            inventory="functions: {f: {events: [{http: 'GET /v2/orders/{orderId}'}]}}",
        )
        assert known.names() == ["GET /orders/{id}"]
        assert known.match(CANDIDATE, "GET", "/v2/orders/1") == "GET /orders/{id}"

    def test_other_parameters_on_the_candidate_are_refused(self, tmp_path: Path) -> None:
        block = {"match": "GET /orders*", "candidate": "/v2/{x}"}
        with pytest.raises(ConfigError, match=r'"GET /orders/\{orderId\}": candidate = "/v2/\{x\}" must have the same'):
            table(tmp_path, block, inventory=INVENTORY)


def test_the_package_is_light_until_the_table_is_asked_for() -> None:
    import subprocess
    import sys

    code = "import sys, shadow.routes.sides; print(sorted({'werkzeug', 'ruamel', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_method_in_lower_case_belongs_to_the_same_route(tmp_path):
    known = table(tmp_path, inventory=INVENTORY)
    assert known.name_for(LEGACY, "get", "/orders/17") == "GET /orders/{orderId}"
    assert known.name_for(LEGACY, "patch", "/elsewhere") == "PATCH /elsewhere"
