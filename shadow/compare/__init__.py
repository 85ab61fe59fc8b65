"""Status, headers, bodies → differences.

The package is callable: ``from shadow import compare`` gives this package or the function of the same name, whichever
Python bound last, and both are called alike.
"""

from __future__ import annotations

import sys
from types import ModuleType

from shadow.compare.difference import Difference as Difference
from shadow.compare.fingerprint import as_noise as as_noise
from shadow.compare.fingerprint import restamp as restamp
from shadow.compare.gateways import gateway_error as gateway_error
from shadow.compare.gateways import proves_nothing as proves_nothing
from shadow.compare.gateways import same_backend as same_backend
from shadow.compare.responses import compare as compare
from shadow.compare.rules import Rules as Rules
from shadow.compare.rules import rules_for as rules_for
from shadow.compare.transport import transport_difference as transport_difference
from shadow.exchange import Response


class _CallablePackage(ModuleType):
    def __call__(self, legacy: Response, candidate: Response, rules: Rules | None = None) -> list[Difference]:
        return compare(legacy, candidate, rules)


sys.modules[__name__].__class__ = _CallablePackage
