"""Routes named on the command line: by name, or by glob."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from shadow.config import glob_matches
from shadow.errors import UsageError

__all__ = ["did_you_mean", "the_route", "the_routes"]


_MOST_NAMED = 10


def the_routes(wanted: Sequence[str], known: Collection[str]) -> dict[str, bool]:
    """Each known route that is meant → whether by its own name. Raises UsageError for a word that means none."""
    found: dict[str, bool] = {}
    for word in wanted:
        named = {route for route in known if route == word}
        matches = named or {route for route in known if "*" in word and glob_matches(word, route)}
        if not matches:
            raise UsageError(_no_such(word, known))
        found |= {route: found.get(route, False) or bool(named) for route in matches}
    return found


def the_route(wanted: str, known: Collection[str]) -> str:
    """The one known route of that name, or that the glob matches. Raises UsageError where there isn't just one."""
    found = sorted(the_routes([wanted], known))
    if len(found) > 1:
        more = f" and {len(found) - _MOST_NAMED:,} more" if len(found) > _MOST_NAMED else ""
        named = ", ".join(found[:_MOST_NAMED])
        raise UsageError(f'"{wanted}" matches {len(found):,} routes; name one of them: {named}{more}')
    return found[0]


def did_you_mean(word: str, known: Collection[str]) -> str:
    """``; did you mean …?`` with up to three names that begin like the word or are nearly it; "" without any."""
    by_lower = {name.lower(): name for name in sorted(known)}
    begun = [name for name in by_lower if word and name.startswith(word.lower())]
    near = get_close_matches(word.lower(), by_lower, n=3)
    names = [by_lower[name] for name in dict.fromkeys([*begun, *near])]
    return f"; did you mean {' or '.join(names[:3])}?" if names else ""


def _no_such(word: str, known: Collection[str]) -> str:
    if not known:
        return f'no route "{word}": none has been seen yet, and no inventory names any'
    what = "no route matches" if "*" in word else "no route"
    return f'{what} "{word}"{did_you_mean(word, known) or "; `shadow routes` lists those that are known"}'
