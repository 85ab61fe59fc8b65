"""Which route a request belongs to, and how its path reads on the other side."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from shadow.config import Settings, glob_matches
from shadow.errors import ConfigError
from shadow.exchange import Side
from shadow.routes.guess import guess_template
from shadow.routes.inventory import read_inventory
from shadow.routes.known_route import ANY, KnownRoute, route_name
from shadow.routes.matcher import Matcher
from shadow.routes.template import fill, parameters, shape, values, without_query

__all__ = ["RouteTable"]


class RouteTable:
    """The known routes: those of the inventories, and the ``[[route]]`` blocks that name one route without a glob.

    Paths are relative to a side's base and may have a query, which is ignored. Where two sources write one route
    with different parameter names, shadow.toml's name holds, so that its settings apply.
    """

    def __init__(self, settings: Settings, inventory: list[KnownRoute]) -> None:
        self._settings = settings
        self.has_inventory = bool(settings.routes.inventories)
        self._routes = _unite(settings, inventory)
        self._matchers = _by_side(self._entries)
        self._templates = _by_side(self._any_method)
        self._pair_of = lru_cache(maxsize=4096)(self._both_templates)

    @classmethod
    def from_settings(cls, settings: Settings) -> RouteTable:
        """Reads the inventories. Raises ConfigError where one can't be read or understood."""
        return cls(
            settings, [route for path in settings.routes.inventories for route in read_inventory(path, settings)]
        )

    def names(self) -> list[str]:
        """The known routes, inventories first, in the order in which they are written."""
        return list(self._routes)

    def origin_of(self, name: str) -> str:
        """Where a route is known from, for people; "" where it isn't known."""
        return self._routes[name].origin if name in self._routes else ""

    def templates_of(self, name: str) -> tuple[str, str]:
        """The route's path templates on legacy and on the candidate, each relative to that side's base."""
        return self._pair_of(name)

    def match(self, side: Side, method: str, path: str) -> str | None:
        """The name of the known route that takes this request of a side; None where there is none."""
        return self._matchers[side].match(method, without_query(path))

    def name_for(self, side: Side, method: str, path: str) -> str:
        """The name of the route: the known one, else the method with a template of another method, else a guess.

        ``HEAD /orders/17`` is ``HEAD /orders/{orderId}`` where only ``GET /orders/{orderId}`` is known.
        """
        if known := self.match(side, method, path):
            return known
        path = without_query(path)
        return route_name(method.upper(), self._templates[side].match(ANY, path) or guess_template(path))

    def translate(self, name: str, from_side: Side, to_side: Side, path: str) -> str | None:
        """The path on the other side where the route's templates differ; None where they are the same.

        The parameters' bytes, the query and a trailing slash are kept.
        """
        legacy, candidate = self._pair_of(name)
        if from_side is to_side or legacy == candidate:
            return None
        source, destination = (legacy, candidate) if from_side is Side.LEGACY else (candidate, legacy)
        bare = without_query(path)
        found = values(source, bare)
        if found is None:
            return None
        moved = fill(destination, dict(zip(parameters(source), found, strict=True)))
        slash = "/" if bare.endswith("/") and not moved.endswith("/") else ""
        return moved + slash + path[len(bare) :]

    def _entries(self, side: Side) -> list[tuple[str, str, str]]:
        return [
            (route.method, _template(self._settings, route.name, route.template, side), route.name)
            for route in self._routes.values()
        ]

    def _any_method(self, side: Side) -> list[tuple[str, str, str]]:
        """Templates alone; also those of blocks such as ``* /orders/{orderId}``, which name no single route."""
        taught = [_split(block.match) for block in self._settings.route if _names_template(block.match)]
        known = [(route.method, route.template) for route in self._routes.values()]
        return [
            (ANY, _template(self._settings, route_name(method, template), template, side), template)
            for method, template in [*taught, *known]
        ]

    def _both_templates(self, name: str) -> tuple[str, str]:
        _, template = _split(name)
        return template, _template(self._settings, name, template, Side.CANDIDATE)


def _by_side(entries: Callable[[Side], list[tuple[str, str, str]]]) -> dict[Side, Matcher]:
    """One matcher for both sides where their templates are the same, for compiling them takes a while."""
    legacy, candidate = entries(Side.LEGACY), entries(Side.CANDIDATE)
    matcher = Matcher(legacy)
    return {Side.LEGACY: matcher, Side.CANDIDATE: matcher if candidate == legacy else Matcher(candidate)}


def _unite(settings: Settings, inventory: list[KnownRoute]) -> dict[str, KnownRoute]:
    """By name; one route per method and shape of template, under the name that shadow.toml gives it."""
    source = settings.source.name if settings.source else "shadow.toml"
    own = [KnownRoute(*_split(block.match), source) for block in settings.route if "*" not in block.match]
    named: dict[tuple[str, str], KnownRoute] = {}
    for route in own:
        # An inventory of the candidate lists the route as the candidate spells it.
        for template in (_template(settings, route.name, route.template, Side.CANDIDATE), route.template):
            named[route.method, shape(template)] = route
    united: dict[str, KnownRoute] = {}
    for route in inventory:
        chosen = named.setdefault((route.method, shape(route.template)), route)
        united.setdefault(chosen.name, KnownRoute(chosen.method, chosen.template, route.origin))
    for route in own:
        chosen = named[route.method, shape(route.template)]
        united.setdefault(chosen.name, chosen)
    return united


def _template(settings: Settings, name: str, template: str, side: Side) -> str:
    """The route's template on that side. Raises ConfigError where the candidate's has other parameters."""
    # The last block that says something holds, as in `route_settings`, of which nothing else is needed here.
    moved = (
        block.candidate
        for block in reversed(settings.route)
        if block.candidate is not None and glob_matches(block.match, name)
    )
    candidate = next(moved, "")
    if side is Side.LEGACY or not candidate:
        return template
    if sorted(parameters(candidate)) != sorted(parameters(template)):
        raise ConfigError(
            f'[[route]] "{name}": candidate = "{candidate}" must have the same parameters as "{template}"; '
            "a block whose match is a glob can't give one path to routes with different parameters"
        )
    return candidate


def _names_template(match: str) -> bool:
    method, template = _split(match)
    return method == ANY and template.startswith("/") and "*" not in template


def _split(name: str) -> tuple[str, str]:
    method, _, template = name.partition(" ")
    return method, template
