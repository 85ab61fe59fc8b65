"""What makes two differences the same fault: a short digest that ignores indexes, ids and values."""

from __future__ import annotations

import json
from collections.abc import Hashable
from functools import lru_cache
from hashlib import blake2b

import msgspec

from shadow.compare.difference import Difference

__all__ = ["as_noise", "fingerprint", "restamp"]


@lru_cache(maxsize=512)  # A fault mostly comes again.
def fingerprint(*parts: Hashable) -> str:
    """12 hex digits over the parts (texts and numbers), the same in every process and version of Python."""
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=6).hexdigest()


def restamp(difference: Difference, class_: str) -> Difference:
    """The same difference under another class, and so with another fingerprint."""
    if class_ == difference.class_:
        return difference
    return msgspec.structs.replace(difference, class_=class_, fingerprint=fingerprint(difference.fingerprint, class_))


def as_noise(difference: Difference) -> Difference:
    """The same difference as one that legacy also shows with itself: a group apart from where it is a real one."""
    return msgspec.structs.replace(difference, fingerprint=fingerprint(difference.fingerprint, "noise"))
