"""Secrets → typed, keyed digests, before anything is written."""

from shadow.redact.redactor import Redactor as Redactor

__all__ = ["Redactor"]
