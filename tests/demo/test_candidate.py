"""The candidate side: Lambdas behind an API-Gateway-like front, as a real process, with the planted faults."""

from __future__ import annotations

import datetime as dt
import threading
import time

import httpx
import pytest

from shadow.demo.lambdas import COLD_SECONDS
from shadow.demo.routes import ROUTES
from shadow.demo.tokens import mint
from shadow.demo.traffic import asks


def test_answers_carry_what_a_rest_api_adds(sides):
    response = sides.candidate.get("/user/profile")
    assert response.status_code == 200
    assert len(response.headers["x-amzn-requestid"]) == 36
    assert response.headers["x-amz-apigw-id"].endswith("=")
    assert response.headers["x-amzn-trace-id"].startswith("Root=1-")
    assert response.headers["content-type"] == "application/json"
    assert "via" not in response.headers


@pytest.mark.parametrize(("method", "path"), [("GET", "/no"), ("DELETE", "/user/profile"), ("HEAD", "/user/profile")])
def test_a_request_of_no_route_is_the_gateways_403(sides, method, path):
    response = sides.candidate.request(method, path)
    assert response.status_code == 403
    assert response.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    assert response.content in (b"", b'{"message": "Missing Authentication Token"}')


def test_without_a_token_the_authorizer_refuses(sides):
    response = httpx.get(sides.candidate.base_url.join("/user/profile"), trust_env=False)
    assert (response.status_code, response.json()) == (401, {"message": "Unauthorized"})


def test_a_failing_function_is_the_gateways_502(sides):
    response = sides.candidate.patch("/user/profile", content=b"{")
    assert (response.status_code, response.json()) == (502, {"message": "Internal server error"})


def test_a_trailing_slash_is_ignored_in_routing(sides):
    assert sides.candidate.get("/user/profile/").status_code == 200


def both(sides, path):
    """Both sides' JSON for one request."""
    return sides.legacy.get(path).json(), sides.candidate.get(path).json()


def test_prices_became_strings(sides):
    legacy, candidate = both(sides, "/orders/1032")
    assert isinstance(legacy["items"][0]["price"], float)
    assert candidate["items"][0]["price"] == f"{legacy['items'][0]['price']:.2f}"


def test_dates_are_written_in_another_format_and_mean_the_same(sides):
    legacy, candidate = (said["history"][0]["at"] for said in both(sides, "/user/elo/history"))
    assert legacy != candidate
    assert dt.datetime.fromisoformat(legacy) == dt.datetime.fromisoformat(candidate)


def test_null_became_absent(sides):
    legacy, candidate = both(sides, "/user/settings")
    assert legacy.pop("nickname") is None
    assert legacy == candidate


def test_the_list_lost_its_order_only(sides):
    legacy, candidate = (said["players"] for said in both(sides, "/leaderboard"))
    assert legacy != candidate
    assert sorted(map(str, legacy)) == sorted(map(str, candidate))


def test_nothing_unread_became_204_without_a_body(sides):
    assert sides.legacy.get("/notifications/unread").status_code == 200
    response = sides.candidate.get("/notifications/unread")
    assert (response.status_code, response.content) == (204, b"")
    assert "content-length" not in response.headers


def test_the_404_has_another_body(sides):
    legacy, candidate = sides.legacy.get("/coupons/X"), sides.candidate.get("/coupons/X")
    assert legacy.status_code == candidate.status_code == 404
    assert set(legacy.json()) == {"error"}
    assert set(candidate.json()) == {"message", "statusCode"}


def test_friends_have_one_field_more(sides):
    legacy, candidate = (said["friends"][0] for said in both(sides, "/friends"))
    assert set(candidate) - set(legacy) == {"rowId"}


def test_one_feed_in_five_is_empty_and_legacys_never_is(sides):
    empty = [not sides.candidate.get("/feed").json()["articles"] for _ in range(10)]
    assert sum(empty) == 2
    assert all(sides.legacy.get("/feed").json()["articles"] for _ in range(5))


def test_offers_come_from_legacy_through_the_candidates_gateway(sides):
    response = sides.candidate.get("/shop/offers")
    assert response.json() == sides.legacy.get("/shop/offers").json()
    assert "x-kong-request-id" in response.headers
    assert "x-amzn-requestid" in response.headers


def test_items_were_forgotten_in_the_deployment(sides):
    assert sides.candidate.get("/shop/items/board").status_code == 403


def test_the_search_takes_longer_on_the_candidate(sides):
    started = time.monotonic()
    assert both(sides, "/players/search?q=a")[0]["players"]
    assert time.monotonic() - started >= 0.205


def test_only_the_first_statements_meet_a_cold_start(sides):
    for player in ("player-00", "player-01"):
        token = {"Authorization": f"Bearer {mint(player)}"}
        with pytest.raises(httpx.ReadTimeout):
            sides.candidate.get("/statements/2024-01", headers=token, timeout=0.5)
        assert sides.candidate.get("/statements/2024-01", headers=token).elapsed.total_seconds() < COLD_SECONDS
    assert sides.candidate.get("/statements/2024-01").elapsed.total_seconds() < COLD_SECONDS


def test_a_heartbeat_differs_from_itself_on_both_sides(sides):
    for client in sides:
        first, second = (client.get("/session/heartbeat").json() for _ in range(2))
        assert {name for name in first if first[name] != second[name]} == {"requestId", "serverTime"}


def test_a_whole_balance_is_written_without_its_fraction(sides):
    legacy, candidate = sides.legacy.get("/wallet/balance"), sides.candidate.get("/wallet/balance")
    assert legacy.json() == candidate.json()
    assert b".0," in legacy.content
    assert b".0," not in candidate.content


def test_the_charset_is_gone(sides):
    assert sides.legacy.get("/app/config").headers["content-type"] == "application/json;charset=UTF-8"
    assert sides.candidate.get("/app/config").headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/user/profile", "/clubs/1", "/clubs/99", "/legal/imprint", "/orders/9999"])
def test_what_has_no_fault_is_the_same_on_both_sides(sides, path):
    legacy, candidate = both(sides, path)
    assert legacy == candidate


def test_the_corrected_candidate_says_what_legacy_says_to_everything_that_the_apps_send(fixed_sides):
    generated = {"matchId", "requestId", "serverTime", "serverMicros"}
    moving = {"/quotes/": "price", "/matches/running-": "clockMicros"}
    for ask in asks(3):
        path = ask.target.removeprefix("/kong")
        answers = [
            client.request(ask.method, path.lstrip("/"), content=ask.body or None, headers={"Accept-Encoding": "gzip"})
            for client in fixed_sides
        ]
        left_out = generated | {name for start, name in moving.items() if path.startswith(start)}
        legacy, candidate = ({k: v for k, v in a.json().items() if k not in left_out} for a in answers)
        assert legacy == candidate, ask
        assert answers[0].status_code == answers[1].status_code, ask


def test_every_route_of_the_plan_is_a_route_of_both_sides(fixed_sides):
    for planted in ROUTES:
        method, _, path = planted.route.partition(" ")
        for client in fixed_sides:
            assert client.request(method, path.lstrip("/")).headers["content-type"].startswith("application/json")
            assert client.request(method, path.lstrip("/")).status_code not in {403, 405}


def test_parallel_requests_are_answered_in_parallel(sides):
    """Twelve slow searches at once take nowhere near twelve times as long as one, or the demo would time out."""
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(sides.candidate.get("/players/search?q=e").status_code))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 12
