"""shadow: shadow-traffic parity testing.

``from shadow import Response, compare`` is the public Python interface; both load lazily, because mitmdump's
process imports this package and must never pull in deepdiff.

PYTEST_DONT_REWRITE: pytest would rewrite the asserts of all packages with a plugin, and warn where it comes too late.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Difference", "Response", "__version__", "compare"]

if TYPE_CHECKING:
    from shadow.compare import Difference as Difference
    from shadow.compare import compare as compare
    from shadow.exchange import Response as Response


def __getattr__(name: str) -> Any:
    if name == "compare":
        # The subpackage and the function share a name, and Python binds the subpackage here as soon as anyone
        # imports it. So the subpackage is callable (see its end), and both ways round give the same thing.
        return importlib.import_module("shadow.compare")
    if name == "Difference":
        return importlib.import_module("shadow.compare").Difference
    if name == "Response":
        return importlib.import_module("shadow.exchange").Response
    raise AttributeError(f"module 'shadow' has no attribute {name!r}")
