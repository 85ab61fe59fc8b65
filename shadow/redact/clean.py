"""Proves in a few microseconds that a JSON text holds no secret, as most don't, so that it need not be rewritten.

Whatever is in doubt is no proof; then `json_text` looks at every value.
"""

from __future__ import annotations

import re

import orjson

from shadow.redact.names import is_secret_name
from shadow.redact.sensitive import Sensitive
from shadow.redact.text import looks_secret

__all__ = ["is_clean_json"]

_SPELLED = ("\\", "%", "<", "&#")
"""Ways to spell what isn't found by its letters, and what begins markup."""
_STRING = re.compile(r'"([^"]*)"\s*:|"[^"]*"')
"""A member's name, or any other string: without escapes a quote always begins or ends one."""
_NAMED = re.compile(r"""([^\W\d][\w-]{1,63}+)[\]"' \t]*+[=:]""")
"""What stands before a value within a string: ``password=``, ``password: ``."""


def is_clean_json(text: str, sensitive: Sensitive) -> bool:
    """Whether redacting the text would surely give it back as it is."""
    if text[:1] not in {"{", "["} or sensitive.names is None or any(map(text.__contains__, _SPELLED)):
        return False
    try:
        orjson.loads(text)
    except ValueError:
        return False
    # From the text, for a parser keeps only one of several members with the same name.
    names = {*_STRING.findall(text), *_NAMED.findall(text)}
    return (
        names.isdisjoint(sensitive.names)
        and not any(map(is_secret_name, names))
        # Without escapes, all that a string says is in the text as such.
        and not looks_secret(text, sensitive.detectors)
    )
