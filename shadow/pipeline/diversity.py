"""A few of many requests, chosen while they come, that show as many kinds of them as so few can.

What a request shows is worth something only as long as nothing else that is kept shows it: its route most, then each
part of it (a query parameter's shape, a path of the answer's document), then all its parts together, its shape, and
least that it is another request than those kept. Where there is no room any more, the one goes whose loss costs least.
The outcome depends on the requests and hardly on their order, and on nothing else: chance has no part in it.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

__all__ = ["MOST_PARTS", "Sample", "Selection"]

T = TypeVar("T")

MOST_PARTS = 500
"""Parts of one request; the rest is not looked at."""
_REQUEST, _SHAPE, _PART, _ROUTE = 1, 10**3, 10**6, 10**9
"""What each is worth; all parts of a request together less than its route."""


class Sample(NamedTuple):
    """What a request shows."""

    route: str
    shape: bytes
    """Equal for requests of a route that have the same parts, and for those only."""
    parts: frozenset[str]
    """At most `MOST_PARTS`; what they mean is the caller's business, and another route's are other parts."""
    request: bytes
    """A digest (16 bytes): equal for the same request, sent again."""
    sendable: bool = True
    """False: it can't be sent again, so it shows nothing but its route."""


class Selection(Generic[T]):
    """At most ``most`` things of those that were offered. One offer takes O(log n), and O(parts) for a new shape."""

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError("a selection has room for one at least")
        self._most = most
        self._size = 0
        self._numbers = itertools.count()
        self._routes: dict[str, _Route[T]] = {}
        self._cheapest: list[tuple[_Rank, str]] = []
        """A heap of what the routes' cheapest have cost at some time; what is out of date is passed over."""

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        """What is kept, in no order that means anything."""
        return (item for route in self._routes.values() for shape in route.shapes.values() for item in shape.items())

    @property
    def routes(self) -> int:
        """How many different routes are kept."""
        return len(self._routes)

    @property
    def shapes(self) -> int:
        """How many different shapes are kept, of what can be sent again."""
        return sum(shape.sendable for route in self._routes.values() for shape in route.shapes.values())

    def offer(self, sample: Sample, item: T) -> T | None:
        """What there is no room for: the thing itself, or another in its place; None where there is room for both."""
        route = self._routes.get(sample.route)
        if self._size == self._most and route is not None and route.has(sample):
            return item
        if route is None:
            route = self._routes[sample.route] = _Route(sample.route, self._numbers)
        route.add(sample, item)
        self._size += 1
        self._rank(route)
        return None if self._size <= self._most else self._drop_cheapest()

    def _drop_cheapest(self) -> T:
        while True:
            rank, name = heapq.heappop(self._cheapest)
            route = self._routes.get(name)
            if route is not None and route.rank() == rank:
                break
        item = route.drop_cheapest()
        self._size -= 1
        if route.size:
            self._rank(route)
        else:
            del self._routes[name]
        return item

    def _rank(self, route: _Route[T]) -> None:
        heapq.heappush(self._cheapest, (route.rank(), route.name))
        if len(self._cheapest) > 4 * len(self._routes) + 100:
            self._cheapest = [(each.rank(), each.name) for each in self._routes.values()]
            heapq.heapify(self._cheapest)


_Rank = tuple[int, bool, int]
"""What its loss costs, whether it can be sent, and how many of its like there are (negative): the lowest goes first."""


class _Shape(Generic[T]):
    """Requests of a route with the same parts."""

    def __init__(self, number: int, key: bytes, parts: frozenset[str], *, sendable: bool) -> None:
        self.number = number
        self.key = key
        self.parts = parts
        self.sendable = sendable
        self.alone = 0
        """Parts that no other shape shows."""
        self.requests: set[bytes] = set()
        self._firsts: list[tuple[int, int, T]] = []
        """One of each request: a heap, the highest digest on top."""
        self._again: list[T] = []
        """The same requests again."""

    def __len__(self) -> int:
        return len(self._firsts) + len(self._again)

    def items(self) -> Iterator[T]:
        yield from self._again
        yield from (item for _, _, item in self._firsts)

    def add(self, request: bytes, item: T, number: int) -> None:
        if request in self.requests:
            self._again.append(item)
        else:
            self.requests.add(request)
            heapq.heappush(self._firsts, (-int.from_bytes(request), number, item))

    def drop_cheapest(self) -> T:
        """Of different requests those with the lowest digests stay, whichever came first: a fair sample of all."""
        if self._again:
            return self._again.pop()
        digest, _, item = heapq.heappop(self._firsts)
        self.requests.discard((-digest).to_bytes(16))
        return item

    def rank(self) -> _Rank:
        if self._again or not self.sendable:
            loss = 0
        elif len(self._firsts) > 1:
            loss = _REQUEST
        else:
            loss = _REQUEST + _SHAPE + _PART * self.alone
        return loss, self.sendable, -len(self)


class _Route(Generic[T]):
    """Knows for each part how many shapes show it, and, by the sum of their numbers, which does if it is just one."""

    def __init__(self, name: str, numbers: Iterator[int]) -> None:
        self.name = name
        self._numbers = numbers
        self.size = 0
        self.shapes: dict[bytes, _Shape[T]] = {}
        self._by_number: dict[int, _Shape[T]] = {}
        self._shown: dict[str, list[int]] = {}
        """Part → number of shapes, sum of their numbers."""
        self._cheapest: list[tuple[_Rank, bytes, int]] = []

    def has(self, sample: Sample) -> bool:
        shape = self.shapes.get(_key(sample))
        return shape is not None and sample.request in shape.requests

    def add(self, sample: Sample, item: T) -> None:
        key = _key(sample)
        shape = self.shapes.get(key)
        if shape is None:
            parts = sample.parts if sample.sendable else frozenset[str]()
            shape = self.shapes[key] = _Shape(next(self._numbers), key, parts, sendable=sample.sendable)
            self._by_number[shape.number] = shape
            self._show(shape)
        shape.add(sample.request, item, next(self._numbers))
        self.size += 1
        self._rank(shape)

    def drop_cheapest(self) -> T:
        shape = self._first()
        item = shape.drop_cheapest()
        self.size -= 1
        if len(shape):
            self._rank(shape)
        else:
            del self.shapes[shape.key], self._by_number[shape.number]
            self._hide(shape)
        return item

    def rank(self) -> _Rank:
        """What the loss of its cheapest costs, among those of other routes."""
        loss, sendable, _ = self._first().rank()
        return loss + (_ROUTE if self.size == 1 else 0), sendable, -self.size

    def _first(self) -> _Shape[T]:
        while True:
            rank, _, number = self._cheapest[0]
            shape = self._by_number.get(number)
            if shape is not None and shape.rank() == rank:
                return shape
            heapq.heappop(self._cheapest)

    def _rank(self, shape: _Shape[T]) -> None:
        heapq.heappush(self._cheapest, (shape.rank(), shape.key, shape.number))
        if len(self._cheapest) > 4 * len(self.shapes) + 100:
            self._cheapest = [(each.rank(), each.key, each.number) for each in self.shapes.values()]
            heapq.heapify(self._cheapest)

    def _show(self, shape: _Shape[T]) -> None:
        for part in shape.parts:
            shown = self._shown.setdefault(part, [0, 0])
            if shown[0] == 1:
                self._is_alone_with(shown[1], -1)
            shown[0] += 1
            shown[1] += shape.number
            shape.alone += shown[0] == 1

    def _hide(self, shape: _Shape[T]) -> None:
        for part in shape.parts:
            shown = self._shown[part]
            shown[0] -= 1
            shown[1] -= shape.number
            if not shown[0]:
                del self._shown[part]
            elif shown[0] == 1:
                self._is_alone_with(shown[1], 1)

    def _is_alone_with(self, number: int, more: int) -> None:
        shape = self._by_number[number]
        shape.alone += more
        self._rank(shape)


def _key(sample: Sample) -> bytes:
    return sample.shape if sample.sendable else b""
