"""The legacy application: one function per route, answering from its own copy of the data."""

# ruff: noqa: ARG001 - every route is called alike

from __future__ import annotations

import datetime as dt
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from shadow.demo import data as catalogue
from shadow.demo.data import Data, Player
from shadow.demo.templates import find
from shadow.demo.tokens import subject
from shadow.exchange import Request, Response

__all__ = ["ROUTES", "answer"]

SEARCH_SECONDS = 0.005

_DATA = catalogue.build()


@dataclass(frozen=True)
class Call:
    """A request, taken apart."""

    data: Data
    player: str
    parameters: dict[str, str]
    query: dict[str, str]
    document: Any
    """The JSON body; None without one."""

    @property
    def me(self) -> Player:
        return self.data.players[self.player]


class ApiError(Exception):
    """Answered as JSON: what went wrong, and a number for the app."""

    def __init__(self, status: int, code: int, text: str) -> None:
        self.status, self.code, self.text = status, code, text
        super().__init__(text)


def answer(request: Request) -> Response:
    """The application's answer; raises LookupError for a path that is no route (Kong lets none through)."""
    path, _, query = request.target.partition("?")
    found = find(ROUTES, "GET" if request.method == "HEAD" else request.method, path)
    if found is None:
        raise LookupError(path)
    route, parameters = found
    content_type = "application/json;charset=UTF-8" if route == "GET /app/config" else "application/json"
    try:
        document = json.loads(request.body) if request.body else None
        call = Call(_DATA, subject(request.headers) or "", parameters, dict(parse_qsl(query)), document)
        status, said = ROUTES[route](call)
    except ApiError as error:
        status, said = error.status, {"error": {"code": error.code, "text": error.text}}
    except ValueError:
        status, said = 400, {"error": {"code": 4000, "text": "the body is not JSON"}}
    return Response(status, [("Content-Type", content_type), ("Server", "gunicorn")], json.dumps(said).encode())


def profile(call: Call) -> tuple[int, Any]:
    me = call.me
    return 200, {"player": me.id, "name": me.name, "country": me.country, "joined": _date(me.joined)}


def update_profile(call: Call) -> tuple[int, Any]:
    if not isinstance(call.document, dict) or not isinstance(version := call.document.get("appVersion"), str):
        raise ApiError(422, 4220, "appVersion must be text")
    call.data.app_versions[call.player] = version
    return 200, {"updated": ["appVersion"]}


def order(call: Call) -> tuple[int, Any]:
    found = call.me.orders.get(call.parameters["orderId"])
    if found is None:
        raise ApiError(404, 4041, "no such order")
    lines = [
        {"sku": line.sku, "title": line.title, "price": line.price, "quantity": line.quantity} for line in found.lines
    ]
    return 200, {"orderId": found.id, "items": lines, "total": found.total, "currency": "EUR"}


def elo_history(call: Call) -> tuple[int, Any]:
    ratings = call.me.ratings[-int(call.query.get("limit", "10")) :]
    return 200, {"history": [{"at": _date(rating.at), "elo": rating.elo} for rating in ratings]}


def settings(call: Call) -> tuple[int, Any]:
    return 200, {"theme": "dark", "nickname": None, "language": call.me.country.lower(), "sounds": True}


def leaderboard(call: Call) -> tuple[int, Any]:
    best = sorted(call.data.players.values(), key=lambda player: (-player.ratings[-1].elo, player.id))
    return 200, {"players": [{"player": player.id, "elo": player.ratings[-1].elo} for player in best]}


def unread_notifications(call: Call) -> tuple[int, Any]:
    return 200, {"unread": 0, "notifications": []}


def coupon(call: Call) -> tuple[int, Any]:
    raise ApiError(404, 4044, f"unknown coupon {call.parameters['code']}")


def friends(call: Call) -> tuple[int, Any]:
    known = [call.data.players[friend] for friend in call.me.friends]
    return 200, {"friends": [{"player": friend.id, "name": friend.name} for friend in known]}


def feed(call: Call) -> tuple[int, Any]:
    return 200, {"articles": catalogue.ARTICLES}


def offers(call: Call) -> tuple[int, Any]:
    return 200, {"offers": catalogue.OFFERS}


def item(call: Call) -> tuple[int, Any]:
    sku = call.parameters["sku"]
    if sku not in catalogue.ITEMS:
        raise ApiError(404, 4042, "no such item")
    title, price = catalogue.ITEMS[sku]
    return 200, {"sku": sku, "title": title, "price": price}


def search(call: Call) -> tuple[int, Any]:
    time.sleep(SEARCH_SECONDS)
    wanted = call.query.get("q", "").lower()
    found = [player for player in call.data.players.values() if wanted in player.name.lower()]
    return 200, {"players": [{"player": player.id, "name": player.name} for player in found]}


def statement(call: Call) -> tuple[int, Any]:
    return 200, {"month": call.parameters["month"], "games": len(call.me.ratings), "fees": 4.99}


def heartbeat(call: Call) -> tuple[int, Any]:
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return 200, {"player": call.player, "requestId": str(uuid.uuid4()), "serverTime": now}


def tournament(call: Call) -> tuple[int, Any]:
    return 200, {"tournament": call.parameters["tournamentId"], "rounds": 7}


def quote(call: Call) -> tuple[int, Any]:
    sku = call.parameters["sku"]
    if sku not in catalogue.ITEMS:
        raise ApiError(404, 4042, "no such item")
    return 200, {"sku": sku, "price": catalogue.moving_price(sku)}


def match(call: Call) -> tuple[int, Any]:
    state = call.parameters["matchId"].partition("-")[0]
    return 200, {"state": state, "clockMicros": catalogue.FINISHED_AT if state == "finished" else time.monotonic_ns()}


def presence(call: Call) -> tuple[int, Any]:
    return 200, {"player": call.player, "state": "online", "serverMicros": time.monotonic_ns()}


_points: Counter[str] = Counter()


def points(call: Call) -> tuple[int, Any]:
    """The first answer is of before the win, which every later one knows of, on the other side as well."""
    _points[call.player] += 1
    won = call.player not in catalogue.WINNERS or _points[call.player] > 1
    return 200, {"points": 1250 if won else 1200}


def balance(call: Call) -> tuple[int, Any]:
    return 200, {"balance": call.me.balance, "currency": "EUR"}


def app_config(call: Call) -> tuple[int, Any]:
    return 200, {"platform": call.query.get("platform", "web"), "minimumBuild": 7, "features": ["chat", "puzzles"]}


def club(call: Call) -> tuple[int, Any]:
    name = catalogue.CLUBS.get(call.parameters["clubId"])
    if name is None:
        raise ApiError(404, 4043, "no such club")
    return 200, {"clubId": call.parameters["clubId"], "name": name}


def open_match(call: Call) -> tuple[int, Any]:
    if not isinstance(call.document, dict) or call.document.get("opponent") not in call.data.players:
        raise ApiError(422, 4221, "opponent must be a player")
    match = str(uuid.uuid4())
    call.data.matches[match] = call.player
    return 201, {"matchId": match, "opponent": call.document["opponent"], "state": "waiting"}


def imprint(call: Call) -> tuple[int, Any]:
    return 200, {"company": "Demo Games", "country": "DE"}


def _date(moment: dt.datetime) -> str:
    return moment.isoformat()


ROUTES: dict[str, Callable[[Call], tuple[int, Any]]] = {
    "GET /user/profile": profile,
    "PATCH /user/profile": update_profile,
    "GET /orders/{orderId}": order,
    "GET /user/elo/history": elo_history,
    "GET /user/settings": settings,
    "GET /leaderboard": leaderboard,
    "GET /notifications/unread": unread_notifications,
    "GET /coupons/{code}": coupon,
    "GET /friends": friends,
    "GET /feed": feed,
    "GET /shop/offers": offers,
    "GET /shop/items/{sku}": item,
    "GET /players/search": search,
    "GET /statements/{month}": statement,
    "GET /session/heartbeat": heartbeat,
    "GET /wallet/balance": balance,
    "GET /wallet/points": points,
    "GET /tournaments/{tournamentId}": tournament,
    "GET /quotes/{sku}": quote,
    "GET /matches/{matchId}": match,
    "GET /presence": presence,
    "GET /app/config": app_config,
    "GET /clubs/{clubId}": club,
    "POST /matches": open_match,
    "GET /legal/imprint": imprint,
}
