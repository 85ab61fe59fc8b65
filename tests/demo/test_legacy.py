"""The legacy side: an old application behind a Kong-like gateway, as a real process."""

from __future__ import annotations

import httpx
import pytest


def test_answers_carry_what_kong_adds(sides):
    response = sides.legacy.get("/user/profile")
    assert response.status_code == 200
    assert response.headers["via"].startswith("1.1 kong/")
    for name in ("x-kong-upstream-latency", "x-kong-proxy-latency", "ratelimit-remaining", "x-ratelimit-limit-minute"):
        assert response.headers[name].isdigit()
    assert len(response.headers["x-kong-request-id"]) == 32


def test_a_path_of_no_route_is_kongs_own_404(sides):
    for path in ("/nothing", "/user", "/user/profile/more"):
        response = sides.legacy.get(path)
        assert (response.status_code, response.json()["message"]) == (404, "no Route matched with those values")
        assert response.headers["server"].startswith("kong/")


def test_without_the_prefix_there_is_no_route(sides):
    assert sides.legacy.get(sides.legacy.base_url.copy_with(path="/user/profile")).status_code == 404


@pytest.mark.parametrize("authorization", ["", "Basic abc", "Bearer x", "Bearer a.b.c", "Bearer ..", "Bearer é"])
def test_without_a_valid_token_kong_refuses(sides, authorization):
    response = sides.legacy.get("/user/profile", headers={"Authorization": authorization.encode()})
    assert (response.status_code, response.json()["message"]) == (401, "Unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


def test_public_routes_need_no_token(sides):
    assert httpx.get(sides.legacy.base_url.join("app/config"), trust_env=False).status_code == 200


def test_head_has_the_head_of_get_and_no_body(sides):
    get, head = sides.legacy.get("/leaderboard"), sides.legacy.head("/leaderboard")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_writes_change_the_sides_own_data_and_bad_ones_are_refused(sides):
    assert sides.legacy.patch("/user/profile", json={"appVersion": "5.0"}).json() == {"updated": ["appVersion"]}
    assert sides.legacy.patch("/user/profile", json={"appVersion": 5}).status_code == 422
    assert sides.legacy.patch("/user/profile", content=b"{").status_code == 400
    assert sides.legacy.post("/matches", json={"opponent": "nobody"}).status_code == 422
    created = sides.legacy.post("/matches", json={"opponent": "player-01"})
    assert (created.status_code, created.json()["state"]) == (201, "waiting")


def test_another_players_order_does_not_exist(sides):
    assert sides.legacy.get("/orders/1031").status_code == 200
    assert sides.legacy.get("/orders/1041").status_code == 404
