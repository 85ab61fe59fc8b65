"""The candidate's Lambdas as they were first ported: one handler per route, faults included.

They are written to be read beside ``legacy_api``; ``lambdas_fixed`` corrects the faults. Two habits of the port are
worth knowing: JSON is written as JavaScript would write it (a whole number has no `.0`), and, as in any Lambda,
module-level state lives as long as the instance does.
"""

# ruff: noqa: ARG001 - every Lambda is called with (event, context)

from __future__ import annotations

import datetime as dt
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from shadow.demo import data as catalogue
from shadow.demo.data import Player

__all__ = ["DATA", "HANDLERS", "Event", "Handler", "body", "failed", "me"]

Event = dict[str, Any]
Handler = Callable[[Event, object], dict[str, Any]]

COLD_SECONDS = 4.0
"""How long the first call of a cold function takes; more than the demo's `candidate.timeout`."""
SEARCH_SECONDS = 0.2

DATA = catalogue.build()


def body(status: int, document: Any) -> dict[str, Any]:
    """A proxy integration's result. Whole floats lose their `.0`, as in JavaScript."""
    return {"statusCode": status, "body": json.dumps(_as_javascript(document), ensure_ascii=False)}


def failed(status: int, code: int, text: str) -> dict[str, Any]:
    """The API's error shape."""
    return body(status, {"error": {"code": code, "text": text}})


def me(event: Event) -> Player:
    """The player whom the gateway's authorizer let in."""
    return DATA.players[event["requestContext"]["authorizer"]["claims"]["sub"]]


def get_user_profile(event: Event, context: object) -> dict[str, Any]:
    player = me(event)
    joined = player.joined.isoformat()
    return body(200, {"player": player.id, "name": player.name, "country": player.country, "joined": joined})


def patch_user_profile(event: Event, context: object) -> dict[str, Any]:
    document = json.loads(event["body"] or "null")
    if not isinstance(document, dict) or not isinstance(version := document.get("appVersion"), str):
        return failed(422, 4220, "appVersion must be text")
    DATA.app_versions[me(event).id] = version
    return body(200, {"updated": ["appVersion"]})


def get_order(event: Event, context: object) -> dict[str, Any]:
    order = me(event).orders.get(event["pathParameters"]["orderId"])
    if order is None:
        return failed(404, 4041, "no such order")
    # FAULT: the driver returns decimals as text, and nobody turned them back into numbers.
    lines = [
        {"sku": line.sku, "title": line.title, "price": f"{line.price:.2f}", "quantity": line.quantity}
        for line in order.lines
    ]
    return body(200, {"orderId": order.id, "items": lines, "total": f"{order.total:.2f}", "currency": "EUR"})


def get_elo_history(event: Event, context: object) -> dict[str, Any]:
    ratings = me(event).ratings[-int((event["queryStringParameters"] or {}).get("limit", "10")) :]
    # FAULT: Date.toISOString() writes milliseconds and Z where the app has always got +00:00.
    history = [{"at": rating.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "elo": rating.elo} for rating in ratings]
    return body(200, {"history": history})


def get_user_settings(event: Event, context: object) -> dict[str, Any]:
    # FAULT: JSON.stringify leaves out what is undefined, so `nickname` is gone where it was null.
    return body(200, {"theme": "dark", "language": me(event).country.lower(), "sounds": True})


def get_leaderboard(event: Event, context: object) -> dict[str, Any]:
    # FAULT: no ORDER BY.
    players = DATA.players.values()
    return body(200, {"players": [{"player": player.id, "elo": player.ratings[-1].elo} for player in players]})


def get_unread_notifications(event: Event, context: object) -> dict[str, Any]:
    # FAULT: "nothing to say" was read as "No Content".
    return {"statusCode": 204}


def get_coupon(event: Event, context: object) -> dict[str, Any]:
    # FAULT: the framework's own error body instead of the API's.
    return body(404, {"message": "Not Found", "statusCode": 404})


def get_friends(event: Event, context: object) -> dict[str, Any]:
    known = [DATA.players[friend] for friend in me(event).friends]
    # FAULT: the row's own id leaks out with the rest.
    rows = [{"player": friend.id, "name": friend.name, "rowId": int(friend.id[-2:]) + 1} for friend in known]
    return body(200, {"friends": rows})


_feeds: Counter[str] = Counter()


def get_feed(event: Event, context: object) -> dict[str, Any]:
    # FAULT: a cache that is being refilled looks empty, and only some callers notice.
    player = me(event).id
    _feeds[player] += 1
    return body(200, {"articles": [] if _feeds[player] % 5 == 3 else catalogue.ARTICLES})


def search_players(event: Event, context: object) -> dict[str, Any]:
    # FAULT: no index.
    time.sleep(SEARCH_SECONDS)
    wanted = (event["queryStringParameters"] or {}).get("q", "").lower()
    found = [player for player in DATA.players.values() if wanted in player.name.lower()]
    return body(200, {"players": [{"player": player.id, "name": player.name} for player in found]})


INSTANCES = 2
_waited: set[str] = set()
_starting = threading.Lock()


def get_statement(event: Event, context: object) -> dict[str, Any]:
    # Not a fault, but a fact of Lambdas: whoever comes first to an instance waits for its start.
    player = me(event).id
    with _starting:
        cold = player not in _waited and len(_waited) < INSTANCES
        if cold:
            _waited.add(player)
    if cold:
        time.sleep(COLD_SECONDS)
    month = event["pathParameters"]["month"]
    return body(200, {"month": month, "games": len(me(event).ratings), "fees": 4.99})


def get_heartbeat(event: Event, context: object) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return body(200, {"player": me(event).id, "requestId": str(uuid.uuid4()), "serverTime": now})


_tournaments: Counter[str] = Counter()


def get_tournament(event: Event, context: object) -> dict[str, Any]:
    # FAULT: the connection pool is too small, and an exception that nobody catches ends the function.
    _tournaments[me(event).id] += 1
    if _tournaments[me(event).id] % 4 == 2:
        raise RuntimeError("no connection left in the pool")
    return body(200, {"tournament": event["pathParameters"]["tournamentId"], "rounds": 7})


def get_quote(event: Event, context: object) -> dict[str, Any]:
    sku = event["pathParameters"]["sku"]
    if sku not in catalogue.ITEMS:
        return failed(404, 4042, "no such item")
    # FAULT: the price is formatted for people.
    return body(200, {"sku": sku, "price": f"{catalogue.moving_price(sku):.2f}"})


def get_match(event: Event, context: object) -> dict[str, Any]:
    state = event["pathParameters"]["matchId"].partition("-")[0]
    # FAULT: a finished match is read from a replica that has missed the last move.
    clock = catalogue.FINISHED_AT - 5_301_977 if state == "finished" else time.monotonic_ns()
    return body(200, {"state": state, "clockMicros": clock})


def get_presence(event: Event, context: object) -> dict[str, Any]:
    # FAULT: the name of the enum's constant instead of its value.
    return body(200, {"player": me(event).id, "state": "ONLINE", "serverMicros": time.monotonic_ns()})


def get_points(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"points": 1250})


def get_balance(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"balance": me(event).balance, "currency": "EUR"})


def get_app_config(event: Event, context: object) -> dict[str, Any]:
    platform = (event["queryStringParameters"] or {}).get("platform", "web")
    return body(200, {"platform": platform, "minimumBuild": 7, "features": ["chat", "puzzles"]})


def get_club(event: Event, context: object) -> dict[str, Any]:
    club_id = event["pathParameters"]["clubId"]
    if club_id not in catalogue.CLUBS:
        return failed(404, 4043, "no such club")
    return body(200, {"clubId": club_id, "name": catalogue.CLUBS[club_id]})


def post_match(event: Event, context: object) -> dict[str, Any]:
    document = json.loads(event["body"] or "null")
    if not isinstance(document, dict) or document.get("opponent") not in DATA.players:
        return failed(422, 4221, "opponent must be a player")
    match = str(uuid.uuid4())
    DATA.matches[match] = me(event).id
    return body(201, {"matchId": match, "opponent": document["opponent"], "state": "waiting"})


def get_imprint(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"company": "Demo Games", "country": "DE"})


def _as_javascript(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _as_javascript(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_javascript(item) for item in value]
    return value


HANDLERS: dict[str, Handler] = {
    "GET /user/profile": get_user_profile,
    "PATCH /user/profile": patch_user_profile,
    "GET /orders/{orderId}": get_order,
    "GET /user/elo/history": get_elo_history,
    "GET /user/settings": get_user_settings,
    "GET /leaderboard": get_leaderboard,
    "GET /notifications/unread": get_unread_notifications,
    "GET /coupons/{code}": get_coupon,
    "GET /friends": get_friends,
    "GET /feed": get_feed,
    "GET /players/search": search_players,
    "GET /statements/{month}": get_statement,
    "GET /session/heartbeat": get_heartbeat,
    "GET /wallet/balance": get_balance,
    "GET /wallet/points": get_points,
    "GET /tournaments/{tournamentId}": get_tournament,
    "GET /quotes/{sku}": get_quote,
    "GET /matches/{matchId}": get_match,
    "GET /presence": get_presence,
    "GET /app/config": get_app_config,
    "GET /clubs/{clubId}": get_club,
    "POST /matches": post_match,
    "GET /legal/imprint": get_imprint,
}
"""Route → handler. `GET /shop/offers` and `GET /shop/items/{sku}` have none yet."""
