"""Secrets → typed, keyed digests, before anything is written."""

from shadow.redact.pairs import PairRedactor as PairRedactor
from shadow.redact.redactor import Redactor as Redactor

__all__ = ["PairRedactor", "Redactor"]
