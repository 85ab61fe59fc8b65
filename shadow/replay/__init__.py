"""Recorded traffic through both sides: the same road as live, without a proxy."""
