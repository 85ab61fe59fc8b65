"""Which of many path templates a path matches: Werkzeug's router, taught API Gateway's rules.

Precedence as Amazon documents it for HTTP APIs ("Working with routes"): the full match, then ``{var}``, then greedy
``{proxy+}``, then ``$default``; a route of another method never hides a less specific one of the right method.
"""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map, Rule

from shadow.routes.known_route import ANY, DEFAULT_TEMPLATE
from shadow.routes.template import canonical_path, shape

__all__ = ["Matcher"]


class _Greedy(BaseConverter):
    """``{proxy+}``: one segment or more, and only where nothing more specific matches."""

    regex = ".+"
    part_isolating = False
    weight = 300


class Matcher:
    """Built once from (method, template, what to answer); ``*`` as method stands for every method."""

    def __init__(self, routes: Iterable[tuple[str, str, str]]) -> None:
        self._defaults: dict[str, str] = {}
        rules: list[Rule] = []
        # Rules of one path are tried in the order in which they were added.
        for method, template, answer in sorted(routes, key=lambda route: route[0] == ANY):
            if template == DEFAULT_TEMPLATE:
                self._defaults.setdefault(method, answer)
            else:
                rules.append(_rule(method, template, answer))
        urls = Map(
            rules,
            strict_slashes=False,
            merge_slashes=False,
            redirect_defaults=False,
            converters={"greedy": _Greedy},
        )
        self._adapter = urls.bind("")

    def match(self, method: str, path: str) -> str | None:
        """The answer of the most specific route that takes this method and path (no query), or None."""
        # Only one slash is ignored: `/a//` has an empty segment.
        path = canonical_path(path.removesuffix("/") or "/")
        method = method.upper()
        if path.startswith("//"):
            # Werkzeug would read it as `/`.
            return self._default(method)
        try:
            answer, _ = self._adapter.match(path, method=method)
        except HTTPException:
            return self._default(method)
        assert isinstance(answer, str)
        return answer

    def _default(self, method: str) -> str | None:
        return self._defaults.get(method) or self._defaults.get(ANY)


def _rule(method: str, template: str, answer: str) -> Rule:
    path = ""
    for number, piece in enumerate(shape(template).replace("{+}", "\0+\0").replace("{}", "\0\0").split("\0")):
        path += piece if number % 2 == 0 else f"<{'greedy' if piece else 'string'}:p{number}>"
    rule = Rule(path, endpoint=answer)
    # Set afterwards, because the constructor would add HEAD to GET; no gateway does that.
    rule.methods = None if method == ANY else {method.upper()}
    return rule
