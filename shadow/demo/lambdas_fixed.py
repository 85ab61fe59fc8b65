"""The corrected Lambdas: those of ``lambdas`` that had a fault, without it, and the two that were missing."""

# ruff: noqa: ARG001 - every Lambda is called with (event, context)

from __future__ import annotations

import time
from typing import Any

from shadow.demo import data as catalogue
from shadow.demo import lambdas
from shadow.demo.lambdas import DATA, Event, Handler, body, failed, me

__all__ = ["HANDLERS"]

SEARCH_SECONDS = 0.005


def get_order(event: Event, context: object) -> dict[str, Any]:
    order = me(event).orders.get(event["pathParameters"]["orderId"])
    if order is None:
        return failed(404, 4041, "no such order")
    lines = [
        {"sku": line.sku, "title": line.title, "price": line.price, "quantity": line.quantity} for line in order.lines
    ]
    return body(200, {"orderId": order.id, "items": lines, "total": order.total, "currency": "EUR"})


def get_elo_history(event: Event, context: object) -> dict[str, Any]:
    ratings = me(event).ratings[-int((event["queryStringParameters"] or {}).get("limit", "10")) :]
    return body(200, {"history": [{"at": rating.at.isoformat(), "elo": rating.elo} for rating in ratings]})


def get_user_settings(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"theme": "dark", "nickname": None, "language": me(event).country.lower(), "sounds": True})


def get_leaderboard(event: Event, context: object) -> dict[str, Any]:
    best = sorted(DATA.players.values(), key=lambda player: (-player.ratings[-1].elo, player.id))
    return body(200, {"players": [{"player": player.id, "elo": player.ratings[-1].elo} for player in best]})


def get_unread_notifications(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"unread": 0, "notifications": []})


def get_coupon(event: Event, context: object) -> dict[str, Any]:
    return failed(404, 4044, f"unknown coupon {event['pathParameters']['code']}")


def get_friends(event: Event, context: object) -> dict[str, Any]:
    known = [DATA.players[friend] for friend in me(event).friends]
    return body(200, {"friends": [{"player": friend.id, "name": friend.name} for friend in known]})


def get_feed(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"articles": catalogue.ARTICLES})


def get_offers(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"offers": catalogue.OFFERS})


def get_item(event: Event, context: object) -> dict[str, Any]:
    sku = event["pathParameters"]["sku"]
    if sku not in catalogue.ITEMS:
        return failed(404, 4042, "no such item")
    title, price = catalogue.ITEMS[sku]
    return body(200, {"sku": sku, "title": title, "price": price})


def get_tournament(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"tournament": event["pathParameters"]["tournamentId"], "rounds": 7})


def get_quote(event: Event, context: object) -> dict[str, Any]:
    sku = event["pathParameters"]["sku"]
    if sku not in catalogue.ITEMS:
        return failed(404, 4042, "no such item")
    return body(200, {"sku": sku, "price": catalogue.moving_price(sku)})


def get_match(event: Event, context: object) -> dict[str, Any]:
    state = event["pathParameters"]["matchId"].partition("-")[0]
    clock = catalogue.FINISHED_AT if state == "finished" else time.monotonic_ns()
    return body(200, {"state": state, "clockMicros": clock})


def get_presence(event: Event, context: object) -> dict[str, Any]:
    return body(200, {"player": me(event).id, "state": "online", "serverMicros": time.monotonic_ns()})


def search_players(event: Event, context: object) -> dict[str, Any]:
    time.sleep(SEARCH_SECONDS)
    wanted = (event["queryStringParameters"] or {}).get("q", "").lower()
    found = [player for player in DATA.players.values() if wanted in player.name.lower()]
    return body(200, {"players": [{"player": player.id, "name": player.name} for player in found]})


HANDLERS: dict[str, Handler] = lambdas.HANDLERS | {
    "GET /orders/{orderId}": get_order,
    "GET /user/elo/history": get_elo_history,
    "GET /user/settings": get_user_settings,
    "GET /leaderboard": get_leaderboard,
    "GET /notifications/unread": get_unread_notifications,
    "GET /coupons/{code}": get_coupon,
    "GET /friends": get_friends,
    "GET /feed": get_feed,
    "GET /shop/offers": get_offers,
    "GET /shop/items/{sku}": get_item,
    "GET /players/search": search_players,
    "GET /tournaments/{tournamentId}": get_tournament,
    "GET /quotes/{sku}": get_quote,
    "GET /matches/{matchId}": get_match,
    "GET /presence": get_presence,
}
